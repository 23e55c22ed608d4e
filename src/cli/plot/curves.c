/* Panels of numbers that are there already: passes, sizes. */
#include "subject.h"

#include <math.h>

enum { MOST_NAMED_BARS = 40 };

void add_inertia_panel(plot_figure *figure, const plot_curve *curve, double divisor)
{
    plot_panel *const p =
        add_panel(figure, "Sum of squared errors by pass", "pass",
                  divisor == 1 ? "sum of squared errors" : "squared error per row");
    plot_series *const line = add_series(p, SERIES_LINE, NULL, 0);
    for (int64_t i = 0; i < curve->count; i++) {
        add_point(line, (double)i + 1, curve->inertias[i] / divisor);
    }
    p->x.whole = true;
    fit_axes(p, false);
}

void take_trace(plot_curve *curve, const kmeans_trace_row *trace, int64_t count)
{
    curve->inertias = allocate(count, sizeof(double));
    for (int64_t i = 0; i < count; i++) {
        /* The last row repeats the one before it where nothing moved any more. */
        if (i + 1 < count || i == 0 || trace[i].inertia != curve->inertias[i - 1]) {
            curve->inertias[curve->count++] = trace[i].inertia;
        }
    }
}

void add_sizes_panel(plot_figure *figure, const int64_t *sizes, int64_t k)
{
    plot_panel *const p = add_panel(figure, "Rows of each cluster", "cluster", "rows");
    plot_series *const bars = add_series(p, SERIES_BARS, NULL, 0);
    char **const names = allocate(k, sizeof *names);
    for (int64_t j = 0; j < k; j++) {
        add_point(bars, (double)j, (double)sizes[j]);
        names[j] = make_text("%lld", (long long)j);
    }
    if (k <= MOST_NAMED_BARS) {
        p->x.names = names;
        p->x.name_count = k;
    } else {
        set_range(&p->x, -1, (double)k, 0);
    }
    fit_axes(p, true);
}

char *describe_fit(int64_t n, int64_t d, int64_t k, double inertia)
{
    char number[REAL_TEXT] = "";
    snprintf(number, sizeof number, "%.8g", inertia);
    return make_text("n = %s, d = %s%s%s%s%s", group_digits(n), group_digits(d),
                     k > 0 ? ", k = " : "", k > 0 ? group_digits(k) : "",
                     isfinite(inertia) ? ", inertia " : "", isfinite(inertia) ? number : "");
}
