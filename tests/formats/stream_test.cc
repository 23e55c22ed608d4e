// Files read in blocks: the same rows as mapped, whatever the block and the layout.
#include <numeric>

#include "formats.h"

namespace {

using namespace formats;

class Stream : public Files {
protected:
    // Rows that a visit gives, by the public way (kmeans_source_read) and by predict's labels.
    Numbers read_as(const std::string &path, int kind, int64_t block)
    {
        options.source = kind;
        options.block_bytes = block;
        EXPECT_EQ(open_path(path), KMEANS_OK) << detail();
        return numbers();
    }

    std::string checksum_of(const std::string &path, int kind, int64_t block)
    {
        read_as(path, kind, block);
        kmeans_options *fit = nullptr;
        kmeans_result *result = nullptr;
        EXPECT_EQ(kmeans_options_create(context, &fit), KMEANS_OK);
        kmeans_options_set_int(fit, "k", 3);
        kmeans_options_set_int(fit, "max_iterations", 20);
        EXPECT_GE(kmeans_fit(context, fit, source, &result), 0) << detail();
        const std::string checksum = result != nullptr ? kmeans_result_checksum(result) : "";
        kmeans_result_free(result);
        kmeans_options_free(fit);
        return checksum;
    }
};

const int64_t N = 61, D = 7;

std::string file_of(const std::string &type, bool fortran)
{
    std::vector<float> f(N * D);
    std::vector<double> g(N * D);
    std::string u(N * D, 0);
    for (int64_t i = 0; i < N; i++) {
        for (int64_t p = 0; p < D; p++) {
            const int64_t q = fortran ? p * N + i : i * D + p;
            f[q] = static_cast<float>((i * 37 + p * p * 5 + i * p) % 253);
            g[q] = f[q];
            u[q] = static_cast<char>(static_cast<unsigned char>(f[q]));
        }
    }
    const std::string head = dictionary(type, fortran, "(61, 7)");
    return npy_file(head, type == "<f4" ? bytes_of(f) : type == "<f8" ? bytes_of(g) : u);
}

TEST_F(Stream, SameRowsAndResultsForEveryBlockSizeAndLayout)
{
    std::string first;
    for (const std::string type : {"<f4", "<f8", "|u1"}) {
        for (const bool fortran : {false, true}) {
            const std::string path = write("x.npy", file_of(type, fortran));
            const Numbers mapped = read_as(path, KMEANS_SOURCE_MMAP, 0);
            EXPECT_STREQ(kmeans_source_kind(source), "mmap");
            const std::string checksum = checksum_of(path, KMEANS_SOURCE_MMAP, 0);
            first = first.empty() ? checksum : first;
            EXPECT_EQ(checksum, first) << type << fortran;
            EXPECT_EQ(read_as(path, KMEANS_SOURCE_READ, 0), mapped);
            EXPECT_STREQ(kmeans_source_kind(source), "memory");
            for (const int64_t block : {1, 57, 300, 1000, 1 << 20}) {
                EXPECT_EQ(read_as(path, KMEANS_SOURCE_STREAM, block), mapped);
                EXPECT_STREQ(kmeans_source_kind(source), "stream");
                EXPECT_EQ(checksum_of(path, KMEANS_SOURCE_STREAM, block), checksum) << block;
                EXPECT_GE(kmeans_source_passes(source), 3);
            }
        }
    }
    // Of k-means++, what it costs on a stream is said beforehand, and nothing else.
    int64_t told = 0;
    for (const Message &message : messages) {
        told += message.code == "seeding_visits";
        EXPECT_EQ(message.level == KMEANS_LOG_INFO, message.code != "seeding_visits");
    }
    EXPECT_EQ(told, 1);
}

TEST_F(Stream, ChosenColumns)
{
    for (const bool fortran : {false, true}) {
        const std::string path = write("x.npy", file_of("<f4", fortran));
        for (const char *columns : {"2", "2-4", "7,5,3,1", "1,2,7", "7,1,2"}) {
            options.columns = columns;
            const Numbers mapped = read_as(path, KMEANS_SOURCE_MMAP, 0);
            const std::string checksum = checksum_of(path, KMEANS_SOURCE_MMAP, 0);
            for (const int64_t block : {1, 100, 4096}) {
                EXPECT_EQ(read_as(path, KMEANS_SOURCE_STREAM, block), mapped) << columns;
                EXPECT_EQ(checksum_of(path, KMEANS_SOURCE_STREAM, block), checksum) << columns;
            }
        }
    }
}

// Rows longer than the pieces that single rows are read in, and numbers that are not aligned.
TEST_F(Stream, LongRowsFromAnOddPlace)
{
    const int64_t d = 5000, n = 3;
    std::vector<float> x(n * d);
    std::iota(x.begin(), x.end(), 1.0F);
    const std::string path = write("x.bin", "abc" + bytes_of(x));
    options.format = "raw";
    options.dtype = KMEANS_F32;
    options.cols = d;
    options.offset = 3;
    for (const char *columns : {"1-5000", "5000,1,4", "1-2000,2500,3000-5000"}) {
        options.columns = columns;
        const Numbers mapped = read_as(path, KMEANS_SOURCE_MMAP, 0);
        EXPECT_EQ(read_as(path, KMEANS_SOURCE_STREAM, 1), mapped);
        EXPECT_EQ(checksum_of(path, KMEANS_SOURCE_STREAM, 30000),
                  checksum_of(path, KMEANS_SOURCE_MMAP, 0));
    }
}

TEST_F(Stream, FileThatShrinksIsAnErrorAndNoSignal)
{
    const std::string path = write("x.npy", file_of("<f8", false));
    for (const int64_t left : {400, 2000}) { // inside the first block, and in a later one
        write("x.npy", file_of("<f8", false));
        read_as(path, KMEANS_SOURCE_STREAM, 500);
        ASSERT_EQ(truncate(path.c_str(), left), 0);
        double inertia = 0;
        const std::vector<double> centroid(D, 1.0);
        EXPECT_EQ(kmeans_score(context, nullptr, source, centroid.data(), 1, D, &inertia),
                  KMEANS_ERROR_FILE);
        EXPECT_EQ(detail(), "x.npy: the file has become shorter than the 3544 bytes it had");
        std::vector<double> out(N * D);
        EXPECT_EQ(kmeans_source_read(source, 0, N, out.data()), KMEANS_ERROR_FILE);
        EXPECT_EQ(kmeans_source_read(source, 0, 1, out.data()), KMEANS_OK);
    }
}

TEST_F(Stream, WhatIsParsedIsHeldAndSaysSo)
{
    const std::string path = write("x.csv", "1,2\n5,4\n3,9\n");
    read_as(path, KMEANS_SOURCE_STREAM, 0);
    EXPECT_STREQ(kmeans_source_kind(source), "memory");
    ASSERT_EQ(messages.size(), 1u);
    EXPECT_EQ(messages[0].code, "source_memory");
}

TEST_F(Stream, BadOptions)
{
    const std::string path = write("x.npy", file_of("<f8", false));
    options.source = 9;
    EXPECT_EQ(open_path(path), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(detail(), "options.source: 9 is no kmeans_file_source");
    options.source = KMEANS_SOURCE_STREAM;
    options.block_bytes = -1;
    EXPECT_EQ(open_path(path), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(detail(), "options.block_bytes: -1 is below 0");
}

} // namespace
