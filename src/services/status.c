/* Texts of the return codes, version, build facts. */
#include <kmeans/context.h>
#include <kmeans/status.h>
#include <kmeans/version.h>

#include "../../kernels/float_rules.h"
#include "threads.h"

#define KM_TEXT_OF(number) #number
#define KM_TEXT(number)    KM_TEXT_OF(number)

const char *kmeans_strerror(int status)
{
    switch (status) {
    case KMEANS_OK: return "success";
    case KMEANS_STOPPED_MAX_ITERATIONS: return "stopped at the limit of iterations";
    case KMEANS_STOPPED_TIME_LIMIT: return "stopped at the time limit";
    case KMEANS_STOPPED_CANCELLED: return "cancelled, with a usable result";
    case KMEANS_ERROR_ARGUMENT: return "invalid argument";
    case KMEANS_ERROR_NAME: return "unknown name";
    case KMEANS_ERROR_DATA: return "unusable value in the data";
    case KMEANS_ERROR_SHAPE: return "sizes do not fit together";
    case KMEANS_ERROR_MEMORY: return "out of memory";
    case KMEANS_ERROR_UNSUPPORTED: return "not supported by this CPU or build";
    case KMEANS_ERROR_EMPTY: return "a cluster became empty";
    case KMEANS_ERROR_CANCELLED: return "cancelled before there was a result";
    case KMEANS_ERROR_FILE: return "cannot open or read a file";
    case KMEANS_ERROR_FORMAT: return "malformed file";
    default: return "unknown status";
    }
}

const char *kmeans_version(void)
{
    return KM_TEXT(KMEANS_VERSION_MAJOR) "." KM_TEXT(KMEANS_VERSION_MINOR) "." KM_TEXT(
        KMEANS_VERSION_PATCH);
}

int kmeans_bits_version(void) { return KMEANS_BITS_VERSION; }

#if defined(__clang__)
#define KM_COMPILER "clang-" KM_TEXT(__clang_major__) "." KM_TEXT(__clang_minor__)
#elif defined(__GNUC__)
#define KM_COMPILER "gcc-" KM_TEXT(__GNUC__) "." KM_TEXT(__GNUC_MINOR__)
#else
#define KM_COMPILER "unknown"
#endif

#if defined(__x86_64__)
#define KM_TARGET "x86_64"
#elif defined(__aarch64__)
#define KM_TARGET "aarch64"
#else
#define KM_TARGET "other"
#endif

#if defined(__OPTIMIZE__)
#define KM_OPTIMIZED "yes"
#else
#define KM_OPTIMIZED "no"
#endif

#if defined(KMEANS_HAVE_PROBES)
#define KM_PROBES_BUILT " probes=yes"
#else
#define KM_PROBES_BUILT " probes=no"
#endif

const char *kmeans_build_info(void)
{
    return km_threads_built()
               ? "compiler=" KM_COMPILER " target=" KM_TARGET " optimized=" KM_OPTIMIZED
                 " fp-contract=off" KM_PROBES_BUILT " openmp=yes"
               : "compiler=" KM_COMPILER " target=" KM_TARGET " optimized=" KM_OPTIMIZED
                 " fp-contract=off" KM_PROBES_BUILT " openmp=no";
}
