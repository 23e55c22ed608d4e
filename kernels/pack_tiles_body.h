/* The slot `pack_centroids` of kernels_tiles.h, in plain C that compilers turn into vectors: eight
 * lanes of dimensions side by side. Included by a table's source after the short numbers' own
 * words: word, words_unit, unit_of, round_word, word_value, words_slices, WORDS_HEAD, store_eight
 * and store_init (bfloat16_words.h, byte_quads.h). */

typedef struct norms {
    double whole[8], half[8], error[8]; /* squares: of z, of its word, of their difference */
    int32_t total[8];                   /* of the words */
} norms;

/* Eight dimensions of a centroid as words and as floats. */
KM_INLINE void pack_eight(const double *restrict c, const double *restrict shift, double scale,
                          const words_unit *unit, word *restrict words, float *restrict near,
                          norms *sums)
{
    for (int l = 0; l < 8; l++) {
        const double z = (c[l] - shift[l]) * scale;
        const float rounded = (float)z;
        const word w = round_word(rounded, unit);
        const double half = word_value(w, unit);
        words[l] = w;
        near[l] = rounded;
        sums->whole[l] += z * z;
        sums->half[l] += half * half;
        sums->error[l] += (z - half) * (z - half);
        sums->total[l] += w;
    }
}

/* Centroid c as number l of its group, and as floats. */
static void pack_centroid(const double *c, int64_t d, const double *shift, double scale,
                          const words_unit *unit, int64_t ld, void *group, int64_t l, float *near,
                          norms *sums)
{
    for (int64_t p = 0; p < ld; p += 8) {
        const int64_t n = d - p < 8 ? d - p : 8;
        double some[8] = {0}, shifts[8] = {0};
        word words[8];
        for (int64_t q = 0; n < 8 && q < n; q++) {
            some[q] = c[p + q];
            shifts[q] = shift[p + q];
        }
        pack_eight(n == 8 ? c + p : some, n == 8 ? shift + p : shifts, scale, unit, words, near + p,
                   sums);
        store_eight(group, l, p, words);
    }
}

static double sum_of(const double *lane)
{
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
           ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

static float raised(double value) { return (float)(value + fabs(value) * 0x1p-22 + 0x1p-140); }

/* The sums have relative errors below (d + 4) * 2^-53; 2^-30 is more, and the part of a*e too. */
static void set_bound(const norms *sums, const km_tile_bound *bound, float *init, float *raise)
{
    const double more = 1 + 0x1p-30, whole = sum_of(sums->whole), half = sum_of(sums->half);
    const double e = (bound->tau * half / 2 + sum_of(sums->error) / (2 * bound->sigma) +
                      bound->a * (whole + half) / 2) *
                     (1 + 2 * bound->a) * more;
    *init = raised(e - whole / 2 + whole * (more - 1));
    *raise = raised((double)*init + whole / 2 * more + e);
}

static int64_t total_of(const norms *sums)
{
    int64_t total = 0;
    for (int l = 0; l < 8; l++) {
        total += sums->total[l];
    }
    return total;
}

static void pack_centroids(const double *c, const int32_t *order, int64_t k, int64_t d,
                           const double *shift, double scale, const uint8_t *duplicate,
                           const km_tile_bound *bound, int64_t q, const km_tile_centroids *to)
{
    const int64_t ld = to->near_ld;
    const size_t bytes = WORDS_HEAD + (size_t)words_slices(d) * KM_TILE_WORDS * 2;
    const words_unit unit = unit_of(bound);
    unsigned char *const group = (unsigned char *)to->tiles + (size_t)q * bytes;
    memset(group, 0, bytes);
    for (int64_t l = 0; l < KM_TILE_GROUP; l++) {
        const int64_t j = q * KM_TILE_GROUP + l;
        const int64_t from = j < k && order != NULL ? order[j] : j;
        const int is_twin = j < k && duplicate != NULL && duplicate[from];
        norms sums = {{0}, {0}, {0}, {0}};
        float init = -INFINITY;
        to->raise[j] = 0;
        if (j < k) {
            pack_centroid(c + from * d, d, shift, scale, &unit, ld, group, l, to->near + j * ld,
                          &sums);
            to->norm2[j] = sum_of(sums.whole);
        }
        if (j < k && !is_twin) {
            set_bound(&sums, bound, &init, &to->raise[j]);
        }
        store_init(to, group, j, init, total_of(&sums));
    }
}
