// Arrays that end (or begin) at a page without access: one element too far is a crash.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

enum class Guard { End, Begin };

// n elements aligned to `align` bytes between two pages without access. The slack that alignment
// leaves, and nothing else, lies between the array and the page; it holds a pattern that
// `intact` checks.
template <class T> class Guarded {
public:
    explicit Guarded(std::size_t n, std::size_t align = alignof(T), Guard side = Guard::End) : n_(n)
    {
        const std::size_t page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
        const std::size_t bytes = n * sizeof(T);
        inner_ = (bytes + page) / page * page;
        total_ = inner_ + 2 * page;
        void *const map =
            mmap(nullptr, total_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (map == MAP_FAILED) {
            throw std::bad_alloc();
        }
        base_ = static_cast<unsigned char *>(map);
        mprotect(base_, page, PROT_NONE);
        mprotect(base_ + page + inner_, page, PROT_NONE);
        begin_ = base_ + page;
        std::memset(begin_, pattern, inner_);
        const std::size_t offset = side == Guard::End ? (inner_ - bytes) / align * align : 0;
        data_ = reinterpret_cast<T *>(begin_ + offset);
    }
    Guarded(const Guarded &) = delete;
    Guarded &operator=(const Guarded &) = delete;
    ~Guarded() { munmap(base_, total_); }

    T *get() { return data_; }
    const T *get() const { return data_; }
    std::size_t size() const { return n_; }
    T &operator[](std::size_t i) { return data_[i]; }
    const T &operator[](std::size_t i) const { return data_[i]; }
    T *begin() { return data_; }
    T *end() { return data_ + n_; }

    // Nothing was written around the array.
    bool intact() const
    {
        const unsigned char *const first = reinterpret_cast<const unsigned char *>(data_);
        for (const unsigned char *b = begin_; b != begin_ + inner_; b++) {
            const bool outside = b < first || b >= first + n_ * sizeof(T);
            if (outside && *b != pattern) {
                return false;
            }
        }
        return true;
    }

private:
    static constexpr unsigned char pattern = 0xa5;
    std::size_t n_, inner_, total_;
    unsigned char *base_, *begin_;
    T *data_;
};
