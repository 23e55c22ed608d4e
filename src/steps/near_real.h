/* Parameters: see typed_real.h. */

/* The place of the row's centroid of the pass before, -1 where there is none. A duplicate is not
 * used: it is no candidate, and its twin is. */
static int32_t T(near_place)(const km_run *run, const km_rows *rows, int64_t i)
{
    const km_packed *const packed = &run->packed;
    const int32_t label = run->labels_known ? run->labels[km_row_number(rows, i)] : -1;
    return label < 0 || (packed->repeats && packed->duplicate[label]) ? -1 : packed->place[label];
}
