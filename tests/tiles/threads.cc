// Several threads on tiles, without data files: one checksum, and exact labels. Which rows a thread
// takes, when it leaves a level whose proofs fail, and what its scratch memory holds from before,
// differ from run to run; the answer may not.
#include <cmath>

#include "oracle/check.h"

namespace {

using namespace oracle;

const int kTypes[] = {KMEANS_F32, KMEANS_F64};
constexpr int64_t kRows = 20000, kFewRows = 4000, kColumns = 40, kBlobs = 63;

enum class Role { Blob, Tie, Long };

// By pairs of rows, so that those of a blob, mirrored at its centre, leave the mean there.
Role role_of(int64_t i, bool with_long)
{
    const int64_t pair = i / 2;
    if (with_long && pair % 1000 == 999)
        return Role::Long;
    return pair % 10 == 3 ? Role::Tie : Role::Blob;
}

// Rows and centroids that stay: 63 centres on a coarse grid, far apart, and one for the long rows.
// These move the mean of all rows so far away that bfloat16 and float32 prove little.
struct Hard {
    Matrix x;
    std::vector<double> centroids, weights; // weights: 0 for ties

    Hard(int dtype, int64_t n, bool with_long) : x(dtype, n, kColumns)
    {
        Random random(17);
        for (int64_t q = 0; q < kBlobs * kColumns; q++)
            centroids.push_back(static_cast<double>(random.below(129) - 64) / 4);
        for (int64_t p = 0; with_long && p < kColumns; p++)
            centroids.push_back(centre(0, p) * 3e5);
        for (int64_t i = 0; i < n; i++) {
            Random own(static_cast<uint64_t>(i / 2)); // one for both rows of a pair
            const Role role = role_of(i, with_long);
            weights.push_back(role == Role::Tie ? 0 : 1);
            if (role == Role::Tie)
                set_tie(i, &own);
            else
                set_blob(i, role == Role::Long ? 3e5 : 1, &own);
        }
    }

    int64_t k() const { return static_cast<int64_t>(centroids.size()) / kColumns; }

private:
    double centre(int64_t j, int64_t p) const
    {
        return centroids[static_cast<size_t>(j * kColumns + p)];
    }
    void set_blob(int64_t i, double scale, Random *own)
    {
        const int64_t j = scale > 1 ? 0 : i / 2 % kBlobs;
        for (int64_t p = 0; p < kColumns; p++) {
            const double off = static_cast<double>(own->below(257) - 128) / 128;
            x.set(i, p, scale * (centre(j, p) + (i % 2 == 0 ? off : -off)));
        }
    }
    // Half-way between two centres, but for an offset in one column that may be none.
    void set_tie(int64_t i, Random *own)
    {
        const int64_t a = own->below(kBlobs), b = (a + 1 + own->below(kBlobs - 1)) % kBlobs;
        const int64_t column = own->below(kColumns);
        const int bits = 4 + static_cast<int>(own->below(x.dtype == KMEANS_F64 ? 40 : 14));
        const double size = own->below(8) == 0 ? 0 : std::ldexp(1.0, -bits);
        for (int64_t p = 0; p < kColumns; p++) {
            const double off = p == column ? size : 0;
            x.set(i, p, (centre(a, p) + centre(b, p)) / 2 + (i % 2 == 0 ? off : -off));
        }
    }
};

// The slow tables have fewer rows: still some for four threads.
int64_t rows_for(const std::string &isa)
{
    return isa == "emulated" || isa == "scalar" || isa == "avx2" ? kFewRows : kRows;
}

void expect_one_result(Request request, const std::string &isa, Outcome *first)
{
    for (const int threads : {1, 3, 7}) {
        SCOPED_TRACE(isa + ", threads " + std::to_string(threads));
        request.isa = isa;
        request.threads = threads;
        const Outcome out = run(request);
        ASSERT_GE(out.status, 0) << out.detail;
        if (first->labels.empty()) {
            *first = out;
            expect_exact_labels(out, *request.x);
        }
        expect_same_result(*first, out);
        EXPECT_EQ(out.info.threads > 1, usable_threads(threads) > 1) << out.info.threads;
    }
}

// `request_of` makes the request for some rows; one result for each number of rows.
template <class MakeRequest> void expect_one_result_for_all(bool with_long, MakeRequest request_of)
{
    for (const int dtype : kTypes) {
        SCOPED_TRACE(kmeans_dtype_name(dtype));
        const Hard many(dtype, kRows, with_long), few(dtype, kFewRows, with_long);
        Outcome first_many, first_few;
        for (const std::string &isa : isas_with_emulation()) {
            const bool all = rows_for(isa) == kRows;
            const Request request = request_of(all ? many : few);
            expect_one_result(request, isa, all ? &first_many : &first_few);
        }
    }
}

// Threads leave the tiles, each at its time.
TEST(TileThreads, OneChecksumFromARandomStart)
{
    expect_one_result_for_all(true, [](const Hard &hard) {
        Request request(hard.x, hard.k());
        return request.set("init", "random").set("seed", "5").set("iterations", "3");
    });
}

// Threads stay on the tiles. Every centroid is exactly a centre after the first pass, and the ties,
// of weight 0, are ties.
TEST(TileThreads, OneChecksumWithTies)
{
    expect_one_result_for_all(false, [](const Hard &hard) {
        std::vector<double> start = hard.centroids;
        for (size_t q = 0; q < start.size(); q++)
            start[q] *= 1 + (q / kColumns % 2 == 0 ? 0x1p-6 : -0x1p-6);
        Request request(hard.x, start);
        request.weights = hard.weights;
        return request.set("iterations", "2");
    });
}

TEST(TileThreads, PredictIsExact)
{
    for (const int dtype : kTypes) {
        for (const bool with_long : {true, false}) {
            SCOPED_TRACE(std::string(kmeans_dtype_name(dtype)) + (with_long ? " with long" : ""));
            const Hard hard(dtype, kRows, with_long);
            const Argmin expected = exact_argmin(hard.x, hard.centroids, hard.k());
            EXPECT_GE(expected.near_ties, kRows / 100);
            for (const std::string &isa : isas_with_emulation()) {
                const Matrix x = first_rows(hard.x, rows_for(isa));
                const std::vector<int32_t> labels(expected.labels.begin(),
                                                  expected.labels.begin() + x.n);
                EXPECT_EQ(count_differences(predict(x, hard.centroids, isa, 3), labels), 0) << isa;
            }
        }
    }
}

} // namespace
