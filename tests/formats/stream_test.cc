// Files read in blocks: the same rows as mapped, whatever the block and the layout.
#include <numeric>

#include <sys/wait.h>

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

// Text is parsed once: into memory, or where it is to be streamed or a limit forbids more, into a
// file that is read in blocks.
TEST_F(Stream, ParsedNumbersInAFile)
{
    std::string text = "a,b,c\n";
    for (int64_t i = 0; i < 30000; i++) {
        text += std::to_string(i * 7 % 101) + "," + std::to_string(i % 13) + ".5,-" +
                std::to_string(i % 9) + (i % 3 == 0 ? "\r\n" : "\n\n");
    }
    const std::string path = write("x.csv", text);
    for (const char *columns : {"1-3", "3,1"}) {
        options.columns = columns;
        options.memory_limit = 0;
        const Numbers held = read_as(path, KMEANS_SOURCE_AUTO, 0);
        EXPECT_STREQ(kmeans_source_kind(source), "memory");
        const std::string checksum = checksum_of(path, KMEANS_SOURCE_AUTO, 0);
        EXPECT_EQ(read_as(path, KMEANS_SOURCE_STREAM, 1000), held);
        EXPECT_STREQ(kmeans_source_kind(source), "stream");
        options.memory_limit = 100000;
        EXPECT_EQ(read_as(path, KMEANS_SOURCE_AUTO, 0), held);
        EXPECT_STREQ(kmeans_source_kind(source), "stream");
        EXPECT_EQ(checksum_of(path, KMEANS_SOURCE_AUTO, 0), checksum);
        options.memory_limit = 1 << 30;
        EXPECT_EQ(read_as(path, KMEANS_SOURCE_AUTO, 0), held);
        EXPECT_STREQ(kmeans_source_kind(source), "memory");
    }
    options.memory_limit = 100000; // errors as ever
    EXPECT_EQ(open("bad.csv", text + "1,2\n"), KMEANS_ERROR_FORMAT);
    EXPECT_EQ(open("word.csv", text + "1,2,x\n"), KMEANS_ERROR_FORMAT);
}

TEST_F(Stream, PipesBeyondTheLimitAreKeptInAFile)
{
    const std::string content = file_of("<f8", false);
    const std::string path = write("x.npy", content);
    const Numbers want = read_as(path, KMEANS_SOURCE_MMAP, 0);
    std::string big(200000, '\0');
    for (size_t q = 0; q < big.size(); q++)
        big[q] = static_cast<char>(q * q % 251);
    for (const bool raw : {false, true}) {
        for (const int64_t limit : {0, 1000, 300000}) {
            int ends[2];
            ASSERT_EQ(pipe(ends), 0);
            const pid_t child = fork();
            if (child == 0) {
                const std::string &bytes = raw ? big : content;
                const ssize_t put = ::write(ends[1], bytes.data(), bytes.size());
                _exit(put == static_cast<ssize_t>(bytes.size()) ? 0 : 1);
            }
            close(ends[1]);
            options.format = raw ? "raw" : nullptr;
            options.dtype = raw ? KMEANS_U8 : KMEANS_F64;
            options.cols = raw ? 8 : 0;
            options.memory_limit = limit;
            const std::string name = "/dev/fd/" + std::to_string(ends[0]);
            const Numbers got = read_as(name, KMEANS_SOURCE_AUTO, 0);
            close(ends[0]);
            waitpid(child, nullptr, 0);
            const bool spooled = raw && limit > 0;
            EXPECT_STREQ(kmeans_source_kind(source), spooled ? "stream" : "memory");
            ASSERT_EQ(messages.size(), spooled ? 1u : 0u);
            EXPECT_TRUE(!spooled || messages[0].code == "spooled");
            EXPECT_TRUE(raw || got == want);
            for (size_t q = 0; raw && q < big.size(); q++) {
                ASSERT_EQ(got[q], static_cast<double>(static_cast<unsigned char>(big[q])));
            }
        }
    }
}

TEST_F(Stream, WhatCannotBeMappedSaysSo)
{
    const std::string path = write("x.csv", "1,2\n5,4\n3,9\n");
    read_as(path, KMEANS_SOURCE_MMAP, 0);
    EXPECT_STREQ(kmeans_source_kind(source), "memory");
    ASSERT_EQ(messages.size(), 1u);
    EXPECT_EQ(messages[0].code, "source_memory");
    const std::string sparse = write("x.libsvm", "1 1:5 2:3\n2 2:7\n");
    options.format = "libsvm";
    for (const int way : {KMEANS_SOURCE_MMAP, KMEANS_SOURCE_STREAM}) {
        read_as(sparse, way, 0);
        ASSERT_EQ(messages.size(), 1u);
        EXPECT_EQ(messages[0].code, "source_memory");
    }
    options.format = nullptr;
    read_as(path, KMEANS_SOURCE_AUTO, 1000);
    ASSERT_EQ(messages.size(), 1u);
    EXPECT_EQ(messages[0].text.substr(messages[0].text.find(": the size")),
              ": the size of a block (--block-size) has no effect: its numbers are held in memory");
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
