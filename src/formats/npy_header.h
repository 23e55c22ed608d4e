/* Floor 1: the header of .npy files. */
#ifndef KM_NPY_HEADER_H
#define KM_NPY_HEADER_H

#include "file.h"

enum { KM_NPY_MAX_DIMS = 32 /* NumPy's own limit */ };

/* What a header says, not yet compared with what the file holds. */
typedef struct km_npy_header {
    int64_t data_offset; /* first byte of the numbers */
    char descr[32];      /* "<f8"; longer ones are cut */
    bool descr_is_list;  /* a structured type: descr is empty */
    bool fortran_order;
    int dims;
    int64_t shape[KM_NPY_MAX_DIMS];
} km_npy_header;

/* Read the header (format versions 1 to 3 of numpy.lib.format). Every byte is checked against
 * the file's size. Errors: KMEANS_ERROR_FORMAT. */
int km_npy_read_header(const km_file *file, km_npy_header *header);

#endif
