#include "outputs.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Names of the temporaries that exist now. In static memory and only marked when complete, so that
 * a signal handler can read them at any time. */
static char temporary_names[MOST_OUTPUTS][PATH_MAX];
static volatile int temporary_used[MOST_OUTPUTS];

void remove_temporaries(void)
{
    for (int i = 0; i < MOST_OUTPUTS; i++) {
        if (temporary_used[i]) {
            unlink(temporary_names[i]);
        }
    }
}

static bool is_stdout(const output_file *o)
{
    return strcmp(o->path, "-") == 0 && o->kind != OUTPUT_NAMED;
}

/* Something that is there and no regular file: a device, a pipe, a directory. */
static bool is_special(const char *path)
{
    struct stat facts;
    return stat(path, &facts) == 0 && !S_ISREG(facts.st_mode);
}

static void choose_format(output_file *o)
{
    const char *const slash = strrchr(o->path, '/');
    const char *const suffix = strrchr(slash != NULL ? slash : o->path, '.');
    o->separator = ',';
    if ((o->kind != OUTPUT_ARRAY && o->kind != OUTPUT_ROWS) || is_stdout(o)) {
        return;
    }
    const char *const npz = o->kind == OUTPUT_ROWS ? ".npz, " : "";
    if (suffix != NULL && strcmp(suffix, ".npy") == 0) {
        o->npy = true;
    } else if (suffix != NULL && strcmp(suffix, ".npz") == 0 && *npz != '\0') {
        if (is_special(o->path)) {
            die(EXIT_USAGE, "--%s %s: an .npz must be a regular file", o->flag, o->path);
        }
        o->npz = true;
    } else if (suffix != NULL && strcmp(suffix, ".tsv") == 0) {
        o->separator = '\t';
    } else if (suffix != NULL && strcmp(suffix, ".txt") == 0) {
        o->separator = ' ';
    } else if ((suffix == NULL || strcmp(suffix, ".csv") != 0) && !is_special(o->path)) {
        die(EXIT_USAGE, "--%s %s: the name must end in .npy, %s.csv, .tsv or .txt", o->flag,
            o->path, npz);
    }
}

output_file *add_output(output_set *outputs, const char *flag, const char *path, output_kind kind)
{
    if (path == NULL) {
        return NULL;
    }
    output_file *const o = &outputs->list[outputs->count++];
    *o = (output_file){.flag = flag, .path = path, .kind = kind, .slot = -1};
    if (*path == '\0') {
        die(EXIT_USAGE, "--%s: the name is empty", flag);
    }
    choose_format(o);
    return o;
}

static noreturn void die_unwritable(const output_file *o, int error)
{
    die(EXIT_OUTPUT, "--%s: cannot write %s: %s", o->flag, o->path, strerror(error));
}

/* The file that would be replaced: symbolic links followed, also one that points to nothing yet.
 * The result has an absolute folder, so equal files have equal names. */
static char *resolve_target(const output_file *o)
{
    char name[PATH_MAX];
    char folder[PATH_MAX];
    char link[PATH_MAX];
    char real[PATH_MAX];
    if (strlen(o->path) >= PATH_MAX) {
        die_unwritable(o, ENAMETOOLONG);
    }
    strcpy(name, o->path);
    for (int hops = 0; hops < 40; hops++) {
        strcpy(folder, name);
        const ssize_t length = readlink(name, link, sizeof link - 1);
        const char *const parent = dirname(folder);
        if (length < 0) {
            if (realpath(parent, real) == NULL) {
                die_unwritable(o, errno);
            }
            strcpy(link, name);
            return join_text(join_text(real, "/"), basename(link));
        }
        link[length] = '\0';
        const char *const next = link[0] == '/' ? link : join_text(join_text(parent, "/"), link);
        if (strlen(next) >= PATH_MAX) {
            die_unwritable(o, ENAMETOOLONG);
        }
        memmove(name, next, strlen(next) + 1);
    }
    die_unwritable(o, ELOOP);
}

static void open_temporary(output_file *o, int slot)
{
    struct stat facts;
    char copy[PATH_MAX];
    o->target = resolve_target(o);
    const bool exists = stat(o->target, &facts) == 0;
    if (exists && access(o->target, W_OK) != 0) {
        die_unwritable(o, errno);
    }
    if (strlen(o->target) >= PATH_MAX) {
        die_unwritable(o, ENAMETOOLONG);
    }
    strcpy(copy, o->target);
    char *const base = strrchr(copy, '/');
    *base = '\0';
    if (snprintf(temporary_names[slot], PATH_MAX, "%s/.%.200s.XXXXXX", copy, base + 1) >=
        PATH_MAX) {
        die_unwritable(o, ENAMETOOLONG);
    }
    const int file = mkstemp(temporary_names[slot]);
    if (file < 0) {
        die_unwritable(o, errno);
    }
    temporary_used[slot] = 1;
    o->slot = slot;
    const mode_t mask = umask(0);
    umask(mask);
    if (fchmod(file, exists ? facts.st_mode & 07777 : 0666 & ~mask) != 0 ||
        (o->stream = fdopen(file, "w+b")) == NULL) {
        die_unwritable(o, errno);
    }
}

/* Could the library replace this file? */
static void check_named(output_file *o)
{
    char folder[PATH_MAX];
    if (is_special(o->path)) {
        die(EXIT_OUTPUT, "--%s: cannot write %s: it is no regular file", o->flag, o->path);
    }
    o->target = resolve_target(o);
    strcpy(folder, o->target);
    if (access(dirname(folder), W_OK) != 0) {
        die_unwritable(o, errno);
    }
}

static void open_output(output_file *o, int slot)
{
    if (o->kind == OUTPUT_NAMED) {
        check_named(o);
    } else if (is_stdout(o)) {
        o->stream = stdout;
    } else if (is_special(o->path)) {
        const int file = open(o->path, O_WRONLY | O_NOCTTY);
        if (file < 0 || (o->stream = fdopen(file, "wb")) == NULL) {
            die_unwritable(o, errno);
        }
    } else {
        open_temporary(o, slot);
    }
}

/* Are the two the same existing file? "-" as an input is whatever standard input is. Devices are
 * no files: many may share /dev/null. */
static bool is_same_file(const char *input, const char *output)
{
    struct stat a;
    struct stat b;
    const int found = strcmp(input, "-") == 0 ? fstat(STDIN_FILENO, &a) : stat(input, &a);
    return found == 0 && strcmp(output, "-") != 0 && stat(output, &b) == 0 && !S_ISCHR(a.st_mode) &&
           a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static void check_against_inputs(const output_file *o, const input_name *inputs, int count)
{
    for (int i = 0; i < count; i++) {
        const input_name *const input = &inputs[i];
        const bool excepted = input->except != NULL && strcmp(input->except, o->flag) == 0;
        if (input->path != NULL && !excepted && is_same_file(input->path, o->path)) {
            die(EXIT_USAGE, "--%s %s is the same file as the input %s %s", o->flag, o->path,
                input->flag, input->path);
        }
    }
}

void open_outputs(output_set *outputs, const input_name *inputs, int input_count)
{
    for (int i = 0; i < outputs->count; i++) {
        const output_file *const o = &outputs->list[i];
        check_against_inputs(o, inputs, input_count);
        for (int j = 0; j < i; j++) {
            const output_file *const other = &outputs->list[j];
            if (is_stdout(o) && is_stdout(other)) {
                die(EXIT_USAGE, "--%s and --%s cannot both be standard output", other->flag,
                    o->flag);
            }
        }
    }
    for (int i = 0; i < outputs->count; i++) {
        output_file *const o = &outputs->list[i];
        open_output(o, i);
        for (int j = 0; j < i; j++) {
            const output_file *const other = &outputs->list[j];
            if ((o->target != NULL && other->target != NULL &&
                 strcmp(o->target, other->target) == 0) ||
                is_same_file(other->path, o->path)) {
                die(EXIT_USAGE, "--%s and --%s are the same file %s", other->flag, o->flag,
                    o->path);
            }
        }
    }
}

bool outputs_use_stdout(const output_set *outputs)
{
    struct stat mine;
    struct stat other;
    const bool known = fstat(STDOUT_FILENO, &mine) == 0;
    for (int i = 0; i < outputs->count; i++) {
        FILE *const stream = outputs->list[i].stream;
        /* By another name too: /dev/stdout. */
        if (stream == stdout || (stream != NULL && known && fstat(fileno(stream), &other) == 0 &&
                                 mine.st_dev == other.st_dev && mine.st_ino == other.st_ino)) {
            return true;
        }
    }
    return false;
}

void finish_output(output_set *outputs, output_file *o)
{
    if (o == NULL || o->stream == NULL) {
        return;
    }
    int error = sync_stream(o->stream);
    if (o->stream == stdout) {
        clearerr(stdout); /* it is reported here, once */
    } else if (fclose(o->stream) != 0 && error == 0) {
        error = errno;
    }
    o->stream = NULL;
    if (o->slot >= 0) {
        if (error == 0 && rename(temporary_names[o->slot], o->target) != 0) {
            error = errno;
        }
        if (error != 0) {
            unlink(temporary_names[o->slot]);
        }
        temporary_used[o->slot] = 0;
    }
    /* A reader that has seen enough closes the pipe: nothing to complain about. */
    if (error != 0 && error != EPIPE) {
        print_error("--%s: cannot write %s: %s", o->flag, o->path, strerror(error));
        outputs->failures++;
    }
}

void drop_output(output_set *outputs, output_file *o)
{
    if (o->stream != NULL && o->stream != stdout) {
        fclose(o->stream);
    }
    o->stream = NULL;
    if (o->slot >= 0) {
        unlink(temporary_names[o->slot]);
        temporary_used[o->slot] = 0;
    }
    outputs->failures++;
}

int outputs_exit_code(const output_set *outputs)
{
    return outputs->failures > 0 ? EXIT_OUTPUT : EXIT_FINE;
}
