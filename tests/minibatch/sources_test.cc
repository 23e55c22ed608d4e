// The same batches from every kind of source.
#include <cstdio>
#include <fstream>

#include "feed.h"

namespace {

using namespace minibatch;

OpenSource from_file(const std::string &path, int dtype, int64_t cols, int kind)
{
    return [=](kmeans_context *context, kmeans_source **source) {
        kmeans_file_options options;
        kmeans_file_options_init(&options);
        options.format = "raw";
        options.dtype = dtype;
        options.cols = cols;
        options.source = kind;
        options.block_bytes = 4096;
        return kmeans_source_open(context, path.c_str(), &options, source);
    };
}

struct Setting {
    Matrix x;
    std::vector<double> weights;
    Request request;

    explicit Setting(int dtype) : x(make_blobs(dtype, 500, 6, 9, 40, 100, 11)), request(x, 8)
    {
        for (int64_t i = 0; i < x.n; i++)
            weights.push_back(static_cast<double>(i % 4));
        request.weights = weights;
        request.threads = 2;
        request.set("algorithm", "minibatch").set("batch_size", 70).set("init", "random");
        request.set("max_iterations", 4);
    }
};

TEST(MinibatchSources, AllThatSeekGiveTheSameBits)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64, KMEANS_U8}) {
        Setting s(dtype);
        const Outcome first = run(s.request);
        ASSERT_GE(first.status, 0) << first.detail;
        const std::string path = ::testing::TempDir() + "kmeans_minibatch_rows.bin";
        std::ofstream(path, std::ios::binary)
            .write(reinterpret_cast<const char *>(s.x.bytes.data()),
                   static_cast<std::streamsize>(s.x.bytes.size()));
        Feed feed{&s.x};
        std::vector<OpenSource> sources = {from_callback(&feed, true, 33)};
        for (const int kind : {KMEANS_SOURCE_MMAP, KMEANS_SOURCE_READ, KMEANS_SOURCE_STREAM})
            sources.push_back(from_file(path, dtype, s.x.d, kind));
        for (const OpenSource &open : sources) {
            Request request = s.request;
            request.open = open;
            const Outcome out = run(request);
            ASSERT_GE(out.status, 0) << out.detail;
            EXPECT_EQ(out.checksum, first.checksum);
            EXPECT_EQ(out.info.inertia, first.info.inertia);
            EXPECT_EQ(out.warnings, first.warnings);
        }
        std::remove(path.c_str());
    }
}

TEST(MinibatchSources, RowsInOrderWithoutFetch)
{
    Setting s(KMEANS_F32);
    const Outcome seek = run(s.request);
    std::string checksum;
    for (const int64_t block : {1, 33, 70, 1000}) {
        Feed feed{&s.x};
        s.request.open = from_callback(&feed, false, block);
        const Outcome out = run(s.request);
        ASSERT_GE(out.status, 0) << out.detail;
        EXPECT_EQ(out.warnings.front(), "rows_in_order");
        EXPECT_NE(out.checksum, seek.checksum);
        EXPECT_EQ(checksum.empty() ? out.checksum : checksum, out.checksum);
        checksum = out.checksum;
        expect_exact_labels(out, s.x);
    }
}

} // namespace
