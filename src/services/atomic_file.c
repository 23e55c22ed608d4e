#define _GNU_SOURCE /* flock, realpath */
#include "atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system.h"

/* Where `name` really lies: the folder's real path and the last part; a link to a file that is not
 * there yet is followed too. */
static int resolve(const char *name, char target[KM_PATH_SIZE])
{
    enum { most_links = 40 };
    char path[KM_PATH_SIZE], folder[KM_PATH_SIZE], link[KM_PATH_SIZE];
    if (snprintf(path, sizeof path, "%s", name) >= KM_PATH_SIZE)
        return ENAMETOOLONG;
    for (int hops = 0; hops < most_links; hops++) {
        char *const slash = strrchr(path, '/');
        const char *const base = slash ? slash + 1 : path;
        const int before = slash ? (int)(slash + 1 - path) : 0;
        const ssize_t length = readlink(path, link, sizeof link - 1);
        if (length < 0) {
            char parent[KM_PATH_SIZE];
            snprintf(parent, sizeof parent, "%.*s", before, path);
            if (base[0] == '\0')
                return EISDIR;
            if (!realpath(before ? parent : ".", folder))
                return errno;
            const bool root = strcmp(folder, "/") == 0;
            return snprintf(target, KM_PATH_SIZE, "%s/%s", root ? "" : folder, base) >= KM_PATH_SIZE
                       ? ENAMETOOLONG
                       : 0;
        }
        link[length] = '\0';
        char next[2 * KM_PATH_SIZE];
        snprintf(next, sizeof next, "%.*s%s", link[0] == '/' ? 0 : before, path, link);
        if (snprintf(path, sizeof path, "%s", next) >= KM_PATH_SIZE)
            return ENAMETOOLONG;
    }
    return ELOOP;
}

int km_atomic_open(km_atomic_file *file, const char *path)
{
    struct stat facts;
    file->descriptor = -1;
    const int error = resolve(path, file->target);
    if (error)
        return error;
    const char *const base = strrchr(file->target, '/') + 1;
    if (snprintf(file->temporary, KM_PATH_SIZE, "%.*s.%s.new", (int)(base - file->target),
                 file->target, base) >= KM_PATH_SIZE)
        return ENAMETOOLONG;
    if (stat(file->target, &facts) == 0) {
        if (!S_ISREG(facts.st_mode))
            return S_ISDIR(facts.st_mode) ? EISDIR : EINVAL;
        if (access(file->target, W_OK) != 0)
            return errno;
    }
    const int begun = km_atomic_begin(file);
    if (begun)
        return begun;
    km_atomic_end(file, ECANCELED);
    return 0;
}

/* The temporary, open and locked. Whoever held it before may have renamed it meanwhile: then what
 * was opened is a finished file, which must not be touched. */
static int open_locked(km_atomic_file *file)
{
    enum { most_tries = 100 };
    for (int tries = 0; tries < most_tries; tries++) {
        struct stat opened, named;
        const int descriptor =
            open(file->temporary, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
        if (descriptor < 0)
            return errno;
        const bool locked = flock(descriptor, LOCK_EX | LOCK_NB) == 0;
        const int error = locked ? 0 : errno;
        if (error != 0 && error != EOPNOTSUPP && error != ENOLCK) {
            close(descriptor);
            return error == EWOULDBLOCK ? EBUSY : error;
        }
        if (fstat(descriptor, &opened) == 0 && stat(file->temporary, &named) == 0 &&
            opened.st_ino == named.st_ino && opened.st_dev == named.st_dev) {
            file->descriptor = descriptor;
            return 0;
        }
        close(descriptor);
    }
    return EBUSY;
}

int km_atomic_begin(km_atomic_file *file)
{
    struct stat old;
    int error = open_locked(file);
    if (error)
        return error;
    if (ftruncate(file->descriptor, 0) != 0 ||
        (stat(file->target, &old) == 0 && fchmod(file->descriptor, old.st_mode & 07777) != 0)) {
        error = errno;
        km_atomic_end(file, error);
    }
    return error;
}

int km_atomic_write(km_atomic_file *file, const void *bytes, int64_t count)
{
    return km_write_fully(file->descriptor, bytes, count);
}

/* Some file systems cannot sync; that is no failure. */
static int sync_file(int descriptor)
{
    int status;
    do {
        status = fsync(descriptor);
    } while (status != 0 && errno == EINTR);
    return status == 0 || errno == EINVAL || errno == ENOTSUP || errno == EROFS ? 0 : errno;
}

/* A rename lasts once its folder is on the disk. */
static int sync_folder(const char *path)
{
    char folder[KM_PATH_SIZE];
    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') + 1 - path), path);
    const int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return errno == EACCES ? 0 : errno; /* one may write to a folder that one cannot read */
    const int error = sync_file(descriptor);
    close(descriptor);
    return error;
}

int km_atomic_end(km_atomic_file *file, int error)
{
    if (file->descriptor < 0)
        return error;
    error = error ? error : sync_file(file->descriptor);
    bool renamed = false;
    if (!error) {
        renamed = rename(file->temporary, file->target) == 0;
        error = renamed ? sync_folder(file->target) : errno;
    }
    if (!renamed)
        unlink(file->temporary);
    close(file->descriptor); /* last: the lock goes with it */
    file->descriptor = -1;
    return error;
}
