/* Repaint a photograph with k colours, each the mean of the pixels it stands for:
 *   quantise tests/data/parrots.ppm 8 out.ppm
 * Pictures are binary PPM (P6, 8 bits), or .png where this was built with libpng. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <kmeans/kmeans.h>

#ifdef HAVE_PNG
#include <png.h>
#endif

typedef struct photo {
    int width, height;
    uint8_t *pixels; /* height x width x 3: red, green, blue */
} photo;

static int is_png(const char *path)
{
    const char *const suffix = strrchr(path, '.');
    return suffix != NULL && strcmp(suffix, ".png") == 0;
}

#ifdef HAVE_PNG
static int read_png(const char *path, photo *p)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_file(&image, path))
        return 0;
    image.format = PNG_FORMAT_RGB;
    p->width = (int)image.width;
    p->height = (int)image.height;
    p->pixels = malloc(PNG_IMAGE_SIZE(image));
    return p->pixels != NULL && png_image_finish_read(&image, NULL, p->pixels, 0, NULL);
}

static int write_png(const char *path, const photo *p)
{
    png_image image = {.version = PNG_IMAGE_VERSION, .format = PNG_FORMAT_RGB};
    image.width = (png_uint_32)p->width;
    image.height = (png_uint_32)p->height;
    return png_image_write_to_file(&image, path, 0, p->pixels, 0, NULL);
}
#else
static int read_png(const char *path, photo *p) { return (void)path, (void)p, 0; }
static int write_png(const char *path, const photo *p) { return (void)path, (void)p, 0; }
#endif

static int read_ppm(const char *path, photo *p)
{
    int read = 0;
    FILE *const file = fopen(path, "rb");
    if (file == NULL)
        return 0;
    if (fscanf(file, "P6 %5d %5d 255", &p->width, &p->height) == 2 && p->width > 0 &&
        p->height > 0 && fgetc(file) != EOF) {
        const size_t bytes = (size_t)p->width * (size_t)p->height * 3;
        p->pixels = malloc(bytes);
        read = p->pixels != NULL && fread(p->pixels, 1, bytes, file) == bytes;
    }
    fclose(file);
    return read;
}

static int write_ppm(const char *path, const photo *p)
{
    const size_t bytes = (size_t)p->width * (size_t)p->height * 3;
    FILE *const file = fopen(path, "wb");
    if (file == NULL)
        return 0;
    fprintf(file, "P6\n%d %d\n255\n", p->width, p->height);
    const int written = fwrite(p->pixels, 1, bytes, file) == bytes;
    return (fclose(file) == 0) && written;
}

/* The pixels are the rows, three bytes each, where they lie. */
static int fit(kmeans_context *context, const char *k, const photo *p, kmeans_result **result)
{
    const int64_t n = (int64_t)p->width * p->height;
    const kmeans_dense view = kmeans_dense_rows(p->pixels, KMEANS_U8, n, 3);
    kmeans_options *options = NULL;
    kmeans_source *source = NULL;
    int status = kmeans_options_create(context, &options);
    if (status >= 0)
        status = kmeans_options_set(options, "k", k);
    if (status >= 0)
        status = kmeans_source_dense(context, &view, &source);
    if (status >= 0)
        status = kmeans_fit(context, options, source, result);
    kmeans_source_close(source);
    kmeans_options_free(options);
    return status;
}

/* Every pixel becomes its centroid, rounded to whole numbers. */
static void repaint(photo *p, const kmeans_result *result)
{
    const int32_t *const labels = kmeans_result_labels(result);
    const double *const centroids = kmeans_result_centroids(result);
    for (int64_t i = 0; i < (int64_t)p->width * p->height; i++)
        for (int c = 0; c < 3; c++)
            p->pixels[3 * i + c] = (uint8_t)(centroids[3 * (int64_t)labels[i] + c] + 0.5);
}

int main(int argc, char **argv)
{
    photo p = {0};
    kmeans_context *context = NULL;
    kmeans_result *result = NULL;
    kmeans_result_info info = {.size = sizeof info};
    if (argc != 4)
        return fprintf(stderr, "usage: quantise IN.ppm K OUT.ppm\n"), 2;
    if (!(is_png(argv[1]) ? read_png(argv[1], &p) : read_ppm(argv[1], &p)))
        return fprintf(stderr, "%s: not a picture that can be read\n", argv[1]), free(p.pixels), 3;
    int status = kmeans_context_create(NULL, &context);
    if (status >= 0)
        status = fit(context, argv[2], &p, &result);
    if (status < 0) {
        fprintf(stderr, "%s: %s\n", kmeans_strerror(status), kmeans_detail(context));
    } else {
        kmeans_result_get_info(result, &info);
        repaint(&p, result);
        status = (is_png(argv[3]) ? write_png(argv[3], &p) : write_ppm(argv[3], &p)) ? 0 : -1;
        if (status == 0)
            printf("%d x %d pixels, %s colours, root mean squared error %.2f\n", p.width, p.height,
                   argv[2], sqrt(info.inertia / (3 * (double)info.n)));
        else
            fprintf(stderr, "%s: cannot be written\n", argv[3]);
    }
    kmeans_result_free(result);
    kmeans_context_free(context);
    free(p.pixels);
    return status < 0;
}
