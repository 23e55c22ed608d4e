/* The lists of the command line, checked. */
#include "lists.h"

#include <string.h>

#include "run.h"

static void split_list(const char *flag, const char *text, text_list *list)
{
    char *rest = copy_text(text);
    list->count = 0;
    for (char *item = strsep(&rest, ","); item != NULL; item = strsep(&rest, ",")) {
        if (*item == '\0') {
            die(EXIT_USAGE, "--%s: '%s' has an empty item", flag, text);
        }
        for (int i = 0; i < list->count; i++) {
            if (strcmp(list->items[i], item) == 0) {
                die(EXIT_USAGE, "--%s: '%s' is there twice", flag, item);
            }
        }
        if (list->count == MOST_LIST) {
            die(EXIT_USAGE, "--%s: more than %d items", flag, MOST_LIST);
        }
        list->items[list->count++] = item;
    }
}

void read_list(const bench_run *bench, const char *flag, const char *otherwise, text_list *list)
{
    const char *const given = arg_value(bench->args, flag);
    const char *const text = given != NULL ? given : otherwise;
    list->count = 0;
    if (text != NULL) {
        split_list(flag, text, list);
    }
}

/* Is it among the first `count`? "auto" and "all" may name what is there already. */
static bool is_listed(const text_list *list, int count, const char *item)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(list->items[i], item) == 0) {
            return true;
        }
    }
    return false;
}

static bool any_build_has(const bench_run *bench, const char *isa)
{
    for (int b = 0; b < bench->build_count; b++) {
        if (build_has_isa(&bench->builds[b], isa)) {
            return true;
        }
    }
    return false;
}

/* The tables: those named, the best one (auto), or all that some build can use here. */
void read_isas(bench_run *bench, const char *otherwise, text_list *isas)
{
    static char best[32];
    const char *name = NULL;
    read_list(bench, "isas", otherwise, isas);
    const bool all = isas->count == 0;
    for (int i = 0; all && (name = kmeans_isa_name(i, NULL)) != NULL; i++) {
        if (strcmp(name, "emulated") != 0 && any_build_has(bench, name)) {
            isas->items[isas->count++] = name;
        }
    }
    int count = 0;
    for (int i = 0; i < isas->count; i++) {
        const char *isa = isas->items[i];
        if (strcmp(isa, "auto") == 0) {
            find_isa(bench->options, best, sizeof best);
            isa = best;
        }
        if (!any_build_has(bench, isa)) {
            die(EXIT_USAGE, "--isas: '%s' is no table that %s can use here; see kmeans info", isa,
                bench->build_count > 1 ? "one of the builds" : "this build");
        }
        if (!is_listed(isas, count, isa)) {
            isas->items[count++] = isa;
        }
    }
    isas->count = count;
}

/* "all" is as many as a fit takes. */
void read_threads(bench_run *bench, const char *otherwise, text_list *threads)
{
    static char all[16];
    int count = 0;
    snprintf(all, sizeof all, "%d", bench->cpus);
    read_list(bench, "threads", otherwise != NULL ? otherwise : "1,all", threads);
    for (int i = 0; i < threads->count; i++) {
        const char *const item = threads->items[i];
        const bool is_all = strcmp(item, "all") == 0;
        if (!is_listed(threads, count, is_all ? all : item)) {
            threads->items[count++] = is_all ? all : item;
        }
        if (!is_all && parse_count("threads", item, 1, 4096) > bench->cpus) {
            add_note(bench, "more than %d thread%s share the %d CPU%s of this process", bench->cpus,
                     plural(bench->cpus), bench->cpus, plural(bench->cpus));
        }
    }
    threads->count = count;
}

bool is_exact(const char *algorithm)
{
    const char *known = NULL;
    int exact = 0;
    for (int i = 0; (known = kmeans_algorithm_name(i, &exact, NULL)) != NULL; i++) {
        if (strcmp(known, algorithm) == 0) {
            return exact != 0;
        }
    }
    die(EXIT_USAGE, "--algorithms: '%s' is no algorithm; see kmeans info", algorithm);
}

void read_algorithms(bench_run *bench, const char *otherwise, text_list *algorithms)
{
    read_list(bench, "algorithms", otherwise, algorithms);
    for (int i = 0; i < algorithms->count; i++) {
        is_exact(algorithms->items[i]);
    }
}
