/* Floor 5: the options handle, and the table that is the only place where an option is
 * described. */
#ifndef KM_OPTIONS_H
#define KM_OPTIONS_H

#include <kmeans/options.h>
#include <kmeans/source.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../fit/settings.h"
#include "../services/context.h"

struct kmeans_options {
    kmeans_context *context;
    km_settings settings;
    double *centroids; /* the copy that settings.centroids points to, or NULL */
    uint64_t set;      /* bit i: row i of the table was set by the caller */
};

/* How the text of an option is read and stored. */
typedef enum km_option_kind {
    KM_OPTION_INTEGER,   /* min .. max into a bool, int32_t or int64_t */
    KM_OPTION_SEED,      /* 0 .. 2^64-1 into a uint64_t */
    KM_OPTION_TOLERANCE, /* "off" or 0 .. limit into a double */
    KM_OPTION_DURATION,  /* "off" or seconds into a double */
    KM_OPTION_SIZE,      /* "off" (0) or min .. max bytes into an int64_t */
    KM_OPTION_SWITCH,    /* into a bool */
    KM_OPTION_CHOICE,    /* index of the word in info.values, into a bool or int32_t */
    KM_OPTION_ISA,       /* name of a kernel table */
    KM_OPTION_PATH       /* of a file: a copy that the handle owns, NULL for "" */
} km_option_kind;

typedef struct km_option {
    kmeans_option_info info;
    km_option_kind kind;
    size_t offset; /* of the field in km_settings */
    size_t size;   /* of the field: 1, 4 or 8 bytes */
    int64_t min, max;
    double limit; /* largest tolerance */
} km_option;

/* Row `index` of the table, or NULL past its end. */
const km_option *km_option_row(int index);

/* The row of a name or an alias, '-' read as '_'; NULL when there is none. */
const km_option *km_option_find(const char *name);

/* Read text as the value of an option into *settings. Errors write the detail text and leave
 * *settings alone. The floating-point mode must be the library's. */
int km_option_parse(kmeans_context *context, const km_option *option, const char *text,
                    km_settings *settings);

/* The value of an option as text that km_option_parse reads back: the shortest that does. Paths are
 * not for these two. */
enum { KM_OPTION_TEXT = 40 };
void km_option_format(const km_option *option, const km_settings *settings,
                      char text[KM_OPTION_TEXT]);

/* Where the settings keep a path, and storing a copy of one. */
const char **km_option_path(const km_option *option, km_settings *settings);
int km_option_set_path(kmeans_options *options, const km_option *option, const char *text);

/* The options that decide the result as lines "name=value", into text[KM_DECISIONS_SIZE]. */
void km_decisions_write(const km_settings *settings, char *text);

/* Take what the caller has not set from the checkpoint options->settings.resume. */
int km_resume_take(kmeans_options *options);

/* Do these options and this source go with that checkpoint? Texts name the option, its value here
 * and there. */
int km_resume_check(kmeans_context *context, const km_settings *settings,
                    const kmeans_source *source);

/* Checks that need several options or the shape of the rows (n x d): see settings_check.c. Texts
 * name the options. */
int km_settings_check(kmeans_context *context, const km_settings *settings, int64_t n, int64_t d);

/* The part of them that the option threads needs, for calls that fit nothing. */
int km_threads_check(kmeans_context *context, const km_settings *settings);

/* Values of centroids, k x d: KMEANS_ERROR_DATA naming row and column for NaN, infinities and
 * values above 2^500. `what` begins the text ("the initial centroids"). Touches no floating-point
 * flag. */
int km_centroids_check(kmeans_context *context, const char *what, const double *centroids,
                       int64_t k, int64_t d);

#endif
