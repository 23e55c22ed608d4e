// Rows from the caller's functions: every way to read them, errors at every call.
#include "sources.h"

#include <algorithm>
#include <memory>
#include <thread>

namespace {

using namespace sources;

// n rows of d numbers, in pieces of 1, 2, .. `most` rows; counts its calls and can fail at one.
struct Caller {
    int64_t n = 0, d = 0;
    int dtype = KMEANS_F64;
    int64_t most = 3;
    int64_t at = 0, piece = 0, calls = 0, rewinds = 0, fetched = 0, closed = 0;
    int64_t fail_at = -1;    // the call that returns -7
    int64_t visit_rows = -1; // from the second visit on, another number of rows
    bool foreign = false;    // next ran on another thread
    std::thread::id home = std::this_thread::get_id();

    bool fails() { return calls++ == fail_at; }

    void write(int64_t row, char *out) const
    {
        for (int64_t p = 0; p < d; p++) {
            put(out, dtype, p, element(row, p));
        }
    }

    static int rewind(void *user)
    {
        Caller *const c = static_cast<Caller *>(user);
        c->at = 0;
        c->rewinds++;
        return c->fails() ? -7 : 0;
    }

    static int64_t next(void *user, void *out, int64_t rows)
    {
        Caller *const c = static_cast<Caller *>(user);
        c->foreign = c->foreign || std::this_thread::get_id() != c->home;
        if (c->fails()) {
            return -7;
        }
        const int64_t end = c->rewinds > 1 && c->visit_rows >= 0 ? c->visit_rows : c->n;
        const int64_t want = 1 + c->piece++ % c->most;
        const int64_t m = std::min({rows, want, end - c->at});
        for (int64_t i = 0; i < m; i++) {
            c->write(c->at++, static_cast<char *>(out) + i * c->d * km_dtype_size(c->dtype));
        }
        return m;
    }

    static int fetch(void *user, const int64_t *rows, int64_t m, void *out)
    {
        Caller *const c = static_cast<Caller *>(user);
        for (int64_t i = 0; i < m; i++) {
            c->write(rows[i], static_cast<char *>(out) + i * c->d * km_dtype_size(c->dtype));
        }
        c->fetched += m;
        return c->fails() ? -7 : 0;
    }

    static void close(void *user) { static_cast<Caller *>(user)->closed++; }

    kmeans_callback functions(bool seek, bool known, bool any_thread, int64_t block_rows)
    {
        kmeans_callback from;
        kmeans_callback_init(&from);
        from.dtype = dtype;
        from.any_thread = any_thread;
        from.rows = known ? n : -1;
        from.cols = d;
        from.block_rows = block_rows;
        from.user = this;
        from.rewind = rewind;
        from.next = next;
        from.fetch = seek ? fetch : nullptr;
        from.close = close;
        return from;
    }
};

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
