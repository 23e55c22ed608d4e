/* The lists of the command line. */
#ifndef KMEANS_CLI_BENCH_LISTS_H
#define KMEANS_CLI_BENCH_LISTS_H

#include "bench.h"

typedef struct text_list {
    const char *items[MOST_LIST];
    int count;
} text_list;

/* The list of a flag, or else `otherwise`, which may be NULL: then it is empty. */
void read_list(const bench_run *bench, const char *flag, const char *otherwise, text_list *list);

/* The same with what it may name; NULL is the default. Errors exit. */
void read_isas(bench_run *bench, const char *otherwise, text_list *isas);
void read_threads(bench_run *bench, const char *otherwise, text_list *threads);
void read_algorithms(bench_run *bench, const char *otherwise, text_list *algorithms);

/* Is its result that of Lloyd's iteration? Exits when there is no such algorithm. */
bool is_exact(const char *algorithm);

#endif
