// The same rows in every format and number type that can hold them: the same labels, centroids and
// checksum.
#include "archives.h"

#ifdef KMEANS_HAVE_HDF5
#include <hdf5.h>
#endif

namespace {

using namespace archives;

constexpr int64_t n = 120, d = 6;

// Small whole numbers: every type holds them.
std::vector<double> small_rows()
{
    std::vector<double> x;
    for (int64_t q = 0; q < n * d; q++) {
        x.push_back(static_cast<double>((q / d % 4) * 25 + (q * 7919 + q / d * 31) % 23));
    }
    return x;
}

class SameRows : public formats::Files {
protected:
    // Every file must give what the first gave.
    void check(const std::string &name, int type)
    {
        SCOPED_TRACE(name);
        kmeans_options *method = nullptr;
        kmeans_result *result = nullptr;
        ASSERT_EQ(kmeans_source_shape(source, &rows, &cols, &dtype), KMEANS_OK) << detail();
        EXPECT_EQ(rows, n);
        EXPECT_EQ(cols, d);
        EXPECT_EQ(dtype, type);
        ASSERT_EQ(kmeans_options_create(context, &method), KMEANS_OK);
        kmeans_options_set_int(method, "k", 5);
        ASSERT_GE(kmeans_fit(context, method, source, &result), 0) << detail();
        const int32_t *const labels = kmeans_result_labels(result);
        const std::vector<int32_t> found(labels, labels + n);
        const std::string sum = kmeans_result_checksum(result);
        if (expected_.empty()) {
            expected_ = found;
            sum_ = sum;
        }
        EXPECT_EQ(found, expected_);
        EXPECT_EQ(sum_, sum);
        kmeans_result_free(result);
        kmeans_options_free(method);
        checked_++;
    }

    // The file as it is, and compressed.
    void check_both(const std::string &name, const std::string &content, int type)
    {
        ASSERT_EQ(open(name, content), KMEANS_OK) << detail();
        check(name, type);
        if (has_zlib) {
            ASSERT_EQ(open(name + ".gz", gzip(content)), KMEANS_OK) << detail();
            check(name + ".gz", type);
        }
    }

    std::string text(const char *separator) const
    {
        std::string out;
        for (int64_t q = 0; q < n * d; q++) {
            out += std::to_string(static_cast<int>(x_[static_cast<size_t>(q)]));
            out += q % d == d - 1 ? "\n" : separator;
        }
        return out;
    }

    std::vector<double> x_ = small_rows();
    std::vector<int32_t> expected_;
    std::string sum_;
    int checked_ = 0;
};

TEST_F(SameRows, InEveryFormat)
{
    check_both("x.csv", text(","), KMEANS_F64);
    check_both("x.txt", text(" "), KMEANS_F64);
    for (const int type : numbers::dtypes) {
        const std::string array = npy(type, n, d, x_);
        kmeans_file_options_init(&options);
        options.dtype = type;
        check_both("x.npy", array, type);
        check_both("x.npz", npz({{"arr_0.npy", array}}), type);
        if (has_zlib) {
            Member deflated{"b.npy", array};
            deflated.deflated = true;
            Member wide = deflated;
            wide.name = "c.npy";
            wide.wide = true;
            const std::string path =
                write("many.npz", npz({{"a.npy", array}, deflated, wide, {"readme", "text"}}));
            for (const char *member : {":a", ":b", ":c", ":b.npy"}) {
                ASSERT_EQ(open_path(path + member), KMEANS_OK) << detail();
                check(std::string("many.npz") + member, type);
            }
        }
        options.cols = d;
        check_both("x.bin", encode(type, x_), type);
    }
    kmeans_file_options_init(&options);
    check_both("x.fvecs", vecs(KMEANS_F32, d, x_), KMEANS_F32);
    check_both("x.bvecs", vecs(KMEANS_U8, d, x_), KMEANS_U8);
    check_both("x.ivecs", vecs(KMEANS_I32, d, x_), KMEANS_I32);
    const struct {
        int code, type;
    } types[] = {{8, KMEANS_U8},   {9, KMEANS_I8},   {11, KMEANS_I16},
                 {12, KMEANS_I32}, {13, KMEANS_F32}, {14, KMEANS_F64}};
    for (const auto &t : types) {
        check_both("x-idx2", idx(t.code, t.type, {n, d}, x_), t.type);
        check_both("x-idx3", idx(t.code, t.type, {n, 2, d / 2}, x_), t.type);
    }
    EXPECT_GE(checked_, has_zlib ? 120 : 40);
}

// Read in blocks, mapped, held: it does not matter.
TEST_F(SameRows, InEveryWay)
{
    for (const int way : {KMEANS_SOURCE_MMAP, KMEANS_SOURCE_READ, KMEANS_SOURCE_STREAM}) {
        options.source = way;
        options.block_bytes = 1000;
        ASSERT_EQ(open("x.fvecs", vecs(KMEANS_F32, d, x_)), KMEANS_OK) << detail();
        check("x.fvecs", KMEANS_F32);
        ASSERT_EQ(open("x.bvecs", vecs(KMEANS_U8, d, x_)), KMEANS_OK) << detail();
        check("x.bvecs", KMEANS_U8);
        ASSERT_EQ(open("x-idx", idx(8, KMEANS_U8, {n, d}, x_)), KMEANS_OK) << detail();
        check("x-idx", KMEANS_U8);
        ASSERT_EQ(open("x-idx", idx(13, KMEANS_F32, {n, d}, x_)), KMEANS_OK) << detail();
        check("x-idx", KMEANS_F32);
        ASSERT_EQ(open("x.npz", npz({{"a.npy", npy(KMEANS_F16, n, d, x_)}})), KMEANS_OK)
            << detail();
        check("x.npz", KMEANS_F16);
        if (has_zlib) {
            ASSERT_EQ(open("x.npy.gz", gzip(npy(KMEANS_I16, n, d, x_))), KMEANS_OK) << detail();
            check("x.npy.gz", KMEANS_I16);
        }
    }
}

// What has to be held in memory must fit the limit.
TEST_F(SameRows, WithinAMemoryLimit)
{
    options.memory_limit = 5000; // the float32 numbers are 2,880 bytes, the float64 ones 5,760
    ASSERT_EQ(open("x-idx", idx(13, KMEANS_F32, {n, d}, x_)), KMEANS_OK) << detail();
    check("x-idx", KMEANS_F32);
    EXPECT_EQ(open("x-idx", idx(14, KMEANS_F64, {n, d}, x_)), KMEANS_ERROR_MEMORY);
    EXPECT_EQ(detail(),
              "x-idx: its numbers must be held in memory, 5760 bytes, and memory_limit is "
              "5000: save them as they are used (.npy)");
    ASSERT_EQ(open("x.npy", npy(KMEANS_F64, n, d, x_)), KMEANS_OK) << detail();
    check("x.npy", KMEANS_F64);
    if (has_zlib) {
        EXPECT_EQ(open("x.npy.gz", gzip(npy(KMEANS_F64, n, d, x_))), KMEANS_ERROR_MEMORY);
        // Unpacked and turned round, it is there twice.
        EXPECT_EQ(open("x-idx.gz", gzip(idx(13, KMEANS_F32, {n, d}, x_))), KMEANS_ERROR_MEMORY);
        EXPECT_EQ(detail(), "x-idx.gz: its numbers must be held in memory, 2880 bytes beside 3008, "
                            "and memory_limit is 5000: save them as they are used (.npy)");
    }
}

TEST_F(SameRows, NamesThatHaveAColon)
{
    ASSERT_EQ(open("a:b.npy", npy(KMEANS_F32, n, d, x_)), KMEANS_OK) << detail();
    check("a:b.npy", KMEANS_F32);
    const std::string path = write("c:d.npz", npz({{"e:f.npy", npy(KMEANS_F32, n, d, x_)}}));
    ASSERT_EQ(open_path(path + ":e:f"), KMEANS_OK) << detail();
    check("c:d.npz:e:f", KMEANS_F32);
}

#ifdef KMEANS_HAVE_HDF5

// One dataset of a file type: contiguous, or chunked and compressed.
void put_dataset(hid_t file, const char *name, hid_t stored, int type, const std::vector<double> &x,
                 bool chunked, bool three)
{
    const hsize_t dims[3] = {n, static_cast<hsize_t>(three ? 2 : d), d / 2}, chunk[3] = {50, 2, 2};
    const hid_t space = H5Screate_simple(three ? 3 : 2, dims, nullptr);
    const hid_t how = H5Pcreate(H5P_DATASET_CREATE);
    if (chunked) {
        H5Pset_chunk(how, three ? 3 : 2, chunk);
        H5Pset_deflate(how, 6);
    }
    const hid_t set = H5Dcreate2(file, name, stored, space, H5P_DEFAULT, how, H5P_DEFAULT);
    const hid_t memory = H5Tcopy(stored);
    H5Tset_order(memory, H5T_ORDER_LE);
    EXPECT_GE(H5Dwrite(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, encode(type, x).data()), 0);
    H5Tclose(memory);
    H5Dclose(set);
    H5Pclose(how);
    H5Sclose(space);
}

// libhdf5 has no half of its own: as h5py makes it.
hid_t half_type()
{
    const hid_t type = H5Tcopy(H5T_IEEE_F32LE);
    H5Tset_fields(type, 15, 10, 5, 0, 10);
    H5Tset_size(type, 2);
    H5Tset_ebias(type, 15);
    return type;
}

TEST_F(SameRows, InHdf5)
{
    const std::string path = write("x.h5", "");
    const hid_t half = half_type();
    const struct {
        const char *name;
        hid_t stored;
        int type;
    } types[] = {{"f4", H5T_IEEE_F32LE, KMEANS_F32},
                 {"f8", H5T_IEEE_F64LE, KMEANS_F64},
                 {"f2", half, KMEANS_F16},
                 {"u1", H5T_STD_U8LE, KMEANS_U8},
                 {"i1", H5T_STD_I8LE, KMEANS_I8},
                 {"i2", H5T_STD_I16LE, KMEANS_I16},
                 {"u2", H5T_STD_U16LE, KMEANS_U16},
                 {"i4", H5T_STD_I32LE, KMEANS_I32},
                 {"bf4", H5T_IEEE_F32BE, KMEANS_F32},
                 {"bi2", H5T_STD_I16BE, KMEANS_I16}};
    const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    H5Gclose(H5Gcreate2(file, "g", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    for (const auto &t : types) {
        const std::string name = t.name;
        put_dataset(file, name.c_str(), t.stored, t.type, x_, false, false);
        put_dataset(file, ("g/c" + name).c_str(), t.stored, t.type, x_, true, false);
        put_dataset(file, ("g/t" + name).c_str(), t.stored, t.type, x_, true, true);
    }
    put_dataset(file, "i8", H5T_STD_I64LE, KMEANS_F64, x_, false, false);
    H5Fclose(file);
    H5Tclose(half);
    for (const auto &t : types) {
        for (const char *folder : {":/", ":", ":/g/c", ":g/t"}) {
            ASSERT_EQ(open_path(path + folder + t.name), KMEANS_OK) << detail();
            check(std::string("x.h5") + folder + t.name, t.type);
        }
    }
    EXPECT_EQ(open_path(path), KMEANS_ERROR_FORMAT);
    EXPECT_NE(detail().find("name a dataset, as in FILE.h5:/PATH; the file has /bf4, /bi2, /f2"),
              std::string::npos)
        << detail();
    EXPECT_EQ(open_path(path + ":/none"), KMEANS_ERROR_FORMAT);
    EXPECT_NE(detail().find("x.h5:/none: no dataset of this name"), std::string::npos) << detail();
    EXPECT_EQ(open_path(path + ":/i8"), KMEANS_ERROR_FORMAT);
    EXPECT_NE(detail().find("type is not read (integers of 8 bytes)"), std::string::npos);
    if (has_zlib) {
        EXPECT_EQ(open("y.h5.gz", gzip("\x89HDF\r\n\x1a\n" + std::string(99, ' '))),
                  KMEANS_ERROR_FORMAT);
        EXPECT_NE(detail().find("read from a file only"), std::string::npos) << detail();
    }
}

#endif

} // namespace
