#define _POSIX_C_SOURCE 200809L
#include "words.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernels/exact/ieee.h"
#include "services/hash.h"

enum { VERSION = 2, HEAD = 3, WORD = 8 }; /* HEAD: words before the content */

static const char magic_text[WORD + 1] = "KMEANSCK";
static const uint64_t hash_start = UINT64_C(0x9e3779b97f4a7c15);

/* A number as the bytes of a file have it, and back. */
static uint64_t little(uint64_t value)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return __builtin_bswap64(value);
#else
    return value;
#endif
}

static uint64_t magic(void)
{
    uint64_t word;
    memcpy(&word, magic_text, sizeof word);
    return little(word);
}

static uint64_t step(uint64_t hash, uint64_t word) { return km_mix((hash ^ word) + hash_start); }

static void flush(km_words *words)
{
    if (!words->error)
        words->error = km_atomic_write(words->out, words->buffer, words->at * WORD);
    words->at = 0;
}

static void put(km_words *words, uint64_t value)
{
    words->hash = step(words->hash, value);
    words->buffer[words->at++] = little(value);
    if (words->at == KM_WORDS_BUFFER)
        flush(words);
}

void km_words_count(km_words *words)
{
    words->mode = KM_WORDS_COUNT;
    words->counted = 0;
}

void km_words_begin(km_words *words, km_atomic_file *out)
{
    words->mode = KM_WORDS_WRITE;
    words->out = out;
    words->at = 0;
    words->hash = hash_start;
    words->error = km_atomic_begin(out);
    put(words, magic());
    put(words, VERSION);
    put(words, (uint64_t)((HEAD + words->counted + 1) * WORD));
}

int km_words_end(km_words *words)
{
    put(words, words->hash);
    flush(words);
    return km_atomic_end(words->out, words->error);
}

/* Fill the buffer with what comes next. */
static void fill(km_words *words)
{
    int64_t bytes = 0;
    while (bytes < KM_WORDS_BUFFER * WORD) {
        const ssize_t got = read(words->descriptor, (char *)words->buffer + bytes,
                                 (size_t)(KM_WORDS_BUFFER * WORD - bytes));
        if (got == 0 || (got < 0 && errno != EINTR))
            break;
        bytes += got > 0 ? got : 0;
    }
    words->count = bytes / WORD;
    words->at = 0;
}

/* Past the end, or where the file was cut while it is read: zeros, and `bad`. */
static uint64_t get(km_words *words)
{
    if (words->at == words->count && words->left > 0)
        fill(words);
    if (words->left <= 0 || words->at == words->count) {
        words->bad = true;
        return 0;
    }
    words->left--;
    const uint64_t value = little(words->buffer[words->at++]);
    words->hash = step(words->hash, value);
    return value;
}

static void start_reading(km_words *words, int64_t count)
{
    words->left = count;
    words->at = words->count = 0;
    words->hash = hash_start;
    words->bad = lseek(words->descriptor, 0, SEEK_SET) != 0;
}

static int fail(km_words *words, kmeans_context *context, int status, const char *text)
{
    km_words_close(words);
    return km_fail(context, status, "resume: %s %s", words->name, text);
}

/* All of the file once: what is wrong with it, or NULL. */
static const char *find_damage(km_words *words, int64_t bytes)
{
    start_reading(words, bytes / WORD);
    const bool named = get(words) == magic();
    if (!named)
        return "is no checkpoint of kmeans";
    const uint64_t version = get(words);
    if (!words->bad && version != VERSION)
        return "is damaged, or a checkpoint in a format of another version of kmeans";
    const uint64_t length = get(words);
    if (words->bad || bytes % WORD != 0 || length != (uint64_t)bytes || bytes / WORD <= HEAD)
        return "is damaged: it has not the length that it should have";
    while (words->left > 1 && !words->bad)
        get(words);
    const uint64_t hash = words->hash;
    return get(words) != hash || words->bad ? "is damaged: its checksum is wrong" : NULL;
}

int km_words_open(km_words *words, kmeans_context *context, const char *path)
{
    struct stat facts;
    words->mode = KM_WORDS_READ;
    words->name = path;
    words->error = 0;
    words->descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe must not block */
    if (words->descriptor < 0 || fstat(words->descriptor, &facts) != 0) {
        char reason[128];
        km_errno_text(errno, reason, sizeof reason);
        km_words_close(words);
        return km_fail(context, KMEANS_ERROR_FILE, "resume: cannot read %s: %s", path, reason);
    }
    if (!S_ISREG(facts.st_mode))
        return fail(words, context, KMEANS_ERROR_FILE, "is not a regular file");
    const char *const damage = find_damage(words, facts.st_size);
    if (damage)
        return fail(words, context, KMEANS_ERROR_FORMAT, damage);
    start_reading(words, facts.st_size / WORD - 1);
    for (int q = 0; q < HEAD; q++)
        get(words);
    return KMEANS_OK;
}

void km_words_close(km_words *words)
{
    if (words->descriptor >= 0)
        close(words->descriptor);
    words->descriptor = -1;
}

void km_exchange(km_words *words, uint64_t *value)
{
    if (words->mode == KM_WORDS_READ)
        *value = get(words);
    else if (words->mode == KM_WORDS_WRITE)
        put(words, *value);
    else
        words->counted++;
}

void km_exchange_int(km_words *words, int64_t *value, int64_t low, int64_t high)
{
    uint64_t word = (uint64_t)*value;
    km_exchange(words, &word);
    *value = (int64_t)word;
    if (words->mode == KM_WORDS_READ && (*value < low || *value > high)) {
        words->bad = true;
        *value = low;
    }
}

void km_exchange_real(km_words *words, double *value)
{
    uint64_t word = km_bits(*value);
    km_exchange(words, &word);
    *value = km_from_bits(word);
}

void km_exchange_reals(km_words *words, double *values, int64_t count)
{
    if (words->mode == KM_WORDS_COUNT)
        words->counted += count;
    else
        for (int64_t q = 0; q < count; q++)
            km_exchange_real(words, values + q);
}

void km_exchange_text(km_words *words, char *text, int64_t capacity)
{
    const bool reading = words->mode == KM_WORDS_READ;
    int64_t length = reading ? 0 : (int64_t)strlen(text);
    km_exchange_int(words, &length, 0, capacity - 1);
    for (int64_t at = 0; at < length; at += WORD) {
        const int64_t part = length - at < WORD ? length - at : WORD;
        uint64_t word = 0;
        for (int64_t b = 0; !reading && b < part; b++)
            word |= (uint64_t)(unsigned char)text[at + b] << 8 * b;
        km_exchange(words, &word);
        for (int64_t b = 0; reading && b < part; b++)
            text[at + b] = (char)(word >> 8 * b);
    }
    if (reading)
        text[length] = '\0';
}
