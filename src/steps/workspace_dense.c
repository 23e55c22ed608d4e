/* The memory of packed centroids for dense rows. */
#include "axes.h"
#include "blocks.h"
#include "bytes.h"

static void panel_blocks(blocks *b, const km_sizes *s, km_panels *panels, const km_lanes *lanes,
                         bool few, bool still, int64_t nr, int64_t size)
{
    const int64_t rounded = times((km_most_packed(s) + nr - 1) / nr, nr);
    block(b, &panels->panels, times(rounded, s->d), size);
    block(b, &panels->half_norm, rounded, size);
    block(b, &panels->demand, 1, sizeof *panels->demand);
    block(b, &panels->c2, rounded, sizeof(double));
    if (b->release || still) {
        block(b, &panels->front_norm, rounded, size);
        block(b, &panels->rows, times(s->k, KM_PACKED_LD(s->d)), size);
    }
    const bool low = s->d <= KM_LOW_D;
    const int64_t k = low ? km_most_packed(s) : s->k;
    if (lanes->pack && (b->release || low || few))
        block(b, &panels->low, times(k, low ? KM_LOW_LD(s->d) : KM_PACKED_LD(s->d) + 1), size);
}

/* Where rows may be found near their centroid of the pass before. */
static void inner_blocks(blocks *b, const km_sizes *s, const km_isa *isa, const km_lanes *lanes)
{
    km_packed *const packed = &b->run->packed;
    const km_kernels_f32 *const f32 = isa->f32;
    const km_kernels_f64 *const f64 = isa->f64;
    const bool low = s->passes && s->d <= KM_LOW_D;
    if (b->release ||
        (low && lanes[KM_BY_F32].pack && s->k >= f32->inner_from && s->k <= f32->inner_k))
        block(b, &packed->panels_f32.inner, s->k, sizeof(float));
    if (b->release ||
        (low && lanes[KM_BY_F64].pack && s->k >= f64->inner_from && s->k <= f64->inner_k))
        block(b, &packed->panels_f64.inner, s->k, sizeof(double));
}

static void short_blocks(blocks *b, const km_sizes *s, const km_isa *isa)
{
    if (b->release || km_uses_shorts(s, isa))
        block(b, &b->run->packed.shorts, km_shorts_bytes(km_most_packed(s)), 1);
}

/* Panels of n lanes and more. */
static int64_t whole_panels(const km_isa *isa, int64_t n)
{
    return (n + isa->f32->nr - 1) / isa->f32->nr * isa->f32->nr;
}

/* Up to a quarter of what the rows themselves take, and where that is memory. */
static bool keeps_axes(const km_sizes *s)
{
    const int64_t kept = KM_AXES_KEPT(km_axes_most(s->k)) * (int64_t)sizeof(float);
    return s->bounds && !s->spill && 4 * kept <= s->d * km_dtype_size(s->dtype);
}

int32_t km_axes_of(const km_sizes *s, const km_isa *isa)
{
    const bool possible = s->passes && !s->sparse && s->d > KM_LOW_D && !km_uses_few(s, isa);
    return possible ? km_axes_count(s->n, s->d, s->k, km_first_cost(s, isa), keeps_axes(s)) : 0;
}

int64_t km_axes_kept(const km_sizes *s, const km_isa *isa)
{
    const int32_t h = keeps_axes(s) ? km_axes_of(s, isa) : 0;
    return h > 0 ? KM_AXES_KEPT(h) : 0;
}

static void axes_blocks(blocks *b, const km_sizes *s, const km_isa *isa)
{
    km_axes *const axes = &b->run->packed.axes;
    if (!b->release)
        axes->h = km_axes_of(s, isa);
    if (axes->h == 0)
        return;
    const int64_t k = whole_panels(isa, s->k), h = whole_panels(isa, axes->h);
    block(b, &axes->row, times(2 * axes->h, KM_PACKED_LD(s->d)), sizeof(float));
    block(b, &axes->panels, times(h, s->d), sizeof(float));
    block(b, &axes->zero, h, sizeof(float));
    block(b, &axes->lead, times(k, KM_AXES_LEAD + 1), sizeof(float));
    block(b, &axes->to, times(k, KM_PACKED_LD(axes->h + 1)), sizeof(float));
    block(b, &axes->half, k, sizeof(float));
}

void km_axes_scratch_blocks(blocks *b, const km_sizes *s, const km_isa *isa, int64_t m,
                            km_axes_scratch *t)
{
    enum { open = 16 }; /* rows that are left open: so many together fill register tiles */
    const int64_t h = b->release ? 1 : km_axes_of(s, isa);
    const int64_t z = times(times(m, KM_PACKED_LD(h + 1)), sizeof(float));
    const int64_t rows = times(open * (int64_t)sizeof(double), s->d);
    if (h == 0)
        return;
    t->bytes = z > rows ? z : rows;
    block(b, &t->z, t->bytes, 1);
    block(b, &t->lead, times(m, KM_PACKED_LD(KM_AXES_LEAD + 1)), sizeof(float));
    block(b, &t->limit, m, sizeof(float));
    block(b, &t->count, m, sizeof(int32_t));
    block(b, &t->list, times(m, KM_AXES_ROOM), sizeof(int32_t));
}

void km_dense_blocks(blocks *b, const km_sizes *s, const km_typed *typed, const km_isa *isa)
{
    km_packed *const packed = &b->run->packed;
    const km_lanes *const lanes = typed->lanes;
    const bool few = km_uses_few(s, isa);
    const bool still = s->passes && s->d > KM_LOW_D && !few;
    panel_blocks(b, s, &packed->panels_f32, &lanes[KM_BY_F32], few, still && !km_uses_tiles(s, isa),
                 isa->f32->nr, sizeof(float));
    panel_blocks(b, s, &packed->panels_f64, &lanes[KM_BY_F64], few, still, isa->f64->nr,
                 sizeof(double));
    inner_blocks(b, s, isa, lanes);
    km_tile_blocks(b, s, isa);
    short_blocks(b, s, isa);
    axes_blocks(b, s, isa);
    block(b, &packed->place, km_most_packed(s), sizeof(int32_t));
    block(b, &packed->order, km_most_packed(s), sizeof(int32_t));
    if (b->release || still)
        block(b, &b->run->still, s->k, sizeof *b->run->still);
    if (b->release || s->bounds) {
        block(b, &b->run->bounds.drift, s->k, sizeof(float));
        block(b, &b->run->bounds.before, s->k, sizeof(float));
        block(b, &b->run->bounds.way, s->k, sizeof(float));
    }
    if (b->release || km_uses_bytes(s, isa)) {
        block(b, &b->run->bytes.c, KM_BYTES_K, KM_BYTES_LD(s->d));
        block(b, &b->run->bytes.start, KM_BYTES_K, sizeof(int32_t));
    }
    block(b, &packed->shift, s->d, sizeof(double));
    block(b, &packed->shift_real, s->d, sizeof(double));
}
