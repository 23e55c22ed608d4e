// Fits that are broken off and go on from their checkpoint.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "oracle/check.h"

namespace oracle {

// A temporary folder.
class Place {
public:
    Place()
    {
        std::string name = std::filesystem::temp_directory_path() / "kmeans-test-XXXXXX";
        path_ = mkdtemp(name.data());
    }
    ~Place()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Place(const Place &) = delete;
    Place &operator=(const Place &) = delete;
    std::string path(const std::string &name) const { return path_ / name; }
    int64_t files() const
    {
        return std::distance(std::filesystem::directory_iterator(path_),
                             std::filesystem::directory_iterator());
    }

private:
    std::filesystem::path path_;
};

inline std::string read_bytes(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline void write_bytes(const std::string &path, const std::string &bytes)
{
    std::ofstream(path, std::ios::binary) << bytes;
}

// The checksum as the description of the format has it.
inline std::string sealed(std::string content)
{
    const uint64_t start = 0x9e3779b97f4a7c15u;
    uint64_t hash = start;
    for (size_t at = 0; at + 8 < content.size(); at += 8) {
        uint64_t word = 0;
        for (size_t b = 8; b > 0; b--)
            word = word << 8 | static_cast<unsigned char>(content[at + b - 1]);
        hash = finalise((hash ^ word) + start);
    }
    for (size_t b = 0; b < 8; b++)
        content[content.size() - 8 + b] = static_cast<char>(hash >> 8 * b);
    return content;
}

// The same fit, cancelled after a pass of a restart, its last state kept in the file.
inline Outcome break_off(Request request, const std::string &path, int64_t restart, int64_t pass)
{
    request.set("checkpoint", path).set("checkpoint_every", "off");
    request.progress = [=](const kmeans_progress &now) {
        return std::string(now.phase) == "pass" && now.restart == restart && now.pass == pass;
    };
    return run(request);
}

// Going on: of the first fit's request only rows and weights are given again.
inline Request resume_of(const Request &first, const std::string &path)
{
    Request request;
    request.x = first.x;
    request.open = first.open;
    request.weights = first.weights;
    return request.set("resume", path);
}

inline void expect_as_unbroken(const Outcome &out, const Outcome &whole)
{
    expect_same_result(out, whole);
    EXPECT_EQ(count_differences(out.labels, whole.labels), 0);
    EXPECT_EQ(out.info.best_restart, whole.info.best_restart);
    EXPECT_EQ(out.info.converged, whole.info.converged);
    EXPECT_EQ(out.info.distinct_rows, whole.info.distinct_rows);
    EXPECT_EQ(out.info.stop_value, whole.info.stop_value);
    EXPECT_EQ(out.info.stop_limit, whole.info.stop_limit);
    EXPECT_EQ(out.sizes, whole.sizes);
    EXPECT_EQ(out.warnings, whole.warnings);
    ASSERT_EQ(out.restarts.size(), whole.restarts.size());
    for (size_t r = 0; r < out.restarts.size(); r++) {
        EXPECT_TRUE(same_bits(out.restarts[r].inertia, whole.restarts[r].inertia)) << r;
        EXPECT_EQ(out.restarts[r].iterations, whole.restarts[r].iterations) << r;
        EXPECT_STREQ(out.restarts[r].stop_reason, whole.restarts[r].stop_reason) << r;
    }
}

} // namespace oracle
