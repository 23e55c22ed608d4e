#include "signals.h"

#include <signal.h>
#include <unistd.h>

#include "outputs.h"

static volatile sig_atomic_t received = 0;
static volatile sig_atomic_t deferring = 0;

static void on_signal(int number)
{
    if (!deferring || received != 0) {
        remove_temporaries();
        _exit(128 + number);
    }
    received = number;
}

void catch_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    for (int i = 0; i < 3; i++) {
        struct sigaction old;
        struct sigaction action = {0};
        action.sa_handler = on_signal;
        action.sa_flags = SA_RESTART;
        sigemptyset(&action.sa_mask);
        /* A signal that was ignored from outside (nohup) stays ignored. */
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN) {
            sigaction(numbers[i], &action, NULL);
        }
    }
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file too large: the write fails and is reported */
}

void defer_signals(bool on) { deferring = on; }

int pending_signal(void) { return received; }
