/* Did all that was written to a stream arrive? */
#include "outputs.h"

#include <errno.h>
#include <unistd.h>

/* The reason of a failed write. stdio keeps only that there was one, so one more byte is tried: the
 * output is lost anyway. */
static int failure_of(FILE *stream)
{
    errno = 0;
    if (fflush(stream) == 0) {
        clearerr(stream);
        (void)(fputc('\n', stream) == EOF || fflush(stream) == EOF);
    }
    return errno != 0 ? errno : EIO;
}

int flush_stream(FILE *stream)
{
    if (ferror(stream)) {
        return failure_of(stream);
    }
    return fflush(stream) != 0 ? errno : 0;
}

int sync_stream(FILE *stream)
{
    const int error = flush_stream(stream);
    if (error != 0) {
        return error;
    }
    const bool synced = fsync(fileno(stream)) == 0;
    return synced || errno == EINVAL || errno == ENOTSUP || errno == EROFS ? 0 : errno;
}
