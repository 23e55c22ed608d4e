// A caller whose functions hand out known numbers.
#pragma once

#include "sources.h"

#include <algorithm>
#include <cfenv>
#include <thread>

namespace sources {

// n rows of d numbers, in pieces of 1, 2, .. `most` rows; counts its calls and can fail at one.
struct Caller {
    int64_t n = 0, d = 0;
    int dtype = KMEANS_F64;
    int64_t most = 3;
    int64_t at = 0, piece = 0, calls = 0, rewinds = 0, fetched = 0, closed = 0;
    int64_t fail_at = -1;        // the call that returns -7
    int64_t visit_rows = -1;     // from the second visit on, another number of rows
    int64_t too_many = 0;        // rows that next says it wrote beyond what was asked for
    int rounding = FE_TONEAREST; // the mode that every function has to find
    bool other_mode = false;     // one did not
    bool foreign = false;        // next ran on another thread
    std::thread::id home = std::this_thread::get_id();

    bool fails()
    {
        other_mode = other_mode || std::fegetround() != rounding;
        return calls++ == fail_at;
    }

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
        return c->too_many > 0 ? rows + c->too_many : m;
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

} // namespace sources
