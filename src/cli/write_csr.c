#include "write_csr.h"

#include <string.h>

#include "narrow.h"
#include "write.h"

/* A ZIP archive of stored members: APPNOTE.TXT of PKWARE, sections 4.3.7, 4.3.12, 4.3.16. */
enum {
    LOCAL_HEADER = 30,
    CENTRAL_HEADER = 46,
    END_HEADER = 22,
    ALIGNMENT = 64,      /* arrays begin there, so that readers can use them where they lie */
    PADDING_ID = 0xd935, /* of an extra field that only fills: as zipalign names it */
    CSR_PARTS = 5,
    BLOCK_NUMBERS = 1 << 15,
};

typedef struct zip_member {
    const char *name;
    int64_t offset, begin, size;
    uint32_t crc;
} zip_member;

typedef struct csr_writer {
    FILE *stream;
    row_recipe *recipe;
    int dtype;
    int64_t entries;
    int index_size;
    zip_member members[CSR_PARTS];
    int count;
    uint32_t crc_table[256];
} csr_writer;

static void put_number(unsigned char *at, int bytes, uint64_t value)
{
    for (int b = 0; b < bytes; b++) {
        at[b] = (unsigned char)(value >> (8 * b));
    }
}

/* CRC-32 of ISO 3309, reflected: polynomial 0xedb88320. */
static void make_crc_table(uint32_t table[256])
{
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320U : 0);
        }
        table[byte] = crc;
    }
}

/* What a local and a central header have in common: version to name length. */
static void put_common(unsigned char *at, const zip_member *member)
{
    put_number(at, 2, 20);             /* version needed */
    put_number(at + 8, 2, 1 << 5 | 1); /* 1 January 1980: the same file at any time */
    put_number(at + 10, 4, member->crc);
    put_number(at + 14, 4, (uint64_t)member->size);
    put_number(at + 18, 4, (uint64_t)member->size);
    put_number(at + 22, 2, strlen(member->name));
}

/* The header; its sizes and checksum are filled in at the end of the member. */
static void write_local_header(csr_writer *writer, const zip_member *member)
{
    unsigned char bytes[LOCAL_HEADER + 32 + 2 * ALIGNMENT] = {0};
    const int64_t names = LOCAL_HEADER + (int64_t)strlen(member->name);
    const int64_t padding = ALIGNMENT - (member->offset + names + 4) % ALIGNMENT;
    put_number(bytes, 4, 0x04034b50);
    put_common(bytes + 4, member);
    put_number(bytes + 28, 2, (uint64_t)padding + 4);
    memcpy(bytes + LOCAL_HEADER, member->name, strlen(member->name));
    put_number(bytes + names, 2, PADDING_ID);
    put_number(bytes + names + 2, 2, (uint64_t)padding);
    fwrite(bytes, 1, (size_t)(names + 4 + padding), writer->stream);
}

static void begin_member(csr_writer *writer, const char *name, const char *type, int64_t numbers)
{
    zip_member *const member = &writer->members[writer->count++];
    *member = (zip_member){.name = name, .offset = ftello(writer->stream)};
    write_local_header(writer, member);
    member->begin = ftello(writer->stream);
    write_npy_header(writer->stream, type, numbers, 0);
}

/* The checksum takes a second look at what was written: through the stream, a block at a time. */
static void end_member(csr_writer *writer)
{
    unsigned char block[4096];
    zip_member *const member = &writer->members[writer->count - 1];
    const int64_t end = ftello(writer->stream);
    uint32_t crc = 0xffffffff;
    size_t count = 0;
    member->size = end - member->begin;
    if (end > UINT32_MAX) {
        die(EXIT_USAGE, "%lld entries are too many for an .npz of 4 GB",
            (long long)writer->entries);
    }
    fseeko(writer->stream, member->begin, SEEK_SET);
    while ((count = fread(block, 1, sizeof block, writer->stream)) > 0) {
        for (size_t i = 0; i < count; i++) {
            crc = crc >> 8 ^ writer->crc_table[(crc ^ block[i]) & 255];
        }
    }
    member->crc = ~crc;
    fseeko(writer->stream, member->offset, SEEK_SET);
    write_local_header(writer, member);
    fseeko(writer->stream, end, SEEK_SET);
}

static void write_directory(csr_writer *writer)
{
    const int64_t begin = ftello(writer->stream);
    for (int i = 0; i < writer->count; i++) {
        const zip_member *const member = &writer->members[i];
        unsigned char bytes[CENTRAL_HEADER] = {0};
        put_number(bytes, 4, 0x02014b50);
        put_number(bytes + 4, 2, 20); /* version that made it */
        put_common(bytes + 6, member);
        put_number(bytes + 42, 4, (uint64_t)member->offset);
        fwrite(bytes, 1, sizeof bytes, writer->stream);
        fwrite(member->name, 1, strlen(member->name), writer->stream);
    }
    unsigned char bytes[END_HEADER] = {0};
    put_number(bytes, 4, 0x06054b50);
    put_number(bytes + 8, 2, (uint64_t)writer->count);
    put_number(bytes + 10, 2, (uint64_t)writer->count);
    put_number(bytes + 12, 4, (uint64_t)(ftello(writer->stream) - begin));
    put_number(bytes + 16, 4, (uint64_t)begin);
    fwrite(bytes, 1, sizeof bytes, writer->stream);
}

typedef enum csr_array { CSR_COUNT, CSR_INDPTR, CSR_INDICES, CSR_VALUES } csr_array;

/* One of the arrays, from rows drawn anew; the first time they are only counted. */
static void write_array(csr_writer *writer, csr_array array, double *row)
{
    unsigned char bytes[8] = {0};
    const size_t index_size = (size_t)writer->index_size;
    int64_t entries = 0;
    restart_recipe(writer->recipe);
    if (array == CSR_INDPTR) {
        fwrite(bytes, index_size, 1, writer->stream);
    }
    for (int64_t i = 0; i < writer->recipe->rows && !ferror(writer->stream); i++) {
        draw_row(writer->recipe, row);
        for (int64_t p = 0; p < writer->recipe->cols; p++) {
            const double value = narrow(writer->dtype, row[p]);
            entries += value != 0;
            if (array == CSR_INDICES && value != 0) {
                put_number(bytes, 8, (uint64_t)p);
                fwrite(bytes, index_size, 1, writer->stream);
            } else if (array == CSR_VALUES && value != 0) {
                fwrite(bytes, (size_t)encode(writer->dtype, value, bytes), 1, writer->stream);
            }
        }
        if (array == CSR_INDPTR) {
            put_number(bytes, 8, (uint64_t)entries);
            fwrite(bytes, index_size, 1, writer->stream);
        }
    }
    writer->entries = entries;
}

static void write_shape(csr_writer *writer)
{
    unsigned char bytes[16];
    begin_member(writer, "shape.npy", "'<i8'", 2);
    put_number(bytes, 8, (uint64_t)writer->recipe->rows);
    put_number(bytes + 8, 8, (uint64_t)writer->recipe->cols);
    fwrite(bytes, 1, sizeof bytes, writer->stream);
    end_member(writer);
    begin_member(writer, "format.npy", "'|S3'", 1);
    fwrite("csr", 1, 3, writer->stream);
    end_member(writer);
}

void write_csr(FILE *stream, int dtype, row_recipe *recipe)
{
    csr_writer *const writer = allocate(1, sizeof *writer);
    double *const row = allocate(recipe->cols, sizeof *row);
    *writer = (csr_writer){.stream = stream, .recipe = recipe, .dtype = dtype, .index_size = 8};
    make_crc_table(writer->crc_table);
    write_array(writer, CSR_COUNT, row);
    const bool narrow_index = writer->entries <= INT32_MAX;
    const char *const index_type = narrow_index ? "'<i4'" : "'<i8'";
    writer->index_size = narrow_index ? 4 : 8;
    begin_member(writer, "indptr.npy", index_type, recipe->rows + 1);
    write_array(writer, CSR_INDPTR, row);
    end_member(writer);
    begin_member(writer, "indices.npy", index_type, writer->entries);
    write_array(writer, CSR_INDICES, row);
    end_member(writer);
    begin_member(writer, "data.npy", npy_type_of(dtype), writer->entries);
    write_array(writer, CSR_VALUES, row);
    end_member(writer);
    write_shape(writer);
    write_directory(writer);
    release(row);
    release(writer);
}
