/* All bodies and the table for one type: see table_body.h. */

#include "convert_body.h"
#include "low_body.h"

#define ROW      REAL
#define R(name)  T(name)
#define LOW_TURN "low_turn.h"
#include "low_rows.h"
#undef ROW
#undef R
#undef LOW_TURN

#include "few_body.h"

#define ROW      REAL
#define R(name)  T(name)
#define FEW_LOAD "few_load.h"
#include "few_rows.h"
#undef ROW
#undef R
#undef FEW_LOAD

#include "nearest_body.h"
#include "panel_body.h"
#include "below_body.h"
#include "range_body.h"
#include "rows_body.h"
#include "rows_other_body.h"
#include "sparse_body.h"
#include "sums_body.h"
#include "moves_body.h"
#include "squares_body.h"

const T(km_kernels) KM_NAME(KM_TABLE) = {
    .isa = KM_TABLE_NAME,
    .mr = T(MR),
    .nr = T(NV) * T(VL),
    .vl = T(VL),
    .block_rows = T(BLOCK_ROWS),
    .inner_from = T(LOW_INNER_K) + 1,
    .inner_k = T(LOW_INNER_MOST),
    .few_k = T(FEW_MOST),
    .state_size = (3 + T(NV)) * T(VL),
    .convert = T(convert),
    .pack_rows = T(pack_rows),
    .pack_other = T(pack_other),
    .assign = T(assign),
    .assign_low = T(assign_low),
    .assign_low_other = LOW_OTHER,
    .assign_few = T(assign_few),
    .assign_few_other = FEW_OTHER,
    .assign_sparse = T(assign_sparse),
    .list_different = T(list_different),
    .keep_labels = keep_labels,
    .set_limits = set_limits,
    .scores = T(scores),
    .row_scores = T(row_scores),
    .list_below = T(list_below),
    .own_scores = T(own_scores),
    .add_rows = T(add_rows),
    .add_rows_weighted = T(add_rows_weighted),
    .move_rows = T(move_rows),
    .sum_squares = T(sum_squares),
    .d2 = T(d2),
    .d2_rows = T(d2_rows),
    .range = T(range),
};
