// The workloads of bench_fits and their rows.
#pragma once

#include <kmeans/kmeans.h>

#include <cstdint>
#include <string>
#include <vector>

struct Problem {
    const char *name;
    std::int64_t n, d, k;
    int dtype;
    const char *file; // in the data folder: its rows, over again until there are n; or nullptr
    int passes;
    const char *init;
};

struct Rows {
    std::vector<unsigned char> bytes; // row-major
    std::string origin;               // of the rows, in words
};

const std::vector<Problem> &problems();

std::int64_t value_size(int dtype);

// The rows of a problem, kept until another problem is asked for.
const Rows &rows_of(kmeans_context *context, const Problem &problem);
