#include "figure.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

static const double LEAST_SPAN = 1e-300; /* of an axis: less can be neither divided by nor ticked */

enum { SINGLE_WIDTH = 800, SINGLE_HEIGHT = 560, SMALL_WIDTH = 470, SMALL_HEIGHT = 320 };
enum { LEAD_WIDTH = 640, TITLE_HEIGHT = 40, CAPTION_HEIGHT = 18, FOOT = 12, WANTED_TICKS = 6 };

int shape_of(int colour)
{
    return colour == GREY ? 0 : (colour % PALETTE + 3 * (colour / PALETTE)) % PALETTE;
}

char *make_text(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    const int length = vsnprintf(NULL, 0, format, list);
    va_end(list);
    char *const text = allocate(length + 1, 1);
    va_start(list, format);
    vsnprintf(text, (size_t)length + 1, format, list);
    va_end(list);
    return text;
}

char *shorten_text(const char *text, size_t most)
{
    char *const copy = copy_text(text);
    if (strlen(text) > most) {
        size_t at = most - 3;
        while (at > 0 && ((unsigned char)copy[at] & 0xC0) == 0x80) { /* within a character */
            at--;
        }
        strcpy(copy + at, "...");
    }
    return copy;
}

char *group_digits(int64_t value)
{
    char digits[REAL_TEXT];
    const int length = format_integer(value, digits);
    char *const text = allocate(2 * length + 1, 1);
    char *next = text;
    for (int i = 0; i < length; i++) {
        *next++ = digits[i];
        if (digits[i] != '-' && i + 1 < length && (length - i - 1) % 3 == 0) {
            *next++ = ',';
        }
    }
    return text;
}

plot_panel *add_panel(plot_figure *figure, const char *title, const char *x_label,
                      const char *y_label)
{
    plot_panel *const p = &figure->panels[figure->panel_count++];
    p->title = title != NULL ? copy_text(title) : NULL;
    p->x.label = shorten_text(x_label, 60);
    p->y.label = shorten_text(y_label, 56);
    return p;
}

void add_caption(plot_figure *figure, char *text)
{
    if (figure->caption_count < MOST_CAPTIONS) {
        figure->captions[figure->caption_count++] = text;
    }
}

plot_series *add_series(plot_panel *panel, series_kind kind, const char *name, int colour)
{
    if (panel->count == panel->capacity) {
        panel->capacity = panel->capacity > 0 ? 2 * panel->capacity : 16;
        plot_series *const longer = allocate(panel->capacity, sizeof *longer);
        if (panel->count > 0) {
            memcpy(longer, panel->list, (size_t)panel->count * sizeof *longer);
        }
        release(panel->list);
        panel->list = longer;
    }
    plot_series *const s = &panel->list[panel->count++];
    *s = (plot_series){.kind = kind, .colour = colour};
    s->name = name != NULL ? shorten_text(name, 40) : NULL;
    return s;
}

static double *grow_reals(double *old, int64_t count, int64_t capacity)
{
    double *const longer = allocate(capacity, sizeof *longer);
    if (count > 0) {
        memcpy(longer, old, (size_t)count * sizeof *longer);
    }
    release(old);
    return longer;
}

void add_point(plot_series *series, double x, double y)
{
    if (series->count == series->capacity) {
        series->capacity = series->capacity > 0 ? 2 * series->capacity : 64;
        series->x = grow_reals(series->x, series->count, series->capacity);
        series->y = grow_reals(series->y, series->count, series->capacity);
        if (series->texts != NULL) {
            char **const longer = allocate(series->capacity, sizeof *longer);
            memcpy(longer, series->texts, (size_t)series->count * sizeof *longer);
            release(series->texts);
            series->texts = longer;
        }
    }
    series->x[series->count] = x;
    series->y[series->count++] = y;
}

void add_text_point(plot_series *series, double x, double y, char *text)
{
    add_point(series, x, y);
    if (series->texts == NULL) {
        series->texts = allocate(series->capacity, sizeof *series->texts);
    }
    series->texts[series->count - 1] = text;
}

/* 10^e by multiplications or one division: no logarithm, whose last bit differs between machines.
 */
static double power_of_ten(int e)
{
    double power = 1;
    for (int i = e < 0 ? -e : e; i > 0; i--) {
        power *= 10;
    }
    return e < 0 ? 1 / power : power;
}

/* The largest e with 10^e <= value; value is positive and finite. */
static int decimal_exponent(double value)
{
    int e = 0;
    while (e < 308 && power_of_ten(e + 1) <= value) {
        e++;
    }
    while (e > -307 && power_of_ten(e) > value) {
        e--;
    }
    return e;
}

/* The smallest of 1, 2, 5 times a power of ten that leaves no more steps than wanted. */
static double nice_step(double span, int wanted)
{
    const double least = span / wanted;
    const double power = power_of_ten(decimal_exponent(least));
    const double factors[] = {1, 2, 5};
    for (int i = 0; i < 3; i++) {
        if (factors[i] * power >= least) {
            return factors[i] * power;
        }
    }
    return 10 * power;
}

void set_range(plot_axis *axis, double low, double high, double margin)
{
    const double largest = fmax(fabs(low), fabs(high));
    const double least = largest > 0 ? fmax(1e-9 * largest, LEAST_SPAN) : 1;
    if (!(high - low >= least)) { /* one value, or nearly: ticks would all read the same */
        const double middle = low / 2 + high / 2;
        const double half = largest > 0 ? fmax(largest * 0.05, LEAST_SPAN) : 0.5;
        low = middle - half;
        high = middle + half;
    }
    axis->low = low - margin * (high - low);
    axis->high = high + margin * (high - low);
    axis->step = nice_step(axis->high - axis->low, WANTED_TICKS);
    axis->step = axis->whole ? fmax(axis->step, 1) : axis->step;
}

/* Least and largest of the finite values; false where there are none. */
static bool find_range(const plot_panel *panel, bool of_y, double *low, double *high)
{
    bool found = false;
    for (int s = 0; s < panel->count; s++) {
        const double *const values = of_y ? panel->list[s].y : panel->list[s].x;
        for (int64_t i = 0; i < panel->list[s].count; i++) {
            if (isfinite(values[i])) {
                *low = found ? fmin(*low, values[i]) : values[i];
                *high = found ? fmax(*high, values[i]) : values[i];
                found = true;
            }
        }
    }
    return found;
}

void fit_axes(plot_panel *panel, bool with_zero)
{
    double low = 0;
    double high = 1;
    find_range(panel, false, &low, &high);
    if (panel->x.high <= panel->x.low && panel->x.name_count > 0) {
        set_range(&panel->x, -0.6, (double)panel->x.name_count - 0.4, 0);
        panel->x.step = 1;
    } else if (panel->x.high <= panel->x.low) {
        set_range(&panel->x, low, high, 0.04);
    }
    low = 0;
    high = 1;
    find_range(panel, true, &low, &high);
    if (panel->y.high > panel->y.low) {
        return;
    }
    if (!with_zero) {
        set_range(&panel->y, low, high, 0.04);
    } else if (low >= 0) {
        set_range(&panel->y, 0, high > 0 ? 1.06 * high : 1, 0);
    } else {
        set_range(&panel->y, 1.06 * low, fmax(1.06 * high, 0), 0);
    }
}

int count_ticks(const plot_axis *axis)
{
    if (axis->name_count > 0) {
        return axis->name_count < 1000 ? (int)axis->name_count : 1000;
    }
    return (int)(floor(axis->high / axis->step + 1e-9) - ceil(axis->low / axis->step - 1e-9)) + 1;
}

double tick_place(const plot_axis *axis, int i)
{
    return axis->name_count > 0 ? i : (ceil(axis->low / axis->step - 1e-9) + i) * axis->step;
}

/* As many digits as the step needs: 0.25 and 0.50 at steps of 0.05, 1.5e9 at steps of 1e8. */
void tick_text(const plot_axis *axis, int i, char text[TICK_TEXT])
{
    const double value = tick_place(axis, i);
    const double largest = fmax(fabs(axis->low), fabs(axis->high));
    if (axis->name_count > 0) {
        snprintf(text, TICK_TEXT, "%s", axis->names[i]);
        return;
    }
    const int step_exponent = decimal_exponent(axis->step * 1.0000001);
    const int top = decimal_exponent(fmax(largest, axis->step));
    if (fabs(value) < axis->step / 2) {
        snprintf(text, TICK_TEXT, "0");
    } else if (top < 7 && step_exponent > -5) {
        snprintf(text, TICK_TEXT, "%.*f", step_exponent < 0 ? -step_exponent : 0, value);
    } else {
        const int digits = top - step_exponent + 1;
        snprintf(text, TICK_TEXT, "%.*g", digits < 17 ? digits : 17, value);
    }
}

int count_legend(const plot_panel *panel)
{
    int count = 0;
    for (int s = 0; s < panel->count; s++) {
        count += panel->list[s].name != NULL;
    }
    return count;
}

void place_panels(const plot_figure *figure, rectangle *page, rectangle places[MOST_PANELS])
{
    const int count = figure->panel_count;
    const int beside = figure->lead ? count - 1 : count; /* all but a large first one */
    const int columns = figure->lead || count == 1 ? 1 : 2;
    const int rows = beside > 0 ? (beside + columns - 1) / columns : 1;
    const double width = count == 1 ? SINGLE_WIDTH : SMALL_WIDTH;
    const double height = count == 1 ? SINGLE_HEIGHT : SMALL_HEIGHT;
    const double lead = figure->lead && count > 1 ? LEAD_WIDTH : 0;
    page->x = page->y = 0;
    page->width = lead + columns * width;
    page->height = TITLE_HEIGHT + rows * height + figure->caption_count * CAPTION_HEIGHT + FOOT;
    for (int i = 0; i < count; i++) {
        const int at = lead > 0 ? i - 1 : i;
        places[i] = (rectangle){lead + at % columns * width, TITLE_HEIGHT + at / columns * height,
                                width, height};
    }
    if (lead > 0) {
        places[0] = (rectangle){0, TITLE_HEIGHT, lead, rows * height};
    }
}
