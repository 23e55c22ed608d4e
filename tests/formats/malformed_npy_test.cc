// Files that cannot be read: the code, the whole text, and no memory out of proportion.
#include "formats.h"

#include <fcntl.h>

namespace {

using namespace formats;

class MalformedFile : public Files {
protected:
    void expect(const std::string &name, const std::string &content, int code,
                const std::string &text)
    {
        EXPECT_EQ(open(name, content), code) << name << "\n" << content;
        EXPECT_EQ(detail(), text) << content;
    }
};

constexpr int bad = KMEANS_ERROR_FORMAT;
constexpr int unknown = KMEANS_ERROR_NAME;

struct Header {
    const char *dictionary, *text;
};

#define SAVE_AS "save it as one of f2 f4 f8 i1 u1 i2 u2 i4, e.g. x.astype('<f8')"

const Header header_cases[] = {
    {"{'descr': '>f8', 'fortran_order': False, 'shape': (2, 2)}",
     "dtype '>f8' is not read (big-endian numbers); " SAVE_AS},
    {"{'descr': '<i8', 'fortran_order': False, 'shape': (2, 2)}",
     "dtype '<i8' is not read (integers of another size); " SAVE_AS},
    {"{'descr': '<f16', 'fortran_order': False, 'shape': (2, 2)}",
     "dtype '<f16' is not read (floats of another size); " SAVE_AS},
    {"{'descr': '|b1', 'fortran_order': False, 'shape': (2, 2)}",
     "dtype '|b1' is not read (truth values); " SAVE_AS},
    {"{'descr': '<c16', 'fortran_order': False, 'shape': (2, 2)}",
     "dtype '<c16' is not read (complex numbers); " SAVE_AS},
    {"{'descr': '|O', 'fortran_order': False, 'shape': (2, 2)}",
     "dtype '|O' is not read (pickled Python objects); " SAVE_AS},
    {"{'descr': '<U5', 'fortran_order': False, 'shape': (2, 2)}",
     "dtype '<U5' is not read (strings); " SAVE_AS},
    {"{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (2, 2)}",
     "dtype '<M8[ns]' is not read (dates or times); " SAVE_AS},
    {"{'descr': '>i2', 'fortran_order': False, 'shape': (2, 2)}",
     "dtype '>i2' is not read (big-endian numbers); " SAVE_AS},
    {"{'descr': '<V2', 'fortran_order': False, 'shape': (2, 2)}",
     "dtype '<V2' is not read (bfloat16, if --dtype bf16 says so); " SAVE_AS},
    {"{'descr': '|V3', 'fortran_order': False, 'shape': (2, 2)}",
     "dtype '|V3' is not read (raw bytes); " SAVE_AS},
    {"{'descr': 'zz', 'fortran_order': False, 'shape': (2, 2)}",
     "dtype 'zz' is not read (of an unknown type); " SAVE_AS},
    {"{'descr': [('x', '<f4'), ('y', '<f4')], 'fortran_order': False, 'shape': (2,)}",
     "holds records of named fields; save one plain array "
     "(numpy.lib.recfunctions.structured_to_unstructured)"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': ()}",
     "has 0 dimensions (); 1 or 2 are read: reshape it to rows"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2, 3)}",
     "has 3 dimensions (1, 2, 3); 1 or 2 are read: reshape it to rows"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (0, 3)}", "has no numbers: 0 x 3"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (3, 0)}", "has no numbers: 3 x 0"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2)}",
     "truncated: 3 x 2 numbers of type '<f8' are 48 bytes, the file has 32 from byte 128 on"},
    {"{'descr': '<f8', 'fortran_order': True, 'shape': (1000000000, 1000)}",
     "truncated: 1000000000 x 1000 numbers of type '<f8' are 8000000000000 bytes, the file has "
     "32 from byte 128 on"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904, 4)}",
     "truncated: 4611686018427387904 x 4 numbers of type '<f8' are over 2^63 bytes, the file "
     "has 32 from byte 128 on"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999, 1)}",
     "the .npy header has no valid 'shape' (byte 80)"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (-1, 2)}",
     "the .npy header has no valid 'shape' (byte 61)"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2}",
     "the .npy header has no valid 'shape' (byte 65)"},
    {"{'descr': '<f8', 'fortran_order': false, 'shape': (2, 2)}",
     "the .npy header has no valid 'fortran_order' (byte 44)"},
    {"{'descr': 7, 'fortran_order': False, 'shape': (2, 2)}",
     "the .npy header has no valid 'descr' (byte 20)"},
    {"{'fortran_order': False, 'shape': (2, 2)}", "the .npy header has no valid 'descr' (byte 51)"},
    {"{'descr': '<f8', 'shape': (2, 2)}", "the .npy header has no valid 'fortran_order' (byte 43)"},
    {"{'descr': '<f8', 'fortran_order': False}", "the .npy header has no valid 'shape' (byte 50)"},
    {"{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (2, 2)}",
     "the .npy header has a key twice (byte 35)"},
    {"{'descr': '<f8', 'evil': __import__('os'), 'shape': (2, 2)}",
     "the .npy header has an unknown key (byte 34)"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2)",
     "the .npy header has no valid dictionary (byte 128)"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2)} x",
     "the .npy header has text after the dictionary (byte 68)"},
    {"{'descr", "the .npy header has no valid dictionary (byte 64)"},
    {"[1, 2]", "the .npy header has no dictionary (byte 10)"},
    {"", "the .npy header has no dictionary (byte 64)"},
};

TEST_F(MalformedFile, NpyHeaders)
{
    const std::string bytes = bytes_of(std::vector<double>{1, 2, 3, 4});
    for (const Header &c : header_cases) {
        expect("x.npy", npy_file(c.dictionary, bytes), bad, std::string("x.npy: ") + c.text);
    }
}

TEST_F(MalformedFile, TruncatedNpyFiles)
{
    const std::string whole =
        npy_file(dictionary("<f8", false, "(2, 2)"), bytes_of(std::vector<double>{1, 2, 3, 4}));
    for (size_t size = 6; size < whole.size(); size++) {
        EXPECT_EQ(open("x.npy", whole.substr(0, size)), bad) << size;
        EXPECT_NE(detail().find("truncated"), std::string::npos) << detail();
    }
    ASSERT_EQ(open("x.npy", whole), KMEANS_OK);
    expect("x.npy", whole.substr(0, 9), bad, "x.npy: truncated .npy header: 9 bytes");
    std::string later = whole;
    later[6] = 4;
    expect("x.npy", later, bad, "x.npy: .npy version 4.0 is unknown (1.0, 2.0 and 3.0 are read)");
    later[6] = 2;
    expect("x.npy", later.substr(0, 11), bad, "x.npy: truncated .npy header: 11 bytes");
}

// Every byte of the header changed: an error, or no more numbers than there are; no crash.
TEST_F(MalformedFile, EveryByteOfAnNpyHeaderChanged)
{
    const std::string whole =
        npy_file(dictionary("<f8", false, "(2, 2)"), bytes_of(std::vector<double>{1, 2, 3, 4}));
    const std::string path = write("x.npy", whole);
    const int file = ::open(path.c_str(), O_WRONLY);
    for (size_t at = 0; at < 75; at++) {
        for (int value = 0; value < 256; value += at < 12 ? 3 : 17) {
            const unsigned char byte = static_cast<unsigned char>(value);
            ASSERT_EQ(pwrite(file, &byte, 1, static_cast<off_t>(at)), 1);
            if (open_path(path) == KMEANS_OK) {
                EXPECT_LE(kmeans_source_bytes(source), static_cast<int64_t>(whole.size()));
                numbers();
            }
        }
        ASSERT_EQ(pwrite(file, &whole[at], 1, static_cast<off_t>(at)), 1);
    }
    close(file);
}

// A host's hooks, to see what is allocated.
struct Host {
    size_t peak = 0;
    static void *allocate(void *user, size_t bytes, size_t alignment)
    {
        Host *const host = static_cast<Host *>(user);
        host->peak = bytes > host->peak ? bytes : host->peak;
        return std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
    }
    static void release(void *, void *memory, size_t) { std::free(memory); }
};

TEST_F(MalformedFile, AHeaderThatLiesAboutItsSizeAllocatesNothing)
{
    Host host;
    const kmeans_allocator hooks = {Host::allocate, Host::release, &host};
    kmeans_context_free(context);
    ASSERT_EQ(kmeans_context_create(&hooks, &context), KMEANS_OK);
    std::string twelve = std::string("\x93NUMPY\x02\0", 8) + "\xff\xff\xff\x7f";
    expect("x.npy", twelve, bad, "x.npy: .npy header of 2147483647 bytes, the limit is 1048576");
    twelve = std::string("\x93NUMPY\x02\0\0\0\x10\0", 12);
    expect("x.npy", twelve, bad,
           "x.npy: truncated .npy header: it says 1048576 bytes, the file has 0 left");
    twelve = std::string("\x93NUMPY\x01\0\xff\xff", 10);
    expect("x.npy", twelve, bad,
           "x.npy: truncated .npy header: it says 65535 bytes, the file has 0 left");
    EXPECT_LT(host.peak, size_t{100000});
}

TEST_F(MalformedFile, Raw)
{
    options.format = "raw";
    options.dtype = KMEANS_F32;
    expect("x.bin", "12345678", KMEANS_ERROR_ARGUMENT,
           "x.bin: a raw file needs its number of columns, cols >= 1, not 0");
    options.cols = -2;
    expect("x.bin", "12345678", KMEANS_ERROR_ARGUMENT,
           "x.bin: a raw file needs its number of columns, cols >= 1, not -2");
    options.cols = 3;
    expect("x.bin", "12345678", bad,
           "x.bin: 8 bytes after offset 0 are no multiple of a row of 3 f32 numbers");
    options.cols = INT64_MAX;
    expect("x.bin", "12345678", bad,
           "x.bin: 8 bytes after offset 0 are no multiple of a row of 9223372036854775807 f32 "
           "numbers");
    options.cols = 2;
    options.offset = 9;
    expect("x.bin", "12345678", KMEANS_ERROR_ARGUMENT,
           "x.bin: offset 9 is outside the file's 8 bytes");
    options.offset = -1;
    expect("x.bin", "12345678", KMEANS_ERROR_ARGUMENT,
           "x.bin: offset -1 is outside the file's 8 bytes");
    options.offset = 8;
    expect("x.bin", "12345678", bad, "x.bin: no rows: 8 bytes, offset 8");
    options.cols = 1;
    options.offset = 0;
    expect("x.bin", "1", bad,
           "x.bin: 1 byte after offset 0 is no multiple of a row of 1 f32 number");
    options.offset = 2;
    expect("x.bin", "1", KMEANS_ERROR_ARGUMENT, "x.bin: offset 2 is outside the file's 1 byte");
}

struct Foreign {
    std::string content;
    const char *text;
};

TEST_F(MalformedFile, FormatsThatAreKnownAndNotRead)
{
    const std::string zero(8, '\0');
    const Foreign cases[] = {
        {"PAR1\x15" + zero, "is a Parquet file; convert it to .npy or csv"},
        {"MATLAB 5.0 MAT-file, Platform: GLNXA64" + zero,
         "is a MATLAB file; convert it to .npy or csv"},
        {"\x80\x04\x95" + zero, "is a Python pickle; convert it to .npy or csv"},
        {"\x80\x02]q" + zero, "is a Python pickle; convert it to .npy or csv"},
        {"ARROW1" + zero, "is an Arrow (Feather) file; convert it to .npy or csv"},
        {"BZh91AY&SY" + zero, "is bzip2-compressed; unpack it first (bzip2 -d)"},
        {std::string("\xfd"
                     "7zXZ\0",
                     6) +
             zero,
         "is xz-compressed; unpack it first (xz -d)"},
        {"\x28\xb5\x2f\xfd" + zero, "is zstd-compressed; unpack it first (zstd -d)"},
        {std::string("\xff\xfe"
                     "1\0",
                     4),
         "is UTF-16 text; convert it to UTF-8 (iconv)"},
        {std::string("\xfe\xff\0"
                     "1",
                     4),
         "is UTF-16 text; convert it to UTF-8 (iconv)"},
        {"\x89PNG\r\n" + zero, "is a PNG picture; convert it to .npy or csv"},
        {"CDF\1" + zero, "is a NetCDF file; convert it to .npy or csv"},
        {"abc" + zero, "is binary, of no known format; raw numbers need --cols and --dtype"},
    };
    for (const Foreign &c : cases) {
        expect("x.dat", c.content, bad, std::string("x.dat: ") + c.text);
    }
    options.format = "npy";
    expect("x.dat", "1,2\n", bad, "x.dat: is no .npy file (they begin with \\x93NUMPY)");
    options.format = nullptr;
    ASSERT_EQ(open("x.csv", "PAR1,PAR2\n1,2\n"), KMEANS_OK) << detail(); // a name, no magic number
    ASSERT_EQ(open("x.csv", "SIMPLE\n1\n"), KMEANS_OK) << detail();
}

TEST_F(MalformedFile, FilesThatCannotBeOpened)
{
    EXPECT_EQ(open_path("no_such_folder/x.csv"), KMEANS_ERROR_FILE);
    EXPECT_EQ(detail(), "no_such_folder/x.csv: cannot open: No such file or directory");
    EXPECT_EQ(open_path("/tmp"), KMEANS_ERROR_FILE);
    EXPECT_EQ(detail(), "/tmp: cannot read: Is a directory");
    EXPECT_EQ(open_path(""), KMEANS_ERROR_FILE);
    EXPECT_EQ(open_path("/dev/null"), KMEANS_ERROR_FORMAT);
    EXPECT_EQ(detail(), "/dev/null: is empty");
}

TEST_F(MalformedFile, Options)
{
    const std::string good = "1,2\n";
    options.format = "csv";
    expect("x.csv", good, unknown,
           "format: 'csv' is none of auto, npy, raw, npz, hdf5, fvecs, bvecs, ivecs, idx, mtx, "
           "libsvm, text");
    options.format = "auto";
    options.size = 8;
    EXPECT_EQ(open("x.csv", good), KMEANS_ERROR_ARGUMENT);
    EXPECT_NE(detail().find("options.size: 8 is not "), std::string::npos);
    kmeans_file_options_init(&options);
    options.dtype = 10;
    expect(
        "x.csv", good, KMEANS_ERROR_ARGUMENT,
        "options.dtype: 10 is none of KMEANS_F32, KMEANS_F64, KMEANS_U8, KMEANS_F16, KMEANS_BF16, "
        "KMEANS_I8, KMEANS_I16, KMEANS_U16, KMEANS_I32");
    kmeans_file_options_init(&options);
    options.separator = ':';
    expect("x.csv", good, KMEANS_ERROR_ARGUMENT,
           "options.separator: character 58 is none of comma, semicolon, tab, blank");
    kmeans_file_options_init(&options);
    options.header = 2;
    expect("x.csv", good, KMEANS_ERROR_ARGUMENT, "options.header: 2 is none of -1, 0, 1");
}

} // namespace
