/* Formats that people have and that are not read: recognised by their first bytes, so that the
 * message can say what to do instead of complaining about a number on line 1. */
#include <string.h>

#include "format.h"

typedef struct km_foreign {
    const char *magic;
    int length; /* of magic */
    int offset;
    bool word; /* could be a column name: only if no separator follows */
    const char *is;
    const char *advice;
} km_foreign;

#define KM_TO_NPY "convert it to .npy or csv"
#define KM_TO_UTF "convert it to UTF-8 (iconv)"

static const km_foreign foreign[] = {
    {"PAR1", 4, 0, true, "a Parquet file", KM_TO_NPY},
    {"ARROW1", 6, 0, true, "an Arrow (Feather) file", KM_TO_NPY},
    {"FEA1", 4, 0, true, "a Feather file", KM_TO_NPY},
    {"MATLAB 5.0 MAT-file", 19, 0, false, "a MATLAB file", KM_TO_NPY},
    {"MATLAB 7.3 MAT-file", 19, 0, false, "a MATLAB file", KM_TO_NPY},
    {"CDF\1", 4, 0, false, "a NetCDF file", KM_TO_NPY},
    {"CDF\2", 4, 0, false, "a NetCDF file", KM_TO_NPY},
    {"SIMPLE  =", 9, 0, false, "a FITS file", KM_TO_NPY},
    {"SQLite format 3", 16, 0, false, "an SQLite database", KM_TO_NPY},
    {"1AY&SY", 6, 4, true, "bzip2-compressed", "unpack it first (bzip2 -d)"},
    {"\xfd\x37zXZ", 6, 0, false, "xz-compressed", "unpack it first (xz -d)"},
    {"\x28\xb5\x2f\xfd", 4, 0, false, "zstd-compressed", "unpack it first (zstd -d)"},
    {"\x89PNG", 4, 0, false, "a PNG picture", KM_TO_NPY},
    {"\xff\xd8\xff", 3, 0, false, "a JPEG picture", KM_TO_NPY},
    {"\xff\xfe", 2, 0, false, "UTF-16 text", KM_TO_UTF},
    {"\xfe\xff", 2, 0, false, "UTF-16 text", KM_TO_UTF},
};

static bool matches_foreign(const km_file *file, const km_foreign *f)
{
    const int64_t end = f->offset + f->length;
    if (file->size < end || memcmp(file->data + f->offset, f->magic, (size_t)f->length) != 0) {
        return false;
    }
    return !f->word || (file->size > end && memchr(",;\t \r\n\"", file->data[end], 7) == NULL);
}

/* Pickle protocols 2 to 5 begin with PROTO, the number, and no text does. */
static bool is_pickle(const km_file *file)
{
    return file->size >= 2 && file->data[0] == 0x80 && file->data[1] >= 2 && file->data[1] <= 5;
}

int km_format_refuse(const km_file *file)
{
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
        if (matches_foreign(file, &foreign[i])) {
            return km_file_malformed(file, "is %s; %s", foreign[i].is, foreign[i].advice);
        }
    }
    return is_pickle(file) ? km_file_malformed(file, "is a Python pickle; " KM_TO_NPY) : KMEANS_OK;
}
