/* The command kmeans: finds the subcommand and runs it. */
#include "tables.h"

#include <errno.h>
#include <string.h>

#include "outputs.h"
#include "signals.h"

static void print_usage(FILE *stream)
{
    fprintf(stream, "usage: kmeans COMMAND [options]\n\nExact, reproducible, fast k-means.\n\n");
    for (const cli_command *c = commands; c->name != NULL; c++) {
        fprintf(stream, "  %-10s%.*s\n", c->name, (int)strcspn(c->about, "\n"), c->about);
    }
    fprintf(stream, "\nkmeans help COMMAND explains each; kmeans -V prints the version.\n"
                    "First steps:\n"
                    "  kmeans fit data.csv -k 3 --labels labels.txt --centroids centroids.csv\n"
                    "  kmeans predict new.csv --centroids centroids.csv\n");
}

static const cli_command *find_command(const char *name)
{
    const cli_command *c = commands;
    while (c->name != NULL && strcmp(name, c->name) != 0) {
        c++;
    }
    return c->name != NULL ? c : NULL;
}

/* "fit, predict or info" */
static const char *list_commands(void)
{
    const char *list = commands[0].name;
    for (const cli_command *c = commands + 1; c->name != NULL; c++) {
        list = join_text(join_text(list, c[1].name != NULL ? ", " : " or "), c->name);
    }
    return list;
}

static noreturn void reject_command(const char *name)
{
    const char *best = NULL;
    int best_distance = 4;
    for (const cli_command *c = commands; c->name != NULL; c++) {
        const int distance = edit_distance(name, c->name);
        if (distance < best_distance) {
            best = c->name;
            best_distance = distance;
        }
    }
    if (best != NULL && *name != '-') {
        die(EXIT_USAGE, "unknown command '%s': did you mean '%s'?", name, best);
    }
    if (*name == '-') {
        die(EXIT_USAGE, "the command comes first, then its options: kmeans fit %s ...", name);
    }
    die(EXIT_USAGE, "unknown command '%s': %s; see kmeans --help", name, list_commands());
}

static int run_command(const cli_command *command, int argc, char **argv)
{
    cli_args *const args = allocate(1, sizeof *args);
    begin_messages(command->name);
    collect_flags(command, args);
    parse_args(argc, argv, args);
    return command->run(args);
}

/* The help of a command, or of all. */
static void print_help(const char *name)
{
    if (name == NULL || *name == '-' || strcmp(name, "help") == 0) {
        print_usage(stdout);
        return;
    }
    const cli_command *const command = find_command(name);
    if (command == NULL) {
        reject_command(name);
    }
    cli_args *const args = allocate(1, sizeof *args);
    collect_flags(command, args);
    print_command_help(args);
}

/* What was printed must have arrived; a reader that has seen enough is no failure. */
static int end_process(int code)
{
    const int error = flush_stream(stdout);
    if (error != 0 && error != EPIPE && code == EXIT_FINE) {
        print_error("cannot write to standard output: %s", strerror(error));
        code = EXIT_OUTPUT;
    }
    release_all();
    return code;
}

int main(int argc, char **argv)
{
    begin_clock();
    catch_signals();
    if (argc < 2) {
        print_usage(stderr);
        return EXIT_USAGE;
    }
    const char *const name = argv[1];
    if (strcmp(name, "-h") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "help") == 0) {
        print_help(argc > 2 ? argv[2] : NULL);
        return end_process(EXIT_FINE);
    }
    if (strcmp(name, "-V") == 0 || strcmp(name, "--version") == 0) {
        printf("kmeans %s\n", kmeans_version());
        return EXIT_FINE;
    }
    const cli_command *const command = find_command(name);
    if (command == NULL) {
        reject_command(name);
    }
    return end_process(run_command(command, argc - 1, argv + 1));
}
