#include "progress.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "signals.h"

static bool on_terminal = false;
static bool line_shown = false;
static bool verbose_mode = false;
static bool muted = false;
static double last_shown = -1;
static double last_inertia = NAN; /* of the pass shown */
static int64_t last_pass = -1;
static double decrease = 0; /* in percent, of the pass shown against the one before */

void mute_warnings(bool on) { muted = on; }

typedef struct said_text {
    struct said_text *before;
    char *text;
} said_text;

static bool once_only = false;
static said_text *said = NULL;

void say_warnings_once(void) { once_only = true; }

/* Whether a text is new; it is not the next time. */
static bool is_new(const char *text)
{
    for (const said_text *one = said; one != NULL; one = one->before) {
        if (strcmp(one->text, text) == 0) {
            return false;
        }
    }
    said_text *const one = allocate(1, sizeof *one);
    *one = (said_text){said, copy_text(text)};
    said = one;
    return true;
}

void clear_progress(void)
{
    if (line_shown) {
        fputs("\r\033[K", stderr);
        line_shown = false;
    }
}

void show_line(const char *format, ...)
{
    static double last = -1;
    va_list arguments;
    if (!on_terminal || seconds_since_start() < last + 0.1) {
        return;
    }
    clear_progress();
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    line_shown = true;
    last = seconds_since_start();
}

static void on_log(void *user, int level, const char *code, const char *text)
{
    (void)user;
    if (strcmp(code, "checkpoint_every") == 0) {
        return; /* said when the flags were read */
    }
    if (strcmp(code, "checkpoint") == 0) {
        print_error("--%s", text); /* an output that is not there */
    } else if (level <= KMEANS_LOG_WARNING) {
        if (!muted && (!once_only || is_new(text))) {
            print_warning("%s", text);
        }
    } else if (verbose_mode && !muted && level <= KMEANS_LOG_INFO) {
        print_note("%s", text);
    }
}

static void print_time_left(const kmeans_progress *now)
{
    if (now->time_limit > 0) {
        const double left = now->time_limit - now->seconds;
        const int seconds = left > 0 ? (int)(left + 0.5) : 0;
        fprintf(stderr, "  %d:%02d left", seconds / 60, seconds % 60);
    }
}

/* The line before may have been several passes ago: the decrease is since then. */
static void note_decrease(const kmeans_progress *now)
{
    if (now->pass != last_pass) {
        decrease =
            now->inertia < last_inertia ? 100 * (last_inertia - now->inertia) / last_inertia : 0;
        last_pass = now->pass;
        last_inertia = now->inertia;
    }
}

static void print_pass(const kmeans_progress *now)
{
    note_decrease(now);
    fprintf(stderr, "pass %lld", (long long)now->pass);
    if (!isnan(now->inertia)) {
        fprintf(stderr, "  inertia %.6g", now->inertia);
        if (decrease > 0) {
            fprintf(stderr, " (-%.2g %%)", decrease);
        }
        fprintf(stderr, "  changed %lld", (long long)now->changed_rows);
    }
    if (now->seconds > 0 && now->restart == 0) {
        fprintf(stderr, "  %.3g passes/s", (double)now->pass / now->seconds);
    }
}

static void show_progress(const kmeans_progress *now)
{
    clear_progress();
    if (now->restart > 0) {
        fprintf(stderr, "restart %lld  ", (long long)now->restart);
    }
    if (strcmp(now->phase, "init") == 0) {
        fputs("choosing first centroids", stderr);
    } else if (strcmp(now->phase, "measure") == 0) {
        fputs("measuring", stderr);
    } else if (now->pass > 0) {
        print_pass(now);
    } else {
        fprintf(stderr, "labelling rows  %.0f %%",
                now->n > 0 ? 100.0 * (double)now->rows_done / (double)now->n : 0.0);
    }
    print_time_left(now);
    line_shown = true;
    last_shown = now->seconds;
}

/* At most ten lines a second, and none in the first half second: short fits print nothing. */
static int on_progress(void *user, const kmeans_progress *now)
{
    (void)user;
    if (on_terminal && now->seconds > 0.5 && now->seconds > last_shown + 0.1) {
        show_progress(now);
    }
    return pending_signal();
}

void install_callbacks(kmeans_context *context, bool verbose)
{
    verbose_mode = verbose;
    on_terminal = isatty(STDERR_FILENO) && !is_quiet();
    kmeans_context_set_log(context, on_log, NULL);
    kmeans_context_set_progress(context, on_progress, NULL);
}
