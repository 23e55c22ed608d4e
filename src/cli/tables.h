/* The subcommands and their flags. */
#ifndef KMEANS_CLI_TABLES_H
#define KMEANS_CLI_TABLES_H

#include "args.h"

/* All subcommands; the last entry has a NULL name. */
extern const cli_command commands[];

/* One entry point per subcommand; each returns the exit code. */
int run_fit(const cli_args *args);
int run_predict(const cli_args *args);
int run_verify(const cli_args *args);
int run_sweep(const cli_args *args);
int run_info(const cli_args *args);
int run_generate(const cli_args *args);
int run_bench(const cli_args *args);
int run_plot(const cli_args *args);

#endif
