// Rows that a caller's functions hand out.
#pragma once

#include "reference.h"

namespace minibatch {

// A matrix through callbacks of its own.
struct Feed {
    const Matrix *x;
    int64_t next = 0;

    static int rewind(void *user)
    {
        static_cast<Feed *>(user)->next = 0;
        return 0;
    }
    static int64_t read(void *user, void *out, int64_t rows)
    {
        Feed *const feed = static_cast<Feed *>(user);
        const int64_t m = std::min(rows, feed->x->n - feed->next);
        const int64_t size = feed->x->d * element_size(feed->x->dtype);
        std::memcpy(out, feed->x->bytes.data() + feed->next * size, static_cast<size_t>(m * size));
        feed->next += m;
        return m;
    }
    static int fetch(void *user, const int64_t *rows, int64_t m, void *out)
    {
        const Feed *const feed = static_cast<Feed *>(user);
        const int64_t size = feed->x->d * element_size(feed->x->dtype);
        for (int64_t i = 0; i < m; i++)
            std::memcpy(static_cast<char *>(out) + i * size, feed->x->bytes.data() + rows[i] * size,
                        static_cast<size_t>(size));
        return 0;
    }
};

inline OpenSource from_callback(Feed *feed, bool seeks, int64_t block_rows)
{
    return [=](kmeans_context *context, kmeans_source **source) {
        kmeans_callback callback;
        kmeans_callback_init(&callback);
        callback.dtype = feed->x->dtype;
        callback.cols = feed->x->d;
        callback.block_rows = block_rows;
        callback.user = feed;
        callback.rewind = Feed::rewind;
        callback.next = Feed::read;
        callback.fetch = seeks ? Feed::fetch : nullptr;
        return kmeans_source_callback(context, &callback, source);
    };
}

} // namespace minibatch
