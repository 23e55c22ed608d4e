/* The context: creation, hooks, error text, log. */
#define _POSIX_C_SOURCE 200809L
#include "context.h"

#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "system.h"

int kmeans_context_create(const kmeans_allocator *allocator, kmeans_context **context)
{
    if (context == NULL ||
        (allocator != NULL && (allocator->allocate == NULL || allocator->release == NULL))) {
        return KMEANS_ERROR_ARGUMENT;
    }
    km_memory memory;
    km_memory_init(&memory, allocator);
    /* Straight from the hooks: a block of km_alloc would point to book-keeping inside itself. */
    kmeans_context *const made =
        memory.hooks.allocate(memory.hooks.user, sizeof(kmeans_context), 64);
    if (made == NULL) {
        return KMEANS_ERROR_MEMORY;
    }
    memset(made, 0, sizeof *made);
    made->memory = memory;
    *context = made;
    return KMEANS_OK;
}

void kmeans_context_free(kmeans_context *context)
{
    if (context != NULL) {
        const kmeans_allocator hooks = context->memory.hooks;
        hooks.release(hooks.user, context, sizeof(kmeans_context));
    }
}

void kmeans_context_release(kmeans_context *context)
{
    if (context != NULL) {
        km_memory_release(&context->memory);
    }
}

const char *kmeans_detail(const kmeans_context *context)
{
    return context != NULL ? context->detail : "the argument context is NULL";
}

int kmeans_context_set_log(kmeans_context *context, kmeans_log_fn log, void *user)
{
    if (context == NULL) {
        return KMEANS_ERROR_ARGUMENT;
    }
    context->log = log;
    context->log_user = user;
    return KMEANS_OK;
}

int kmeans_context_set_progress(kmeans_context *context, kmeans_progress_fn progress, void *user)
{
    if (context == NULL) {
        return KMEANS_ERROR_ARGUMENT;
    }
    context->progress = progress;
    context->progress_user = user;
    return KMEANS_OK;
}

int kmeans_context_set_parallel_for(kmeans_context *context, kmeans_parallel_for_fn run, void *user)
{
    if (context == NULL) {
        return KMEANS_ERROR_ARGUMENT;
    }
    context->parallel_for = run;
    context->parallel_for_user = user;
    return KMEANS_OK;
}

void km_callback_enter(kmeans_context *context)
{
    if (context->host_mode != NULL) {
        km_fpmode_leave(*context->host_mode);
    }
}

void km_callback_leave(kmeans_context *context)
{
    if (context->host_mode != NULL) {
        *context->host_mode = km_fpmode_enter();
    }
}

km_fpmode km_callback_mode(const kmeans_context *context)
{
    km_fpmode mode;
    if (context->host_mode != NULL) {
        return *context->host_mode;
    }
    mode = km_fpmode_enter();
    km_fpmode_leave(mode);
    return mode;
}

km_fpmode *km_enter(kmeans_context *context, km_fpmode *saved)
{
    km_fpmode *const outer = context->host_mode;
    *saved = km_fpmode_enter();
    context->host_mode = saved;
    return outer;
}

void km_leave(kmeans_context *context, const km_fpmode *saved, km_fpmode *outer)
{
    context->host_mode = outer;
    km_fpmode_leave(*saved);
}

/* The C locale whatever the host has set, so that a decimal point is a point. */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 0)))
#endif
static void
format_text(char text[KM_DETAIL_SIZE], const char *format, va_list arguments)
{
    const locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    const locale_t before = c_locale != (locale_t)0 ? uselocale(c_locale) : (locale_t)0;
    if (vsnprintf(text, KM_DETAIL_SIZE, format, arguments) < 0) {
        text[0] = '\0';
    }
    if (c_locale != (locale_t)0) {
        uselocale(before);
        freelocale(c_locale);
    }
}

int km_fail(kmeans_context *context, int status, const char *format, ...)
{
    if (context != NULL) {
        char text[KM_DETAIL_SIZE];
        va_list arguments;
        va_start(arguments, format);
        format_text(text, format, arguments);
        va_end(arguments);
        memcpy(context->detail, text, sizeof text);
    }
    return status;
}

int km_fail_rows(kmeans_context *context, const char *what, int64_t rows)
{
    const int error = context->memory.spill ? context->memory.scratch_error : 0;
    if (error == 0) {
        return km_fail(context, KMEANS_ERROR_MEMORY, "no memory for %s of %lld rows", what,
                       (long long)rows);
    }
    const char *const folder = context->memory.scratch_folder;
    char reason[128];
    km_errno_text(error, reason, sizeof reason);
    return km_fail(context, KMEANS_ERROR_MEMORY, "no scratch file for %s of %lld rows in %s: %s",
                   what, (long long)rows, folder != NULL ? folder : "TMPDIR (else /tmp)", reason);
}

void km_log(kmeans_context *context, int level, const char *code, const char *format, ...)
{
    if (context == NULL || context->log == NULL) {
        return;
    }
    char text[KM_DETAIL_SIZE];
    va_list arguments;
    va_start(arguments, format);
    format_text(text, format, arguments);
    va_end(arguments);
    km_callback_enter(context);
    context->log(context->log_user, level, code, text);
    km_callback_leave(context);
}

double km_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}
