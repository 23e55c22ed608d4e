// Rows of which one visit takes so long that the progress callback is called within it.
#pragma once

#include <chrono>
#include <cstring>
#include <thread>

#include "oracle/matrix.h"
#include "support/numbers.h"

namespace oracle {

class Napping {
public:
    // visit: which one, from 0; single: whether rows can be had one by one, without a visit.
    Napping(const Matrix &x, int64_t visit, bool single = true)
        : x_(&x), row_(x.d * numbers::size_of(x.dtype)), nap_(visit), single_(single)
    {
    }

    int open(kmeans_context *context, kmeans_source **source)
    {
        kmeans_callback from;
        kmeans_callback_init(&from);
        from.dtype = x_->dtype;
        from.rows = x_->n;
        from.cols = x_->d;
        from.user = this;
        from.rewind = rewind;
        from.next = next;
        from.fetch = single_ ? fetch : nullptr;
        return kmeans_source_callback(context, &from, source);
    }

private:
    static int rewind(void *user)
    {
        Napping *const self = static_cast<Napping *>(user);
        self->visit_++;
        self->at_ = 0;
        return 0;
    }

    static int64_t next(void *user, void *out, int64_t rows)
    {
        Napping *const self = static_cast<Napping *>(user);
        const int64_t m = std::min(rows, self->x_->n - self->at_);
        if (self->visit_ == self->nap_ && self->at_ == 0) // the callback is due after 0.1 s
            std::this_thread::sleep_for(std::chrono::milliseconds(110));
        for (int64_t i = 0; i < m; i++)
            self->copy(self->at_++, static_cast<char *>(out) + i * self->row_);
        return m;
    }

    static int fetch(void *user, const int64_t *rows, int64_t m, void *out)
    {
        const Napping *const self = static_cast<Napping *>(user);
        for (int64_t i = 0; i < m; i++)
            self->copy(rows[i], static_cast<char *>(out) + i * self->row_);
        return 0;
    }

    void copy(int64_t i, char *to) const
    {
        std::memcpy(to, reinterpret_cast<const char *>(x_->data()) + i * row_,
                    static_cast<size_t>(row_));
    }

    const Matrix *x_;
    int64_t row_; // bytes
    int64_t nap_;
    bool single_;
    int64_t visit_ = -1;
    int64_t at_ = 0;
};

} // namespace oracle
