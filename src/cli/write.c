#include "write.h"

#include <string.h>

#include "load.h"
#include "narrow.h"

void write_npy_header(FILE *stream, const char *type, int64_t rows, int64_t cols)
{
    char header[1024];
    char shape[64];
    if (cols > 0) {
        snprintf(shape, sizeof shape, "(%lld, %lld)", (long long)rows, (long long)cols);
    } else {
        snprintf(shape, sizeof shape, "(%lld,)", (long long)rows);
    }
    int length = snprintf(header, sizeof header,
                          "{'descr': %s, 'fortran_order': False, 'shape': %s, }", type, shape);
    /* 10 bytes of magic and length, then the dict padded so that the numbers start at a multiple of
     * 64 bytes. */
    while ((10 + length + 1) % 64 != 0) {
        header[length++] = ' ';
    }
    header[length++] = '\n';
    const unsigned char start[10] = {0x93,
                                     'N',
                                     'U',
                                     'M',
                                     'P',
                                     'Y',
                                     1,
                                     0,
                                     (unsigned char)(length & 255),
                                     (unsigned char)(length >> 8)};
    fwrite(start, 1, sizeof start, stream);
    fwrite(header, 1, (size_t)length, stream);
}

void write_labels(const output_file *output, kmeans_context *context, const int32_t *labels,
                  int64_t n)
{
    char text[REAL_TEXT];
    if (output == NULL) {
        return;
    }
    if (output->npy) {
        write_npy_header(output->stream, "'<i4'", n, 0);
    }
    for (int64_t i = 0; output->npy && i < n; i += ROW_WINDOW) {
        const int64_t m = n - i < ROW_WINDOW ? n - i : ROW_WINDOW;
        fwrite(labels + i, sizeof *labels, (size_t)m, output->stream);
        kmeans_context_release(context);
    }
    for (int64_t i = 0; !output->npy && i < n && !ferror(output->stream); i++) {
        if (i % ROW_WINDOW == 0) {
            kmeans_context_release(context);
        }
        const int length = format_integer(labels[i], text);
        text[length] = '\n';
        fwrite(text, 1, (size_t)length + 1, output->stream);
    }
}

void begin_matrix(const output_file *output, int dtype, int64_t rows, int64_t cols)
{
    if (output != NULL && output->npy) {
        write_npy_header(output->stream, npy_type_of(dtype), rows, cols);
    }
}

static void write_npy_tile(FILE *stream, int dtype, const double *values, int64_t count)
{
    enum { at_once = 1024 };
    unsigned char block[8 * at_once];
    if (dtype == KMEANS_F64) {
        fwrite(values, sizeof *values, (size_t)count, stream);
        return;
    }
    for (int64_t i = 0; i < count; i += at_once) {
        const int64_t size = count - i < at_once ? count - i : at_once;
        unsigned char *at = block;
        for (int64_t q = 0; q < size; q++) {
            at += encode(dtype, narrow(dtype, values[i + q]), at);
        }
        fwrite(block, 1, (size_t)(at - block), stream);
    }
}

void write_tile(const output_file *output, int dtype, const double *values, int64_t rows,
                int64_t cols)
{
    char text[REAL_TEXT];
    if (output == NULL) {
        return;
    }
    if (output->npy) {
        write_npy_tile(output->stream, dtype, values, rows * cols);
        return;
    }
    for (int64_t i = 0; i < rows && !ferror(output->stream); i++) {
        for (int64_t p = 0; p < cols; p++) {
            const double value = narrow(dtype, values[i * cols + p]);
            const int length = dtype != KMEANS_F64 && dtype != KMEANS_I32
                                   ? format_float((float)value, text)
                                   : format_real(value, text);
            text[length] = p + 1 < cols ? output->separator : '\n';
            fwrite(text, 1, (size_t)length + 1, output->stream);
        }
    }
}

void write_matrix(const output_file *output, kmeans_context *context, const double *values,
                  int64_t rows, int64_t cols)
{
    begin_matrix(output, KMEANS_F64, rows, cols);
    for (int64_t i = 0; output != NULL && i < rows; i += ROW_WINDOW) {
        const int64_t m = rows - i < ROW_WINDOW ? rows - i : ROW_WINDOW;
        write_tile(output, KMEANS_F64, values + i * cols, m, cols);
        kmeans_context_release(context);
    }
}

/* The columns of the trace, in order. */
enum { TRACE_COLUMNS = 13 };
static const struct {
    const char *name;
    bool real;
} trace_columns[TRACE_COLUMNS] = {
    {"pass", false},           {"inertia", true},         {"inertia_updated", true},
    {"changed", false},        {"shift_max", true},       {"shift_total", true},
    {"empty", false},          {"distances_done", false}, {"distances_avoided", false},
    {"rows_rechecked", false}, {"survivors", false},      {"assign_seconds", true},
    {"update_seconds", true},
};

typedef union trace_value {
    int64_t whole;
    double real;
} trace_value;

static void fill_trace_row(const kmeans_trace_row *row, double divisor,
                           trace_value values[TRACE_COLUMNS])
{
    values[0].whole = row->pass;
    values[1].real = row->inertia / divisor;
    values[2].real = row->inertia_updated / divisor;
    values[3].whole = row->changed;
    values[4].real = row->shift_max;
    values[5].real = row->shift_total;
    values[6].whole = row->empty;
    values[7].whole = row->distances_done;
    values[8].whole = row->distances_avoided;
    values[9].whole = row->rows_rechecked;
    values[10].whole = row->survivors;
    values[11].real = row->assign_seconds;
    values[12].real = row->update_seconds;
}

static void write_trace_header(const output_file *output, int64_t count)
{
    char type[768] = "[";
    for (int c = 0; c < TRACE_COLUMNS; c++) {
        const char *const name = trace_columns[c].name;
        if (!output->npy) {
            fprintf(output->stream, "%s%c", name, c + 1 < TRACE_COLUMNS ? output->separator : '\n');
            continue;
        }
        char field[48];
        snprintf(field, sizeof field, "('%s', '<%s')%s", name, trace_columns[c].real ? "f8" : "i8",
                 c + 1 < TRACE_COLUMNS ? ", " : "]");
        strcat(type, field);
    }
    if (output->npy) {
        write_npy_header(output->stream, type, count, 0);
    }
}

void write_trace(const output_file *output, const kmeans_trace_row *trace, int64_t count,
                 double divisor)
{
    char text[REAL_TEXT];
    trace_value values[TRACE_COLUMNS];
    if (output == NULL) {
        return;
    }
    write_trace_header(output, count);
    for (int64_t t = 0; t < count; t++) {
        fill_trace_row(&trace[t], divisor, values);
        if (output->npy) {
            fwrite(values, sizeof values[0], TRACE_COLUMNS, output->stream);
            continue;
        }
        for (int c = 0; c < TRACE_COLUMNS; c++) {
            const int length = trace_columns[c].real ? format_real(values[c].real, text)
                                                     : format_integer(values[c].whole, text);
            text[length] = c + 1 < TRACE_COLUMNS ? output->separator : '\n';
            fwrite(text, 1, (size_t)length + 1, output->stream);
        }
    }
}

void put_trace(json_writer *json, const kmeans_trace_row *trace, int64_t count)
{
    trace_value values[TRACE_COLUMNS];
    put_begin(json, "trace", '[');
    for (int64_t t = 0; t < count; t++) {
        fill_trace_row(&trace[t], 1, values);
        put_begin(json, NULL, '{');
        for (int c = 0; c < TRACE_COLUMNS; c++) {
            if (trace_columns[c].real) {
                put_real(json, trace_columns[c].name, values[c].real);
            } else {
                put_integer(json, trace_columns[c].name, values[c].whole);
            }
        }
        put_end(json, '}');
    }
    put_end(json, ']');
}
