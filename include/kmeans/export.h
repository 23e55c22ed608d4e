/* Visibility of the public functions: the library is built with everything else hidden. */
#ifndef KMEANS_EXPORT_H
#define KMEANS_EXPORT_H

#if defined(__GNUC__)
#define KMEANS_API __attribute__((visibility("default")))
#else
#define KMEANS_API
#endif

/* C++ callers see C linkage. */
#ifdef __cplusplus
#define KMEANS_BEGIN_DECLS extern "C" {
#define KMEANS_END_DECLS   }
#else
#define KMEANS_BEGIN_DECLS
#define KMEANS_END_DECLS
#endif

#endif
