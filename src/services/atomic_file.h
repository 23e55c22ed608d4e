/* Floor 1: a file that is replaced as a whole.
 *
 * The new content goes to a temporary in the same folder, is synced, renamed over the target and
 * the folder is synced: whenever the process or the machine stops, the target is the old file or
 * the whole new one. The temporary has one fixed name, so that a process that was killed leaves no
 * more than one behind, which the next write takes over; a lock on it keeps a second process out.
 * Nothing here allocates. */
#ifndef KM_ATOMIC_FILE_H
#define KM_ATOMIC_FILE_H

#include <stdint.h>

enum { KM_PATH_SIZE = 4096 };

typedef struct km_atomic_file {
    char target[KM_PATH_SIZE]; /* symbolic links followed */
    char temporary[KM_PATH_SIZE];
    int descriptor; /* while it is written, else -1 */
} km_atomic_file;

/* Name the file and look whether it can be written: the folder exists and takes a file, and the
 * target is a regular file or not there. Returns 0 or an errno. */
int km_atomic_open(km_atomic_file *file, const char *path);

/* Begin new content; append to it; end it: keep it if every write succeeded (`error` is 0), else
 * remove it, the target being as before. Each returns 0 or an errno; end returns `error`, or what
 * syncing or renaming met. */
int km_atomic_begin(km_atomic_file *file);
int km_atomic_write(km_atomic_file *file, const void *bytes, int64_t count);
int km_atomic_end(km_atomic_file *file, int error);

#endif
