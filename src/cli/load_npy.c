#include "load_npy.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { LONGEST_HEADER = 65536, BLOCK = 4096 };

typedef struct npy_facts {
    int bytes;      /* of one number */
    bool is_signed; /* 'i', else 'u' */
    int64_t count;
} npy_facts;

/* The value of a key of the header's dict, as it stands after the colon. */
static const char *find_key(const char *header, const char *key)
{
    const char *at = strstr(header, key);
    at = at != NULL ? strchr(at + strlen(key), ':') : NULL;
    return at != NULL ? at + 1 + strspn(at + 1, " ") : NULL;
}

/* Shape (n,), (n, 1), (1, n): the product of at most two numbers, of which one is 1. */
static bool read_shape(const char *text, int64_t *count)
{
    int64_t sizes[2] = {1, 1};
    int dims = 0;
    for (text += strcspn(text, "0123456789)"); *text >= '0' && *text <= '9';
         text += strcspn(text, "0123456789)")) {
        char *end = NULL;
        if (dims == 2) {
            return false;
        }
        sizes[dims++] = strtoll(text, &end, 10);
        text = end;
    }
    *count = sizes[0] == 1 ? sizes[1] : sizes[0];
    return dims > 0 && (sizes[0] == 1 || sizes[1] == 1) && *count < INT64_MAX / 8;
}

/* Read the header up to the numbers. False for anything that is no .npy of integers. */
static bool read_npy_header(FILE *file, npy_facts *facts)
{
    unsigned char start[12];
    static char header[LONGEST_HEADER + 1];
    if (fread(start, 1, 10, file) != 10 || memcmp(start, "\x93NUMPY", 6) != 0) {
        return false;
    }
    size_t length = start[8] | (size_t)start[9] << 8;
    if (start[6] > 1) {
        if (fread(start + 10, 1, 2, file) != 2) {
            return false;
        }
        length |= (size_t)start[10] << 16 | (size_t)start[11] << 24;
    }
    if (length > LONGEST_HEADER || fread(header, 1, length, file) != length) {
        return false;
    }
    header[length] = '\0';
    const char *const type = find_key(header, "'descr'");
    const char *const shape = find_key(header, "'shape'");
    if (type == NULL || shape == NULL || strlen(type) < 5 || type[0] != '\'' ||
        strchr("<|", type[1]) == NULL || strchr("iu", type[2]) == NULL ||
        strchr("1248", type[3]) == NULL || type[4] != '\'') {
        return false;
    }
    facts->is_signed = type[2] == 'i';
    facts->bytes = type[3] - '0';
    return read_shape(shape, &facts->count);
}

/* One little-endian integer. False when it does not fit int32. */
static bool read_number(const unsigned char *bytes, const npy_facts *facts, int32_t *label)
{
    uint64_t bits = 0;
    for (int b = 0; b < facts->bytes; b++) {
        bits |= (uint64_t)bytes[b] << (8 * b);
    }
    const int shift = 64 - 8 * facts->bytes;
    if (!facts->is_signed) {
        *label = (int32_t)(bits & INT32_MAX);
        return bits <= INT32_MAX;
    }
    const int64_t value = (int64_t)(bits << shift) / (int64_t)(1ULL << shift);
    *label = (int32_t)value;
    return value >= INT32_MIN && value <= INT32_MAX;
}

static void read_numbers(FILE *file, kmeans_context *context, const char *flag, const char *path,
                         const npy_facts *facts, int32_t *labels)
{
    unsigned char block[8 * BLOCK];
    for (int64_t i = 0; i < facts->count;) {
        const int64_t left = facts->count - i;
        const size_t rows = left < BLOCK ? (size_t)left : BLOCK;
        if (fread(block, (size_t)facts->bytes, rows, file) != rows) {
            die(EXIT_DATA, "--%s %s: cannot read", flag, path);
        }
        for (size_t r = 0; r < rows; r++, i++) {
            if (!read_number(block + r * (size_t)facts->bytes, facts, &labels[i])) {
                die(EXIT_DATA, "--%s %s: row %lld (counted from 0) is no label (0 .. 2147483646)",
                    flag, path, (long long)i);
            }
        }
        kmeans_context_release(context);
    }
}

static void check_length(FILE *file, const char *flag, const char *path, const npy_facts *facts)
{
    struct stat size;
    const int64_t need = facts->count * facts->bytes;
    if (fstat(fileno(file), &size) != 0 || size.st_size - ftello(file) < need) {
        die(EXIT_DATA, "--%s %s: the file is shorter than its header says", flag, path);
    }
}

bool load_npy_integers(kmeans_context *context, const char *flag, const char *path, int64_t n,
                       int32_t *labels, int64_t *count)
{
    npy_facts facts = {0};
    struct stat what;
    if (strcmp(path, "-") == 0 || stat(path, &what) != 0 || !S_ISREG(what.st_mode)) {
        return false;
    }
    FILE *const file = fopen(path, "rb");
    const bool found = file != NULL && read_npy_header(file, &facts);
    if (found) {
        check_length(file, flag, path, &facts);
        *count = facts.count;
    }
    if (found && facts.count == n) {
        read_numbers(file, context, flag, path, &facts, labels);
    }
    if (file != NULL) {
        fclose(file);
    }
    return found;
}
