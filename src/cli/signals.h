/* What a signal does. SIGINT, SIGTERM and SIGHUP during a fit ask it to stop, the best result is
 * written and the exit code is 128 + the signal; at any other time, and the second time, the
 * temporaries are removed and the process ends at once. SIGPIPE is ignored: the write says it. */
#ifndef KMEANS_CLI_SIGNALS_H
#define KMEANS_CLI_SIGNALS_H

#include "cli.h"

void catch_signals(void);

/* While set, a first signal only raises the flag. */
void defer_signals(bool on);

/* The signal that came, or 0. */
int pending_signal(void);

#endif
