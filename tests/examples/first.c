#include <kmeans/kmeans.h>
#include <stdio.h>

int main(void)
{
    const float x[6][2] = {{1, 2}, {1, 4}, {1, 0}, {10, 2}, {10, 4}, {10, 0}};
    const kmeans_dense view = kmeans_dense_rows(x, KMEANS_F32, 6, 2);
    kmeans_context *context = NULL;
    kmeans_options *options = NULL;
    kmeans_source *source = NULL;
    kmeans_result *result = NULL;
    int status = kmeans_context_create(NULL, &context);
    if (status >= 0)
        status = kmeans_options_create(context, &options);
    if (status >= 0)
        status = kmeans_options_set_int(options, "k", 2);
    if (status >= 0)
        status = kmeans_source_dense(context, &view, &source);
    if (status >= 0)
        status = kmeans_fit(context, options, source, &result);
    if (status < 0)
        fprintf(stderr, "%s: %s\n", kmeans_strerror(status), kmeans_detail(context));
    else
        for (int i = 0; i < 6; i++)
            printf("row %d: cluster %d\n", i, (int)kmeans_result_labels(result)[i]);
    kmeans_result_free(result);
    kmeans_source_close(source);
    kmeans_options_free(options);
    kmeans_context_free(context);
    return status < 0;
}
