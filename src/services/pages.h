/* Floor 1: memory by whole pages, from the system itself. */
#ifndef KM_PAGES_H
#define KM_PAGES_H

#include <stdint.h>

enum { KM_HUGE_PAGE = 1 << 21 }; /* of x86-64, and of AArch64 with pages of 4 KB */

/* Zeros from a huge page's boundary on, in huge pages where the system agrees; NULL: there is no
 * room. Given back by km_unmap_pages with the same `bytes`. */
void *km_map_pages(int64_t bytes);
void km_unmap_pages(void *first, int64_t bytes);

/* Bytes of this process that are resident now; 0 where that cannot be known. */
int64_t km_resident_bytes(void);

#endif
