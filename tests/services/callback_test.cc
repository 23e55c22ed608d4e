// Rows from the caller's functions: every way to read them, errors at every call.
#include "caller.h"

#include <cfenv>

namespace {

using namespace sources;

TEST(Callback, EveryWayToRead)
{
    services::Context context;
    for (const int dtype : dtypes) {
        for (int flags = 0; flags < 8; flags++) {
            for (const int64_t block : {1, 4, 100}) {
                Caller caller;
                caller.n = 23;
                caller.d = 5;
                caller.dtype = dtype;
                const bool any = flags & 4;
                const kmeans_callback from = caller.functions(flags & 1, flags & 2, any, block);
                kmeans_source *source = nullptr;
                ASSERT_EQ(kmeans_source_callback(context, &from, &source), KMEANS_OK);
                int64_t rows = 0;
                kmeans_source_shape(source, &rows, nullptr, nullptr);
                EXPECT_EQ(rows, flags & 2 ? 23 : -1);
                ASSERT_EQ(kmeans_source_count(source), KMEANS_OK);
                EXPECT_STREQ(kmeans_source_kind(source), "callback");
                check_source(source, 23, 5, dtype);
                check_blocks(source, 23, 5, dtype);
                EXPECT_EQ(caller.fetched > 0, (flags & 1) != 0);
                EXPECT_EQ(caller.foreign, any);
                std::vector<double> out(7 * 5); // on and back
                for (const int64_t row0 : {0, 7, 14, 16, 3, 10, 0}) {
                    ASSERT_EQ(kmeans_source_read(source, row0, 7, out.data()), KMEANS_OK);
                    for (int64_t q = 0; q < 35; q++) {
                        ASSERT_EQ(out[q], element(row0 + q / 5, q % 5));
                    }
                }
                kmeans_source_close(source);
                EXPECT_EQ(caller.closed, 1);
            }
        }
    }
    EXPECT_EQ(context->memory.used, 0);
}

// One fit with rows from a caller; its checksum, or "" after an error.
std::string fit(services::Context &context, kmeans_source *source, const char *init, int *status)
{
    kmeans_options *options = nullptr;
    kmeans_result *result = nullptr;
    kmeans_options_create(context, &options);
    kmeans_options_set_int(options, "k", 4);
    kmeans_options_set(options, "init", init);
    *status = kmeans_fit(context, options, source, &result);
    const std::string checksum = *status >= 0 ? kmeans_result_checksum(result) : "";
    kmeans_result_free(result);
    kmeans_options_free(options);
    return checksum;
}

TEST(Callback, SameBitsAsMemoryAndErrorsAtEveryCall)
{
    services::Context context;
    Caller shape;
    shape.n = 40;
    shape.d = 3;
    std::vector<double> x(shape.n * shape.d);
    for (int64_t i = 0; i < shape.n; i++) {
        shape.write(i, reinterpret_cast<char *>(&x[i * shape.d]));
    }
    const kmeans_dense view = kmeans_dense_rows(x.data(), KMEANS_F64, shape.n, shape.d);
    kmeans_source *memory = nullptr;
    ASSERT_EQ(kmeans_source_dense(context, &view, &memory), KMEANS_OK);
    for (const char *init : {"k-means++", "random"}) {
        int status = 0;
        const std::string want = fit(context, memory, init, &status);
        for (int flags = 0; flags < 8; flags++) {
            int64_t calls = 1;
            for (int64_t fail_at = -1; fail_at < calls; fail_at += flags == 1 ? 1 : calls + 1) {
                Caller caller = shape;
                caller.most = 50;
                caller.fail_at = fail_at;
                const kmeans_callback from = caller.functions(flags & 1, flags & 2, flags & 4, 9);
                kmeans_source *source = nullptr;
                ASSERT_EQ(kmeans_source_callback(context, &from, &source), KMEANS_OK);
                const std::string got = fit(context, source, init, &status);
                if (fail_at < 0) {
                    EXPECT_EQ(got, want) << flags;
                    calls = caller.calls;
                } else {
                    ASSERT_EQ(status, KMEANS_ERROR_FILE) << fail_at;
                    const std::string text = kmeans_detail(context);
                    EXPECT_NE(text.find(" returned -7 "), std::string::npos) << text;
                }
                kmeans_source_close(source);
            }
        }
    }
    kmeans_source_close(memory);
    EXPECT_EQ(context->memory.used, 0);
}

TEST(Callback, VisitsOfOtherLengths)
{
    services::Context context;
    for (const int64_t rows : {19, 21, 0}) {
        Caller caller;
        caller.n = 20;
        caller.d = 2;
        caller.visit_rows = rows;
        const kmeans_callback from = caller.functions(true, false, rows == 19, 4);
        kmeans_source *source = nullptr;
        ASSERT_EQ(kmeans_source_callback(context, &from, &source), KMEANS_OK);
        int status = 0;
        fit(context, source, "random", &status);
        EXPECT_EQ(status, KMEANS_ERROR_DATA);
        EXPECT_EQ(std::string(kmeans_detail(context)), std::string("callback: next gave ") +
                                                           (rows > 20 ? "more" : "fewer") +
                                                           " rows than the 20 of the source");
        kmeans_source_close(source);
    }
}

TEST(Callback, MoreRowsThanAskedForAreAnError)
{
    services::Context context;
    for (const bool any_thread : {false, true}) {
        Caller caller;
        caller.n = 20;
        caller.d = 2;
        caller.too_many = 3;
        const kmeans_callback from = caller.functions(false, true, any_thread, 4);
        kmeans_source *source = nullptr;
        ASSERT_EQ(kmeans_source_callback(context, &from, &source), KMEANS_OK);
        std::vector<double> out(20 * 2);
        EXPECT_EQ(kmeans_source_read(source, 0, 20, out.data()), KMEANS_ERROR_DATA);
        EXPECT_STREQ(kmeans_detail(context), "callback: next returned 7 at row 0; it must be at "
                                             "most the 4 rows that it was asked for");
        kmeans_source_close(source);
    }
}

// In every call of the library, on every thread, the functions find the caller's rounding.
TEST(Callback, TheCallersFloatingPointMode)
{
    for (int flags = 0; flags < 8; flags++) {
        for (const int mode : {FE_UPWARD, FE_TOWARDZERO}) {
            services::Context context;
            Caller caller;
            caller.n = 40;
            caller.d = 3;
            caller.rounding = mode;
            const kmeans_callback from = caller.functions(flags & 1, flags & 2, flags & 4, 9);
            kmeans_source *source = nullptr;
            ASSERT_EQ(kmeans_source_callback(context, &from, &source), KMEANS_OK);
            std::vector<double> out(7 * 3), distances(40 * 2);
            int fitted = 0;
            std::fesetround(mode);
            const int counted = kmeans_source_count(source);
            const bool in_count = caller.other_mode;
            const int read = kmeans_source_read(source, 5, 7, out.data());
            const bool in_read = caller.other_mode;
            fit(context, source, "k-means++", &fitted);
            const int transformed = kmeans_transform(context, nullptr, source, out.data(), 2, 3, 0,
                                                     40, distances.data());
            const int after = std::fegetround();
            std::fesetround(FE_TONEAREST);
            EXPECT_EQ(after, mode);
            EXPECT_EQ(counted, KMEANS_OK);
            EXPECT_EQ(read, KMEANS_OK);
            EXPECT_GE(fitted, 0);
            EXPECT_EQ(transformed, KMEANS_OK);
            EXPECT_FALSE(in_count) << flags;
            EXPECT_FALSE(in_read) << flags;
            EXPECT_FALSE(caller.other_mode) << flags;
            kmeans_source_close(source);
        }
    }
}

TEST(Callback, BadArguments)
{
    services::Context context;
    Caller caller;
    caller.n = 4;
    caller.d = 2;
    const kmeans_callback good = caller.functions(true, true, false, 0);
    kmeans_source *source = nullptr;
    const auto text = [&](kmeans_callback from, int code) {
        EXPECT_EQ(kmeans_source_callback(context, &from, &source), code);
        return std::string(kmeans_detail(context));
    };
    kmeans_callback bad = good;
    bad.next = nullptr;
    EXPECT_EQ(text(bad, KMEANS_ERROR_ARGUMENT), "callback.next is NULL; it must not be");
    bad = good;
    bad.rewind = nullptr;
    EXPECT_EQ(text(bad, KMEANS_ERROR_ARGUMENT), "callback.rewind is NULL; it must not be");
    bad = good;
    bad.dtype = 99;
    EXPECT_EQ(text(bad, KMEANS_ERROR_ARGUMENT), "callback.dtype: 99 is no kmeans_dtype");
    bad = good;
    bad.size = 3;
    EXPECT_NE(text(bad, KMEANS_ERROR_ARGUMENT).find("use kmeans_callback_init"), std::string::npos);
    bad = good;
    bad.cols = 0;
    EXPECT_NE(text(bad, KMEANS_ERROR_SHAPE).find("cols = 0"), std::string::npos);
    bad = good;
    bad.rows = INT64_MAX / 4;
    EXPECT_NE(text(bad, KMEANS_ERROR_SHAPE).find("2^63 - 1 bytes"), std::string::npos);
    EXPECT_EQ(kmeans_source_callback(context, nullptr, &source), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(kmeans_source_callback(context, &good, nullptr), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(kmeans_source_callback(nullptr, &good, &source), KMEANS_ERROR_ARGUMENT);
    caller.n = 0;
    const kmeans_callback empty = caller.functions(true, false, false, 0);
    ASSERT_EQ(kmeans_source_callback(context, &empty, &source), KMEANS_OK);
    EXPECT_EQ(kmeans_source_count(source), KMEANS_ERROR_SHAPE);
    kmeans_source_close(source);
    EXPECT_EQ(kmeans_source_count(nullptr), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(context->memory.used, 0);
}

} // namespace
