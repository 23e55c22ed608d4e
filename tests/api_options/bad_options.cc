// What the setters refuse: code, text, and nothing changed.
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "fixture.h"

namespace {

struct BadText {
    const char *name;
    const char *value;
    int status;
    const char *detail;
};

const int argument = KMEANS_ERROR_ARGUMENT;
const int unknown = KMEANS_ERROR_NAME;

const BadText bad_texts[] = {
    // names
    {"n_clusters", "3", unknown, "unknown option \"n_clusters\"; did you mean \"clusters\"?"},
    {"n-clusters", "3", unknown, "unknown option \"n-clusters\"; did you mean \"clusters\"?"},
    {"random_state", "3", unknown, "unknown option \"random_state\"; did you mean \"seed\"?"},
    {"iter.max", "3", unknown, "unknown option \"iter.max\"; did you mean \"max_iterations\"?"},
    {"restart", "3", unknown, "unknown option \"restart\"; did you mean \"restarts\"?"},
    {"thraeds", "3", unknown, "unknown option \"thraeds\"; did you mean \"threads\"?"},
    {"K", "3", unknown, "unknown option \"K\"; did you mean \"k\"?"},
    {"kk", "3", unknown, "unknown option \"kk\""},
    {"", "3", unknown, "unknown option \"\""},
    {" k", "3", unknown, "unknown option \" k\""},
    {"colour", "red", unknown, "unknown option \"colour\""},
    {nullptr, "3", argument, "the option's name is NULL"},
    {"k", nullptr, argument, "the value of k is NULL"},
    {"clusters", nullptr, argument, "the value of k is NULL"},
    // integers
    {"k", "0", argument, "k is 0; it must be at least 1"},
    {"clusters", "0", argument, "k is 0; it must be at least 1"},
    {"k", "-3", argument, "k is -3; it must be at least 1"},
    {"k", "-0", argument, "k is -0; it must be at least 1"},
    {"k", "", argument, "k \"\" is not an integer"},
    {"k", " 3", argument, "k \" 3\" is not an integer"},
    {"k", "3 ", argument, "k \"3 \" is not an integer"},
    {"k", "1.5", argument, "k \"1.5\" is not an integer"},
    {"k", "15e-1", argument, "k \"15e-1\" is not an integer"},
    {"k", "three", argument, "k \"three\" is not an integer"},
    {"k", "0x10", argument, "k \"0x10\" is not an integer"},
    {"k", "1e", argument, "k \"1e\" is not an integer"},
    {"k", "e3", argument, "k \"e3\" is not an integer"},
    {"k", ".", argument, "k \".\" is not an integer"},
    {"k", "1,000", argument, "k \"1,000\" is not an integer"},
    {"k", "1.0.0", argument, "k \"1.0.0\" is not an integer"},
    {"k", "--1", argument, "k \"--1\" is not an integer"},
    {"k", "nan", argument, "k \"nan\" is not an integer"},
    {"k", "2147483648", argument, "k is 2147483648; it must be at most 2147483647"},
    {"k", "1e10", argument, "k is 1e10; it must be at most 2147483647"},
    {"k", "18446744073709551617", argument,
     "k is 18446744073709551617; it must be at most 2147483647"},
    {"k", "1e999999999999", argument, "k is 1e999999999999; it must be at most 2147483647"},
    {"k", "-1e999", argument, "k is -1e999; it must be at least 1"},
    {"init_trials", "abc", argument, "init_trials \"abc\" is not an integer"},
    {"init_trials", "65537", argument, "init_trials is 65537; it must be at most 65536"},
    {"init_sample", "-1", argument, "init_sample is -1; it must be at least 0"},
    {"restarts", "0", argument, "restarts is 0; it must be at least 1"},
    {"restarts", "16777217", argument, "restarts is 16777217; it must be at most 16777216"},
    {"seed", "-1", argument, "seed is -1; it must be at least 0"},
    {"seed", "random", argument, "seed \"random\" is not an integer"},
    {"seed", "18446744073709551616", argument,
     "seed is 18446744073709551616; it must be at most 18446744073709551615"},
    {"max_iter", "-1", argument, "max_iterations is -1; it must be at least 0"},
    {"max_iterations", "9223372036854775808", argument,
     "max_iterations is 9223372036854775808; it must be at most 9223372036854775807"},
    {"iterations", "2.5", argument, "iterations \"2.5\" is not an integer"},
    {"threads", "-1", argument, "threads is -1; it must be at least 0"},
    {"threads", "4097", argument, "threads is 4097; it must be at most 4096"},
    {"threads", "all", argument, "threads \"all\" is not an integer"},
    // tolerances
    {"tol", "-1e-4", argument, "shift_tol_relative is -1e-4; it must be at least 0"},
    {"shift_tol", "small", argument, "shift_tol \"small\" is not a number or off"},
    {"shift_tol", "", argument, "shift_tol \"\" is not a number or off"},
    {"shift_tol", "nan", argument, "shift_tol \"nan\" is not a number or off"},
    {"shift_tol", "inf", argument, "shift_tol \"inf\" is not a number or off"},
    {"shift_tol", "0,1", argument, "shift_tol \"0,1\" is not a number or off"},
    {"shift_tol", "0x1p3", argument, "shift_tol \"0x1p3\" is not a number or off"},
    {"shift_tol", "OFF", argument, "shift_tol \"OFF\" is not a number or off"},
    {"shift_tol", "1e309", argument,
     "shift_tol is 1e309; it must be at most 1.7976931348623157e+308"},
    {"shift_tol", "-1e309", argument, "shift_tol is -1e309; it must be at least 0"},
    {"inertia_tol", "-1", argument, "inertia_tol_relative is -1; it must be at least 0"},
    {"change_fraction", "1.5", argument, "change_fraction is 1.5; it must be at most 1"},
    {"change_fraction", "1%", argument, "change_fraction \"1%\" is not a number or off"},
    // durations
    {"memory_limit", "0", argument, "memory_limit is 0; it must be at least 1"},
    {"memory_limit", "-1K", argument, "memory_limit is -1K; it must be at least 1"},
    {"memory_limit", "8388608T", argument,
     "memory_limit is 8388608T; it must be at most 9223372036854775807"},
    {"memory_limit", "1.5M", argument,
     "memory_limit \"1.5M\" is not a size (4096, 64K, 256M, 2G) or off"},
    {"memory_limit", "M", argument,
     "memory_limit \"M\" is not a size (4096, 64K, 256M, 2G) or off"},
    {"memory_limit", "", argument, "memory_limit \"\" is not a size (4096, 64K, 256M, 2G) or off"},
    {"memory_limit", "5 M", argument,
     "memory_limit \"5 M\" is not a size (4096, 64K, 256M, 2G) or off"},
    {"time_limit", "-1s", argument, "time_limit is -1s; it must be at least 0"},
    {"time_limit", "5d", argument, "time_limit \"5d\" is not a time (90, 90s, 5m, 2h) or off"},
    {"time_limit", "s", argument, "time_limit \"s\" is not a time (90, 90s, 5m, 2h) or off"},
    {"time_limit", "5 m", argument, "time_limit \"5 m\" is not a time (90, 90s, 5m, 2h) or off"},
    {"time_limit", "1h30m", argument,
     "time_limit \"1h30m\" is not a time (90, 90s, 5m, 2h) or off"},
    {"time_limit", "1e308h", argument,
     "time_limit is 1e308h; it must be at most 1.7976931348623157e+308"},
    // switches
    {"distances", "maybe", argument, "distances \"maybe\" is neither on nor off"},
    {"distances", "2", argument, "distances \"2\" is neither on nor off"},
    {"finite_check", "On", argument, "finite_check \"On\" is neither on nor off"},
    {"cluster_inertia", "", argument, "cluster_inertia \"\" is neither on nor off"},
    // choices
    {"init", "kmeans", unknown,
     "init \"kmeans\" is none of: k-means++ | random | box | k-means-parallel"},
    {"init", "k-means", unknown,
     "init \"k-means\" is none of: k-means++ | random | box | k-means-parallel"},
    {"init", "", unknown, "init \"\" is none of: k-means++ | random | box | k-means-parallel"},
    {"init", "|", unknown, "init \"|\" is none of: k-means++ | random | box | k-means-parallel"},
    {"init", "centroids", argument,
     "init \"centroids\" comes with its numbers: call kmeans_options_set_centroids"},
    {"init", "labels", argument,
     "init \"labels\" comes with its numbers: call kmeans_options_set_labels"},
    {"algorithm", "elkan", unknown,
     "algorithm \"elkan\" is none of: auto | lloyd | hamerly | minibatch"},
    {"empty", "drop", unknown, "empty \"drop\" is none of: relocate | keep | error"},
    {"nan", "ignore", unknown, "nan \"ignore\" is none of: error | skip"},
};

TEST_F(OptionsTest, RefusesBadTexts)
{
    ASSERT_EQ(kmeans_options_set(options, "k", "7"), KMEANS_OK);
    ASSERT_EQ(kmeans_options_set(options, "tol", "0.25"), KMEANS_OK);
    const std::string before = all();
    for (const BadText &bad : bad_texts) {
        const std::string what =
            std::string(bad.name ? bad.name : "NULL") + " = " + (bad.value ? bad.value : "NULL");
        EXPECT_EQ(kmeans_options_set(options, bad.name, bad.value), bad.status) << what;
        EXPECT_EQ(detail(), bad.detail) << what;
        EXPECT_EQ(all(), before) << what;
    }
}

TEST_F(OptionsTest, RefusesUnknownInstructionSets)
{
    for (const char *const name : {"sse9", "", "AVX2", "scalar ", "a_name_of_sixteen", "avx"}) {
        EXPECT_EQ(kmeans_options_set(options, "isa", name), KMEANS_ERROR_NAME) << name;
        EXPECT_NE(detail().find("isa"), std::string::npos) << detail();
        EXPECT_NE(detail().find("scalar"), std::string::npos) << detail();
        EXPECT_NE(detail().find("auto"), std::string::npos) << detail();
        EXPECT_EQ(get("isa"), "auto");
    }
}

TEST_F(OptionsTest, RefusesVeryLongTexts)
{
    const std::string text(100000, '9');
    EXPECT_EQ(kmeans_options_set(options, "k", text.c_str()), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(detail(), "k is " + std::string(60, '9') + "; it must be at most 2147483647");
    EXPECT_EQ(kmeans_options_set(options, "tol", text.c_str()), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(kmeans_options_set(options, "time_limit", text.c_str()), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(kmeans_options_set(options, "init", text.c_str()), KMEANS_ERROR_NAME);
    EXPECT_EQ(kmeans_options_set(options, "isa", text.c_str()), KMEANS_ERROR_NAME);
    EXPECT_EQ(kmeans_options_set(options, text.c_str(), "1"), KMEANS_ERROR_NAME);
}

struct BadInt {
    const char *name;
    int64_t value;
    int status;
    const char *detail;
};

const BadInt bad_ints[] = {
    {"k", 0, argument, "k is 0; it must be at least 1"},
    {"k", INT64_MIN, argument, "k is -9223372036854775808; it must be at least 1"},
    {"k", 3000000000, argument, "k is 3000000000; it must be at most 2147483647"},
    {"seed", -1, argument, "seed is -1; it must be at least 0"},
    {"threads", -2, argument, "threads is -2; it must be at least 0"},
    {"tol", -1, argument, "shift_tol_relative is -1; it must be at least 0"},
    {"change_fraction", 2, argument, "change_fraction is 2; it must be at most 1"},
    {"time_limit", -90, argument, "time_limit is -90; it must be at least 0"},
    {"distances", 2, argument, "distances \"2\" is neither on nor off"},
    {"distances", -1, argument, "distances \"-1\" is neither on nor off"},
    {"init", 1, argument,
     "init takes a word (k-means++ | random | box | k-means-parallel), not a number: use "
     "kmeans_options_set"},
    {"isa", 0, argument,
     "isa takes a word (auto | amx | avx512vnni | avx512 | avx2 | neon | scalar | emulated), not a "
     "number: use kmeans_options_set"},
    {"n_init", 3, unknown, "unknown option \"n_init\"; did you mean \"restarts\"?"},
    {nullptr, 3, argument, "the option's name is NULL"},
};

TEST_F(OptionsTest, RefusesBadIntegers)
{
    const std::string before = all();
    for (const BadInt &bad : bad_ints) {
        EXPECT_EQ(kmeans_options_set_int(options, bad.name, bad.value), bad.status);
        EXPECT_EQ(detail(), bad.detail);
        EXPECT_EQ(all(), before) << bad.detail;
    }
}

struct BadReal {
    const char *name;
    double value;
    int status;
    const char *detail;
};

const double nan_value = std::numeric_limits<double>::quiet_NaN();
const double infinity = std::numeric_limits<double>::infinity();

const BadReal bad_reals[] = {
    {"tol", nan_value, argument, "shift_tol_relative \"nan\" is not a number or off"},
    {"tol", infinity, argument, "shift_tol_relative \"inf\" is not a number or off"},
    {"tol", -infinity, argument, "shift_tol_relative \"-inf\" is not a number or off"},
    {"tol", -0.5, argument, "shift_tol_relative is -0.5; it must be at least 0"},
    {"shift_tol", -1.0, argument, "shift_tol is -1; it must be at least 0"},
    {"change_fraction", 1.0000000000000002, argument,
     "change_fraction is 1.0000000000000002; it must be at most 1"},
    {"time_limit", nan_value, argument,
     "time_limit \"nan\" is not a time (90, 90s, 5m, 2h) or off"},
    {"k", 2.5, argument, "k \"2.5\" is not an integer"},
    {"k", nan_value, argument, "k \"nan\" is not an integer"},
    {"k", 1e300, argument, "k is 1e+300; it must be at most 2147483647"},
    {"k", -1e300, argument, "k is -1e+300; it must be at least 1"},
    {"k", 0.0, argument, "k is 0; it must be at least 1"},
    {"seed", 18446744073709551616.0, argument,
     "seed is 1.8446744073709552e+19; it must be at most 18446744073709551615"},
    {"empty", 1.0, argument,
     "empty takes a word (relocate | keep | error), not a number: use kmeans_options_set"},
    {"max-iters", 5.0, unknown, "unknown option \"max-iters\"; did you mean \"max_iterations\"?"},
    {nullptr, 3.0, argument, "the option's name is NULL"},
};

TEST_F(OptionsTest, RefusesBadReals)
{
    const std::string before = all();
    for (const BadReal &bad : bad_reals) {
        EXPECT_EQ(kmeans_options_set_real(options, bad.name, bad.value), bad.status);
        EXPECT_EQ(detail(), bad.detail);
        EXPECT_EQ(all(), before) << bad.detail;
    }
}

TEST_F(OptionsTest, RefusesBadPlacesForTheText)
{
    char text[4] = "xyz";
    EXPECT_EQ(kmeans_options_get(options, "max_iter", text, 3), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(detail(), "capacity is 3; it must be at least 4 for the value of max_iterations");
    EXPECT_STREQ(text, "xyz");
    EXPECT_EQ(kmeans_options_get(options, "max_iter", text, 0), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(kmeans_options_get(options, "max_iter", nullptr, 10), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(detail(), "text is NULL");
    EXPECT_EQ(kmeans_options_get(options, nullptr, text, 4), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(kmeans_options_get(options, "niter", text, 4), KMEANS_ERROR_NAME);
    EXPECT_EQ(detail(), "unknown option \"niter\"; did you mean \"iterations\"?");
    EXPECT_STREQ(text, "xyz");
    EXPECT_EQ(kmeans_options_get(options, "max_iter", text, 4), KMEANS_OK);
    EXPECT_STREQ(text, "300");
}

TEST(Options, RefusesNullHandles)
{
    kmeans_options *options = reinterpret_cast<kmeans_options *>(&options);
    kmeans_options *const before = options;
    kmeans_context *context = nullptr;
    char text[8];
    const double c = 1;
    const int32_t label = 0;
    EXPECT_EQ(kmeans_options_create(nullptr, &options), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(options, before);
    ASSERT_EQ(kmeans_context_create(nullptr, &context), KMEANS_OK);
    EXPECT_EQ(kmeans_options_create(context, nullptr), KMEANS_ERROR_ARGUMENT);
    EXPECT_STREQ(kmeans_detail(context), "options is NULL");
    EXPECT_EQ(kmeans_options_set(nullptr, "k", "1"), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(kmeans_options_set_int(nullptr, "k", 1), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(kmeans_options_set_real(nullptr, "tol", 1), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(kmeans_options_get(nullptr, "k", text, sizeof text), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(kmeans_options_set_centroids(nullptr, &c, 1, 1), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(kmeans_options_set_labels(nullptr, &label, 1), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(kmeans_option_nearest(nullptr), nullptr);
    EXPECT_EQ(kmeans_option_at(-1), nullptr);
    kmeans_options_free(nullptr);
    kmeans_context_free(context);
}

} // namespace
