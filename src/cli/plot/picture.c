#include "picture.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backends.h"

extern char **environ;

enum { PLAIN_WIDTH = 80, LEAST_WIDTH = 20, MOST_WIDTH = 200 };

static bool has_suffix(const char *path, const char *suffix)
{
    const char *const slash = strrchr(path, '/');
    const char *const own = strrchr(slash != NULL ? slash : path, '.');
    return own != NULL && strcmp(own, suffix) == 0;
}

static char *replace_suffix(const char *path, const char *suffix)
{
    char *const text = allocate((int64_t)(strlen(path) + strlen(suffix)) + 1, 1);
    const size_t length = (size_t)(strrchr(path, '.') - path);
    memcpy(text, path, length);
    strcpy(text + length, suffix);
    return text;
}

/* A program in PATH, or NULL; a folder of that name is none. */
static char *find_program(const char *name)
{
    const char *const path = getenv("PATH");
    char *rest = copy_text(path != NULL ? path : "");
    char *folder = NULL;
    struct stat facts;
    while ((folder = strsep(&rest, ":")) != NULL) {
        char *const file = join_text(*folder != '\0' ? join_text(folder, "/") : "./", name);
        if (stat(file, &facts) == 0 && S_ISREG(facts.st_mode) && access(file, X_OK) == 0) {
            return file;
        }
    }
    return NULL;
}

/* Columns of the terminal that the file is, or what COLUMNS says. */
static int find_width(int file)
{
    struct winsize size;
    const char *const columns = getenv("COLUMNS");
    long width = columns != NULL ? strtol(columns, NULL, 10) : 0;
    if (width <= 0 && ioctl(file, TIOCGWINSZ, &size) == 0) {
        width = size.ws_col;
    }
    width = width <= 0 ? PLAIN_WIDTH : width;
    return (int)(width > MOST_WIDTH ? MOST_WIDTH : width);
}

/* A picture in characters that has no room is refused before there is anything to draw. */
static void check_width(const char *flag, const char *path)
{
    const int width = find_width(strcmp(path, "-") == 0 ? STDOUT_FILENO : -1);
    if (width < LEAST_WIDTH) {
        die(EXIT_USAGE,
            "--%s %s: %d columns are too few for a picture in characters, which takes "
            "%d at least",
            flag, path, width, LEAST_WIDTH);
    }
}

void add_picture(plot_picture *picture, output_set *outputs, const char *flag, const char *path)
{
    *picture = (struct plot_picture){.outputs = outputs, .flag = flag, .path = path};
    if (path == NULL) {
        return;
    }
    const bool png = has_suffix(path, ".png");
    if (!png && !has_suffix(path, ".svg") && !has_suffix(path, ".gp") &&
        !has_suffix(path, ".txt") && strcmp(path, "-") != 0) {
        die(EXIT_USAGE, "--%s %s: the name must end in .svg, .png, .gp or .txt", flag, path);
    }
    if (has_suffix(path, ".txt") || strcmp(path, "-") == 0) {
        check_width(flag, path);
    }
    picture->gnuplot = png ? find_program("gnuplot") : NULL;
    if (has_suffix(path, ".gp") || (png && picture->gnuplot == NULL)) {
        picture->script = add_output(outputs, flag, replace_suffix(path, ".gp"), OUTPUT_PICTURE);
        picture->data = add_output(outputs, flag, replace_suffix(path, ".dat"), OUTPUT_PICTURE);
    } else {
        picture->main = add_output(outputs, flag, path, OUTPUT_PICTURE);
    }
}

/* Without setlocale, which would change how numbers are written: what it would go by. */
static bool locale_is_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (int i = 0; i < 3; i++) {
        const char *const value = getenv(names[i]);
        if (value != NULL && *value != '\0') {
            return strcasestr(value, "utf-8") != NULL || strcasestr(value, "utf8") != NULL;
        }
    }
    return false;
}

static void draw_terminal(FILE *stream, const plot_figure *figure)
{
    const char *const no_color = getenv("NO_COLOR");
    const bool quiet = no_color != NULL && *no_color != '\0';
    const int width = find_width(fileno(stream));
    const terminal_facts terminal = {.width = width > LEAST_WIDTH ? width : LEAST_WIDTH,
                                     .utf8 = locale_is_utf8(),
                                     .colours = isatty(fileno(stream)) && !quiet};
    write_terminal(stream, figure, &terminal);
}

/* Run gnuplot on a script, its standard output being `to`. Returns 0, the error of starting it, or
 * -1 when it failed or wrote nothing. */
static int run_gnuplot(const char *program, FILE *script, FILE *to)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t usual;
    struct stat facts;
    pid_t child = 0;
    int status = 0;
    char *const arguments[] = {(char *)(uintptr_t)program, (char *)(uintptr_t) "-", NULL};
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    sigaddset(&usual, SIGXFSZ);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    posix_spawn_file_actions_adddup2(&actions, fileno(script), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fileno(to), STDOUT_FILENO);
    const int error = posix_spawn(&child, program, &actions, &attributes, arguments, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) {
        return error;
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    const bool empty = fstat(fileno(to), &facts) == 0 && facts.st_size == 0;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 && !empty ? 0 : -1;
}

static void draw_png(plot_picture *picture, const plot_figure *figure)
{
    FILE *const script = tmpfile();
    if (script == NULL) {
        print_error("--%s: no temporary file: %s", picture->flag, strerror(errno));
        drop_output(picture->outputs, picture->main);
        return;
    }
    write_gnuplot(script, figure, NULL, NULL, NULL);
    int error = flush_stream(script);
    rewind(script);
    error = error != 0 ? error : run_gnuplot(picture->gnuplot, script, picture->main->stream);
    fclose(script);
    if (error != 0) {
        print_error("--%s: %s could not make %s%s%s", picture->flag, picture->gnuplot,
                    picture->path, error > 0 ? ": " : "", error > 0 ? strerror(error) : "");
        drop_output(picture->outputs, picture->main);
        return;
    }
    finish_output(picture->outputs, picture->main);
}

/* The script, for gnuplot to be run by hand. */
static void write_script(plot_picture *picture, const plot_figure *figure)
{
    output_set *const all = picture->outputs;
    const bool wanted = has_suffix(picture->path, ".png");
    const int before = all->failures;
    write_gnuplot(picture->script->stream, figure, picture->data->stream, picture->data->path,
                  wanted ? picture->path : replace_suffix(picture->path, ".png"));
    finish_output(all, picture->data);
    finish_output(all, picture->script);
    if (wanted && all->failures == before) {
        print_error(
            "--%s %s: a PNG needs gnuplot, which is not in PATH; wrote %s and %s, from which "
            "'gnuplot %s' makes it",
            picture->flag, picture->path, picture->script->path, picture->data->path,
            picture->script->path);
        all->failures++;
    }
}

void finish_picture(plot_picture *picture, const plot_figure *figure)
{
    if (picture->script != NULL) {
        write_script(picture, figure);
    } else if (picture->main != NULL && picture->gnuplot != NULL) {
        draw_png(picture, figure);
    } else if (picture->main != NULL) {
        if (has_suffix(picture->path, ".svg")) {
            write_svg(picture->main->stream, figure);
        } else {
            draw_terminal(picture->main->stream, figure);
        }
        finish_output(picture->outputs, picture->main);
    }
}
