/* The curves of a bench, read with libjansson where the build has it. */
#include "read_curves.h"

#include <math.h>
#include <string.h>

#ifdef KMEANS_HAVE_JANSSON

#include <jansson.h>

/* What a cell is, in the order in which it is named. */
enum { FACTS = 9, THREADS = 3 };
static const char *const fact_names[FACTS] = {"workload", "build",   "isa", "threads", "algorithm",
                                              "dtype",    "storage", "n",   "k"};

static bool is_known(const json_t *value) { return value != NULL && !json_is_null(value); }

/* Does a fact differ between cells? Then it names them. */
static bool differs(const json_t *cells, int fact)
{
    size_t i = 0;
    const json_t *cell = NULL;
    const json_t *const first = json_object_get(json_array_get(cells, 0), fact_names[fact]);
    json_array_foreach(cells, i, cell)
    {
        const json_t *const value = json_object_get(cell, fact_names[fact]);
        if (is_known(first) ? !json_equal(value, first) : is_known(value)) {
            return true;
        }
    }
    return false;
}

/* "avx2 f32 k=10": the facts that differ, threads only where asked for. */
static char *name_cell(const json_t *cells, const json_t *cell, bool with_threads)
{
    char *name = copy_text("");
    for (int f = 0; f < FACTS; f++) {
        const json_t *const value = json_object_get(cell, fact_names[f]);
        if ((f == THREADS && !with_threads) || !is_known(value) || !differs(cells, f)) {
            continue;
        }
        const char *const fact = f == THREADS ? "T" : fact_names[f];
        char *const word = json_is_string(value) ? copy_text(json_string_value(value))
                           : json_is_integer(value)
                               ? make_text("%s=%s", fact, group_digits(json_integer_value(value)))
                               : make_text("%s=%g", fact, json_number_value(value));
        name = make_text("%s%s%s", name, *name != '\0' ? " " : "", word);
    }
    return name;
}

static const json_t *find_cells(const json_root *root, const char *path)
{
    const json_t *const cells = json_object_get(root, "bench");
    if (!json_is_array(cells) || json_array_size(cells) == 0) {
        die(EXIT_DATA, "--json %s: there is no list 'bench'", path);
    }
    return cells;
}

static plot_series *find_series(plot_panel *panel, const char *name)
{
    for (int s = 0; s < panel->count; s++) {
        if (panel->list[s].name != NULL && strcmp(panel->list[s].name, name) == 0) {
            return &panel->list[s];
        }
    }
    return add_series(panel, SERIES_LINE, name, panel->count);
}

/* An axis for binary logarithms of numbers from least to most: ticks at powers of two, all that lie
 * there or so many that they can be read, at least 1 and 2. Returns where 1 lies on it. */
static double fit_powers(plot_axis *axis, double least, double most)
{
    enum { READABLE = 12, MOST_GROUPED = 40 };
    const double margin = 0.15;
    const int first = (int)ceil(fmin(log2(least), 0) - margin);
    const int last = (int)floor(fmax(log2(most), 1) + margin);
    const int step = (last - first) / READABLE + 1;
    char **const names = allocate(last - first + 1, sizeof *names);
    for (int e = first; e <= last; e++) {
        names[e - first] = e % step != 0               ? copy_text("")
                           : e < 0 || e > MOST_GROUPED ? make_text("%.4g", exp2(e))
                                                       : group_digits((int64_t)1 << e);
    }
    axis->names = names;
    axis->name_count = last - first + 1;
    axis->low = fmin(log2(least), 0) - margin - first;
    axis->high = fmax(log2(most), 1) + margin - first;
    return -first;
}

/* Points become their places on such axes. */
static void use_powers(plot_panel *panel)
{
    double most_x = 1;
    double least_y = 1;
    double most_y = 1;
    for (int s = 0; s < panel->count; s++) {
        for (int64_t i = 0; i < panel->list[s].count; i++) {
            most_x = fmax(most_x, panel->list[s].x[i]);
            least_y = fmin(least_y, panel->list[s].y[i]);
            most_y = fmax(most_y, panel->list[s].y[i]);
        }
    }
    const double left = fit_powers(&panel->x, 1, most_x);
    const double bottom = fit_powers(&panel->y, least_y, most_y);
    for (int s = 0; s < panel->count; s++) {
        for (int64_t i = 0; i < panel->list[s].count; i++) {
            panel->list[s].x[i] = left + log2(panel->list[s].x[i]);
            panel->list[s].y[i] = bottom + log2(panel->list[s].y[i]);
        }
    }
    fit_axes(panel, true);
}

/* A line per cell without its threads; both axes are logarithmic, so that the ideal is a straight
 * line. */
static void add_speedup(plot_figure *figure, const json_t *cells, const char *key,
                        const char *title)
{
    size_t i = 0;
    const json_t *cell = NULL;
    double most = 1;
    plot_panel *const p = add_panel(figure, title, "threads", "speed-up");
    json_array_foreach(cells, i, cell)
    {
        const double threads = number_or_nan(cell, "threads");
        const double value = number_or_nan(cell, key);
        if (threads >= 1 && value > 0 && isfinite(threads) && isfinite(value)) {
            char *const name = shorten_text(name_cell(cells, cell, false), 40);
            add_point(find_series(p, *name != '\0' ? name : "measured"), threads, value);
            most = fmax(most, threads);
        }
    }
    if (p->count == 0) {
        figure->panel_count--;
        return;
    }
    if (strcmp(key, "speedup_one_thread") == 0 && most > 1) {
        plot_series *const ideal = add_series(p, SERIES_SEGMENTS, "ideal", GREY);
        add_point(ideal, 1, 1);
        add_point(ideal, most, most);
    }
    use_powers(p);
}

/* Without curves: a bar per cell, its name in the legend. */
static void add_bars(plot_figure *figure, const json_t *cells, const char *key, const char *title)
{
    size_t i = 0;
    const json_t *cell = NULL;
    plot_panel *const p = add_panel(figure, title, "cell", "speed-up");
    char **const names = allocate((int64_t)json_array_size(cells), sizeof *names);
    json_array_foreach(cells, i, cell)
    {
        const double value = number_or_nan(cell, key);
        if (isfinite(value)) {
            const char *const name = name_cell(cells, cell, true);
            names[p->count] = make_text("%d", p->count + 1);
            plot_series *const bar =
                add_series(p, SERIES_BARS, make_text("%d %s", p->count + 1, name), p->count);
            add_point(bar, p->count - 1, value);
        }
    }
    if (p->count == 0) {
        figure->panel_count--;
        return;
    }
    p->x.names = names;
    p->x.name_count = p->count;
    fit_axes(p, true);
}

void add_bench_panels(plot_figure *figure, const json_root *root, const char *path)
{
    static const char scalar[] = "Speed-up over scalar code on one thread";
    const json_t *const cells = find_cells(root, path);
    const json_t *const cpu = json_object_get(root, "cpu");
    if (differs(cells, THREADS)) {
        add_speedup(figure, cells, "speedup_one_thread", "Speed-up over one thread");
        add_speedup(figure, cells, "speedup_scalar", scalar);
    } else {
        add_bars(figure, cells, "speedup_scalar", scalar);
    }
    if (figure->panel_count == 0) {
        die(EXIT_DATA, "--json %s: no cell has a number 'speedup_scalar'", path);
    }
    if (json_is_string(cpu)) {
        add_caption(figure, make_text("%s", json_string_value(cpu)));
    }
}

void add_memory_panel(plot_figure *figure, const json_root *root, const char *path)
{
    size_t i = 0;
    size_t q = 0;
    const json_t *cell = NULL;
    const json_t *pair = NULL;
    const json_t *const cells = find_cells(root, path);
    plot_panel *const p = add_panel(figure, NULL, "seconds", "resident memory (MB)");
    json_array_foreach(cells, i, cell)
    {
        const json_t *const memory = json_object_get(cell, "memory");
        if (!json_is_array(memory)) {
            continue;
        }
        char *const name = name_cell(cells, cell, true);
        plot_series *const line =
            add_series(p, SERIES_LINE, *name != '\0' ? name : "memory", (int)i);
        json_array_foreach(memory, q, pair)
        {
            const double seconds = json_number_value(json_array_get(pair, 0));
            const double bytes = json_number_value(json_array_get(pair, 1));
            if (json_array_size(pair) != 2 || !(seconds >= 0) || !(bytes >= 0) ||
                seconds > MOST_NUMBER || bytes > MOST_NUMBER) {
                die(EXIT_DATA, "--json %s: bench[%zu].memory[%zu] is no pair of seconds and bytes",
                    path, i, q);
            }
            add_point(line, seconds, bytes * 1e-6);
        }
    }
    if (p->count == 0) {
        die(EXIT_DATA, "--json %s: no cell has a list 'memory'", path);
    }
    fit_axes(p, true);
}

#else

void add_bench_panels(plot_figure *figure, const json_root *root, const char *path)
{
    (void)figure;
    (void)root;
    (void)path;
}

void add_memory_panel(plot_figure *figure, const json_root *root, const char *path)
{
    (void)figure;
    (void)root;
    (void)path;
}

#endif
