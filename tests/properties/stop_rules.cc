// Every stop rule alone and together: the pass at which it holds is worked out from the trace of a
// run without rules, the trace is checked against exact arithmetic in trace.cc.
#include <cmath>

#include "oracle/check.h"

namespace {

using namespace oracle;

class StopRules : public testing::Test {
protected:
    Matrix x = make_blobs(KMEANS_F64, 1500, 3, 20, 5, 0, 17);
    std::vector<double> start = distinct_rows(x, 15, 4);
    Outcome all = run(Request(x, start).set("max_iterations", "0"));

    int64_t passes() const { return all.info.iterations; }
    const kmeans_trace_row &pass(int64_t t) const { return all.trace[static_cast<size_t>(t - 1)]; }

    Outcome fit(const Options &rules) const
    {
        Request request(x, start);
        for (const auto &[name, value] : rules)
            request.set(name, value);
        return run(request);
    }

    // The result of a run that stopped after pass t for this reason.
    void expect_stop(const Outcome &out, int64_t t, const std::string &reason) const
    {
        ASSERT_GE(out.status, 0) << out.detail;
        EXPECT_EQ(out.info.iterations, t);
        EXPECT_EQ(out.stop_reason, reason);
        EXPECT_EQ(out.info.converged, reason == "fixpoint" || t >= passes() ? 1 : 0);
        EXPECT_EQ(out.status,
                  reason == "max_iterations" ? KMEANS_STOPPED_MAX_ITERATIONS : KMEANS_OK);
        expect_consistent(out, x);
        const Lloyd expected = lloyd(x, {}, start, 15, t);
        EXPECT_EQ(out.labels, expected.labels);
        expect_same_bits(out.centroids, expected.centroids);
        for (int64_t s = 1; s <= std::min(t, passes()); s++) {
            EXPECT_EQ(out.trace[static_cast<size_t>(s - 1)].inertia, pass(s).inertia);
        }
    }

    // Between the values of a decreasing quantity at passes t-1 and t, so that t is the first
    // below.
    template <class F> int64_t first_pass(F holds) const
    {
        for (int64_t t = 1; t <= passes(); t++) {
            if (holds(t))
                return t;
        }
        return -1;
    }

    static std::string text(double value)
    {
        char digits[40];
        std::snprintf(digits, sizeof digits, "%.17g", value);
        return digits;
    }

    double mean_variance() const
    {
        long double total = 0;
        for (int64_t p = 0; p < x.d; p++) {
            long double sum = 0;
            long double squares = 0;
            for (int64_t i = 0; i < x.n; i++)
                sum += x.at(i, p);
            const long double mean = sum / static_cast<long double>(x.n);
            for (int64_t i = 0; i < x.n; i++)
                squares += (x.at(i, p) - mean) * (x.at(i, p) - mean);
            total += squares / static_cast<long double>(x.n);
        }
        return static_cast<double>(total / static_cast<long double>(x.d));
    }
};

TEST_F(StopRules, TheRunIsLongEnoughToTellTheRulesApart)
{
    EXPECT_GE(passes(), 12);
    expect_stop(all, passes(), "fixpoint");
}

TEST_F(StopRules, MaxIterationsAlone)
{
    for (int64_t t = 1; t < passes(); t++) {
        const Outcome out = fit({{"max_iterations", std::to_string(t)}});
        expect_stop(out, t, "max_iterations");
        EXPECT_EQ(out.info.stop_limit, static_cast<double>(t));
    }
    expect_stop(fit({{"max_iterations", std::to_string(passes())}}), passes(), "fixpoint");
    expect_stop(fit({{"max_iterations", std::to_string(passes() + 1)}}), passes(), "fixpoint");
}

TEST_F(StopRules, DefaultIsThreeHundredPasses)
{
    if (!have("htru2.npy"))
        GTEST_SKIP() << missing("htru2.npy");
    const Matrix long_run = load("htru2.npy"); // 334 passes to the fixpoint from these rows
    std::vector<int64_t> rows;
    for (int64_t j = 0; j < 20; j++)
        rows.push_back(833 * j);
    const Outcome out = run(Request(long_run, rows_of(long_run, rows)));
    EXPECT_EQ(out.info.iterations, 300);
    EXPECT_EQ(out.status, KMEANS_STOPPED_MAX_ITERATIONS);
    expect_consistent(out, long_run);
}

TEST_F(StopRules, IterationsIsExactlyThatMany)
{
    for (const int64_t t : {int64_t{1}, int64_t{2}, passes(), passes() + 1, passes() + 30}) {
        const Outcome out = fit({{"iterations", std::to_string(t)}});
        expect_stop(out, t, "iterations");
        EXPECT_GE(static_cast<int64_t>(out.trace.size()), t);
    }
}

TEST_F(StopRules, IterationsExcludesTheOthers)
{
    for (const char *other : {"max_iterations", "shift_tol", "shift_tol_relative",
                              "inertia_tol_relative", "change_fraction"}) {
        const Outcome out = fit({{"iterations", "5"}, {other, "1"}});
        EXPECT_EQ(out.status, KMEANS_ERROR_ARGUMENT) << other;
        EXPECT_NE(out.detail.find(other), std::string::npos) << out.detail;
    }
}

TEST_F(StopRules, ChangeFractionAlone)
{
    const double n = static_cast<double>(x.n);
    for (const double f : {0.5, 0.1, 0.02, 0.005}) {
        const int64_t t = first_pass([&](int64_t s) { return pass(s).changed < f * n; });
        ASSERT_GT(t, 0);
        if (t == passes())
            continue;
        const Outcome out = fit({{"change_fraction", text(f)}});
        expect_stop(out, t, "change_fraction");
        EXPECT_EQ(out.info.stop_limit, f);
        EXPECT_DOUBLE_EQ(out.info.stop_value, static_cast<double>(pass(t).changed) / n);
    }
}

TEST_F(StopRules, ChangeFractionIsStrict)
{
    const Matrix y = make_blobs(KMEANS_F64, 1024, 3, 20, 5, 0, 17); // so that fractions are exact
    const std::vector<double> from = distinct_rows(y, 15, 4);
    const Outcome whole = run(Request(y, from));
    ASSERT_GE(whole.info.iterations, 6);
    for (int64_t t = 2; t < whole.info.iterations; t++) {
        const int64_t changed = whole.trace[static_cast<size_t>(t - 1)].changed;
        int64_t first = 1;
        while (whole.trace[static_cast<size_t>(first - 1)].changed >= changed)
            first++;
        const double f = static_cast<double>(changed) / 1024;
        const Outcome out = run(Request(y, from).set("change_fraction", text(f)));
        EXPECT_EQ(out.info.iterations, first) << "changed " << changed << " in pass " << t;
    }
}

TEST_F(StopRules, ChangeFractionOfOneStopsAfterTheSecondPass)
{
    EXPECT_EQ(pass(1).changed, x.n) << "all rows count as changed in pass 1";
    expect_stop(fit({{"change_fraction", "1"}}), 2, "change_fraction");
}

TEST_F(StopRules, ShiftTolAlone)
{
    for (const int64_t t : {int64_t{2}, passes() / 2, passes() - 1}) {
        const double tol = pass(t).shift_max; // largest shift <= tol holds with equality
        const int64_t first = first_pass([&](int64_t s) { return pass(s).shift_max <= tol; });
        const Outcome out = fit({{"shift_tol", text(tol)}});
        expect_stop(out, first, "shift_tol");
        EXPECT_EQ(out.info.stop_value, pass(first).shift_max);
        EXPECT_EQ(out.info.stop_limit, tol);
        const double below = std::nextafter(tol, 0);
        const int64_t later = first_pass([&](int64_t s) { return pass(s).shift_max <= below; });
        EXPECT_EQ(fit({{"shift_tol", text(below)}}).info.iterations, later);
    }
}

TEST_F(StopRules, ShiftTolRelativeAlone)
{
    const double variance = mean_variance();
    for (const double tol : {1e-1, 1e-2, 1e-3, 1e-4}) {
        const int64_t t = first_pass(
            [&](int64_t s) { return pass(s).shift_total * pass(s).shift_total <= tol * variance; });
        if (t == passes())
            continue;
        expect_stop(fit({{"shift_tol_relative", text(tol)}}), t, "shift_tol_relative");
        expect_stop(fit({{"tol", text(tol)}}), t, "shift_tol_relative");
    }
}

TEST_F(StopRules, InertiaTolRelativeAlone)
{
    for (const double tol : {0.1, 0.01, 1e-3, 1e-4}) {
        const int64_t t = first_pass([&](int64_t s) {
            return s > 1 && pass(s - 1).inertia - pass(s).inertia <= tol * pass(s - 1).inertia;
        });
        if (t == passes())
            continue;
        expect_stop(fit({{"inertia_tol_relative", text(tol)}}), t, "inertia_tol_relative");
    }
}

TEST_F(StopRules, ZeroTolerancesStopAtTheFixpoint)
{
    for (const char *rule : {"shift_tol", "shift_tol_relative", "change_fraction"}) {
        expect_stop(fit({{rule, "0"}}), passes(), "fixpoint");
    }
}

TEST_F(StopRules, TheFirstInTheDocumentedOrderIsTheReason)
{
    const Options everything = {{"max_iterations", "2"},
                                {"inertia_tol_relative", "1"},
                                {"shift_tol_relative", "1e9"},
                                {"shift_tol", "1e9"},
                                {"change_fraction", "1"}};
    const char *const reason[5] = {"max_iterations", "inertia_tol_relative", "shift_tol_relative",
                                   "shift_tol", "change_fraction"};
    // All that are given hold after pass 2; those of shifts already after pass 1.
    for (size_t first = 0; first < 5; first++) {
        for (size_t last = first; last < 5; last++) {
            const Options rules(everything.begin() + static_cast<int64_t>(first),
                                everything.begin() + static_cast<int64_t>(last) + 1);
            const bool shifts = first <= 3 && last >= 2;
            const std::string expected = shifts ? reason[std::min<size_t>(last, 3)] : reason[last];
            const Outcome out = fit(rules);
            EXPECT_EQ(out.stop_reason, expected) << first << " " << last;
            EXPECT_EQ(out.info.iterations, shifts ? 1 : 2) << first << " " << last;
        }
    }
}

TEST_F(StopRules, TheEarliestPassWinsWhateverTheOrder)
{
    const Outcome out =
        fit({{"max_iterations", "3"}, {"shift_tol", "1e-12"}, {"change_fraction", "1e-6"}});
    expect_stop(out, 3, "max_iterations");
}

TEST_F(StopRules, WeightsCountAsCopiesInChangeFraction)
{
    Request weighted(x, start);
    Request repeated(x, start);
    weighted.weights.assign(1500, 3.0);
    for (const char *f : {"0.1", "0.02"}) {
        weighted.options = {{"change_fraction", f}};
        repeated.options = weighted.options;
        EXPECT_EQ(run(weighted).info.iterations, run(repeated).info.iterations);
    }
    // All weight on one row in three: the others may change as they like.
    for (size_t i = 0; i < 1500; i++)
        weighted.weights[i] = i % 3 == 0 ? 1 : 0;
    weighted.options = {{"change_fraction", "0.01"}};
    const Outcome out = run(weighted);
    EXPECT_EQ(out.stop_reason, "change_fraction");
    EXPECT_LT(out.info.stop_value, 0.01);
}

TEST_F(StopRules, GivenLabelsCountAsAPassBefore)
{
    Request request(x, 15);
    request.labels = all.labels;
    const Outcome out = run(request);
    ASSERT_EQ(out.status, 0) << out.detail;
    EXPECT_EQ(out.info.iterations, 1);
    EXPECT_EQ(out.trace[0].changed, 0) << "labels were given: none changes";
    EXPECT_EQ(out.checksum, all.checksum);
}

} // namespace
