/* The memory of screens on tiles. */
#include "blocks.h"
#include "bytes.h"

static bool takes(const km_tiles *tiles, const km_sizes *s)
{
    return tiles->value_size > 1 || s->d <= 64 * (int64_t)KM_TILE_BYTE_SLICES;
}

/* The kernels that are tried first. */
static const km_tiles *first_tiles(const km_sizes *s, const km_isa *isa)
{
    const km_tiles *const wide = isa->tiles->wide;
    return wide && s->d >= isa->tiles->wide_from && takes(wide, s) ? wide : isa->tiles;
}

/* Bytes of a group for whatever kernels may come. */
static int64_t group_bytes(const km_sizes *s, const km_isa *isa)
{
    const int64_t first = km_tile_group_bytes(first_tiles(s, isa), s->d);
    const int64_t then = km_tile_group_bytes(isa->tiles, s->d);
    return first > then ? first : then;
}

bool km_uses_few(const km_sizes *s, const km_isa *isa)
{
    const int32_t most = isa->f32->few_k < isa->f64->few_k ? isa->f32->few_k : isa->f64->few_k;
    return !s->sparse && s->d > KM_LOW_D && s->d <= KM_FEW_D && s->k <= most;
}

bool km_two_scans_pay(const km_tiles *tiles) { return 2 * tiles->cost < 0.8; }

/* Whether the first screen takes less than whole float32 panels. With a matrix unit it always does:
 * measured at d = 32, 128 and 768, two clusters take two thirds of the panels' time, 1024 a fifth
 * or less. Without passes before, no row has a threshold and tiles are scanned twice. */
static bool pays(const km_tiles *tiles, const km_sizes *s, const km_isa *isa)
{
    const int64_t k = s->k, nr = isa->f32->nr;
    const double panels = (double)((k + nr - 1) / nr * nr), d = (double)s->d;
    const double groups = (double)(km_tile_groups(k) * KM_TILE_GROUP);
    if (!s->passes && !km_two_scans_pay(tiles))
        return false;
    return tiles->row == 0 || (panels - tiles->cost * groups) * d > tiles->row + tiles->column * d;
}

bool km_uses_tiles(const km_sizes *s, const km_isa *isa)
{
    return !s->sparse && isa->tiles && takes(isa->tiles, s) && s->d > KM_LOW_D &&
           (!s->bounds || first_tiles(s, isa)->gaps) && km_most_packed(s) >= 2 &&
           !km_uses_few(s, isa) && pays(first_tiles(s, isa), s, isa);
}

bool km_uses_shorts(const km_sizes *s, const km_isa *isa)
{
    const km_shorts *const shorts = isa->tiles ? isa->tiles->shorts : NULL;
    return !s->sparse && !s->bounds && shorts && s->d >= shorts->least_d && s->d <= KM_LOW_D &&
           km_most_packed(s) >= shorts->least_k;
}

double km_first_cost(const km_sizes *s, const km_isa *isa)
{
    return km_uses_tiles(s, isa) ? first_tiles(s, isa)->cost : 1;
}

bool km_first_gives_gaps(const km_sizes *s, const km_isa *isa)
{
    return !s->sparse && (!km_uses_tiles(s, isa) || first_tiles(s, isa)->gaps) &&
           !km_uses_shorts(s, isa);
}

const char *km_first_kernel(const km_sizes *s, const km_isa *isa)
{
    if (s->sparse)
        return "sparse f32";
    if (s->d <= KM_LOW_D)
        return km_uses_shorts(s, isa) && s->k >= isa->tiles->shorts->least_k ? "lanes int16"
                                                                             : "lanes f32";
    if (km_uses_bytes(s, isa))
        return isa->tiles->bytes->name;
    if (km_uses_few(s, isa))
        return "few f32";
    return km_uses_tiles(s, isa) ? first_tiles(s, isa)->name : "panel f32";
}

void km_tile_blocks(blocks *b, const km_sizes *s, const km_isa *isa)
{
    km_packed_tiles *const tiles = &b->run->packed.tiles;
    const int64_t k = km_most_packed(s);
    const int64_t groups = km_tile_groups(k), lanes = times(groups, KM_TILE_GROUP);
    if (!b->release)
        tiles->used = km_uses_tiles(s, isa);
    if (!isa->tiles || (!b->release && !tiles->used))
        return;
    tiles->to.near_ld = KM_PACKED_LD(s->d);
    tiles->kernels = first_tiles(s, isa);
    block(b, &tiles->to.tiles, groups, group_bytes(s, isa));
    block(b, &tiles->to.near, times(k, tiles->to.near_ld), sizeof(float));
    if (b->release || isa->tiles->init_lanes > 0)
        block(b, &tiles->to.init, times(lanes, isa->tiles->init_lanes), sizeof(float));
    block(b, &tiles->to.raise, lanes, sizeof(float));
    block(b, &tiles->to.norm2, k, sizeof(double));
    block(b, &tiles->c2, k, sizeof(double));
    block(b, &tiles->half, k, sizeof(float));
    block(b, &tiles->lead, k, sizeof(float));
}

void km_tile_scratch_blocks(blocks *b, const km_sizes *s, const km_isa *isa, int64_t m,
                            km_tile_scratch *tile)
{
    const int64_t groups = km_tile_groups(m), rows = groups * KM_TILE_GROUP;
    const int64_t bytes = b->release ? 0 : group_bytes(s, isa);
    tile->bytes = times(groups, bytes);
    block(b, &tile->tiles, groups, bytes);
    block(b, &tile->lines, km_tile_scratch_bytes(s->d), 1);
    block(b, &tile->partial, times(groups, 1024), sizeof(float));
    block(b, &tile->norm2, rows, sizeof(float));
    block(b, &tile->residual2, rows, sizeof(float));
    block(b, &tile->dot, rows, sizeof(float));
    block(b, &tile->threshold, rows, sizeof(float));
    block(b, &tile->slack, rows, sizeof(float));
    block(b, &tile->order, rows, sizeof(int32_t));
    block(b, &tile->near, rows, sizeof(int32_t));
    block(b, &tile->count, rows, sizeof(int32_t));
    block(b, &tile->label, rows * KM_TILE_CANDIDATES, sizeof(int32_t));
    block(b, &tile->score, rows * KM_TILE_CANDIDATES, sizeof(float));
}
