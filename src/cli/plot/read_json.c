/* Reading JSON with libjansson, where the build has it. */
#include "read_curves.h"

#include <math.h>
#include <string.h>

#ifdef KMEANS_HAVE_JANSSON

#include <jansson.h>

json_root *read_json(const char *path)
{
    json_error_t error;
    json_t *const root =
        strcmp(path, "-") == 0 ? json_loadf(stdin, 0, &error) : json_load_file(path, 0, &error);
    if (root == NULL) {
        if (error.line <= 0) { /* not one was read */
            die(EXIT_DATA, "--json %s: %s", path, error.text);
        }
        die(EXIT_DATA, "--json %s: line %d: %s", path, error.line, error.text);
    }
    if (!json_is_object(root)) {
        die(EXIT_DATA, "--json %s: not an object as the subcommands write it", path);
    }
    return root;
}

void close_json(json_root *root) { json_decref(root); }

const char *kind_of_json(const json_root *root)
{
    const json_t *const cells = json_object_get(root, "bench");
    size_t i = 0;
    const json_t *cell = NULL;
    if (json_is_array(json_object_get(root, "sweep"))) {
        return "sweep";
    }
    json_array_foreach(cells, i, cell)
    {
        if (json_is_array(json_object_get(cell, "memory"))) {
            return "memory";
        }
    }
    return json_is_array(cells) ? "bench" : "inertia"; /* read_fit says what is missing */
}

double number_or_nan(const json_root *object, const char *key)
{
    const json_t *const value = json_object_get(object, key);
    const double number = json_is_number(value) ? json_number_value(value) : NAN;
    return fabs(number) <= MOST_NUMBER ? number : NAN;
}

static const json_t *find_array(const json_root *root, const char *path, const char *key)
{
    const json_t *const array = json_object_get(root, key);
    if (!json_is_array(array) || json_array_size(array) == 0) {
        die(EXIT_DATA, "--json %s: there is no list '%s'", path, key);
    }
    return array;
}

static void read_trace(const json_root *root, const char *path, plot_curve *curve)
{
    const json_t *const trace = find_array(root, path, "trace");
    const int64_t count = (int64_t)json_array_size(trace);
    kmeans_trace_row *const rows = allocate(count, sizeof *rows);
    for (int64_t i = 0; i < count; i++) {
        rows[i].inertia = number_or_nan(json_array_get(trace, (size_t)i), "inertia");
        if (isnan(rows[i].inertia)) {
            die(EXIT_DATA, "--json %s: trace[%lld] has no number 'inertia' (1e300 at most)", path,
                (long long)i);
        }
    }
    take_trace(curve, rows, count);
    release(rows);
}

static int64_t read_count(const json_root *root, const char *path, const char *key)
{
    const json_t *const value = json_object_get(root, key);
    if (!json_is_integer(value) || json_integer_value(value) < 1) {
        die(EXIT_DATA, "--json %s: no result of a fit: '%s' is no count", path, key);
    }
    return json_integer_value(value);
}

void read_fit(const json_root *root, const char *path, fit_facts *facts)
{
    facts->n = read_count(root, path, "n");
    facts->d = read_count(root, path, "d");
    facts->k = read_count(root, path, "k");
    facts->inertia = number_or_nan(root, "inertia");
    if (json_object_get(root, "trace") != NULL) {
        read_trace(root, path, &facts->curve);
    }
    const json_t *const sizes = find_array(root, path, "sizes");
    if ((int64_t)json_array_size(sizes) != facts->k) {
        die(EXIT_DATA, "--json %s: sizes has %zu numbers, but k is %lld", path,
            json_array_size(sizes), (long long)facts->k);
    }
    facts->sizes = allocate(facts->k, sizeof(int64_t));
    for (int64_t j = 0; j < facts->k; j++) {
        const json_t *const size = json_array_get(sizes, (size_t)j);
        if (!json_is_integer(size) || json_integer_value(size) < 0) {
            die(EXIT_DATA, "--json %s: sizes[%lld] is no count", path, (long long)j);
        }
        facts->sizes[j] = json_integer_value(size);
    }
}

/* One measure of a sweep: null where it was not asked for. */
static void add_measure(plot_figure *figure, const json_t *sweep, const char *key,
                        const char *title, double suggested)
{
    size_t i = 0;
    const json_t *one = NULL;
    bool any = false;
    json_array_foreach(sweep, i, one) { any = any || isfinite(number_or_nan(one, key)); }
    if (!any || figure->panel_count == MOST_PANELS) {
        return;
    }
    plot_panel *const p = add_panel(figure, NULL, "clusters k", title);
    plot_series *const line = add_series(p, SERIES_LINE, NULL, 0);
    json_array_foreach(sweep, i, one)
    {
        add_point(line, number_or_nan(one, "k"), number_or_nan(one, key));
    }
    p->x.whole = true;
    fit_axes(p, false);
    if (suggested > p->x.low && suggested < p->x.high) {
        plot_series *const mark = add_series(p, SERIES_SEGMENTS, NULL, 3);
        add_point(mark, suggested, p->y.low);
        add_point(mark, suggested, p->y.high);
    }
}

void add_sweep_panels(plot_figure *figure, const json_root *root, const char *path)
{
    static const char *const measures[][2] = {
        {"inertia", "sum of squared errors"},
        {"silhouette", "silhouette"},
        {"silhouette_simplified", "simplified silhouette"},
        {"calinski_harabasz", "Calinski-Harabasz"},
        {"davies_bouldin", "Davies-Bouldin (less is better)"},
        {"gap", "gap"},
    };
    const json_t *const sweep = find_array(root, path, "sweep");
    const json_t *const by = json_object_get(root, "suggested_by");
    const double suggested = number_or_nan(root, "suggested_k");
    for (int m = 0; m < 6; m++) {
        add_measure(figure, sweep, measures[m][0], measures[m][1], suggested);
    }
    if (figure->panel_count == 0) {
        die(EXIT_DATA, "--json %s: the sweep has no numbers", path);
    }
    if (isfinite(suggested)) {
        add_caption(figure, make_text("suggested: k = %.0f%s%s", suggested,
                                      json_is_string(by) ? ", by " : "",
                                      json_is_string(by) ? json_string_value(by) : ""));
    }
}

#else

static noreturn void die_without_reader(void)
{
    die(EXIT_USAGE, "--json needs a JSON reader: build with KMEANS_JANSSON=ON and libjansson");
}

json_root *read_json(const char *path)
{
    (void)path;
    die_without_reader();
}

void close_json(json_root *root) { (void)root; }

const char *kind_of_json(const json_root *root)
{
    (void)root;
    die_without_reader();
}

void read_fit(const json_root *root, const char *path, fit_facts *facts)
{
    (void)root;
    (void)path;
    (void)facts;
    die_without_reader();
}

void add_sweep_panels(plot_figure *figure, const json_root *root, const char *path)
{
    (void)figure;
    (void)root;
    (void)path;
    die_without_reader();
}

#endif
