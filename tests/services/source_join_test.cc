// Joined sources, weights, and reading under a host's floating-point mode.
#include "sources.h"

#include <cfloat>

namespace {

using namespace sources;

TEST(Source, ReadKeepsSubnormalsWhateverTheHostsMode)
{
    services::Context context;
    const float tiny = FLT_MIN / 8;
    const kmeans_dense view = kmeans_dense_rows(&tiny, KMEANS_F32, 1, 1);
    kmeans_source *source = nullptr;
    ASSERT_EQ(kmeans_source_dense(context, &view, &source), KMEANS_OK);
    double out = -1;
#if defined(__x86_64__)
    const unsigned before = __builtin_ia32_stmxcsr();
    __builtin_ia32_ldmxcsr(before | 0x8040);
    kmeans_source_read(source, 0, 1, &out);
    __builtin_ia32_ldmxcsr(before);
#else
    kmeans_source_read(source, 0, 1, &out);
#endif
    EXPECT_EQ(out, 0x1p-129);
    kmeans_source_close(source);
}

TEST(Source, JoinedPartsAreTheRowsInOrder)
{
    services::Context context;
    const int64_t d = 3;
    const int64_t sizes[] = {4, 1, 7, 2};
    std::vector<std::vector<double>> data;
    std::vector<kmeans_source *> parts;
    int64_t n = 0;
    for (const int64_t size : sizes) {
        data.emplace_back(size * d);
        for (int64_t i = 0; i < size; i++) {
            for (int64_t p = 0; p < d; p++) {
                data.back()[i * d + p] = element(n + i, p);
            }
        }
        const kmeans_dense view = kmeans_dense_rows(data.back().data(), KMEANS_F64, size, d);
        kmeans_source *part = nullptr;
        ASSERT_EQ(kmeans_source_dense(context, &view, &part), KMEANS_OK);
        parts.push_back(part);
        n += size;
    }
    kmeans_source *whole = nullptr;
    ASSERT_EQ(kmeans_source_concat(context, parts.data(), 4, &whole), KMEANS_OK);
    check_source(whole, n, d, KMEANS_F64);
    check_blocks(whole, n, d, KMEANS_F64);
    for (int64_t row0 = 0; row0 <= n; row0++) { // every range
        for (int64_t count = 0; count <= n - row0; count++) {
            std::vector<double> out(count * d + 1, -1);
            ASSERT_EQ(kmeans_source_read(whole, row0, count, out.data()), KMEANS_OK);
            for (int64_t q = 0; q < count * d; q++) {
                ASSERT_EQ(out[q], element(row0 + q / d, q % d));
            }
            ASSERT_EQ(out[count * d], -1);
        }
    }
    // Joined sources can be parts themselves.
    kmeans_source *const nested[1] = {whole};
    kmeans_source *outer = nullptr;
    ASSERT_EQ(kmeans_source_concat(context, nested, 1, &outer), KMEANS_OK);
    check_source(outer, n, d, KMEANS_F64);
    check_blocks(outer, n, d, KMEANS_F64);
    kmeans_source_close(outer);
    kmeans_source_close(whole);
    for (kmeans_source *part : parts) {
        kmeans_source_close(part);
    }
    EXPECT_EQ(context->memory.used, 0);
}

TEST(Source, WeightsAreBorrowedAndMustBeAligned)
{
    services::Context context;
    const double x[2] = {1, 2};
    const double weights[3] = {1, 2, 3};
    const kmeans_dense view = kmeans_dense_rows(x, KMEANS_F64, 2, 1);
    kmeans_source *source = nullptr;
    ASSERT_EQ(kmeans_source_dense(context, &view, &source), KMEANS_OK);
    EXPECT_EQ(kmeans_source_set_weights(source, weights), KMEANS_OK);
    EXPECT_EQ(source->weights, weights);
    const double *const crooked =
        reinterpret_cast<const double *>(reinterpret_cast<const char *>(weights) + 4);
    EXPECT_EQ(kmeans_source_set_weights(source, crooked), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(source->weights, weights);
    EXPECT_EQ(kmeans_source_set_weights(source, nullptr), KMEANS_OK);
    EXPECT_EQ(source->weights, nullptr);
    kmeans_source_close(source);
}

} // namespace
