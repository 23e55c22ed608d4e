/* Copies out of a block, for one pair of types. No include guard: block.c includes it once a pair.
 *
 * Parameters, all undefined again at the end:
 *   FROM        type of the elements in the block
 *   TO          type of the copy; holds every FROM exactly
 *   COPY(name)  name with the pair as suffix */

/* Rows with unit column stride. */
static void COPY(copy_rows)(const FROM *x, int64_t stride, int64_t m, int64_t d, TO *out,
                            int64_t ld)
{
    if (stride == d && ld == d) { /* without gaps: short rows make no short loops */
        d *= m;
        m = 1;
    }
    for (int64_t i = 0; i < m; i++) {
        const FROM *const row = x + i * stride;
        TO *const copy = out + i * ld;
        for (int64_t p = 0; p < d; p++) {
            copy[p] = (TO)row[p];
        }
    }
}

/* One column of unit stride: the inner loop of column-major data. */
static void COPY(copy_column)(const FROM *x, int64_t m, TO *out, int64_t ld)
{
    for (int64_t i = 0; i < m; i++) {
        out[i * ld] = (TO)x[i];
    }
}

/* Any strides, in tiles that keep KM_TILE cache lines on either side. */
static void COPY(copy_tiles)(const km_block *block, int64_t i0, int64_t m, TO *out, int64_t ld)
{
    for (int64_t i = 0; i < m; i += KM_TILE) {
        const int64_t rows = m - i < KM_TILE ? m - i : KM_TILE;
        for (int64_t p = 0; p < block->cols; p++) {
            const FROM *const x = km_block_at(block, i0 + i, p);
            TO *const copy = out + i * ld + p;
            if (block->row_stride == 1) {
                COPY(copy_column)(x, rows, copy, ld);
                continue;
            }
            for (int64_t r = 0; r < rows; r++) {
                copy[r * ld] = (TO)x[r * block->row_stride];
            }
        }
    }
}

static void COPY(copy_block)(const km_block *block, int64_t i0, int64_t m, TO *out, int64_t ld)
{
    if (block->columns == NULL && block->col_stride == 1) {
        COPY(copy_rows)(km_block_at(block, i0, 0), block->row_stride, m, block->cols, out, ld);
    } else {
        COPY(copy_tiles)(block, i0, m, out, ld);
    }
}

#undef FROM
#undef TO
#undef COPY
