// A file that is replaced as a whole: links, modes, what a killed process left, two writers.
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "checkpoint/fixture.h"

extern "C" {
#include "services/atomic_file.h"
}

namespace {

using oracle::Place;
using oracle::read_bytes;
using oracle::write_bytes;

int replace(const std::string &path, const std::string &content)
{
    km_atomic_file file;
    int error = km_atomic_open(&file, path.c_str());
    if (error == 0)
        error = km_atomic_begin(&file);
    if (error != 0)
        return error;
    return km_atomic_end(
        &file, km_atomic_write(&file, content.data(), static_cast<int64_t>(content.size())));
}

TEST(AtomicFile, ReplacesAndKeepsTheMode)
{
    const Place place;
    const std::string path = place.path("a");
    EXPECT_EQ(replace(path, "one"), 0);
    EXPECT_EQ(read_bytes(path), "one");
    chmod(path.c_str(), 0640);
    EXPECT_EQ(replace(path, "two"), 0);
    EXPECT_EQ(read_bytes(path), "two");
    struct stat facts;
    stat(path.c_str(), &facts);
    EXPECT_EQ(facts.st_mode & 0777, 0640u);
    EXPECT_EQ(replace(path, ""), 0);
    EXPECT_EQ(read_bytes(path), "");
    EXPECT_EQ(place.files(), 1);
}

TEST(AtomicFile, FollowsLinks)
{
    const Place place;
    std::filesystem::create_directory(place.path("store"));
    std::filesystem::create_symlink("store/real", place.path("link"));
    std::filesystem::create_symlink(place.path("link"), place.path("link2"));
    EXPECT_EQ(replace(place.path("link2"), "one"), 0); // the target is not there yet
    EXPECT_EQ(replace(place.path("link"), "two"), 0);
    EXPECT_EQ(read_bytes(place.path("store/real")), "two");
    EXPECT_TRUE(std::filesystem::is_symlink(place.path("link")));
    std::filesystem::create_symlink("loop", place.path("loop"));
    EXPECT_EQ(replace(place.path("loop"), "x"), ELOOP);
}

TEST(AtomicFile, TakesOverWhatAKilledProcessLeft)
{
    const Place place;
    write_bytes(place.path(".a.new"), std::string(1000, 'x'));
    EXPECT_EQ(replace(place.path("a"), "one"), 0);
    EXPECT_EQ(read_bytes(place.path("a")), "one");
    EXPECT_EQ(place.files(), 1);
}

TEST(AtomicFile, AnotherWriterIsKeptOut)
{
    const Place place;
    km_atomic_file first;
    ASSERT_EQ(km_atomic_open(&first, place.path("a").c_str()), 0);
    ASSERT_EQ(km_atomic_begin(&first), 0);
    EXPECT_EQ(replace(place.path("a"), "two"), EBUSY);
    EXPECT_EQ(km_atomic_write(&first, "one", 3), 0);
    EXPECT_EQ(km_atomic_end(&first, 0), 0);
    EXPECT_EQ(read_bytes(place.path("a")), "one");
    EXPECT_EQ(replace(place.path("a"), "two"), 0);
    EXPECT_EQ(read_bytes(place.path("a")), "two");
}

TEST(AtomicFile, AFailureLeavesTheOldFile)
{
    const Place place;
    km_atomic_file file;
    write_bytes(place.path("a"), "old");
    ASSERT_EQ(km_atomic_open(&file, place.path("a").c_str()), 0);
    ASSERT_EQ(km_atomic_begin(&file), 0);
    EXPECT_EQ(km_atomic_write(&file, "half", 4), 0);
    EXPECT_EQ(km_atomic_end(&file, ENOSPC), ENOSPC);
    EXPECT_EQ(read_bytes(place.path("a")), "old");
    EXPECT_EQ(place.files(), 1);
}

} // namespace
