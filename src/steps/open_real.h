/* Rows that a screen left open go through the panels together. Parameters: see typed_real.h. */

/* Where they are brought together: arrays that the screen no longer needs. */
typedef struct T(open_rows) {
    void *memory; /* 64-byte aligned, room for a row at least */
    int64_t bytes;
    int32_t *number; /* [as many rows as fit] */
    int32_t *label;  /* the same */
} T(open_rows);

/* As many at a time as there is room for. */
static void T(assign_open)(const km_run *run, km_thread *t, const km_rows *rows, int32_t *label,
                           const T(open_rows) * work)
{
    const int64_t d = run->d, room = work->bytes / (d * (int64_t)sizeof(REAL));
    REAL *const x = work->memory;
    for (int64_t i = 0; i < rows->m;) {
        int64_t m = 0;
        for (; i < rows->m && m < room; i++) {
            if (label[i] >= 0)
                continue;
            memcpy(x + m * d, (const REAL *)rows->x + i * rows->ldx, (size_t)d * sizeof(REAL));
            work->number[m++] = (int32_t)i;
        }
        const km_rows open = {.x = x, .ldx = d, .m = m};
        t->effort += m * d * run->packed.k;
        T(assign_panels)(run, t, &open, NULL, work->label);
        for (int64_t r = 0; r < m; r++)
            label[work->number[r]] = work->label[r];
    }
}
