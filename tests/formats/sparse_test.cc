// libsvm and MatrixMarket files: found by content, read exactly, or refused with a place.
#include "archives.h"
#include "formats.h"

#include "support/paths.h"

namespace {

using namespace formats;

class Sparse : public Files {
protected:
    void expect(const std::string &content, int64_t n, int64_t d, const Numbers &expected)
    {
        ASSERT_EQ(open("x", content), KMEANS_OK) << kmeans_detail(context) << "\n" << content;
        EXPECT_EQ(numbers(), expected) << content;
        EXPECT_EQ(rows, n) << content;
        EXPECT_EQ(cols, d) << content;
    }
    void expect_bad(const std::string &content, const std::string &text)
    {
        EXPECT_EQ(open("x", content), KMEANS_ERROR_FORMAT) << content;
        EXPECT_EQ(detail(), text) << content;
    }
};

TEST_F(Sparse, Libsvm)
{
    expect("+1 1:0.5 3:2\n-1 2:1e2\n", 2, 3, {0.5, 0, 2, 0, 100, 0});
    expect("# head\n\n2 qid:7 1:.5\r\n3\r\n0 qid:8 2:-1", 3, 2, {.5, 0, 0, 0, 0, -1});
    expect("1 0:5 2:7\n0 1:1\n", 2, 3, {5, 0, 7, 0, 1, 0});         // an index 0: from 0
    expect("1,3,4 1:1\n1:2 2:3\n 2:9\n", 3, 2, {1, 0, 2, 3, 0, 9}); // labels: several, none
    expect("1\n0\n1 1:3\n", 3, 1, {0, 0, 3});
    EXPECT_EQ(dtype, KMEANS_F64);
    ASSERT_EQ(messages.size(), 1u);
    EXPECT_EQ(messages[0].code, "format");
    EXPECT_EQ(messages[0].level, KMEANS_LOG_INFO);
    options.dtype = KMEANS_F32;
    expect("1 1:0.1\n", 1, 1, {static_cast<double>(0.1f)});
    EXPECT_EQ(dtype, KMEANS_F32);
    options.format = "libsvm"; // what is not taken for it without being told
    expect("1 3:1 1:2 # comment 5:6\n", 1, 3, {2, 0, 1});
    expect("1:2 2:3\n1 2:9\n", 2, 2, {2, 3, 0, 9});
    expect("1 12:30\n", 1, 12, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 30});
    EXPECT_TRUE(messages.empty());
}

TEST_F(Sparse, LibsvmOptions)
{
    options.format = "libsvm";
    options.columns = "3,1";
    expect("1 1:5 3:7 2:4\n1 2:9\n", 2, 2, {7, 5, 0, 0});
    options.columns = nullptr;
    options.exclude = "1";
    expect("1 1:5 3:7 2:4\n1 2:9\n", 2, 2, {4, 7, 9, 0});
    options.exclude = nullptr;
    options.cols = 5;
    expect("1 1:5\n", 1, 5, {5, 0, 0, 0, 0});
    expect_bad("1 6:5\n", "x: has an index 6, beyond cols = 5");
    options.cols = 0;
    expect_bad("1 2\n", "x:1: '2' is not index:value");
    options.dtype = KMEANS_U8;
    EXPECT_EQ(open("x", "1 1:1\n"), KMEANS_ERROR_ARGUMENT);
}

TEST_F(Sparse, LibsvmBad)
{
    options.format = "libsvm";
    expect_bad("1 1:2\n1 1:2 x\n", "x:2: 'x' is not index:value");
    expect_bad("1 1:2\n1 -1:2\n",
               "x:2: '-1:2' has an index that is no number from 0 to 2147483646");
    expect_bad("1 1:2\n1 2147483647:2\n",
               "x:2: '2147483647:2' has an index that is no number from 0 to 2147483646");
    expect_bad("1 1:2 2:\n", "x:1: '2:' has a value that is no finite number");
    expect_bad("1 1:2 2:nan\n", "x:1: '2:nan' has a value that is no finite number");
    expect_bad("1 1:2 2:1e999\n", "x:1: '2:1e999' has a value that is no finite number");
    expect_bad("1 1:2 2:3:4\n", "x:1: '2:3:4' has a value that is no finite number");
    expect_bad("1 99999999999999999999999999:3 1:1\n1 1:1",
               "x:1: '99999999999999999999999999:3' has an index that is no number from 0 to "
               "2147483646");
}

TEST_F(Sparse, TextIsStillText)
{
    expect("1 2\n3 4\n", 2, 2, {1, 2, 3, 4});
    expect("1\n2\n", 2, 1, {1, 2});
    options.columns = "1"; // times of day, ratios
    expect("1 12:30\n2 12:31\n3 12:39\n", 3, 1, {1, 2, 3});
    expect("1 3:1 2:1\n2 4:1 5:1\n", 2, 1, {1, 2});
    expect("1 3:1 x\n2 4:1 y\n", 2, 1, {1, 2});
    expect("1 3:1:2\n2 4:1:3\n", 2, 1, {1, 2});
    options.columns = "2";
    options.header = 0;
    expect("12:30,5.1\n12:31,5.2\n", 2, 1, {5.1, 5.2});
    expect("12:30:01 5.1 3\n12:31:02 5.2 4\n", 2, 1, {5.1, 5.2});
}

TEST_F(Sparse, MatrixMarket)
{
    const std::string head = "%%MatrixMarket matrix coordinate real general\n";
    expect(head + "% comment\n\n2 3 3\n2 1 0.5\n1 3 2\n1 1 -1e0\n", 2, 3, {-1, 0, 2, .5, 0, 0});
    expect(head + "3 1 1\n3 1 4", 3, 1, {0, 0, 4});
    expect(head + "2 2 0\n", 2, 2, {0, 0, 0, 0});
    expect("%%MatrixMarket MATRIX Coordinate Pattern General\n2 2 2\n1 2\n2 1\n", 2, 2,
           {0, 1, 1, 0});
    expect("%%MatrixMarket matrix coordinate integer general\n1 2 1\n1 2 7\n", 1, 2, {0, 7});
    expect("%%MatrixMarket matrix array real general\n2 3\n1\n2\n3 4\n% c\n5\n6\n", 2, 3,
           {1, 3, 5, 2, 4, 6});
    options.columns = "3,1";
    expect("%%MatrixMarket matrix array real general\n2 3\n1\n2\n3 4\n5\n6\n", 2, 2, {5, 1, 6, 2});
    expect(head + "2 3 2\n2 1 5\n1 3 2\n", 2, 2, {2, 0, 0, 5});
}

TEST_F(Sparse, MatrixMarketBad)
{
    const std::string m = "%%MatrixMarket", head = m + " matrix coordinate real general\n";
    expect_bad(m, "x:1: '' is not read: only 'matrix coordinate' and 'matrix array' are");
    expect_bad(m + "s matrix array real general\n1 1\n1\n",
               "x:1: '%%MatrixMarkets' is not how such a file begins: %%MatrixMarket is");
    expect_bad(m + " matrix vector real general\n",
               "x:1: 'vector' is not read: only 'matrix coordinate' and 'matrix array' are");
    expect_bad(m + " vector coordinate real general\n",
               "x:1: 'vector' is not read: only 'matrix coordinate' and 'matrix array' are");
    expect_bad(m + " matrix coordinate complex general\n",
               "x:1: 'complex' is not read: only real, integer and (sparse) pattern are");
    expect_bad(m + " matrix array pattern general\n",
               "x:1: 'pattern' is not read: only real, integer and (sparse) pattern are");
    expect_bad(m + " matrix coordinate real symmetric\n",
               "x:1: 'symmetric' is not read: only general, which has every entry, is");
    expect_bad(head, "x: ends before the line of sizes");
    expect_bad(head + "2 2\n", "x:2: '' is no size");
    expect_bad(head + "2 -2 1\n", "x:2: '-2' is no size");
    expect_bad(head + "2 2 1\n3 1 1\n", "x:3: '3' is no row of the matrix");
    expect_bad(head + "2 2 1\n0 1 1\n", "x:3: '0' is no row of the matrix");
    expect_bad(head + "2 2 1\n1 3 1\n", "x:3: '3' is no column of the matrix");
    expect_bad(head + "2 2 1\n1 1\n2 1\n", "x:3: '' is no finite number");
    expect_bad(head + "2 2 1\n1 1 inf\n", "x:3: 'inf' is no finite number");
    expect_bad(head + "2 2 1\n1 1 1 1\n", "x:3: '1' is one word too many");
    expect_bad(head + "2 2 1\n1 1 1\n1 2 1\n", "x: has more than the 1 entries promised");
    expect_bad(head + "2 2 2\n1 1 1\n          \n", "x: has 1 entries, not the 2 promised");
    expect_bad(head + "2 2 9\n1 1 1\n", "x: promises 9 entries, but only 6 bytes follow");
    expect_bad(head + "2 2 1000000000000000000\n1 1 1\n",
               "x: promises 1000000000000000000 entries, but only 6 bytes follow");
    expect_bad(head + "100000000 2 1\n1 1 1\n",
               "x: promises 100000000 rows, but only 6 bytes follow");
    expect_bad(
        head + "2 3000000000 1\n1 1 1\n",
        "x: 2 rows and 3000000000 columns; rows must be at least 1, columns 1 .. 2147483647");
    expect_bad(head + "0 2 0\n",
               "x: 0 rows and 2 columns; rows must be at least 1, columns 1 .. 2147483647");
    const std::string array = m + " matrix array real general\n";
    expect_bad(array + "2 2\n1\n2\n3\n", "x: has 3 numbers, not the 4 of its rows times columns");
    expect_bad(array + "1 2\n1\n2\n3\n", "x:5: '3' is one number more than rows times columns");
    expect_bad(array + "4000000000 4000000000\n1\n",
               "x: promises 4000000000 x 4000000000 numbers, but has only 65 bytes");
}

// Every truncation is read or refused, never more.
TEST_F(Sparse, Truncations)
{
    const std::string whole[] = {
        "%%MatrixMarket matrix coordinate real general\n% c\n2 3 3\n2 1 0.5\n1 3 2\n1 1 -1e0\n",
        "%%MatrixMarket matrix array real general\n2 2\n1\n2\n3\n4\n",
        "+1 1:0.5 3:2\n-1 qid:3 2:1e2 # c\n"};
    for (const std::string &content : whole) {
        for (size_t length = 0; length < content.size(); length++) {
            const int status = open("x", content.substr(0, length));
            EXPECT_TRUE(status == KMEANS_OK || status == KMEANS_ERROR_FORMAT) << length;
            EXPECT_TRUE(status == KMEANS_OK || detail().rfind("x:", 0) == 0) << detail();
        }
    }
}

TEST_F(Sparse, DuplicatesAreFoundByTheFit)
{
    ASSERT_EQ(open("x", "1 1:1 2:2\n1 3:1 3:2\n"), KMEANS_OK);
    const double c[3] = {0, 0, 0};
    int32_t labels[2];
    EXPECT_EQ(kmeans_predict(context, nullptr, source, c, 1, 3, labels, nullptr, nullptr),
              KMEANS_ERROR_DATA);
    EXPECT_EQ(detail(),
              "x: row 1 has two entries in column 2 (both counted from 0); one is allowed");
}

#ifdef KMEANS_HAVE_ZLIB

// What scipy.sparse.save_npz writes for [[0, 5, 0], [0, 0, 0], [1.5, 0, 2]].
struct Npz {
    bool deflated = true;
    std::string format = "csr", index = "<i4", value = "<f8";
    std::vector<int64_t> indices = {1, 0, 2}, indptr = {0, 1, 1, 3}, shape = {3, 3};
    std::vector<double> data = {5, 1.5, 2};

    std::string array(const std::string &descr, size_t count, const std::string &bytes) const
    {
        return npy_file(dictionary(descr, false, "(" + std::to_string(count) + ",)"), bytes);
    }
    std::string integers(const std::vector<int64_t> &values) const
    {
        const std::vector<int32_t> narrow(values.begin(), values.end());
        return array(index, values.size(), index == "<i4" ? bytes_of(narrow) : bytes_of(values));
    }
    std::string file() const
    {
        const std::vector<float> narrow(data.begin(), data.end());
        return archives::npz(
            {{"indices.npy", integers(indices), deflated},
             {"indptr.npy", integers(indptr), deflated},
             {"format.npy",
              npy_file(dictionary("|S" + std::to_string(format.size()), false, "()"), format),
              deflated},
             {"shape.npy", array("<i8", shape.size(), bytes_of(shape)), deflated},
             {"data.npy",
              array(value, data.size(), value == "<f4" ? bytes_of(narrow) : bytes_of(data)),
              deflated}});
    }
};

TEST_F(Sparse, ScipyArchives)
{
    const Numbers expected = {0, 5, 0, 0, 0, 0, 1.5, 0, 2};
    for (const bool deflated : {true, false}) {
        Npz npz;
        npz.deflated = deflated;
        expect(npz.file(), 3, 3, expected);
        EXPECT_EQ(dtype, KMEANS_F64);
        npz.index = "<i8";
        npz.value = "<f4";
        expect(npz.file(), 3, 3, expected);
        EXPECT_EQ(dtype, KMEANS_F32);
        options.exclude = "1";
        expect(npz.file(), 3, 2, {5, 0, 0, 0, 0, 2});
        options.exclude = nullptr;
    }
}

TEST_F(Sparse, ScipyArchivesBad)
{
    Npz npz;
    npz.format = "csc";
    expect_bad(npz.file(),
               "x: holds a sparse matrix that is not in the format csr; convert it with tocsr()");
    npz = Npz();
    npz.value = "<i8";
    EXPECT_EQ(open("x", npz.file()), KMEANS_ERROR_FORMAT);
    EXPECT_NE(detail().find("x: array 'data' (<i8, 1 dimensions)"), std::string::npos) << detail();
    npz = Npz();
    npz.indptr = {0, 1, 3};
    expect_bad(npz.file(), "x: 3 rows, 3 numbers in indptr (<i4), 3 in indices (<i4) and 3 in data "
                           "do not fit together");
    npz = Npz();
    npz.indptr = {0, 1, 1, 4};
    EXPECT_EQ(open("x", npz.file()), KMEANS_ERROR_FORMAT);
    npz = Npz();
    npz.shape = {3};
    expect_bad(npz.file(), "x: array 'shape' has 1 numbers, not 2");
    npz = Npz();
    npz.indices = {1, 0, 7};
    options.columns = "1";
    EXPECT_EQ(open("x", npz.file()), KMEANS_ERROR_DATA);
    EXPECT_EQ(detail(),
              "x: row 2 has an entry in column 7 (both counted from 0); columns are 0 .. 2");
}

#endif

TEST_F(Sparse, RealFiles)
{
    if (access(paths::data("a9a.libsvm").c_str(), R_OK) != 0)
        GTEST_SKIP() << paths::data("a9a.libsvm");
    ASSERT_EQ(open_path(paths::data("a9a.libsvm")), KMEANS_OK);
    kmeans_source_shape(source, &rows, &cols, nullptr);
    EXPECT_EQ(rows, 32561);
    EXPECT_EQ(cols, 123);
    ASSERT_EQ(open_path(paths::data("rcv1_small.libsvm")), KMEANS_OK);
    kmeans_source_shape(source, &rows, &cols, nullptr);
    EXPECT_EQ(rows, 1000);
}

} // namespace
