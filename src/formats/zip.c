/* Zip archives (PKWARE APPNOTE 6.3), read from the list of members at their end; 64-bit sizes as
 * NumPy writes them for large arrays. No offset or size is used before it was compared with the
 * file. */
#include "zip.h"

#include <inttypes.h>
#include <string.h>

#include "bytes.h"
#include "inflate.h"

enum {
    END_SIZE = 22,     /* of the record at the end, without its comment */
    END64_SIZE = 56,   /* of the 64-bit one */
    LOCATOR_SIZE = 20, /* that says where the 64-bit one is */
    ENTRY_SIZE = 46,   /* of an entry of the list, without its texts */
    LOCAL_SIZE = 30,   /* of the head of a member, likewise */
    LONGEST_COMMENT = 65535
};

static const uint32_t end_mark = 0x06054b50, end64_mark = 0x06064b50, locator_mark = 0x07064b50,
                      entry_mark = 0x02014b50, local_mark = 0x04034b50;

static int fail(const km_file *file, const char *what, int64_t at)
{
    return km_file_malformed(file, "damaged zip archive: %s (byte %" PRId64 ")", what, at);
}

/* The record at the end, or -1. */
static int64_t find_end(const km_file *file)
{
    const int64_t last = file->size - END_SIZE;
    for (int64_t at = last; at >= 0 && at >= last - LONGEST_COMMENT; at--) {
        if (km_le32(file->data + at) == end_mark) {
            return at;
        }
    }
    return -1;
}

/* Sizes of 64 bits, where the record at `end` says that it has no room for them. */
static int read_end64(const km_file *file, int64_t end, uint64_t *size, uint64_t *offset,
                      uint64_t *count)
{
    const int64_t locator = end - LOCATOR_SIZE;
    if (locator < 0 || km_le32(file->data + locator) != locator_mark) {
        return fail(file, "the 64-bit end is missing", end);
    }
    const uint64_t at = km_le64(file->data + locator + 8);
    if (file->size < END64_SIZE || at > (uint64_t)(file->size - END64_SIZE) ||
        km_le32(file->data + at) != end64_mark) {
        return fail(file, "there is no 64-bit end where it should be", locator + 8);
    }
    *count = km_le64(file->data + at + 32);
    *size = km_le64(file->data + at + 40);
    *offset = km_le64(file->data + at + 48);
    return KMEANS_OK;
}

int km_zip_open(const km_file *file, km_zip *zip)
{
    const int64_t end = find_end(file);
    if (end < 0) {
        return fail(file, "its end is missing, truncated?", file->size);
    }
    const unsigned char *const record = file->data + end;
    uint64_t count = km_le16(record + 10);
    uint64_t size = km_le32(record + 12);
    uint64_t offset = km_le32(record + 16);
    if (count == 0xffff || size == 0xffffffff || offset == 0xffffffff) {
        const int status = read_end64(file, end, &size, &offset, &count);
        if (status != KMEANS_OK) {
            return status;
        }
    }
    if (offset > (uint64_t)end || size > (uint64_t)end - offset) {
        return fail(file, "the list of members lies outside the file", end + 12);
    }
    *zip = (km_zip){file, (int64_t)offset, (int64_t)(offset + size), 0};
    zip->left = count > (uint64_t)file->size ? file->size : (int64_t)count;
    return KMEANS_OK;
}

/* Sizes of 64 bits in the extra fields of an entry, in the order of those that have no room. */
static void read_extra(const unsigned char *extra, int64_t length, uint64_t *fields[3])
{
    for (int64_t at = 0; at + 4 <= length;) {
        const int64_t size = (int64_t)km_le16(extra + at + 2);
        if (km_le16(extra + at) != 1 || at + 4 + size > length) {
            at += 4 + size;
            continue;
        }
        int64_t used = 0;
        for (int f = 0; f < 3; f++) {
            if (*fields[f] == 0xffffffff && used + 8 <= size) {
                *fields[f] = km_le64(extra + at + 4 + used);
                used += 8;
            }
        }
        return;
    }
}

/* The head of the member at `offset`, behind which its bytes begin. */
static int find_bytes(const km_file *file, uint64_t offset, km_zip_member *member, uint64_t packed,
                      int64_t entry)
{
    if (file->size < LOCAL_SIZE || offset > (uint64_t)(file->size - LOCAL_SIZE) ||
        km_le32(file->data + offset) != local_mark) {
        return fail(file, "an entry names a place where no member is", entry);
    }
    const unsigned char *const local = file->data + offset;
    const uint64_t begin = offset + LOCAL_SIZE + km_le16(local + 26) + km_le16(local + 28);
    if (begin > (uint64_t)file->size || packed > (uint64_t)file->size - begin) {
        return fail(file, "truncated: a member reaches beyond the file's end", entry);
    }
    member->offset = (int64_t)begin;
    member->packed = (int64_t)packed;
    return KMEANS_OK;
}

/* The rest of an entry that lies in the list as a whole. */
static int read_entry(const km_file *file, int64_t at, km_zip_member *member)
{
    const unsigned char *const entry = file->data + at;
    uint64_t packed = km_le32(entry + 20);
    uint64_t size = km_le32(entry + 24);
    uint64_t offset = km_le32(entry + 42);
    uint64_t *fields[3] = {&size, &packed, &offset};
    read_extra(entry + ENTRY_SIZE + member->name_length, (int64_t)km_le16(entry + 30), fields);
    member->method = (int)km_le16(entry + 10);
    member->crc = km_le32(entry + 16);
    if ((km_le16(entry + 8) & 1) != 0) {
        return fail(file, "a member is encrypted", at + 8);
    }
    if (size > INT64_MAX || (member->method == 0 && size != packed)) {
        return fail(file, "a stored member has two sizes", at + 20);
    }
    member->size = (int64_t)size;
    return find_bytes(file, offset, member, packed, at);
}

int km_zip_next(km_zip *zip, km_zip_member *member)
{
    const km_file *const file = zip->file;
    const int64_t at = zip->at;
    if (zip->left == 0) {
        return 0;
    }
    if (zip->end - at < ENTRY_SIZE || km_le32(file->data + at) != entry_mark) {
        return fail(file, "the list of members ends too early", at);
    }
    const unsigned char *const entry = file->data + at;
    member->name = (const char *)entry + ENTRY_SIZE;
    member->name_length = (int64_t)km_le16(entry + 28);
    const int64_t length = ENTRY_SIZE + member->name_length + (int64_t)km_le16(entry + 30) +
                           (int64_t)km_le16(entry + 32);
    if (zip->end - at < length) {
        return fail(file, "an entry of the list is longer than the list", at + 28);
    }
    zip->at = at + length;
    zip->left--;
    const int status = read_entry(file, at, member);
    return status == KMEANS_OK ? 1 : status;
}

int km_zip_find(const km_file *file, const char *name, km_zip_member *member)
{
    const int64_t length = (int64_t)strlen(name);
    km_zip zip;
    int status = km_zip_open(file, &zip);
    status = status == KMEANS_OK ? 1 : status;
    while (status == 1 && (status = km_zip_next(&zip, member)) == 1) {
        const int64_t rest = member->name_length - length;
        if ((rest == 0 || (rest == 4 && memcmp(member->name + length, ".npy", 4) == 0)) &&
            memcmp(member->name, name, (size_t)length) == 0) {
            return 1;
        }
    }
    return status;
}

int km_zip_read(const km_file *file, const km_zip_member *member, const unsigned char **data,
                unsigned char **owned)
{
    *owned = NULL;
    *data = file->data + member->offset;
    if (member->method == 0) {
        return KMEANS_OK;
    }
    if (member->method != 8) {
        return km_file_malformed(file,
                                 "member '%.*s' is compressed by method %d; stored and deflated "
                                 "members are read",
                                 (int)(member->name_length < 80 ? member->name_length : 80),
                                 member->name, member->method);
    }
    int64_t count = 0;
    const int status = km_inflate(file, member->offset, member->packed, false, owned, &count);
    if (status != KMEANS_OK) {
        return status;
    }
    if (count != member->size || km_crc32(*owned, count) != member->crc) {
        km_free(*owned);
        *owned = NULL;
        return km_file_malformed(file,
                                 "damaged zip archive: '%.*s' (byte %" PRId64
                                 ") unpacks to other bytes than it says",
                                 (int)(member->name_length < 80 ? member->name_length : 80),
                                 member->name, member->offset);
    }
    *data = *owned;
    return KMEANS_OK;
}
