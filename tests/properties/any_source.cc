// Rows from functions in pieces of every size, and row state in scratch files: the result of the
// rows in memory, to the bit.
#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>

#include "oracle/check.h"

namespace {

using namespace oracle;

// The rows of a matrix as a caller's functions hand them out, `piece` at a time.
struct Pieces {
    const Matrix *x;
    int64_t piece;
    int64_t at = 0;

    static int rewind(void *user)
    {
        static_cast<Pieces *>(user)->at = 0;
        return 0;
    }
    static int64_t next(void *user, void *out, int64_t rows)
    {
        Pieces *const p = static_cast<Pieces *>(user);
        const int64_t m = std::min({rows, p->piece, p->x->n - p->at});
        const int64_t bytes = p->x->d * element_size(p->x->dtype);
        std::memcpy(out, p->x->bytes.data() + p->at * bytes, static_cast<size_t>(m * bytes));
        p->at += m;
        return m;
    }
};

// How rows are handed out: pieces, the library's blocks, the reading thread, n known.
struct Way {
    int64_t piece, block;
    bool any_thread, known;
};
const Way ways[] = {{1 << 20, 0, true, true},
                    {1 << 20, 3, false, false},
                    {7, 100, true, false},
                    {1000, 333, false, true}};

OpenSource open_pieces(std::shared_ptr<Pieces> rows, const Way &way)
{
    return [rows, way](kmeans_context *context, kmeans_source **source) {
        kmeans_callback from;
        kmeans_callback_init(&from);
        from.dtype = rows->x->dtype;
        from.rows = way.known ? rows->x->n : -1;
        from.cols = rows->x->d;
        from.block_rows = way.block;
        from.any_thread = way.any_thread;
        from.user = rows.get();
        from.rewind = Pieces::rewind;
        from.next = Pieces::next;
        return kmeans_source_callback(context, &from, source);
    };
}

// The request with the rows in memory and in every other way.
void expect_same_from_pieces(const Request &request)
{
    const Outcome want = run(request);
    ASSERT_GE(want.status, 0) << want.detail;
    for (const Way &way : ways) {
        for (const int threads : {1, 3}) {
            Request other = request;
            other.threads = threads;
            other.open = open_pieces(std::make_shared<Pieces>(Pieces{request.x, way.piece}), way);
            const Outcome got = run(other);
            expect_same_result(want, got);
            EXPECT_EQ(got.labels, want.labels);
            expect_same_bits(got.distances, want.distances);
            expect_same_bits(got.cluster_inertia, want.cluster_inertia);
        }
    }
}

TEST(AnySource, SameResultAsInMemory)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64, KMEANS_U8}) {
        for (const int64_t d : {2, 40}) {
            const Matrix x = make_blobs(dtype, 400, d, 9, 60, 100, 4);
            for (const char *init : {"k-means++", "random", "box"}) {
                expect_same_from_pieces(Request(x, 9)
                                            .set("init", init)
                                            .set("distances", "on")
                                            .set("cluster_inertia", "on"));
            }
            expect_same_from_pieces(Request(x, 6).set("restarts", "3").set("init_trials", "1"));
            expect_same_from_pieces(Request(x, 6).set("init_sample", "100"));
            expect_same_from_pieces(Request(x, 6).set("max_iterations", "2"));
        }
    }
}

TEST(AnySource, WeightsSkippedRowsAndEmptyClusters)
{
    Matrix x = make_blobs(KMEANS_F32, 900, 3, 5, 50, 0, 8);
    Request weighted(x, 5);
    for (int64_t i = 0; i < x.n; i++)
        weighted.weights.push_back(i % 7 == 0 ? 0 : static_cast<double>(i % 5) / 3);
    expect_same_from_pieces(weighted);
    std::vector<double> start(6 * 3, 1e6); // all but one far away: empty in pass 1
    std::fill(start.begin(), start.begin() + 3, 0.0);
    for (size_t q = 3; q < start.size(); q++)
        start[q] += static_cast<double>(q);
    expect_same_from_pieces(Request(x, start));
    for (const int64_t i : {0, 13, 14, 899})
        x.set(i, 1, std::nan(""));
    expect_same_from_pieces(Request(x, 5).set("nan", "skip"));
    Request labelled(x, 4);
    for (int64_t i = 0; i < x.n; i++)
        labelled.labels.push_back(static_cast<int32_t>(i % 4));
    expect_same_from_pieces(labelled.set("nan", "skip"));
}

TEST(AnySource, CancelKeepsTheLastAssignment)
{
    const Matrix x = make_blobs(KMEANS_F32, 5000, 4, 20, 10, 0, 3);
    for (const int64_t pass : {1, 3}) {
        Request request(x, 20);
        request.progress = [pass](const kmeans_progress &now) { return now.pass >= pass; };
        request.set("init", "random");
        const Outcome want = run(request);
        request.open = open_pieces(std::make_shared<Pieces>(Pieces{&x, 50}), ways[2]);
        const Outcome got = run(request);
        EXPECT_EQ(got.status, KMEANS_STOPPED_CANCELLED);
        expect_same_result(want, got);
    }
}

// The bad value has the row of the whole.
TEST(AnySource, BadValuesAreNamed)
{
    Matrix x = make_blobs(KMEANS_F64, 500, 2, 3, 10, 0, 3);
    x.set(377, 1, INFINITY);
    Request request(x, 3);
    request.open = open_pieces(std::make_shared<Pieces>(Pieces{&x, 11}), ways[2]);
    const Outcome out = run(request);
    EXPECT_EQ(out.status, KMEANS_ERROR_DATA);
    EXPECT_NE(out.detail.find("row 377, column 1 "), std::string::npos) << out.detail;
}

// The request with a memory_limit just above the least that would do; that counts what the process
// holds at the moment, so that it may take more than one try.
Outcome run_in_little(Request request)
{
    Outcome out = run(request.set("memory_limit", "1"));
    EXPECT_EQ(out.status, KMEANS_ERROR_MEMORY);
    for (int tries = 0; tries < 20; tries++) {
        const size_t at = out.detail.find("is about ");
        if (out.status != KMEANS_ERROR_MEMORY || at == std::string::npos)
            return out;
        const long megabytes = std::stol(out.detail.substr(at + 9)) + 1;
        out = run(request.set("memory_limit", std::to_string(megabytes) + "M"));
    }
    ADD_FAILURE() << "never enough: " << out.detail;
    return out;
}

TEST(MemoryLimit, RowStateInScratchFilesChangesNothing)
{
    const Matrix x = make_blobs(KMEANS_U8, 800000, 1, 3, 100, 100, 5);
    for (const char *init : {"random", "k-means++"}) {
        Request request(x, 3);
        request.set("init", init)
            .set("max_iterations", "3")
            .set("restarts", 2)
            .set("distances", "on");
        request.threads = 2;
        const Outcome want = run(request);
        EXPECT_EQ(want.info.bytes_scratch, 0);
        const Outcome got = run_in_little(request);
        expect_same_result(want, got);
        EXPECT_EQ(got.labels, want.labels);
        expect_same_bits(got.distances, want.distances);
        EXPECT_GE(got.info.bytes_scratch, x.n * (12 + 16)); // labels three times, distances
        EXPECT_LE(got.info.bytes_peak, got.info.bytes_planned);
        EXPECT_LT(got.info.bytes_planned, x.n * 12); // no row state in memory
    }
    Request bounds(x, 3); // and limits
    bounds.set("algorithm", "hamerly").set("init", "random").set("iterations", 6);
    const Outcome want = run(bounds), got = run_in_little(bounds);
    expect_same_result(want, got);
    EXPECT_GT(got.trace[4].distances_avoided, 0);
    EXPECT_GE(got.info.bytes_scratch, x.n * 12); // labels twice
    EXPECT_LT(got.info.bytes_planned, x.n * 4);
    Request roomy(x, 3); // a limit that is no limit
    const Outcome out = run(roomy.set("memory_limit", "1T").set("max_iterations", "1"));
    EXPECT_GE(out.status, 0);
    EXPECT_EQ(out.info.bytes_scratch, 0);
}

TEST(MemoryLimit, ScratchFilesThatCannotBeHadAreAnError)
{
    const Matrix x = make_blobs(KMEANS_U8, 800000, 1, 3, 100, 100, 5);
    Request request(x, 3);
    const char *const before = getenv("TMPDIR");
    const std::string kept = before != nullptr ? before : "";
    setenv("TMPDIR", "/no/such/folder", 1);
    const Outcome out = run_in_little(request);
    before != nullptr ? setenv("TMPDIR", kept.c_str(), 1) : unsetenv("TMPDIR");
    EXPECT_EQ(out.status, KMEANS_ERROR_MEMORY);
    EXPECT_EQ(out.detail, "no scratch file for the working arrays of 800000 rows in TMPDIR (else "
                          "/tmp): No such file or directory");
}

TEST(MemoryLimit, ScratchFilesLieInTheFolderThatIsGiven)
{
    const Matrix x = make_blobs(KMEANS_U8, 800000, 1, 3, 100, 100, 5);
    Request request(x, 3);
    const Outcome out = run_in_little(request.set("scratch_folder", "/no/such/folder"));
    EXPECT_EQ(out.status, KMEANS_ERROR_MEMORY);
    EXPECT_EQ(out.detail, "no scratch file for the working arrays of 800000 rows in "
                          "/no/such/folder: No such file or directory");
    const char *const before = getenv("TMPDIR");
    const std::string kept = before != nullptr ? before : "";
    setenv("TMPDIR", "/no/such/folder", 1);
    const Outcome there = run_in_little(request.set("scratch_folder", "/tmp"));
    before != nullptr ? setenv("TMPDIR", kept.c_str(), 1) : unsetenv("TMPDIR");
    EXPECT_GE(there.status, 0) << there.detail;
    EXPECT_GT(there.info.bytes_scratch, 0);
}

} // namespace
