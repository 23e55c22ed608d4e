/* The scatter of rows in two dimensions, or in three as seen from a corner above. */
#include "subject.h"

#include <math.h>
#include <string.h>

enum { SLICES = 5 }; /* by depth, drawn from the back to the front */

/* Orthographic projection, azimuth -60 degrees, elevation 25 degrees. */
static const double across[3] = {0.8660254037844386, 0.5, 0};
static const double up[3] = {-0.21130913087034972, 0.36599815077066683, 0.9063077870366499};
static const double nearer[3] = {0.4531538935183250, -0.7848855672213958, 0.42261826174069944};

typedef struct scatter {
    const plot_subject *subject;
    plot_projection projection;
    point_set points;
    double *centres;   /* k x 3, or NULL */
    plot_axis axes[3]; /* of three dimensions */
    plot_panel *panel;
} scatter;

static double along(const double direction[3], const double at[3])
{
    return direction[0] * at[0] + direction[1] * at[1] + direction[2] * at[2];
}

/* Coordinates as shares of the axes' ranges. */
static void scale_point(const scatter *s, const double *point, double scaled[3])
{
    for (int i = 0; i < 3; i++) {
        scaled[i] = (point[i] - s->axes[i].low) / (s->axes[i].high - s->axes[i].low);
    }
}

static void scale_axes(scatter *s)
{
    for (int i = 0; i < 3; i++) {
        double low = INFINITY;
        double high = -INFINITY;
        for (int64_t q = 0; q < s->points.count; q++) {
            low = fmin(low, s->points.coordinates[3 * q + i]);
            high = fmax(high, s->points.coordinates[3 * q + i]);
        }
        for (int64_t j = 0; j < s->subject->k && s->centres != NULL; j++) {
            low = fmin(low, s->centres[3 * j + i]);
            high = fmax(high, s->centres[3 * j + i]);
        }
        set_range(&s->axes[i], low <= high ? low : 0, low <= high ? high : 1, 0);
    }
}

/* Where a point stands in the panel, and its slice. */
static int place_point(const scatter *s, const double *point, double *x, double *y)
{
    double scaled[3];
    if (s->projection.count == 2) {
        *x = point[0];
        *y = point[1];
        return 0;
    }
    scale_point(s, point, scaled);
    *x = along(across, scaled);
    *y = along(up, scaled);
    const double depth = (along(nearer, scaled) - nearer[1]) / (nearer[0] + nearer[2] - nearer[1]);
    const int slice = (int)(depth * SLICES);
    return slice < 0 ? 0 : slice >= SLICES ? SLICES - 1 : slice;
}

static char *cluster_name(const plot_subject *subject, int64_t j)
{
    if (subject->sizes == NULL) {
        return make_text("cluster %lld", (long long)j);
    }
    return make_text("cluster %lld (%s)", (long long)j, group_digits(subject->sizes[j]));
}

/* The points of a colour in a slice. */
static void add_colour(scatter *s, int colour, int slice)
{
    plot_series *one = NULL;
    double x = 0;
    double y = 0;
    for (int64_t q = 0; q < s->points.count; q++) {
        if (s->points.labels[q] % PALETTE == colour &&
            place_point(s, s->points.coordinates + 3 * q, &x, &y) == slice) {
            if (one == NULL) {
                one = add_series(s->panel, SERIES_POINTS, NULL, colour);
            }
            add_point(one, x, y);
        }
    }
}

/* Up to the palette's end: a series without points for each cluster's name. */
static void add_names(scatter *s)
{
    for (int64_t j = 0; j < s->subject->k && s->subject->k <= PALETTE; j++) {
        add_series(s->panel, SERIES_POINTS, cluster_name(s->subject, j), (int)j);
    }
}

static void add_centres(scatter *s)
{
    double x = 0;
    double y = 0;
    if (s->centres == NULL) {
        return;
    }
    plot_series *const one = add_series(s->panel, SERIES_CENTRES, NULL, GREY);
    for (int64_t j = 0; j < s->subject->k; j++) {
        place_point(s, s->centres + 3 * j, &x, &y);
        add_text_point(one, x, y, make_text("%lld", (long long)j));
    }
}

static void add_corner(plot_series *edges, double x, double y, double z)
{
    const double at[3] = {x, y, z};
    add_point(edges, along(across, at), along(up, at));
}

/* The floor and the two walls behind the points. */
static void add_box(scatter *s)
{
    static const double edges[9][6] = {
        {0, 0, 0, 1, 0, 0}, {1, 0, 0, 1, 1, 0}, {0, 0, 0, 0, 1, 0},
        {0, 1, 0, 1, 1, 0}, {0, 0, 0, 0, 0, 1}, {0, 1, 0, 0, 1, 1},
        {1, 1, 0, 1, 1, 1}, {0, 0, 1, 0, 1, 1}, {0, 1, 1, 1, 1, 1},
    };
    plot_series *const box = add_series(s->panel, SERIES_SEGMENTS, NULL, GREY);
    for (int e = 0; e < 9; e++) {
        add_corner(box, edges[e][0], edges[e][1], edges[e][2]);
        add_corner(box, edges[e][3], edges[e][4], edges[e][5]);
    }
}

/* Ticks and labels along the edges that face the reader. */
static void add_box_texts(scatter *s)
{
    static const double starts[3][3] = {{0, 0, 0}, {1, 0, 0}, {0, 0, 0}};
    static const double offsets[3][2] = {{-0.02, -0.06}, {0.06, -0.05}, {-0.07, 0}};
    static const double label_offsets[3][2] = {{-0.1, -0.15}, {0.17, -0.18}, {0.02, 0.62}};
    char text[TICK_TEXT];
    plot_series *const texts = add_series(s->panel, SERIES_TEXTS, NULL, GREY);
    for (int i = 0; i < 3; i++) {
        const plot_axis *const a = &s->axes[i];
        double at[3];
        memcpy(at, starts[i], sizeof at);
        for (int t = 0; t < count_ticks(a); t++) {
            at[i] = (tick_place(a, t) - a->low) / (a->high - a->low);
            tick_text(a, t, text);
            add_text_point(texts, along(across, at) + offsets[i][0], along(up, at) + offsets[i][1],
                           copy_text(text));
        }
        at[i] = 0.5;
        add_text_point(texts, along(across, at) + label_offsets[i][0],
                       along(up, at) + label_offsets[i][1],
                       shorten_text(s->projection.label[i], 30));
    }
    set_range(&s->panel->x, -0.18, 1.5, 0);
    set_range(&s->panel->y, -0.34, 1.3, 0);
}

static void add_captions(plot_figure *figure, const scatter *s)
{
    const plot_subject *const about = s->subject;
    const int64_t n = about->rows->n;
    if (n > about->sample) {
        add_caption(figure, make_text("drawn: %s of %s rows, chosen at random (seed %llu)",
                                      group_digits(about->sample), group_digits(n),
                                      (unsigned long long)about->seed));
    }
    if (s->points.left_out > 0) {
        add_caption(figure,
                    make_text("%s row%s with values that cannot be drawn left out",
                              group_digits(s->points.left_out), plural(s->points.left_out)));
    }
    if (about->k > PALETTE) {
        add_caption(figure, make_text("colours repeat after %d clusters%s", PALETTE,
                                      s->centres != NULL ? "; the number is the centroid's" : ""));
    }
}

static void project_centres(scatter *s)
{
    const plot_subject *const about = s->subject;
    if (about->centroids == NULL) {
        return;
    }
    s->centres = allocate(3 * about->k, sizeof(double));
    for (int64_t j = 0; j < about->k; j++) {
        project_row(&s->projection, about->rows->d, j, about->centroids + j * about->rows->d,
                    s->centres + 3 * j);
        if (s->projection.count == 2 && s->projection.column[1] < 0) {
            s->centres[3 * j + 1] = (double)about->rows->n / 2; /* the axis counts rows */
        }
    }
}

void add_clusters_panel(plot_figure *figure, const plot_subject *subject)
{
    scatter s = {.subject = subject};
    choose_projection(subject, &s.projection);
    draw_sample(subject, &s.projection, &s.points);
    project_centres(&s);
    const bool box = s.projection.count == 3;
    s.panel = add_panel(figure, NULL, s.projection.label[0], s.projection.label[1]);
    s.panel->bare = box;
    if (box) {
        scale_axes(&s);
        add_box(&s);
    }
    add_names(&s);
    for (int slice = 0; slice < (box ? SLICES : 1); slice++) {
        for (int colour = 0; colour < PALETTE; colour++) {
            add_colour(&s, colour, slice);
        }
    }
    if (box) {
        add_box_texts(&s);
    }
    add_centres(&s);
    fit_axes(s.panel, false);
    add_captions(figure, &s);
    release(s.points.coordinates);
    release(s.points.labels);
    release(s.centres);
    release(s.projection.directions);
    release(s.projection.mean);
}
