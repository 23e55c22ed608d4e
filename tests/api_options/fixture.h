// A context and options for each test, and how to look at them.
#pragma once

#include <gtest/gtest.h>
#include <kmeans/kmeans.h>

#include <string>

class OptionsTest : public ::testing::Test {
protected:
    void SetUp() override
    {
        ASSERT_EQ(kmeans_context_create(nullptr, &context), KMEANS_OK);
        ASSERT_EQ(kmeans_options_create(context, &options), KMEANS_OK);
    }

    void TearDown() override
    {
        kmeans_options_free(options);
        kmeans_context_free(context);
    }

    std::string get(const char *name) const
    {
        char text[64] = "untouched";
        EXPECT_EQ(kmeans_options_get(options, name, text, sizeof text), KMEANS_OK) << name;
        return text;
    }

    std::string detail() const { return kmeans_detail(context); }

    // Every option as text: to see that an error changed none.
    std::string all() const
    {
        std::string text;
        for (int i = 0; kmeans_option_at(i) != nullptr; i++) {
            const char *const name = kmeans_option_at(i)->name;
            text += std::string(name) + "=" + get(name) + "\n";
        }
        return text;
    }

    kmeans_context *context = nullptr;
    kmeans_options *options = nullptr;
};
