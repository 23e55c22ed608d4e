// A fit that was broken off ends, when it goes on, with the bits of one that was not.
#include <cmath>
#include <limits>

#include "checkpoint/fixture.h"

namespace {

using namespace oracle;

// The table and the threads change from one part of a fit to the next.
void vary(Request *request, int64_t turn)
{
    const std::vector<std::string> isas = usable_isas();
    request->isa = isas[static_cast<size_t>(turn) % isas.size()];
    request->threads = static_cast<int>(1 + turn % 4);
}

// Broken off after every pass of every restart (or every `step`-th).
void expect_resumable(const Request &request, int64_t step = 1)
{
    const Place place;
    const std::string path = place.path("run.ck");
    const Outcome whole = run(request);
    ASSERT_GE(whole.status, 0) << whole.detail;
    int64_t turn = 0;
    for (size_t r = 0; r < whole.restarts.size(); r++) {
        for (int64_t pass = 1; pass <= whole.restarts[r].iterations; pass += step, turn++) {
            SCOPED_TRACE("restart " + std::to_string(r) + " pass " + std::to_string(pass));
            break_off(request, path, static_cast<int64_t>(r), pass);
            Request rest = resume_of(request, path);
            vary(&rest, turn);
            expect_as_unbroken(run(rest), whole);
            if (testing::Test::HasFailure())
                return;
        }
    }
    EXPECT_GT(turn, 2);
    EXPECT_EQ(place.files(), 1) << "a temporary is left";
}

Matrix blobs(int dtype = KMEANS_F64) { return make_blobs(dtype, 700, 3, 9, 6, 0, 5); }

TEST(Resume, EveryTypeAndStart)
{
    for (const int dtype : {KMEANS_F32, KMEANS_F64, KMEANS_U8}) {
        const Matrix x = make_blobs(dtype, 500, 3, 9, 40, 100, 5);
        for (const char *init : {"k-means++", "random", "box"})
            expect_resumable(Request(x, 11).set("init", init), 2);
    }
}

TEST(Resume, GivenCentroidsAndLabels)
{
    const Matrix x = blobs();
    expect_resumable(Request(x, distinct_rows(x, 7, 3)));
    Request labelled(x, 5);
    for (int64_t i = 0; i < x.n; i++)
        labelled.labels.push_back(static_cast<int32_t>(i * i % 5));
    expect_resumable(labelled);
}

TEST(Resume, Restarts)
{
    const Matrix x = blobs();
    expect_resumable(Request(x, 9).set("restarts", "4").set("init", "random"), 2);
    expect_resumable(Request(x, 9).set("restarts", "3").set("init_sample", "50"), 3);
}

TEST(Resume, StopRules)
{
    const Matrix x = blobs();
    for (const char *rule : {"shift_tol", "shift_tol_relative", "inertia_tol_relative"})
        expect_resumable(Request(x, 9).set("init", "random").set(rule, "1e-3"));
    expect_resumable(Request(x, 9).set("init", "random").set("change_fraction", "0.01"));
    expect_resumable(Request(x, 9).set("iterations", "40"), 5);
    expect_resumable(Request(x, 9).set("init", "random").set("max_iterations", "5"));
}

TEST(Resume, WeightsAndSkippedRows)
{
    Matrix x = blobs();
    Request weighted(x, 9);
    for (int64_t i = 0; i < x.n; i++)
        weighted.weights.push_back(static_cast<double>(i % 7) * 0.3);
    expect_resumable(weighted.set("restarts", "2"), 2);
    for (int64_t i = 0; i < x.n; i += 10)
        x.set(i, i % 3, std::numeric_limits<double>::quiet_NaN());
    expect_resumable(Request(x, 9).set("nan", "skip").set("restarts", "2"), 2);
}

TEST(Resume, EmptyClusters)
{
    const Matrix x = blobs();
    std::vector<double> start = distinct_rows(x, 8, 3);
    for (size_t q = 0; q < 9; q++)
        start[q] = 1000 + static_cast<double>(q); // three that no row is near
    expect_resumable(Request(x, start));
    expect_resumable(Request(x, start).set("empty", "keep"));
}

// Between two epochs; a limit that was given and one that was not.
TEST(Resume, MiniBatch)
{
    const Matrix x = blobs();
    Request request(x, 9);
    request.set("algorithm", "minibatch").set("batch_size", "64").set("restarts", "2");
    Request weighted = request;
    for (int64_t i = 0; i < x.n; i++)
        weighted.weights.push_back(static_cast<double>(i % 3));
    expect_resumable(Request(request).set("max_no_improvement", "0").set("max_iterations", "6"));
    expect_resumable(weighted.set("max_no_improvement", "0").set("iterations", "4"));
    expect_resumable(Request(request).set("max_no_improvement", "40").set("batch_size", "90"), 2);
    // Its own limit of 100 epochs, at which the first restart ended.
    const Matrix few = make_blobs(KMEANS_F64, 60, 2, 4, 6, 0, 5);
    request.x = &few;
    expect_resumable(request.set("max_no_improvement", "0"), 40);
}

// Sums of such columns are rounded, so the search for cycles is on.
TEST(Resume, RoundedSums)
{
    Matrix x = blobs();
    for (int64_t i = 0; i < x.n; i++)
        x.set(i, 2, std::ldexp(x.at(i, 2), static_cast<int>(i % 500) - 400));
    const Request request = Request(x, 9).set("init", "random");
    const Outcome whole = run(request);
    EXPECT_NE(std::find(whole.warnings.begin(), whole.warnings.end(), "rounded_sums"),
              whole.warnings.end());
    expect_resumable(request);
}

// A batch whose sums were rounded is reported, whether that was before the checkpoint or after.
TEST(Resume, RoundedSumsOfBatches)
{
    Matrix x = blobs();
    for (int64_t i = 0; i < x.n; i++)
        x.set(i, 2, std::ldexp(x.at(i, 2), static_cast<int>(i % 500) - 400));
    Request request(x, 9);
    request.set("algorithm", "minibatch").set("batch_size", "64").set("restarts", "2");
    request.set("max_no_improvement", "0").set("max_iterations", "5");
    const Outcome whole = run(request);
    EXPECT_NE(std::find(whole.warnings.begin(), whole.warnings.end(), "rounded_sums"),
              whole.warnings.end());
    expect_resumable(request);
}

// One part after the other, each of one pass.
TEST(Resume, AgainAndAgain)
{
    const Place place;
    const std::string path = place.path("run.ck");
    const Matrix x = blobs();
    const Request request = Request(x, 11).set("restarts", "2").set("init", "random");
    const Outcome whole = run(request);
    break_off(request, path, 0, 1);
    for (int64_t turn = 0; turn < 200; turn++) {
        Request rest = resume_of(request, path);
        vary(&rest, turn);
        const bool last = turn == 199;
        int64_t passes = 0;
        rest.progress = [&](const kmeans_progress &now) {
            return !last && std::string(now.phase) == "pass" && ++passes > 1 ? 1 : 0;
        };
        const Outcome out = run(rest.set("checkpoint", path));
        if (out.status == KMEANS_OK) {
            expect_as_unbroken(out, whole);
            return;
        }
        ASSERT_EQ(out.status, KMEANS_STOPPED_CANCELLED) << out.detail;
    }
    FAIL() << "it never ended";
}

// The clock stops it anywhere: in the first visit, while seeding, within passes and updates.
TEST(Resume, AfterATimeLimit)
{
    const Place place;
    const std::string path = place.path("run.ck");
    const Matrix x = make_blobs(KMEANS_F32, 8000, 6, 20, 3, 0, 5);
    const Request request = Request(x, 40).set("restarts", "2").set("max_iterations", "40");
    const Outcome whole = run(request);
    int64_t parts = 0;
    for (double limit = 1e-5;; limit *= 1.15, parts++) {
        const bool begun = std::filesystem::exists(path);
        Request rest = begun ? resume_of(request, path) : request;
        vary(&rest, parts);
        rest.set("checkpoint", path).set("checkpoint_every", parts % 2 == 0 ? "off" : "0");
        const Outcome out = run(rest.set("time_limit", std::to_string(limit)));
        if (out.status == whole.status) {
            expect_as_unbroken(out, whole);
            break;
        }
        ASSERT_TRUE(out.status == KMEANS_STOPPED_TIME_LIMIT || out.status == KMEANS_ERROR_CANCELLED)
            << out.detail;
    }
}

// Where the rows lie does not matter, nor how many threads look at them.
TEST(Resume, OtherStorageOfTheSameRows)
{
    const Place place;
    const std::string path = place.path("run.ck");
    const Matrix x = blobs(KMEANS_F32);
    const Request request(x, 9);
    const Outcome whole = run(request);
    break_off(request, path, 0, 2);
    std::vector<float> turned(static_cast<size_t>(x.n * x.d));
    for (int64_t i = 0; i < x.n; i++)
        for (int64_t p = 0; p < x.d; p++)
            turned[static_cast<size_t>(p * x.n + i)] = static_cast<float>(x.at(i, p));
    for (const int threads : {1, 2, 5}) {
        Request rest;
        rest.threads = threads;
        rest.open = [&](kmeans_context *context, kmeans_source **source) {
            kmeans_dense view = kmeans_dense_rows(turned.data(), KMEANS_F32, x.n, x.d);
            view.row_stride = 1;
            view.col_stride = x.n;
            return kmeans_source_dense(context, &view, source);
        };
        expect_as_unbroken(run(rest.set("resume", path)), whole);
    }
}

// A fit that has ended can be looked at again, and go on where only max_iterations ended it.
TEST(Resume, AfterTheEnd)
{
    const Place place;
    const std::string path = place.path("run.ck");
    const Matrix x = blobs();
    Request request(x, 11);
    request.set("init", "random");
    const Outcome whole = run(request);
    Request kept = request;
    expect_as_unbroken(run(kept.set("checkpoint", path)), whole);
    expect_as_unbroken(run(resume_of(request, path)), whole);
    Request shorter = request;
    const Outcome cut = run(shorter.set("checkpoint", path).set("max_iterations", "3"));
    ASSERT_EQ(cut.status, KMEANS_STOPPED_MAX_ITERATIONS);
    expect_as_unbroken(run(resume_of(request, path)), cut);
    const Outcome raised = run(resume_of(request, path).set("max_iterations", "300"));
    expect_as_unbroken(raised, whole);
    expect_as_unbroken(run(resume_of(request, path).set("max_iterations", "0")), whole);
}

// An option that does nothing is not passed over in silence.
TEST(Resume, CheckpointEveryAlone)
{
    const Place place;
    const Matrix x = blobs();
    Request request = Request(x, 9).set("checkpoint_every", "5");
    EXPECT_EQ(run(request).warnings, std::vector<std::string>{"checkpoint_every"});
    EXPECT_TRUE(run(request.set("checkpoint", place.path("run.ck"))).warnings.empty());
    EXPECT_TRUE(run(Request(x, 9).set("checkpoint_every", "300")).warnings.empty());
}

// Options that decide nothing may differ; those of the file are what the handle then says.
TEST(Resume, OptionsComeFromTheFile)
{
    const Place place;
    const Matrix x = blobs();
    Request request(x, 9);
    request.set("seed", "77").set("init", "random").set("shift_tol", "0.125").set("empty", "keep");
    break_off(request, place.path("run.ck"), 0, 1);
    kmeans_context *context = nullptr;
    kmeans_options *options = nullptr;
    ASSERT_EQ(kmeans_context_create(nullptr, &context), 0);
    ASSERT_EQ(kmeans_options_create(context, &options), 0);
    ASSERT_EQ(kmeans_options_set(options, "seed", "78"), 0);
    ASSERT_EQ(kmeans_options_set(options, "resume", place.path("run.ck").c_str()), 0);
    const std::vector<std::pair<std::string, std::string>> expected = {
        {"k", "9"},        {"init", "random"}, {"shift_tol", "0.125"},
        {"empty", "keep"}, {"seed", "78"},     {"resume", place.path("run.ck")}};
    for (const auto &[name, value] : expected) {
        char text[4096];
        EXPECT_EQ(kmeans_options_get(options, name.c_str(), text, sizeof text), 0);
        EXPECT_EQ(text, value) << name;
    }
    kmeans_options_free(options);
    kmeans_context_free(context);
    Request rest = resume_of(request, place.path("run.ck"));
    rest.threads = 3;
    rest.set("distances", "on").set("cluster_inertia", "on").set("time_limit", "1h");
    for (const char *algorithm : {"lloyd", "hamerly"}) {
        const Outcome out = run(rest.set("algorithm", algorithm));
        expect_as_unbroken(out, run(request));
        EXPECT_EQ(static_cast<int64_t>(out.distances.size()), 2 * x.n);
    }
}

} // namespace
