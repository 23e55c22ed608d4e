/* The command kmeans: finds the subcommand and runs it. */
#include "tables.h"

#include <signal.h>
#include <string.h>

#include "signals.h"

static void print_usage(FILE *stream)
{
    fprintf(stream, "usage: kmeans COMMAND [options]\n\nExact, reproducible, fast k-means.\n\n");
    for (const cli_command *c = commands; c->name != NULL; c++) {
        fprintf(stream, "  %-10s%.*s\n", c->name, (int)strcspn(c->about, "\n"), c->about);
    }
    fprintf(stream, "\nkmeans COMMAND --help explains each; kmeans -V prints the version.\n"
                    "First steps:\n"
                    "  kmeans fit data.csv -k 3 --labels labels.txt --centroids centroids.csv\n"
                    "  kmeans predict new.csv --centroids centroids.csv\n");
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
    if (best != NULL) {
        die(EXIT_USAGE, "unknown command '%s': did you mean '%s'?", name, best);
    }
    die(EXIT_USAGE,
        "unknown command '%s': fit, predict, verify, info or generate; see "
        "kmeans --help",
        name);
}

static int run_command(const cli_command *command, int argc, char **argv)
{
    cli_args *const args = allocate(1, sizeof *args);
    begin_messages(command->name);
    collect_flags(command, args);
    parse_args(argc, argv, args);
    return command->run(args);
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
        print_usage(stdout);
        return EXIT_FINE;
    }
    if (strcmp(name, "-V") == 0 || strcmp(name, "--version") == 0) {
        printf("kmeans %s\n", kmeans_version());
        return EXIT_FINE;
    }
    for (const cli_command *c = commands; c->name != NULL; c++) {
        if (strcmp(name, c->name) == 0) {
            const int code = run_command(c, argc - 1, argv + 1);
            release_all();
            return code;
        }
    }
    reject_command(name);
}
