/* Floor 4: a file of 64-bit words, the least significant byte first on every machine, with a
 * checksum as its last word. The same calls write and read: an exchange takes the value of a
 * variable to the file or from it, so that the two cannot differ.
 *
 * Words 0 .. 2 are a magic text, the version of the format and the bytes of the file; with h the
 * finaliser of splitmix64 the checksum is c_m of  c_0 = G,  c_q+1 = h((c_q xor word_q) + G),
 * G = 0x9e3779b97f4a7c15. Each step is a bijection in the word: one word that is damaged is always
 * found, more of them but for one case in 2^64. */
#ifndef KM_WORDS_H
#define KM_WORDS_H

#include <stdbool.h>

#include "services/atomic_file.h"
#include "services/context.h"
#include "services/system.h"

enum { KM_WORDS_BUFFER = 4096 }; /* words */

typedef enum km_words_mode { KM_WORDS_COUNT, KM_WORDS_WRITE, KM_WORDS_READ } km_words_mode;

typedef struct km_words {
    km_words_mode mode;
    km_atomic_file *out; /* where to write */
    const char *name;    /* of the file that is read, for error texts */
    int descriptor;      /* of it */
    int64_t left;        /* reading: words not yet taken, the checksum not counted */
    int64_t counted;     /* counting: words that exchanges took */
    int64_t count, at;   /* in buffer */
    uint64_t hash;
    int error; /* errno of the first thing that failed */
    bool bad;  /* a word was outside its range: a file that was made with care, or by error */
    uint64_t buffer[KM_WORDS_BUFFER];
} km_words;

/* Count what exchanges would write, from 0 on. */
void km_words_count(km_words *words);

/* Begin the new content of a file, to which as many words will be written as were counted. */
void km_words_begin(km_words *words, km_atomic_file *out);

/* Checksum, sync, rename. Returns 0 or the errno of the first thing that failed, the file being
 * as it was before. */
int km_words_end(km_words *words);

/* Open a file and look at all of it: magic, version, length, checksum. The next word is then the
 * one after the length. Errors: KMEANS_ERROR_FILE, KMEANS_ERROR_FORMAT; the file is closed. */
int km_words_open(km_words *words, kmeans_context *context, const char *path);
void km_words_close(km_words *words);

/* Exchange one value; when reading, one outside low .. high sets `bad` and gives low. */
void km_exchange(km_words *words, uint64_t *value);
void km_exchange_int(km_words *words, int64_t *value, int64_t low, int64_t high);
void km_exchange_real(km_words *words, double *value);
void km_exchange_reals(km_words *words, double *values, int64_t count);

/* A text of less than `capacity` bytes: its length, then its bytes padded to whole words. */
void km_exchange_text(km_words *words, char *text, int64_t capacity);

#endif
