// Checks across options and against the shape of the rows.
#include <cstdint>
#include <vector>

#include "fixture.h"

extern "C" {
#include "api/options.h"
}

namespace {

class SettingsTest : public OptionsTest {
protected:
    int check(int64_t n, int64_t d) { return km_settings_check(context, &options->settings, n, d); }

    void set(const char *name, const char *value)
    {
        ASSERT_EQ(kmeans_options_set(options, name, value), KMEANS_OK) << detail();
    }
};

TEST_F(SettingsTest, StoresTheDefaults)
{
    const km_settings &settings = options->settings;
    EXPECT_EQ(settings.k, 0);
    EXPECT_EQ(settings.max_iterations, 300);
    EXPECT_FALSE(settings.max_iterations_set);
    EXPECT_EQ(settings.restarts, 1);
    EXPECT_EQ(settings.batch_size, 1024);
    EXPECT_EQ(settings.max_no_improvement, 10);
    EXPECT_EQ(settings.reassignment_ratio, 0.01);
    EXPECT_EQ(settings.seed, 0u);
    EXPECT_LT(settings.shift_tol, 0);
    EXPECT_LT(settings.shift_tol_relative, 0);
    EXPECT_LT(settings.inertia_tol_relative, 0);
    EXPECT_LT(settings.change_fraction, 0);
    EXPECT_LT(settings.time_limit, 0);
    EXPECT_TRUE(settings.finite_check);
    EXPECT_FALSE(settings.nan_skip);
    EXPECT_FALSE(settings.distances);
    EXPECT_FALSE(settings.cluster_inertia);
    EXPECT_FALSE(settings.profile);
    EXPECT_STREQ(settings.isa, "auto");
    EXPECT_EQ(settings.init, KM_INIT_KMEANSPP);
    EXPECT_EQ(settings.empty, KM_EMPTY_RELOCATE);
}

TEST_F(SettingsTest, StoresWhatWasSet)
{
    const km_settings &settings = options->settings;
    const char *const texts[][2] = {{"k", "3"},
                                    {"init", "box"},
                                    {"init_trials", "4"},
                                    {"init_sample", "5"},
                                    {"restarts", "6"},
                                    {"seed", "18446744073709551615"},
                                    {"algorithm", "lloyd"},
                                    {"max_iter", "300"},
                                    {"iterations", "7"},
                                    {"batch_size", "77"},
                                    {"max_no_improvement", "0"},
                                    {"reassignment_ratio", "off"},
                                    {"shift_tol", "0.5"},
                                    {"tol", "0.25"},
                                    {"inertia_tol", "0.125"},
                                    {"change_fraction", "0.0625"},
                                    {"time_limit", "2m"},
                                    {"empty", "keep"},
                                    {"nan", "skip"},
                                    {"finite_check", "off"},
                                    {"threads", "9"},
                                    {"isa", "scalar"},
                                    {"distances", "on"},
                                    {"cluster_inertia", "on"},
                                    {"profile", "on"}};
    for (const auto &text : texts)
        set(text[0], text[1]);
    EXPECT_EQ(settings.k, 3);
    EXPECT_EQ(settings.init, KM_INIT_BOX);
    EXPECT_EQ(settings.init_trials, 4);
    EXPECT_EQ(settings.init_sample, 5);
    EXPECT_EQ(settings.restarts, 6);
    EXPECT_EQ(settings.seed, UINT64_MAX);
    EXPECT_EQ(settings.algorithm, KM_ALGORITHM_LLOYD);
    EXPECT_TRUE(settings.max_iterations_set);
    EXPECT_EQ(settings.iterations, 7);
    EXPECT_EQ(settings.batch_size, 77);
    EXPECT_EQ(settings.max_no_improvement, 0);
    EXPECT_LT(settings.reassignment_ratio, 0);
    EXPECT_EQ(settings.shift_tol, 0.5);
    EXPECT_EQ(settings.shift_tol_relative, 0.25);
    EXPECT_EQ(settings.inertia_tol_relative, 0.125);
    EXPECT_EQ(settings.change_fraction, 0.0625);
    EXPECT_EQ(settings.time_limit, 120);
    EXPECT_EQ(settings.empty, KM_EMPTY_KEEP);
    EXPECT_TRUE(settings.nan_skip);
    EXPECT_FALSE(settings.finite_check);
    EXPECT_EQ(settings.threads, 9);
    EXPECT_STREQ(settings.isa, "scalar");
    EXPECT_TRUE(settings.distances);
    EXPECT_TRUE(settings.cluster_inertia);
    EXPECT_TRUE(settings.profile);
}

TEST_F(SettingsTest, GivenCentroidsAreCopied)
{
    std::vector<double> c = {1, 2, 3, 4, 5, 6};
    ASSERT_EQ(kmeans_options_set_centroids(options, c.data(), 3, 2), KMEANS_OK);
    const km_settings &settings = options->settings;
    EXPECT_EQ(settings.init, KM_INIT_CENTROIDS);
    EXPECT_EQ(settings.k, 3);
    EXPECT_EQ(settings.centroids_d, 2);
    c.assign(6, 0.0);
    for (int q = 0; q < 6; q++)
        EXPECT_EQ(settings.centroids[q], q + 1);
    const int32_t labels[2] = {0, 1};
    ASSERT_EQ(kmeans_options_set_labels(options, labels, 2), KMEANS_OK);
    EXPECT_EQ(settings.centroids, nullptr);
    EXPECT_EQ(settings.labels, labels);
    EXPECT_EQ(settings.labels_n, 2);
}

TEST_F(SettingsTest, RefusesMissingOrTooLargeK)
{
    EXPECT_EQ(check(5, 2), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(detail(), "k is not set; it must be 1 .. 5, the number of rows");
    set("k", "10");
    EXPECT_EQ(check(5, 2), KMEANS_ERROR_SHAPE);
    EXPECT_EQ(detail(), "k is 10; it must be at most the number of rows, 5");
    EXPECT_EQ(check(9, 2), KMEANS_ERROR_SHAPE);
    EXPECT_EQ(check(10, 2), KMEANS_OK);
    EXPECT_EQ(check(11, 2), KMEANS_OK);
}

TEST_F(SettingsTest, RefusesProductsThatOverflow)
{
    set("k", "2");
    const int64_t d = (int64_t(1) << 60) - 1;
    EXPECT_EQ(check(2, d), KMEANS_ERROR_SHAPE);
    EXPECT_EQ(detail(), "n * d is 2 * 1152921504606846975; it must be below 2^60");
    EXPECT_EQ(check(d, 2), KMEANS_ERROR_SHAPE);
    EXPECT_EQ(check(2, d / 2), KMEANS_OK);
}

TEST_F(SettingsTest, IterationsExcludeOtherRules)
{
    set("k", "2");
    set("iterations", "5");
    EXPECT_EQ(check(5, 2), KMEANS_OK);
    const char *const rules[][2] = {{"shift_tol", "0.1"},
                                    {"shift_tol_relative", "0"},
                                    {"inertia_tol_relative", "1e-05"},
                                    {"change_fraction", "0.01"}};
    for (const auto &rule : rules) {
        set(rule[0], rule[1]);
        EXPECT_EQ(check(5, 2), KMEANS_ERROR_ARGUMENT);
        EXPECT_EQ(detail(), std::string("iterations is 5 and ") + rule[0] + " is " + rule[1] +
                                "; only one of the two may be set");
        set(rule[0], "off");
        EXPECT_EQ(check(5, 2), KMEANS_OK);
    }
    set("max_iterations", "300");
    EXPECT_EQ(check(5, 2), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(detail(),
              "iterations is 5 and max_iterations is 300; only one of the two may be set");
    set("iterations", "0");
    set("tol", "0.1");
    EXPECT_EQ(check(5, 2), KMEANS_OK);
}

TEST_F(SettingsTest, GivenStartsMustFit)
{
    const double c[4] = {1, 2, 3, 4};
    const int32_t labels[5] = {0, 1, 0, 1, 0};
    ASSERT_EQ(kmeans_options_set_centroids(options, c, 2, 2), KMEANS_OK);
    EXPECT_EQ(check(5, 2), KMEANS_OK);
    EXPECT_EQ(check(5, 3), KMEANS_ERROR_SHAPE);
    EXPECT_EQ(detail(),
              "d of the initial centroids is 2; it must be 3, the number of columns of the rows");
    EXPECT_EQ(check(1, 2), KMEANS_ERROR_SHAPE);
    EXPECT_EQ(detail(), "k is 2; it must be at most the number of rows, 1");
    set("restarts", "3");
    EXPECT_EQ(check(5, 2), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(detail(), "restarts is 3; it must be 1 where init is centroids");
    set("restarts", "1");
    set("init_sample", "4");
    EXPECT_EQ(check(5, 2), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(detail(), "init_sample is 4; it must be 0 where init is centroids");
    set("init_sample", "0");
    ASSERT_EQ(kmeans_options_set_labels(options, labels, 5), KMEANS_OK);
    EXPECT_EQ(check(5, 3), KMEANS_OK);
    EXPECT_EQ(check(6, 2), KMEANS_ERROR_SHAPE);
    EXPECT_EQ(detail(), "n of the initial labels is 5; it must be 6, the number of rows");
    set("restarts", "2");
    EXPECT_EQ(check(5, 2), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(detail(), "restarts is 2; it must be 1 where init is labels");
}

TEST_F(SettingsTest, SampleMustHoldKRowsOfN)
{
    set("k", "5");
    set("init_sample", "4");
    EXPECT_EQ(check(10, 2), KMEANS_ERROR_SHAPE);
    EXPECT_EQ(detail(), "init_sample is 4; it must be at least k, 5");
    set("init_sample", "11");
    EXPECT_EQ(check(10, 2), KMEANS_ERROR_SHAPE);
    EXPECT_EQ(detail(), "init_sample is 11; it must be at most the number of rows, 10");
    set("init_sample", "5");
    EXPECT_EQ(check(10, 2), KMEANS_OK);
    set("init_sample", "10");
    EXPECT_EQ(check(10, 2), KMEANS_OK);
}

int run_serially(void *, kmeans_task_fn task, void *argument, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        task(argument, i);
    return 0;
}

TEST_F(SettingsTest, PoolOfTheHostNeedsThreads)
{
    set("k", "2");
    ASSERT_EQ(kmeans_context_set_parallel_for(context, run_serially, nullptr), KMEANS_OK);
    EXPECT_EQ(check(5, 2), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(detail(), "threads is 0; it must be at least 1 with a parallel_for hook");
    set("threads", "2");
    EXPECT_EQ(check(5, 2), KMEANS_OK);
}

} // namespace
