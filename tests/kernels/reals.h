// The element types that typed test suites run over.
#pragma once

#include <gtest/gtest.h>

#include <string>

using Reals = ::testing::Types<float, double>;

struct RealNames {
    template <class R> static std::string GetName(int) { return sizeof(R) == 4 ? "f32" : "f64"; }
};
