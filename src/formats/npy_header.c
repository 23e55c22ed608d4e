/* The header of .npy files: magic, version, length, and a Python dictionary such as
 * {'descr': '<f8', 'fortran_order': False, 'shape': (150, 4), } padded with blanks to a newline
 * (numpy.lib.format). Nothing in it is trusted. */
#include "npy_header.h"

#include <inttypes.h>
#include <string.h>

/* Headers are some 100 bytes; NumPy refuses to evaluate more than 10,000 by default. */
static const int64_t header_limit = 1 << 20;

/* A place in the dictionary's text. */
typedef struct km_scanner {
    const char *at;
    const char *end;
} km_scanner;

static char peek(km_scanner *scanner)
{
    while (scanner->at < scanner->end && strchr(" \t\r\n", *scanner->at) != NULL &&
           *scanner->at != '\0') {
        scanner->at++;
    }
    return scanner->at < scanner->end ? *scanner->at : '\0';
}

static bool accept(km_scanner *scanner, char wanted)
{
    if (wanted == '\0' || peek(scanner) != wanted) {
        return false;
    }
    scanner->at++;
    return true;
}

/* A quoted string without escapes. */
static bool read_string(km_scanner *scanner, const char **text, int64_t *length)
{
    const char quote = peek(scanner);
    if (quote != '\'' && quote != '"') {
        return false;
    }
    *text = ++scanner->at;
    while (scanner->at < scanner->end && *scanner->at != quote && *scanner->at != '\\') {
        scanner->at++;
    }
    *length = scanner->at - *text;
    return accept(scanner, quote);
}

static bool read_word(km_scanner *scanner, const char *word)
{
    const int64_t length = (int64_t)strlen(word);
    peek(scanner);
    if (scanner->end - scanner->at < length || memcmp(scanner->at, word, (size_t)length) != 0) {
        return false;
    }
    scanner->at += length;
    return true;
}

/* A size >= 0, with the L of Python 2 allowed. False also where it exceeds int64. */
static bool read_size(km_scanner *scanner, int64_t *size)
{
    char digit = peek(scanner);
    if (digit < '0' || digit > '9') {
        return false;
    }
    *size = 0;
    while (scanner->at < scanner->end && *scanner->at >= '0' && *scanner->at <= '9') {
        digit = *scanner->at++;
        *size = km_size_add(km_size_mul(*size, 10), digit - '0');
        if (*size < 0) {
            return false;
        }
    }
    if (scanner->at < scanner->end && *scanner->at == 'L') {
        scanner->at++;
    }
    return true;
}

/* (), (3,), (3, 4). */
static bool read_shape(km_scanner *scanner, km_npy_header *header)
{
    header->dims = 0;
    if (!accept(scanner, '(')) {
        return false;
    }
    while (!accept(scanner, ')')) {
        if (header->dims == KM_NPY_MAX_DIMS || !read_size(scanner, &header->shape[header->dims])) {
            return false;
        }
        header->dims++;
        if (!accept(scanner, ',') && peek(scanner) != ')') {
            return false;
        }
    }
    return true;
}

static bool read_descr(km_scanner *scanner, km_npy_header *header)
{
    if (peek(scanner) == '[') { /* a structured type; the rest of the dictionary is of no use */
        header->descr_is_list = true;
        return true;
    }
    const char *text;
    int64_t length;
    if (!read_string(scanner, &text, &length)) {
        return false;
    }
    const size_t room = sizeof header->descr - 1;
    const size_t kept = (size_t)length < room ? (size_t)length : room;
    memcpy(header->descr, text, kept);
    header->descr[kept] = '\0';
    return true;
}

static bool read_value(km_scanner *scanner, int key, km_npy_header *header)
{
    if (key == 0) {
        return read_descr(scanner, header);
    }
    if (key == 1) {
        header->fortran_order = read_word(scanner, "True");
        return header->fortran_order || read_word(scanner, "False");
    }
    return read_shape(scanner, header);
}

/* The dictionary: exactly the three keys, once each, in any order. NULL if it is one, else what
 * is wrong. */
static const char *read_dictionary(km_scanner *scanner, km_npy_header *header)
{
    static const char *const keys[] = {"descr", "fortran_order", "shape"};
    static const char *const wrong[] = {"no valid 'descr'", "no valid 'fortran_order'",
                                        "no valid 'shape'"};
    bool seen[3] = {false, false, false};
    if (!accept(scanner, '{')) {
        return "no dictionary";
    }
    while (!accept(scanner, '}')) {
        const char *text;
        int64_t length;
        int key = 0;
        if (!read_string(scanner, &text, &length) || !accept(scanner, ':')) {
            return "no valid dictionary";
        }
        while (key < 3 && ((size_t)length != strlen(keys[key]) ||
                           memcmp(text, keys[key], (size_t)length) != 0)) {
            key++;
        }
        if (key == 3 || seen[key]) {
            return key == 3 ? "an unknown key" : "a key twice";
        }
        if (!read_value(scanner, key, header)) {
            return wrong[key];
        }
        if (header->descr_is_list) {
            return NULL;
        }
        seen[key] = true;
        if (!accept(scanner, ',') && peek(scanner) != '}') {
            return "no valid dictionary";
        }
    }
    for (int key = 0; key < 3; key++) {
        if (!seen[key]) {
            return wrong[key];
        }
    }
    return peek(scanner) == '\0' && scanner->at == scanner->end ? NULL
                                                                : "text after the dictionary";
}

int km_npy_read_header(const km_file *file, km_npy_header *header)
{
    const unsigned char *const bytes = file->data;
    if (file->size < 10) {
        return km_file_malformed(file, "truncated .npy header: %" PRId64 " byte%s", file->size,
                                 km_plural(file->size));
    }
    const int version = bytes[6];
    if (version < 1 || version > 3 || bytes[7] != 0) {
        return km_file_malformed(file, ".npy version %d.%d is unknown (1.0, 2.0 and 3.0 are read)",
                                 version, bytes[7]);
    }
    const int64_t start = version == 1 ? 10 : 12;
    if (file->size < start) {
        return km_file_malformed(file, "truncated .npy header: %" PRId64 " byte%s", file->size,
                                 km_plural(file->size));
    }
    int64_t length = bytes[8] | bytes[9] << 8;
    if (version > 1) {
        length |= (int64_t)bytes[10] << 16 | (int64_t)bytes[11] << 24;
    }
    if (length > header_limit) {
        return km_file_malformed(file, ".npy header of %" PRId64 " bytes, the limit is %" PRId64,
                                 length, header_limit);
    }
    if (length > file->size - start) {
        return km_file_malformed(
            file, "truncated .npy header: it says %" PRId64 " bytes, the file has %" PRId64 " left",
            length, file->size - start);
    }
    km_scanner scanner = {(const char *)bytes + start, (const char *)bytes + start + length};
    memset(header, 0, sizeof *header);
    header->data_offset = start + length;
    const char *const wrong = read_dictionary(&scanner, header);
    return wrong == NULL ? KMEANS_OK
                         : km_file_malformed(file, "the .npy header has %s (byte %" PRId64 ")",
                                             wrong, (int64_t)(scanner.at - (const char *)bytes));
}
