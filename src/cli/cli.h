/* What every file of the command shares: exit codes, errors, memory, numbers from text.
 *
 * The command uses the public header only. Every file includes this one first. */
#ifndef KMEANS_CLI_H
#define KMEANS_CLI_H

/* getopt_long, getrandom, realpath and mkstemp are beyond C11. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdnoreturn.h>

#include <kmeans/kmeans.h>

/* Exit codes; after a signal it is 128 + its number. */
enum {
    EXIT_FINE = 0,
    EXIT_DIFFERENT = 1, /* verify or bench found a difference */
    EXIT_USAGE = 2,
    EXIT_DATA = 3,   /* an input cannot be read or used */
    EXIT_LIMIT = 4,  /* memory, or time ran out before a first result */
    EXIT_OUTPUT = 5, /* an output was not written */
};

#if defined(__GNUC__)
#define CLI_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define CLI_PRINTF(text, first)
#endif

/* Name the subcommand for messages and start the process's clock. */
void begin_messages(const char *command);
void begin_clock(void);
double seconds_since_start(void);

/* Print "kmeans fit: <text>" to stderr; warnings and notes are dropped when quiet. */
void set_quiet(bool quiet);
bool is_quiet(void);
void print_error(const char *format, ...) CLI_PRINTF(1, 2);
void print_warning(const char *format, ...) CLI_PRINTF(1, 2);
void print_note(const char *format, ...) CLI_PRINTF(1, 2);

/* The exit code that belongs to an error of the library. */
int exit_code_of(int status);

/* Print an error, remove the temporaries of all outputs and exit. */
noreturn void die(int code, const char *format, ...) CLI_PRINTF(2, 3);

/* The same for an error of the library: its detail text and the exit code that belongs to it. */
noreturn void die_status(const kmeans_context *context, int status);

/* Memory that is there or ends the process with EXIT_LIMIT. count * size is checked. */
void *allocate(int64_t count, size_t size);
void release(void *memory);
void release_all(void);
char *copy_text(const char *text);
char *join_text(const char *first, const char *second);

/* "s", or "" after the number 1. */
const char *plural(int64_t count);

/* Numbers from text; `flag` is named in the error, which exits with EXIT_USAGE. Counts take 1e6,
 * sizes also 256K, 256M, 256G (binary). */
int64_t parse_count(const char *flag, const char *text, int64_t low, int64_t high);
int64_t parse_size(const char *flag, const char *text);
uint64_t parse_seed(const char *flag, const char *text);
double parse_real(const char *flag, const char *text, double low, double high);

/* Edits (insert, delete, replace, swap of neighbours) that turn one word into the other. */
int edit_distance(const char *a, const char *b);

/* Shortest of 15 .. 17 (float: 6 .. 9) digits that reads back; returns the length. */
enum { REAL_TEXT = 40 };
int format_real(double value, char text[REAL_TEXT]);
int format_float(float value, char text[REAL_TEXT]);
int format_integer(int64_t value, char text[REAL_TEXT]);

#endif
