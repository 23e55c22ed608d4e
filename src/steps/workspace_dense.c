/* The memory of packed centroids for dense rows. */
#include "blocks.h"

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

static void short_blocks(blocks *b, const km_sizes *s, const km_isa *isa)
{
    if (b->release || km_uses_shorts(s, isa))
        block(b, &b->run->packed.shorts, km_shorts_bytes(km_most_packed(s)), 1);
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
    km_tile_blocks(b, s, isa);
    short_blocks(b, s, isa);
    block(b, &packed->place, km_most_packed(s), sizeof(int32_t));
    block(b, &packed->order, km_most_packed(s), sizeof(int32_t));
    if (b->release || still)
        block(b, &b->run->still, s->k, sizeof *b->run->still);
    block(b, &packed->shift, s->d, sizeof(double));
    block(b, &packed->shift_real, s->d, sizeof(double));
}
