/* Version of the headers. The library's own version is kmeans_version() (context.h). */
#ifndef KMEANS_VERSION_H
#define KMEANS_VERSION_H

#define KMEANS_VERSION_MAJOR 0
#define KMEANS_VERSION_MINOR 1
#define KMEANS_VERSION_PATCH 0

/* Version of the results. Labels, centroids, inertia and iteration counts of one data set, set of
 * options and seed are the same bits for every release with the same number, whatever the thread
 * count, instruction set or compiler. A release that changes one bit raises it. */
#define KMEANS_BITS_VERSION 1

#endif
