/* The help of a subcommand, made from its table of flags. */
#include "args.h"

#include <string.h>

enum { HELP_COLUMN = 34, HELP_WIDTH = 98 };

static void print_left(const cli_flag *f)
{
    char left[160];
    const char letter[5] = {'-', f->letter, ',', ' ', '\0'};
    const int length =
        snprintf(left, sizeof left, "  %s--%s%s%s", f->letter ? letter : "    ", f->name,
                 f->value != NULL ? " " : "", f->value != NULL ? f->value : "");
    printf("%-*s", HELP_COLUMN - 1, left);
    printf(length >= HELP_COLUMN - 1 ? "\n%*s" : "%*s", length >= HELP_COLUMN - 1 ? HELP_COLUMN : 1,
           "");
}

/* Words of `text` from the help column on, `column` being where the line stands. */
static int print_words(const char *text, int column)
{
    while (*text != '\0') {
        const int length = (int)strcspn(text, " ");
        if (column > HELP_COLUMN && column + 1 + length > HELP_WIDTH) {
            printf("\n%*s", HELP_COLUMN, "");
            column = HELP_COLUMN;
        }
        column += printf("%s%.*s", column > HELP_COLUMN ? " " : "", length, text);
        text += length;
        text += strspn(text, " ");
    }
    return column;
}

static void print_flag(const cli_flag *f)
{
    char note[200];
    int column = HELP_COLUMN;
    print_left(f);
    column = print_words(f->help, column);
    if (f->option != NULL) {
        const kmeans_option_info *const info = option_info_of(f->option);
        if (info != NULL && *info->values != '\0') {
            snprintf(note, sizeof note, "(%s)", info->values);
            column = print_words(note, column);
        }
    }
    if (*f->default_text != '\0') {
        snprintf(note, sizeof note, "[%s]", f->default_text);
        print_words(note, column);
    }
    putchar('\n');
}

static void print_required(const cli_args *args)
{
    for (int i = 0; i < args->flag_count; i++) {
        if (args->flags[i].letter == 'k') {
            print_flag(&args->flags[i]);
        }
    }
}

void print_command_help(const cli_args *args)
{
    printf("usage: kmeans %s %s\n\n%s\n\n", args->command->name, args->command->usage,
           args->command->about);
    for (int i = 0; i < args->flag_count; i++) {
        if (args->titles[i] != NULL) {
            printf("%s:\n", args->titles[i]);
            if (i == 0) { /* k goes first: it is the one that must be given */
                print_required(args);
            }
        }
        if (args->flags[i].letter != 'k') {
            print_flag(&args->flags[i]);
        }
    }
    printf("\nDefaults are in [brackets]. The manual, kmeans(1), says more.\n");
}
