/* Parsing of the command line: getopt_long on the flags of the subcommand. */
#include "args.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CODE = 1000, MOST_ALIASES = 6 };

/* The flag of a short form, or -1. */
static int flag_of_letter(const cli_args *args, int letter)
{
    for (int i = 0; i < args->flag_count; i++) {
        if (letter != 0 && args->flags[i].letter == letter) {
            return i;
        }
    }
    return -1;
}

static noreturn void reject_flag(const cli_args *args, const char *word)
{
    /* optopt is 0 for an unknown long name, the flag's code for one with an unwanted value. */
    if (optopt != 0 && optopt < FIRST_CODE) {
        die(EXIT_USAGE, "unknown option -%c; see kmeans %s --help", optopt, args->command->name);
    }
    char *const name = copy_text(word + 2);
    name[strcspn(name, "=")] = '\0';
    int candidates = 0;
    const char *matches[2] = {"", ""};
    for (int i = 0; i < args->flag_count; i++) {
        if (strncmp(args->flags[i].name, name, strlen(name)) == 0 && candidates++ < 2) {
            matches[candidates - 1] = args->flags[i].name;
        }
    }
    const int known = find_flag(args, name);
    if (known >= 0) {
        die(EXIT_USAGE, "--%s takes no value", name);
    }
    if (candidates > 1) {
        die(EXIT_USAGE, "--%s: is it --%s or --%s?", name, matches[0], matches[1]);
    }
    const int short_form = strlen(name) == 1 ? flag_of_letter(args, *name) : -1;
    if (short_form >= 0) {
        die(EXIT_USAGE, "unknown option --%s: did you mean -%s, which is --%s?", name, name,
            args->flags[short_form].name);
    }
    const char *const near = nearest_flag(args, name);
    if (near != NULL) {
        die(EXIT_USAGE, "unknown option --%s: did you mean --%s?", name, near);
    }
    die(EXIT_USAGE, "unknown option --%s; see kmeans %s --help", name, args->command->name);
}

/* The aliases of a library option as further entries of the same code. */
static struct option *add_aliases(const cli_args *args, int i, struct option *next)
{
    const cli_flag *const f = &args->flags[i];
    const kmeans_option_info *const info = option_info_of(f->option);
    if (info == NULL) {
        return next;
    }
    char *rest = join_text(join_text(info->name, " "), info->alias);
    for (int left = MOST_ALIASES; rest != NULL && left > 0; left--) {
        char *const name = option_to_flag(strsep(&rest, " "));
        if (*name != '\0' && find_flag(args, name) < 0) {
            *next++ = (struct option){name, required_argument, NULL, FIRST_CODE + i};
        }
    }
    return next;
}

static struct option *make_long_options(const cli_args *args)
{
    struct option *const options =
        allocate(args->flag_count * (MOST_ALIASES + 1) + 1, sizeof *options);
    struct option *next = options;
    for (int i = 0; i < args->flag_count; i++) {
        const cli_flag *const f = &args->flags[i];
        const int has_value = f->value != NULL ? required_argument : no_argument;
        *next++ = (struct option){f->name, has_value, NULL, FIRST_CODE + i};
        if (f->option != NULL) {
            next = add_aliases(args, i, next);
        }
    }
    return options;
}

static char *make_letters(const cli_args *args)
{
    char *const letters = allocate(3 + 2 * args->flag_count + 1, 1);
    char *next = letters;
    /* '-': operands are handed over in order, whatever POSIXLY_CORRECT says; ':': a missing value
     * is told apart from an unknown flag. */
    *next++ = '-';
    *next++ = ':';
    for (int i = 0; i < args->flag_count; i++) {
        if (args->flags[i].letter != 0) {
            *next++ = args->flags[i].letter;
            if (args->flags[i].value != NULL) {
                *next++ = ':';
            }
        }
    }
    return letters;
}

static int flag_of_code(const cli_args *args, int code)
{
    return code < FIRST_CODE ? flag_of_letter(args, code) : code - FIRST_CODE;
}

static void check_operands(const cli_args *args)
{
    const cli_command *const command = args->command;
    if (args->operand_count < command->least_operands) {
        die(EXIT_USAGE, "%s; see kmeans %s --help", command->missing_operands, command->name);
    }
    if (command->most_operands >= 0 && args->operand_count > command->most_operands) {
        die(EXIT_USAGE, "unexpected argument '%s'; see kmeans %s --help",
            args->operands[command->most_operands], command->name);
    }
}

static void take_flag(cli_args *args, int i, const char *value)
{
    const cli_flag *const f = &args->flags[i];
    if (strcmp(f->name, "help") == 0) {
        print_command_help(args);
        exit(EXIT_FINE);
    }
    if (strcmp(f->name, "version") == 0) {
        printf("kmeans %s\n", kmeans_version());
        exit(EXIT_FINE);
    }
    if (f->value != NULL && strncmp(value, "--", 2) == 0) {
        die(EXIT_USAGE, "--%s needs a value (%s), not '%s'", f->name, f->value, value);
    }
    args->values[i] = f->value != NULL ? value : "on";
}

void parse_args(int argc, char **argv, cli_args *args)
{
    struct option *const options = make_long_options(args);
    char *const letters = make_letters(args);
    int code = 0;
    args->operands = allocate(argc, sizeof *args->operands);
    opterr = 0;
    while ((code = getopt_long(argc, argv, letters, options, NULL)) != -1) {
        if (code == 1) {
            args->operands[args->operand_count++] = optarg;
        } else if (code == '?') {
            reject_flag(args, argv[optind - 1]);
        } else if (code == ':') {
            const cli_flag *const f = &args->flags[flag_of_code(args, optopt)];
            die(EXIT_USAGE, "--%s needs a value (%s)", f->name, f->value);
        } else {
            take_flag(args, flag_of_code(args, code), optarg);
        }
    }
    while (optind < argc) { /* what follows "--" */
        args->operands[args->operand_count++] = argv[optind++];
    }
    release(letters);
    release(options);
    set_quiet(arg_given(args, "quiet"));
    check_operands(args);
}

/* The library's text begins with the option's name ("threads is 9999; ..."): the flag takes its
 * place. */
static noreturn void die_option(const cli_flag *f, int status, const char *detail)
{
    const size_t length = strlen(f->option);
    if (strncmp(detail, f->option, length) == 0 && strchr(" :", detail[length]) != NULL) {
        die(exit_code_of(status), "--%s%s", f->name, detail + length);
    }
    die(exit_code_of(status), "--%s: %s", f->name, detail);
}

void set_library_options(const cli_args *args, kmeans_context *context, kmeans_options *options)
{
    for (int i = 0; i < args->flag_count; i++) {
        if (args->flags[i].option != NULL && args->values[i] != NULL) {
            const int status = kmeans_options_set(options, args->flags[i].option, args->values[i]);
            if (status != KMEANS_OK) {
                const char *const detail = kmeans_detail(context);
                die_option(&args->flags[i], status,
                           detail != NULL && *detail != '\0' ? detail : kmeans_strerror(status));
            }
        }
    }
}
