/* The flags of a subcommand: its own and the library's options under the command's names. */
#include "args.h"

#include <string.h>

/* Where the command's name for an option is not simply the option's name. Other aliases of the
 * library's table are accepted as they are. */
static const struct {
    const char *option;
    const char *name;
    char letter;
} spellings[] = {
    {"k", "clusters", 'k'},           {"max_iterations", "max-iter", 0},
    {"shift_tol_relative", "tol", 0}, {"inertia_tol_relative", "inertia-tol", 0},
    {"threads", "threads", 'T'},
};
enum { SPELLINGS = sizeof spellings / sizeof spellings[0] };

char *option_to_flag(const char *name)
{
    char *const text = copy_text(name);
    for (char *c = text; *c != '\0'; c++) {
        *c = *c == '_' ? '-' : *c;
    }
    return text;
}

static bool list_has_word(const char *list, const char *word)
{
    const size_t length = strlen(word);
    for (const char *at = strstr(list, word); at != NULL; at = strstr(at + 1, word)) {
        if ((at == list || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0')) {
            return true;
        }
    }
    return false;
}

/* Name for people of an option's value. */
static const char *value_name(const kmeans_option_info *info)
{
    if (strcmp(info->type, "integer") == 0) {
        return "N";
    }
    if (strcmp(info->type, "duration") == 0) {
        return "TIME";
    }
    if (strcmp(info->type, "size") == 0) {
        return "BYTES";
    }
    if (strcmp(info->type, "path") == 0) {
        return "FILE";
    }
    if (strcmp(info->type, "switch") == 0) {
        return "on|off";
    }
    return strcmp(info->type, "choice") == 0 ? "NAME" : "X";
}

const kmeans_option_info *option_info_of(const char *name)
{
    const kmeans_option_info *info = NULL;
    for (int i = 0; (info = kmeans_option_at(i)) != NULL; i++) {
        if (strcmp(info->name, name) == 0 || list_has_word(info->alias, name)) {
            return info;
        }
    }
    return NULL;
}

/* The command's own flag of a name goes before the library's option. */
static bool is_own_flag(const cli_command *command, const char *name)
{
    for (const flag_set *set = command->flag_sets; set->title != NULL; set++) {
        for (const cli_flag *f = set->flags; f->name != NULL; f++) {
            if (strcmp(f->name, name) == 0) {
                return true;
            }
        }
    }
    return false;
}

static void add_library_flag(const kmeans_option_info *info, cli_args *args)
{
    cli_flag *const f = &args->flags[args->flag_count];
    f->name = option_to_flag(info->name);
    for (int i = 0; i < SPELLINGS; i++) {
        if (strcmp(spellings[i].option, info->name) == 0) {
            f->name = spellings[i].name;
            f->letter = spellings[i].letter;
        }
    }
    f->value = value_name(info);
    f->default_text = info->default_value;
    f->help = info->help;
    f->option = info->name;
    if (!is_own_flag(args->command, f->name)) {
        args->flag_count++;
    }
}

static void add_library_flags(cli_args *args)
{
    const char *const wanted = args->command->library_options;
    const kmeans_option_info *info = NULL;
    for (int i = 0; (info = kmeans_option_at(i)) != NULL && args->flag_count < MOST_FLAGS; i++) {
        if (strcmp(wanted, "*") == 0 || list_has_word(wanted, info->name)) {
            add_library_flag(info, args);
        }
    }
}

void collect_flags(const cli_command *command, cli_args *args)
{
    memset(args, 0, sizeof *args);
    args->command = command;
    for (const flag_set *set = command->flag_sets; set->title != NULL; set++) {
        args->titles[args->flag_count] = set->title;
        for (const cli_flag *f = set->flags; f->name != NULL; f++) {
            args->flags[args->flag_count++] = *f;
        }
        if (set == command->flag_sets) {
            add_library_flags(args);
        }
    }
}

int find_flag(const cli_args *args, const char *name)
{
    for (int i = 0; i < args->flag_count; i++) {
        if (strcmp(args->flags[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

const char *arg_value(const cli_args *args, const char *name)
{
    const int i = find_flag(args, name);
    return i < 0 ? NULL : args->values[i];
}

bool arg_given(const cli_args *args, const char *name) { return arg_value(args, name) != NULL; }

/* The flag of this command that serves a library option, given by its name or an alias, or -1. */
static int flag_of_option(const cli_args *args, const char *word)
{
    const kmeans_option_info *const info = option_info_of(word);
    for (int i = 0; info != NULL && i < args->flag_count; i++) {
        const cli_flag *const f = &args->flags[i];
        if (f->option != NULL && strcmp(f->option, info->name) == 0) {
            return i;
        }
    }
    char *const name = option_to_flag(word);
    return find_flag(args, name); /* seed and init are flags of the command itself */
}

/* The flag nearest to an unknown name: a typing error of one letter first, then the names that
 * other libraries use, which the library knows, then anything within a third of the letters. */
const char *nearest_flag(const cli_args *args, const char *name)
{
    const char *best = NULL;
    int best_distance = 1 << 20;
    for (int i = 0; i < args->flag_count; i++) {
        const int distance = edit_distance(name, args->flags[i].name);
        if (distance < best_distance) {
            best = args->flags[i].name;
            best_distance = distance;
        }
    }
    if (best_distance > 1) {
        char *const option = copy_text(name);
        for (char *c = option; *c != '\0'; c++) {
            *c = *c == '-' ? '_' : *c;
        }
        const char *const known = kmeans_option_nearest(option);
        const int i = known != NULL ? flag_of_option(args, known) : -1;
        release(option);
        if (i >= 0) {
            return args->flags[i].name;
        }
    }
    const int limit = (int)strlen(name) / 3 > 2 ? (int)strlen(name) / 3 : 2;
    return best_distance <= limit ? best : NULL;
}
