/* The files a subcommand writes.
 *
 * All names are checked and all temporaries made before any data is read. A regular file is
 * written beside its target and renamed over it, symbolic links followed; devices and pipes are
 * written directly; "-" is standard output and at most one output may be it. An output that is
 * the same file as an input or as another output is refused. */
#ifndef KMEANS_CLI_OUTPUTS_H
#define KMEANS_CLI_OUTPUTS_H

#include "cli.h"

typedef enum output_kind {
    OUTPUT_ARRAY,   /* .npy, or text by suffix */
    OUTPUT_ROWS,    /* the same, or .npz: sparse rows, in a regular file that can be read too */
    OUTPUT_JSON,    /* any name */
    OUTPUT_PICTURE, /* any name */
    OUTPUT_NAMED    /* any name of a regular file, which the library writes: the name is checked */
} output_kind;

typedef struct output_file {
    const char *flag; /* long name, for messages */
    const char *path; /* as given */
    output_kind kind;
    bool npy;       /* .npy, else text */
    bool npz;       /* .npz */
    char separator; /* of text with several columns */
    FILE *stream;   /* where to write */
    char *target;   /* what the temporary is renamed to, NULL for streams */
    int slot;       /* of the temporary, -1 without */
} output_file;

enum { MOST_OUTPUTS = 12 };

typedef struct output_set {
    output_file list[MOST_OUTPUTS];
    int count;
    int failures;
} output_set;

/* An input's name, to be compared with the outputs; `except` is the flag of the one output that
 * may be the same file, or NULL. */
typedef struct input_name {
    const char *flag; /* "DATA", "--weights" */
    const char *path; /* NULL is skipped */
    const char *except;
} input_name;

/* Add an output; path NULL = not asked for. Returns it or NULL. Names only; nothing is opened. */
output_file *add_output(output_set *outputs, const char *flag, const char *path, output_kind kind);

/* Check all names against each other and the inputs, and open. Errors exit. */
void open_outputs(output_set *outputs, const input_name *inputs, int input_count);

/* True when one of the open outputs is standard output, by whatever name. */
bool outputs_use_stdout(const output_set *outputs);

/* End one output: flush, sync, rename. A failure is reported, counted, and the rest goes on.
 * NULL is skipped. */
void finish_output(output_set *outputs, output_file *output);

/* Flush a stream; 0, or the errno of a write that failed now or before. */
int flush_stream(FILE *stream);

/* The same, and onto the disk; pipes and some devices cannot be synced, which is no failure. */
int sync_stream(FILE *stream);

/* Give one up: its target stays as it was. Counted as a failure, which the caller reports. */
void drop_output(output_set *outputs, output_file *output);

/* EXIT_FINE or EXIT_OUTPUT. */
int outputs_exit_code(const output_set *outputs);

/* Remove what was not renamed. Safe in a signal handler. */
void remove_temporaries(void);

#endif
