/* Fit the file named on the command line with k clusters and print inertia and checksum:
 *   checksum tests/data/ruspini.csv 4 */
#include <inttypes.h>
#include <stdio.h>
#include <kmeans/kmeans.h>

static int fit(kmeans_context *context, kmeans_options *options, const char *path, const char *k)
{
    kmeans_source *source = NULL;
    kmeans_result *result = NULL;
    int status = kmeans_options_set(options, "k", k);
    if (status >= 0)
        status = kmeans_source_open(context, path, NULL, &source);
    if (status >= 0)
        status = kmeans_fit(context, options, source, &result);
    if (status >= 0) {
        kmeans_result_info info = {.size = sizeof info};
        kmeans_result_get_info(result, &info);
        printf("n %" PRId64 " inertia %.17g checksum %s\n", info.n, info.inertia,
               kmeans_result_checksum(result));
    }
    kmeans_result_free(result);
    kmeans_source_close(source);
    return status;
}

int main(int argc, char **argv)
{
    kmeans_context *context = NULL;
    kmeans_options *options = NULL;
    if (argc != 3) {
        fprintf(stderr, "usage: checksum FILE K\n");
        return 2;
    }
    int status = kmeans_context_create(NULL, &context);
    if (status >= 0)
        status = kmeans_options_create(context, &options);
    if (status >= 0)
        status = fit(context, options, argv[1], argv[2]);
    if (status < 0)
        fprintf(stderr, "%s: %s\n", kmeans_strerror(status), kmeans_detail(context));
    kmeans_options_free(options);
    kmeans_context_free(context);
    return status < 0;
}
