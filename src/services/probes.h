/* Floor 1: static probes for perf, bpftrace and gdb (USDT, provider "kmeans"), where sys/sdt.h was
 * there at build time: a nop each until a tracer is attached. kmeans(1) lists them.
 *   init_begin(restart, k)         init_end(restart, status)
 *   assign_begin(n, k)             assign_end(changed rows, rechecked rows)
 *   recheck(thread, rows)          rows of a block that the screen left open
 *   update_begin(pass, k)          update_end(pass, clusters found empty)
 *   pass(pass, changed rows) */
#ifndef KM_PROBES_H
#define KM_PROBES_H

#if defined(KMEANS_HAVE_PROBES)
#include <sys/sdt.h>
#ifdef __clang__ /* its macros leave "..." empty */
#pragma clang diagnostic ignored "-Wgnu-zero-variadic-macro-arguments"
#endif
#define KM_PROBE(name, a, b) DTRACE_PROBE2(kmeans, name, a, b)
#else
#define KM_PROBE(name, a, b) ((void)(a), (void)(b))
#endif

#endif
