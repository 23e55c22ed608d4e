/* Floor 1: what the system says, and bytes it takes. */
#ifndef KM_SYSTEM_H
#define KM_SYSTEM_H

#include <stddef.h>
#include <stdint.h>

/* The system's text of an errno, in English whatever the locale, into text[size]. */
void km_errno_text(int error, char *text, size_t size);

/* write(2) until all bytes are written; 0 or an errno. */
int km_write_fully(int descriptor, const void *bytes, int64_t count);

#endif
