/* The progress line, and the library's callbacks. */
#ifndef KMEANS_CLI_PROGRESS_H
#define KMEANS_CLI_PROGRESS_H

#include "cli.h"

/* Install the log and progress callbacks. verbose also prints what the library chose. */
void install_callbacks(kmeans_context *context, bool verbose);

/* Warnings and notes are dropped while muted (small auxiliary files would raise pointless ones). */
void mute_warnings(bool on);

/* From here on warnings of the library that were given before are dropped. */
void say_warnings_once(void);

/* Show a line of one's own, at most ten a second; nothing where stderr is no terminal. */
void show_line(const char *format, ...) CLI_PRINTF(1, 2);

/* Remove the progress line from the terminal, if there is one. */
void clear_progress(void);

#endif
