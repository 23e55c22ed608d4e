/* Another program run to its end, with what it says. */
#ifndef KMEANS_CLI_CHILD_H
#define KMEANS_CLI_CHILD_H

#include "cli.h"

/* The file descriptor of its second output, and the words that a command may have. */
enum { CHILD_SIDE = 3, MOST_CHILD_WORDS = 1024 };

/* Both end with a 0; to be released. */
typedef struct child_texts {
    char *out;  /* its standard output */
    char *side; /* what it wrote to /dev/fd/3 */
} child_texts;

/* Its resident memory while it ran. */
typedef struct memory_samples {
    double (*list)[2]; /* seconds since it was started, bytes */
    int count;
    double period, next; /* seconds */
} memory_samples;

/* Run arguments[0], without a shell, standard input empty, errors to standard error as they are.
 * Anything but exit code 0 ends this process. samples may be NULL. */
child_texts run_child(const char *const *arguments, memory_samples *samples);

#endif
