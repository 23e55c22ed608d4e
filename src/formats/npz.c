/* .npz: a zip archive of .npy files, or a sparse matrix (npz_csr.c). A stored array is used where
 * it lies, a deflated one is unpacked to memory. FILE.npz:NAME chooses one of several. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "format.h"
#include "zip.h"

bool km_npz_matches(const km_file *file, const kmeans_file_options *options)
{
    (void)options;
    return file->size >= 4 &&
           (memcmp(file->data, "PK\3\4", 4) == 0 || memcmp(file->data, "PK\5\6", 4) == 0);
}

static bool is_array(const km_zip_member *member)
{
    return member->name_length > 4 &&
           memcmp(member->name + member->name_length - 4, ".npy", 4) == 0;
}

/* The arrays by name, as far as they fit: "a, b, c". Returns how many there are, or an error; the
 * last one is in *member. */
static int64_t list_arrays(const km_file *file, km_zip_member *member, char *list, int64_t capacity)
{
    km_zip zip;
    km_zip_member next;
    int64_t count = 0;
    int64_t length = 0;
    int status = km_zip_open(file, &zip);
    list[0] = '\0';
    while (status >= 0 && (status = km_zip_next(&zip, &next)) == 1) {
        if (!is_array(&next)) {
            continue;
        }
        *member = next;
        const int name = (int)(next.name_length - 4 < 60 ? next.name_length - 4 : 60);
        if (capacity - length > name + 8) {
            length += snprintf(list + length, (size_t)(capacity - length), "%s%.*s",
                               count > 0 ? ", " : "", name, next.name);
        }
        count++;
    }
    return status < 0 ? status : count;
}

/* The member that is meant. */
static int choose(const km_file *file, km_zip_member *member)
{
    char list[400];
    if (file->member != NULL) {
        const int found = km_zip_find(file, file->member, member);
        if (found != 0) {
            return found < 0 ? found : KMEANS_OK;
        }
    }
    const int64_t count = list_arrays(file, member, list, (int64_t)sizeof list);
    if (count < 0) {
        return (int)count;
    }
    if (count == 0) {
        return km_file_malformed(file, "is a zip archive without arrays (.npy); save one array as "
                                       ".npy (numpy.save), or a sheet as csv");
    }
    if (file->member != NULL) {
        return km_file_malformed(file, "the archive has no array of this name; it has %s", list);
    }
    return count == 1 ? KMEANS_OK
                      : km_file_malformed(file,
                                          "holds %" PRId64 " arrays (%s): name one, as in "
                                          "FILE.npz:NAME",
                                          count, list);
}

int km_npz_open(km_file *file, const kmeans_file_options *options, kmeans_source **source)
{
    if (!km_npz_matches(file, options)) {
        return km_file_malformed(file, "is no .npz file (they begin with PK)");
    }
    if (km_npz_is_csr(file)) {
        return km_npz_csr_open(file, options, source);
    }
    km_zip_member member;
    const unsigned char *data;
    unsigned char *owned;
    int status = choose(file, &member);
    if (status == KMEANS_OK) {
        status = km_zip_read(file, &member, &data, &owned);
    }
    if (status != KMEANS_OK) {
        return status;
    }
    if (owned != NULL) {
        km_file_replace(file, owned, member.size);
    } else {
        file->data = data;
        file->size = member.size;
    }
    return km_npy_open(file, options, source);
}
