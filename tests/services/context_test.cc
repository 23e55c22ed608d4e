#include "services.h"

#include <clocale>
#include <cstring>
#include <set>

#include <gtest/gtest.h>

namespace {

TEST(Status, EveryCodeHasItsOwnText)
{
    std::set<std::string> texts;
    for (int status = KMEANS_ERROR_FORMAT; status <= KMEANS_STOPPED_CANCELLED; status++) {
        const std::string text = kmeans_strerror(status);
        EXPECT_NE(text, "unknown status") << status;
        EXPECT_TRUE(texts.insert(text).second) << text;
    }
    EXPECT_STREQ(kmeans_strerror(99), "unknown status");
    EXPECT_STREQ(kmeans_strerror(-99), "unknown status");
}

TEST(Status, VersionIsThatOfTheHeader)
{
    const std::string version = std::to_string(KMEANS_VERSION_MAJOR) + "." +
                                std::to_string(KMEANS_VERSION_MINOR) + "." +
                                std::to_string(KMEANS_VERSION_PATCH);
    EXPECT_EQ(kmeans_version(), version);
    EXPECT_EQ(kmeans_bits_version(), KMEANS_BITS_VERSION);
    EXPECT_NE(std::strstr(kmeans_build_info(), "compiler="), nullptr);
    EXPECT_NE(std::strstr(kmeans_build_info(), "openmp="), nullptr);
}

TEST(Context, DetailIsEmptyThenTheLastError)
{
    services::Context context;
    EXPECT_EQ(context.detail(), "");
    EXPECT_EQ(km_fail(context, KMEANS_ERROR_SHAPE, "k = %d exceeds n = %d", 7, 5),
              KMEANS_ERROR_SHAPE);
    EXPECT_EQ(context.detail(), "k = 7 exceeds n = 5");
    EXPECT_EQ(km_fail(context, KMEANS_ERROR_FILE, "outer: %s", kmeans_detail(context)),
              KMEANS_ERROR_FILE);
    EXPECT_EQ(context.detail(), "outer: k = 7 exceeds n = 5");
    EXPECT_EQ(km_fail(nullptr, KMEANS_ERROR_DATA, "nobody"), KMEANS_ERROR_DATA);
    EXPECT_STREQ(kmeans_detail(nullptr), "the argument context is NULL");
}

TEST(Context, LongTextsAreCut)
{
    services::Context context;
    const std::string word(3 * KM_DETAIL_SIZE, 'x');
    km_fail(context, KMEANS_ERROR_FILE, "%s", word.c_str());
    EXPECT_EQ(context.detail(), word.substr(0, KM_DETAIL_SIZE - 1));
    km_log(context, KMEANS_LOG_INFO, "long", "%s", word.c_str());
    ASSERT_EQ(context.messages.size(), 1U);
    EXPECT_EQ(context.messages[0].text.size(), KM_DETAIL_SIZE - 1U);
}

TEST(Context, LogGoesToTheCallbackOnly)
{
    services::Context context;
    km_log(context, KMEANS_LOG_WARNING, "empty_clusters", "%d of %d", 1, 2);
    ASSERT_EQ(context.messages.size(), 1U);
    EXPECT_EQ(context.messages[0].level, KMEANS_LOG_WARNING);
    EXPECT_EQ(context.messages[0].code, "empty_clusters");
    EXPECT_EQ(context.messages[0].text, "1 of 2");
    EXPECT_EQ(kmeans_context_set_log(context, nullptr, nullptr), KMEANS_OK);
    km_log(context, KMEANS_LOG_WARNING, "x", "dropped");
    km_log(nullptr, KMEANS_LOG_WARNING, "x", "dropped");
    EXPECT_EQ(context.messages.size(), 1U);
}

TEST(Context, SettersRefuseNull)
{
    EXPECT_EQ(kmeans_context_set_log(nullptr, nullptr, nullptr), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(kmeans_context_set_progress(nullptr, nullptr, nullptr), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(kmeans_context_set_parallel_for(nullptr, nullptr, nullptr), KMEANS_ERROR_ARGUMENT);
}

TEST(Context, TextsDoNotFollowTheLocale)
{
    const char *name = nullptr;
    for (const char *const candidate : {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE"}) {
        if (std::setlocale(LC_ALL, candidate) != nullptr) {
            name = candidate;
            break;
        }
    }
    if (name == nullptr) {
        GTEST_SKIP() << "no locale with a decimal comma on this machine";
    }
    services::Context context;
    km_fail(context, KMEANS_ERROR_DATA, "%g", 1.5);
    std::setlocale(LC_ALL, "C");
    EXPECT_EQ(context.detail(), "1.5");
}

TEST(Context, TheClockRunsForward)
{
    const double first = km_now();
    EXPECT_GE(km_now(), first);
    EXPECT_GT(first, 0.0);
}

} // namespace
