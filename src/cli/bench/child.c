/* Runs as processes of their own: those of other builds, and those whose memory is watched. */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* At most so many samples are kept: with each doubling of the time between them half are left. */
enum { MOST_SAMPLES = 512, READ_AT_ONCE = 1 << 16, MOST_TEXT = 1 << 26 };
static const double first_period = 0.002;

typedef struct pipe_text {
    int from, to; /* file descriptors, -1 when closed */
    char *text;
    int64_t length, room;
} pipe_text;

static void open_pipe(pipe_text *p)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        die(EXIT_LIMIT, "no pipe to another process: %s", strerror(errno));
    }
    *p = (pipe_text){.from = ends[0], .to = ends[1], .room = READ_AT_ONCE + 1};
    p->text = allocate(p->room, 1);
}

/* Take what is there; at the end, close. */
static void read_pipe(pipe_text *p)
{
    if (p->length + READ_AT_ONCE >= p->room) {
        char *const old = p->text;
        p->room *= 2;
        p->text = allocate(p->room, 1);
        memcpy(p->text, old, (size_t)p->length);
        release(old);
    }
    const ssize_t count = read(p->from, p->text + p->length, READ_AT_ONCE);
    if (count > 0) {
        p->length += count;
    } else if (count == 0 || errno != EINTR) {
        close(p->from);
        p->from = -1;
    }
}

static pid_t start_child(const char *const *arguments, pipe_text *out, pipe_text *side)
{
    posix_spawn_file_actions_t actions;
    pid_t child = -1;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out->to, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, side->to, CHILD_SIDE);
    /* The strings are not written to: exec wants them so for reasons of its age. */
    char *words[MOST_CHILD_WORDS + 1];
    int count = 0;
    while (arguments[count] != NULL && count < MOST_CHILD_WORDS) {
        words[count] = copy_text(arguments[count]);
        count++;
    }
    words[count] = NULL;
    const int error = posix_spawn(&child, words[0], &actions, NULL, words, environ);
    posix_spawn_file_actions_destroy(&actions);
    while (count > 0) {
        release(words[--count]);
    }
    if (error != 0) {
        die(EXIT_USAGE, "%s cannot be run: %s", arguments[0], strerror(error));
    }
    return child;
}

/* Resident bytes of a process, 0 when it has ended. */
static int64_t resident_bytes(pid_t process)
{
    char name[64];
    long long pages = 0;
    snprintf(name, sizeof name, "/proc/%ld/statm", (long)process);
    FILE *const file = fopen(name, "r");
    if (file == NULL) {
        return 0;
    }
    if (fscanf(file, "%*d %lld", &pages) != 1) {
        pages = 0;
    }
    fclose(file);
    return pages * sysconf(_SC_PAGESIZE);
}

static void add_sample(memory_samples *samples, pid_t process, double start)
{
    const double now = seconds_since_start();
    if (samples->count > 0 && now < samples->next) {
        return;
    }
    const int64_t bytes = resident_bytes(process);
    if (samples->list == NULL) {
        samples->list = allocate(MOST_SAMPLES, sizeof *samples->list);
    }
    if (samples->count == MOST_SAMPLES) {
        samples->period *= 2;
        samples->count /= 2;
        for (int s = 0; s < samples->count; s++) {
            memcpy(samples->list[s], samples->list[2 * s], sizeof samples->list[s]);
        }
    }
    if (bytes > 0) {
        samples->list[samples->count][0] = now - start;
        samples->list[samples->count++][1] = (double)bytes;
    }
    samples->next = now + samples->period;
}

/* Read both to their ends; false when one of them is longer than any result. */
static bool read_texts(pipe_text pipes[2], pid_t child, memory_samples *samples, double start)
{
    while (pipes[0].from >= 0 || pipes[1].from >= 0) {
        struct pollfd files[2] = {{pipes[0].from, POLLIN, 0}, {pipes[1].from, POLLIN, 0}};
        if (samples != NULL) {
            add_sample(samples, child, start);
        }
        poll(files, 2, samples != NULL ? 1 : -1);
        for (int i = 0; i < 2; i++) {
            if (pipes[i].from >= 0 && files[i].revents != 0) {
                read_pipe(&pipes[i]);
            }
            if (pipes[i].length > MOST_TEXT) {
                return false;
            }
        }
    }
    return true;
}

child_texts run_child(const char *const *arguments, memory_samples *samples)
{
    pipe_text pipes[2];
    int status = 0;
    open_pipe(&pipes[0]);
    open_pipe(&pipes[1]);
    const double start = seconds_since_start();
    const pid_t child = start_child(arguments, &pipes[0], &pipes[1]);
    close(pipes[0].to);
    close(pipes[1].to);
    if (samples != NULL) {
        samples->count = 0;
        samples->period = first_period;
    }
    const bool whole = read_texts(pipes, child, samples, start);
    if (!whole) {
        kill(child, SIGKILL);
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (!whole) {
        die(EXIT_DATA, "%s %s wrote more than %d MB: no result is that long", arguments[0],
            arguments[1], MOST_TEXT / 1000000);
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        die(EXIT_DATA, "%s %s ended with %s %d", arguments[0], arguments[1],
            WIFEXITED(status) ? "exit code" : "signal",
            WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
    }
    return (child_texts){pipes[0].text, pipes[1].text};
}
