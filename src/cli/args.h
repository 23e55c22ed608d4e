/* The flags of a subcommand: its own and those of the library's option table. */
#ifndef KMEANS_CLI_ARGS_H
#define KMEANS_CLI_ARGS_H

#include "cli.h"

typedef struct cli_flag {
    const char *name;         /* long name without the dashes */
    char letter;              /* short form or 0 */
    const char *value;        /* what the value is called, NULL for a switch */
    const char *default_text; /* for the help, "" = none */
    const char *help;         /* one sentence */
    const char *option;       /* the library's option behind it, or NULL */
} cli_flag;

/* Flags that stand together in the help; ended by a NULL name. */
typedef struct flag_set {
    const char *title;
    const cli_flag *flags;
} flag_set;

typedef struct cli_args cli_args;

typedef struct cli_command {
    const char *name;
    const char *usage; /* what follows the name in the usage line */
    const char *about; /* one or two sentences */
    int least_operands;
    int most_operands;            /* -1 = any number */
    const char *missing_operands; /* error text when there are too few */
    const flag_set *flag_sets;    /* ended by a NULL title; library options join the first */
    /* Options of the library the subcommand takes: names separated by blanks, "*" = all that are
     * not covered by a flag of the command itself, "" = none. */
    const char *library_options;
    int (*run)(const cli_args *args);
} cli_command;

enum { MOST_FLAGS = 96 };

struct cli_args {
    const cli_command *command;
    cli_flag flags[MOST_FLAGS];
    const char *titles[MOST_FLAGS]; /* of the set that begins here, else NULL */
    int flag_count;
    const char *values[MOST_FLAGS]; /* as given, "on" for a switch, NULL when absent */
    char **operands;
    int operand_count;
};

/* Collect the flags of a command: needed for the help too. */
void collect_flags(const cli_command *command, cli_args *args);

/* Parse; errors exit with EXIT_USAGE. -h and -V print and exit 0. */
void parse_args(int argc, char **argv, cli_args *args);

/* The value of a flag of this command, NULL when it was not given. */
const char *arg_value(const cli_args *args, const char *name);
bool arg_given(const cli_args *args, const char *name);

/* Index of a flag by its long name, or -1. */
int find_flag(const cli_args *args, const char *name);

/* A library option as a flag, and the option of a name or alias (NULL when there is none). */
char *option_to_flag(const char *name); /* '-' for '_' */
const kmeans_option_info *option_info_of(const char *name);

/* The flag nearest to an unknown name, or NULL. */
const char *nearest_flag(const cli_args *args, const char *name);

/* Set every given flag that is an option of the library; errors exit. */
void set_library_options(const cli_args *args, kmeans_context *context, kmeans_options *options);

/* Help on stdout. */
void print_command_help(const cli_args *args);

#endif
