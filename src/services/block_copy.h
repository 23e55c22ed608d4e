/* Copies out of a block, for one type of the copy. No include guard: block.c includes it twice.
 * Parameters: REAL and T(name). */

/* One column of a tile of REALs: x has unit stride where stride is 1, as most column-major data. */
static void T(copy_column)(const REAL *x, int64_t stride, int64_t m, REAL *out, int64_t ld)
{
    if (stride == 1) {
        for (int64_t i = 0; i < m; i++) {
            out[i * ld] = x[i];
        }
        return;
    }
    for (int64_t i = 0; i < m; i++) {
        out[i * ld] = x[i * stride];
    }
}

/* The same of another type: brought together, then converted at once. */
static void T(convert_column)(const T(km_kernels) * kernels, const km_block *block, const void *x,
                              int64_t m, REAL *out, int64_t ld)
{
    uint64_t together[TILE_LINE];
    REAL column[TILE_LINE];
    if (block->row_stride != 1) {
        const int64_t size = km_dtype_size(block->dtype);
        gather(x, block->row_stride * size, size, m, together);
        x = together;
    }
    kernels->convert(x, block->dtype, m, column);
    T(copy_column)(column, 1, m, out, ld);
}

/* Any strides, in tiles that keep few cache lines on either side. */
static void T(copy_tiles)(const T(km_kernels) * kernels, const km_block *block, int64_t i0,
                          int64_t m, REAL *out, int64_t ld)
{
    const bool own = block->dtype == (sizeof(REAL) == sizeof(float) ? KMEANS_F32 : KMEANS_F64);
    const int64_t height = tile_rows(km_dtype_size(block->dtype));
    for (int64_t i = 0; i < m; i += height) {
        const int64_t rows = m - i < height ? m - i : height;
        for (int64_t p = 0; p < block->cols; p++) {
            const void *const x = km_block_at(block, i0 + i, p);
            REAL *const copy = out + i * ld + p;
            if (own) {
                T(copy_column)(x, block->row_stride, rows, copy, ld);
            } else {
                T(convert_column)(kernels, block, x, rows, copy, ld);
            }
        }
    }
}

void T(km_block_load)(const T(km_kernels) * kernels, const km_block *block, int64_t i0, int64_t m,
                      REAL *out, int64_t ld)
{
    int64_t d = block->cols;
    if (block->columns != NULL || block->col_stride != 1) {
        T(copy_tiles)(kernels, block, i0, m, out, ld);
        return;
    }
    const char *x = km_block_at(block, i0, 0);
    const int64_t step = block->row_stride * km_dtype_size(block->dtype);
    if (block->row_stride == d && ld == d) { /* without gaps: short rows make no short loops */
        d *= m;
        m = 1;
    }
    for (int64_t i = 0; i < m; i++) {
        kernels->convert(x + i * step, block->dtype, d, out + i * ld);
    }
}

void T(km_block_to)(const km_block *block, int64_t i0, int64_t m, REAL *out, int64_t ld)
{
    T(km_block_load)(&T(km_table_scalar), block, i0, m, out, ld);
}
