/* Floor 1: the members of a zip archive, as NumPy and SciPy write them (.npz). */
#ifndef KM_ZIP_H
#define KM_ZIP_H

#include "file.h"

typedef struct km_zip_member {
    const char *name; /* [name_length] in the archive, not terminated */
    int64_t name_length;
    int method;     /* 0 = stored, 8 = deflated */
    int64_t offset; /* of its bytes in the file, all of which are there */
    int64_t packed; /* bytes there */
    int64_t size;   /* bytes unpacked, as the archive says */
    uint32_t crc;
} km_zip_member;

/* Where the list of members is. */
typedef struct km_zip {
    const km_file *file;
    int64_t at;   /* the next entry of the list */
    int64_t end;  /* of the list */
    int64_t left; /* entries */
} km_zip;

/* Find the list. Errors: KMEANS_ERROR_FORMAT with the byte. */
int km_zip_open(const km_file *file, km_zip *zip);

/* The next member: 1, 0 at the end, or KMEANS_ERROR_FORMAT. */
int km_zip_next(km_zip *zip, km_zip_member *member);

/* The member with this name, with or without ".npy" at its end: 1, 0 where there is none, or an
 * error. */
int km_zip_find(const km_file *file, const char *name, km_zip_member *member);

/* A member's bytes: *data, member->size of them, in the file where they are stored, else unpacked
 * into *owned, a block of km_alloc (NULL where there is none). */
int km_zip_read(const km_file *file, const km_zip_member *member, const unsigned char **data,
                unsigned char **owned);

#endif
