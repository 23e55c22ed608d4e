/* Candidates of a row: what all tile kernels share. */
#ifndef KM_TILES_SCAN_H
#define KM_TILES_SCAN_H

#include <stdbool.h>
#include <math.h>
#include "inline.h"
#include "kernels_tiles.h"

/* The list of row i is full: drop what the threshold has overtaken. If nothing goes, the row is
 * given up, its threshold out of reach. */
static inline bool km_tile_make_room(const km_tile_scan *scan, int64_t i)
{
    int32_t *const label = scan->label + i * KM_TILE_CANDIDATES;
    float *const score = scan->score + i * KM_TILE_CANDIDATES;
    int32_t kept = 0;
    for (int32_t n = 0; n < KM_TILE_CANDIDATES; n++) {
        if (score[n] >= scan->threshold[i]) {
            label[kept] = label[n];
            score[kept++] = score[n];
        }
    }
    scan->count[i] = kept;
    if (kept < KM_TILE_CANDIDATES) {
        return true;
    }
    scan->count[i] = KM_TILE_CANDIDATES + 1;
    scan->threshold[i] = INFINITY;
    return false;
}

/* Centroid j with score w >= the threshold of row i. */
KM_INLINE void km_tile_candidate(const km_tile_scan *scan, int64_t i, int32_t j, float w)
{
    const float raised = w - scan->slack[i] - scan->raise[j];
    if (scan->count[i] >= KM_TILE_CANDIDATES && !km_tile_make_room(scan, i)) {
        return;
    }
    scan->threshold[i] = raised > scan->threshold[i] ? raised : scan->threshold[i];
    const int64_t at = i * KM_TILE_CANDIDATES + scan->count[i]++;
    scan->label[at] = j;
    scan->score[at] = w;
}

#endif
