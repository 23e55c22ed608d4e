// Accepted texts, what they read back as, and the table itself.
#include <cfenv>
#include <clocale>
#include <cmath>
#include <cstdint>
#include <random>
#include <set>
#include <sstream>

#include "fixture.h"

namespace {

struct GoodText {
    const char *name;
    const char *value;
    const char *back;
};

const GoodText good_texts[] = {
    {"k", "1", "1"},
    {"clusters", "+10", "10"},
    {"k", "2147483647", "2147483647"},
    {"k", "1e6", "1000000"},
    {"k", "1E+3", "1000"},
    {"k", "1.5e1", "15"},
    {"k", "150e-1", "15"},
    {"k", "3.00", "3"},
    {"k", "007", "7"},
    {"k", ".5e1", "5"},
    {"k", "12.", "12"},
    {"seed", "0e999999", "0"},
    {"seed", "-0", "0"},
    {"seed", "18446744073709551615", "18446744073709551615"},
    {"seed", "1e19", "10000000000000000000"},
    {"max-iter", "0", "0"},
    {"max_iter", "9223372036854775807", "9223372036854775807"},
    {"max-iterations", "50", "50"},
    {"iterations", "25", "25"},
    {"init_trials", "65536", "65536"},
    {"init-sample", "1000", "1000"},
    {"restarts", "16777216", "16777216"},
    {"threads", "4096", "4096"},
    {"tol", "0.1", "0.1"},
    {"tol", "1e-4", "0.0001"},
    {"tol", "0", "0"},
    {"tol", "-0", "0"},
    {"tol", "off", "off"},
    {"shift-tol", "5e-324", "5e-324"},
    {"shift_tol", "1.7976931348623157e308", "1.7976931348623157e+308"},
    {"inertia-tol", "0.30000000000000004", "0.30000000000000004"},
    {"change_fraction", "1", "1"},
    {"change_fraction", "0.01", "0.01"},
    {"time_limit", "90", "90"},
    {"time_limit", "90s", "90"},
    {"time_limit", "5m", "300"},
    {"time-limit", "2h", "7200"},
    {"time_limit", "0.5h", "1800"},
    {"time_limit", "0", "0"},
    {"time_limit", "off", "off"},
    {"memory_limit", "256M", "268435456"},
    {"memory_limit", "1e6", "1000000"},
    {"memory-limit", "3K", "3072"},
    {"memory_limit", "2G", "2147483648"},
    {"memory_limit", "1T", "1099511627776"},
    {"memory_limit", "9223372036854775807", "9223372036854775807"},
    {"memory_limit", "off", "off"},
    {"init", "random", "random"},
    {"init", "box", "box"},
    {"init", "k-means++", "k-means++"},
    {"algorithm", "lloyd", "lloyd"},
    {"algorithm", "auto", "auto"},
    {"empty", "keep", "keep"},
    {"empty", "error", "error"},
    {"empty", "relocate", "relocate"},
    {"nan", "skip", "skip"},
    {"nan", "error", "error"},
    {"finite_check", "off", "off"},
    {"finite-check", "1", "on"},
    {"distances", "on", "on"},
    {"distances", "no", "off"},
    {"distances", "yes", "on"},
    {"distances", "false", "off"},
    {"distances", "true", "on"},
    {"cluster-inertia", "0", "off"},
    {"isa", "scalar", "scalar"},
    {"isa", "auto", "auto"},
    {"checkpoint", "run.ck", "run.ck"},
    {"checkpoint", "", ""},
    {"scratch_folder", "/tmp/x", "/tmp/x"},
    {"scratch-folder", "", ""},
    {"checkpoint_every", "0", "0"},
    {"checkpoint-every", "90s", "90"},
    {"checkpoint_every", "off", "off"},
};

TEST_F(OptionsTest, ReadsBackWhatWasSet)
{
    for (const GoodText &good : good_texts) {
        ASSERT_EQ(kmeans_options_set(options, good.name, good.value), KMEANS_OK)
            << good.name << " = " << good.value << ": " << detail();
        EXPECT_EQ(get(good.name), good.back) << good.name << " = " << good.value;
        ASSERT_EQ(kmeans_options_set(options, good.name, good.back), KMEANS_OK) << detail();
        EXPECT_EQ(get(good.name), good.back);
    }
}

TEST_F(OptionsTest, TypedSettersMatchTexts)
{
    EXPECT_EQ(kmeans_options_set_int(options, "k", 8), KMEANS_OK);
    EXPECT_EQ(get("clusters"), "8");
    EXPECT_EQ(kmeans_options_set_real(options, "k", 9.0), KMEANS_OK);
    EXPECT_EQ(get("k"), "9");
    EXPECT_EQ(kmeans_options_set_int(options, "seed", INT64_MAX), KMEANS_OK);
    EXPECT_EQ(get("seed"), "9223372036854775807");
    // The nearest doubles to 2^64 and 2^53 + 2, not their shortest decimal texts.
    EXPECT_EQ(kmeans_options_set_real(options, "seed", 18446744073709549568.0), KMEANS_OK);
    EXPECT_EQ(get("seed"), "18446744073709549568");
    EXPECT_EQ(kmeans_options_set_real(options, "seed", 9007199254740994.0), KMEANS_OK);
    EXPECT_EQ(get("seed"), "9007199254740994");
    EXPECT_EQ(kmeans_options_set_int(options, "distances", 1), KMEANS_OK);
    EXPECT_EQ(get("distances"), "on");
    EXPECT_EQ(kmeans_options_set_real(options, "distances", 0.0), KMEANS_OK);
    EXPECT_EQ(get("distances"), "off");
    EXPECT_EQ(kmeans_options_set_int(options, "shift_tol", 3), KMEANS_OK);
    EXPECT_EQ(get("shift_tol"), "3");
    EXPECT_EQ(kmeans_options_set_real(options, "shift_tol", -0.0), KMEANS_OK);
    EXPECT_EQ(get("shift_tol"), "0");
    EXPECT_EQ(kmeans_options_set_int(options, "time_limit", 60), KMEANS_OK);
    EXPECT_EQ(get("time_limit"), "60");
}

TEST_F(OptionsTest, RealsReadBackToTheSameBits)
{
    std::mt19937_64 random(1);
    for (int trial = 0; trial < 2000; trial++) {
        const double value = std::ldexp(static_cast<double>(random() >> 11),
                                        static_cast<int>(random() % 1900) - 1100);
        ASSERT_EQ(kmeans_options_set_real(options, "shift_tol", value), KMEANS_OK) << value;
        const std::string text = get("shift_tol");
        ASSERT_EQ(std::strtod(text.c_str(), nullptr), value) << text;
        ASSERT_LE(text.size(), 24u);
        ASSERT_EQ(kmeans_options_set(options, "tol", text.c_str()), KMEANS_OK);
        ASSERT_EQ(get("tol"), text);
    }
}

TEST_F(OptionsTest, RoundingModeOfTheCallerChangesNothingAndIsKept)
{
    for (const int mode : {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}) {
        ASSERT_EQ(std::fesetround(mode), 0);
        std::feclearexcept(FE_ALL_EXCEPT);
        const int status = kmeans_options_set(options, "tol", "0.1");
        const std::string text = get("tol");
        const int flags = std::fetestexcept(FE_ALL_EXCEPT);
        const int after = std::fegetround();
        std::fesetround(FE_TONEAREST);
        EXPECT_EQ(status, KMEANS_OK);
        EXPECT_EQ(text, "0.1");
        EXPECT_EQ(flags, 0);
        EXPECT_EQ(after, mode);
    }
}

TEST_F(OptionsTest, LocaleChangesNothing)
{
    for (const char *const name : {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "ps_AF.UTF-8"}) {
        if (std::setlocale(LC_ALL, name) == nullptr)
            continue;
        const int status = kmeans_options_set(options, "tol", "0.125");
        const std::string text = get("tol");
        const int comma = kmeans_options_set(options, "tol", "0,125");
        const int above = kmeans_options_set(options, "change_fraction", "1.5");
        const std::string said = detail();
        std::setlocale(LC_ALL, "C");
        EXPECT_EQ(status, KMEANS_OK) << name;
        EXPECT_EQ(text, "0.125") << name;
        EXPECT_EQ(comma, KMEANS_ERROR_ARGUMENT) << name;
        EXPECT_EQ(above, KMEANS_ERROR_ARGUMENT) << name;
        EXPECT_EQ(said, "change_fraction is 1.5; it must be at most 1") << name;
    }
}

TEST_F(OptionsTest, DefaultsAreThoseOfTheHeader)
{
    EXPECT_EQ(all(),
              "k=\ninit=k-means++\ninit_trials=0\ninit_sample=0\nrestarts=1\nseed=0\n"
              "algorithm=auto\nmax_iterations=300\niterations=0\nbatch_size=1024\n"
              "max_no_improvement=10\nreassignment_ratio=0.01\nshift_tol=off\n"
              "shift_tol_relative=off\ninertia_tol_relative=off\nchange_fraction=off\n"
              "time_limit=off\nmemory_limit=off\nscratch_folder=\nempty=relocate\nnan=error\n"
              "finite_check=on\nthreads=0\nisa=auto\ndistances=off\ncluster_inertia=off\n"
              "profile=off\n"
              "checkpoint=\ncheckpoint_every=300\nresume=\n");
}

TEST_F(OptionsTest, TableIsWhatOptionsDo)
{
    const std::set<std::string> types = {"integer",  "real", "switch", "choice",
                                         "duration", "size", "path"};
    std::set<std::string> names;
    int count = 0;
    for (; kmeans_option_at(count) != nullptr; count++) {
        const kmeans_option_info *const info = kmeans_option_at(count);
        EXPECT_TRUE(types.count(info->type)) << info->name;
        EXPECT_EQ(get(info->name), info->default_value);
        EXPECT_NE(std::string(info->values), "") << info->name;
        const std::string help = info->help;
        EXPECT_EQ(help.back(), '.') << info->name;
        EXPECT_LE(help.size(), 100u) << info->name;
        EXPECT_TRUE(names.insert(info->name).second) << info->name;
        std::istringstream aliases(info->alias);
        for (std::string alias; aliases >> alias;) {
            EXPECT_TRUE(names.insert(alias).second) << alias;
            EXPECT_EQ(get(alias.c_str()), info->default_value);
        }
        if (std::string(info->type) != "choice" || std::string(info->name) == "isa")
            continue;
        std::istringstream words(info->values);
        for (std::string word; words >> word;) {
            if (word != "|") {
                EXPECT_EQ(kmeans_options_set(options, info->name, word.c_str()), KMEANS_OK);
                EXPECT_EQ(get(info->name), word);
            }
        }
        ASSERT_EQ(kmeans_options_set(options, info->name, info->default_value), KMEANS_OK);
    }
    EXPECT_EQ(count, 30);
    EXPECT_EQ(names.size(), 34u);
}

TEST_F(OptionsTest, EveryTableOfTheBuildCanBeNamed)
{
    for (int i = 0; kmeans_isa_name(i, nullptr) != nullptr; i++) {
        EXPECT_EQ(kmeans_options_set(options, "isa", kmeans_isa_name(i, nullptr)), KMEANS_OK);
        EXPECT_EQ(get("isa"), kmeans_isa_name(i, nullptr));
    }
}

struct Nearest {
    const char *name;
    const char *nearest;
};

const Nearest nearest_names[] = {
    {"n_clusters", "clusters"},
    {"n-clusters", "clusters"},
    {"N_Clusters", "clusters"},
    {"n_init", "restarts"},
    {"random_state", "seed"},
    {"n_jobs", "threads"},
    {"centers", "clusters"},
    {"iter.max", "max_iterations"},
    {"nstart", "restarts"},
    {"niter", "iterations"},
    {"nredo", "restarts"},
    {"MaxIter", "max_iterations"},
    {"Replicates", "restarts"},
    {"num_threads", "threads"},
    {"tolerance", "tol"},
    {"eps", "tol"},
    {"random-seed", "seed"},
    // spelling: deleted, inserted, replaced, swapped
    {"cluster", "clusters"},
    {"clusterss", "clusters"},
    {"clustets", "clusters"},
    {"clutsers", "clusters"},
    {"seeed", "seed"},
    {"sed", "seed"},
    {"thread", "threads"},
    {"max_iterration", "max_iterations"},
    {"mx_iter", "max_iter"},
    {"distance", "distances"},
    {"inertia_tol_relativ", "inertia_tol_relative"},
    {"time-limt", "time_limit"},
    {"iteration", "iterations"},
    {"Seed", "seed"},
    {"k", "k"},
    {"tol", "tol"},
    // far from everything
    {"x", nullptr},
    {"kk", nullptr},
    {"", nullptr},
    {"colour", nullptr},
    {"verbose", nullptr},
    {"seagull", nullptr},
    {"a_name_much_longer_than_any_option_has_ever_been", nullptr},
};

TEST(OptionNearest, KnowsOtherLibrariesAndSpelling)
{
    for (const Nearest &sample : nearest_names) {
        const char *const found = kmeans_option_nearest(sample.name);
        EXPECT_STREQ(found, sample.nearest) << sample.name;
    }
}

} // namespace
