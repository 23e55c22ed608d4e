#include "method.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/random.h>

#include "run.h"

void check_stop_rules(const cli_args *args)
{
    static const char *const rules[] = {"max-iter", "tol", "shift-tol", "inertia-tol",
                                        "change-fraction"};
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (arg_given(args, "iterations") && arg_given(args, rules[i])) {
            die(EXIT_USAGE, "--iterations runs exactly that many passes: it excludes --%s",
                rules[i]);
        }
    }
}

void check_init_trials(const kmeans_options *options, bool plusplus, const char *start)
{
    if (!plusplus && !option_is(options, "init_trials", "0")) {
        die(EXIT_USAGE, "--init-trials is for k-means++ and makes no sense with %s", start);
    }
}

void read_seed(const cli_args *args, kmeans_context *context, kmeans_options *options)
{
    const char *const text = arg_value(args, "seed");
    char number[32];
    uint64_t seed = 0;
    if (text == NULL) {
        return;
    }
    if (strcmp(text, "random") == 0) {
        if (getrandom(&seed, sizeof seed, 0) != sizeof seed) {
            die(EXIT_LIMIT, "no random numbers from the system: %s", strerror(errno));
        }
        print_note("seed %" PRIu64, seed);
    } else {
        seed = parse_seed("seed", text);
    }
    snprintf(number, sizeof number, "%" PRIu64, seed);
    if (kmeans_options_set(options, "seed", number) != KMEANS_OK) {
        die(EXIT_USAGE, "--seed: %s", kmeans_detail(context));
    }
}
