/* The machine that the command runs on. */
#ifndef KMEANS_CLI_MACHINE_H
#define KMEANS_CLI_MACHINE_H

#include "cli.h"

/* The processor's name as the kernel gives it; the architecture where there is none. */
void find_cpu(char *name, size_t capacity);

/* The threads that a fit takes where nothing is said. A variable that makes no sense exits. */
int find_threads(void);

#endif
