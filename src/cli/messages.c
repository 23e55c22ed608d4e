/* Messages to stderr, and the ways to end early. */
#include "cli.h"

#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include "outputs.h"
#include "progress.h"

static const char *command_name = "";
static bool quiet_mode = false;
static struct timespec start_time;

void begin_messages(const char *command) { command_name = command; }

void begin_clock(void) { clock_gettime(CLOCK_MONOTONIC, &start_time); }

double seconds_since_start(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start_time.tv_sec) +
           1e-9 * (double)(now.tv_nsec - start_time.tv_nsec);
}

void set_quiet(bool quiet) { quiet_mode = quiet; }

bool is_quiet(void) { return quiet_mode; }

static void print_message(const char *kind, const char *format, va_list arguments)
{
    clear_progress();
    fprintf(stderr, "kmeans%s%s: %s", *command_name != '\0' ? " " : "", command_name, kind);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
}

void print_error(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_message("", format, arguments);
    va_end(arguments);
}

void print_warning(const char *format, ...)
{
    va_list arguments;
    if (quiet_mode) {
        return;
    }
    va_start(arguments, format);
    print_message("warning: ", format, arguments);
    va_end(arguments);
}

void print_note(const char *format, ...)
{
    va_list arguments;
    if (quiet_mode) {
        return;
    }
    va_start(arguments, format);
    print_message("", format, arguments);
    va_end(arguments);
}

noreturn void die(int code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_message("", format, arguments);
    va_end(arguments);
    remove_temporaries();
    exit(code);
}

const char *plural(int64_t count) { return count == 1 ? "" : "s"; }

int exit_code_of(int status)
{
    switch (status) {
    case KMEANS_ERROR_ARGUMENT:
    case KMEANS_ERROR_NAME:
    case KMEANS_ERROR_UNSUPPORTED: return EXIT_USAGE;
    case KMEANS_ERROR_MEMORY:
    case KMEANS_ERROR_CANCELLED: return EXIT_LIMIT;
    default: return EXIT_DATA;
    }
}

noreturn void die_status(const kmeans_context *context, int status)
{
    const char *const detail = kmeans_detail(context);
    const char *const text = kmeans_strerror(status);
    die(exit_code_of(status), "%s", detail != NULL && *detail != '\0' ? detail : text);
}
