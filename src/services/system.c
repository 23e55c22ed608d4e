#define _POSIX_C_SOURCE 200809L
#include "system.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void km_errno_text(int error, char *text, size_t size)
{
    const locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    snprintf(text, size, "%s",
             c_locale != (locale_t)0 ? strerror_l(error, c_locale) : "system error");
    if (c_locale != (locale_t)0) {
        freelocale(c_locale);
    }
}

int km_write_fully(int descriptor, const void *bytes, int64_t count)
{
    const char *at = bytes;
    while (count > 0) {
        const ssize_t written = write(descriptor, at, (size_t)count);
        if (written < 0 && errno != EINTR) {
            return errno;
        }
        at += written > 0 ? written : 0;
        count -= written > 0 ? (int64_t)written : 0;
    }
    return 0;
}
