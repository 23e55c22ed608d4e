/* Sets of columns, one bit each: bit p mod 64 of word p / 64. Sums and centroids of sparse rows are
 * 0 in most columns, and what costs should be the others. */
#ifndef KM_COLUMNS_H
#define KM_COLUMNS_H

#include <stdint.h>

enum { KM_COLUMNS_WORD = 64 };

/* Words of a set. */
static inline int64_t km_columns_words(int64_t d)
{
    return (d + KM_COLUMNS_WORD - 1) / KM_COLUMNS_WORD;
}

static inline void km_columns_put(uint64_t *set, int64_t p)
{
    set[p / KM_COLUMNS_WORD] |= UINT64_C(1) << p % KM_COLUMNS_WORD;
}

static inline int km_columns_has(const uint64_t *set, int64_t p)
{
    return (int)(set[p / KM_COLUMNS_WORD] >> p % KM_COLUMNS_WORD & 1);
}

/* A walk over a set in ascending order; start with at = left = 0. */
typedef struct km_columns_walk {
    const uint64_t *set;
    int64_t words;
    int64_t at;    /* the next word */
    uint64_t left; /* of the word before it */
} km_columns_walk;

/* The next columns, at most `most`, into list; returns how many: fewer only at the end. */
static inline int64_t km_columns_next(km_columns_walk *walk, int64_t *list, int64_t most)
{
    int64_t found = 0;
    while (found < most) {
        while (walk->left == 0) {
            if (walk->at == walk->words)
                return found;
            walk->left = walk->set[walk->at++];
        }
        list[found++] = (walk->at - 1) * KM_COLUMNS_WORD + __builtin_ctzll(walk->left);
        walk->left &= walk->left - 1;
    }
    return found;
}

#endif
