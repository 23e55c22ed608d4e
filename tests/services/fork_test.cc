// A child made by fork has none of the threads that the OpenMP runtime believes in.
#include "sources.h"
#include "threads_api.h"

#include <csignal>
#include <fstream>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>

namespace {

int size_of_team;

void count(void *argument, int32_t thread) { static_cast<int *>(argument)[thread] = thread + 1; }

void drive(km_team *team, void *argument)
{
    size_of_team = km_team_size(team);
    km_team_phase(team, count, argument);
}

// Runs a team; the sum of what its threads wrote.
int run_team(int threads)
{
    int slots[64] = {0};
    if (km_team_run(nullptr, threads, drive, slots) != KMEANS_OK) {
        return -1;
    }
    int sum = 0;
    for (const int slot : slots) {
        sum += slot;
    }
    return sum;
}

// Waits for a child at most 20 s: a hang is a failure, not a stuck test.
int wait_for(pid_t child)
{
    for (int i = 0; i < 2000; i++) {
        int status = 0;
        const pid_t done = waitpid(child, &status, WNOHANG);
        if (done == child) {
            return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        }
        usleep(10000);
    }
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    return -2;
}

TEST(Fork, AChildWorksAfterATeamOfTheParent)
{
    const int threads = km_threads_built() ? 4 : 1;
    const int sum = threads * (threads + 1) / 2;
    ASSERT_EQ(run_team(threads), sum);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        const bool right = run_team(threads) == 1 && size_of_team == 1 && km_threads_single() &&
                           km_default_threads(nullptr) == 1 && run_team(threads) == 1;
        const pid_t grandchild = fork();
        if (grandchild == 0) {
            _exit(run_team(threads) == 1 ? 0 : 1);
        }
        _exit(right && wait_for(grandchild) == 0 ? 7 : 1);
    }
    EXPECT_EQ(wait_for(child), 7);
    EXPECT_EQ(run_team(threads), sum); // the parent is as before
}

// What the parent's thread was reading never comes: an error, not an early end.
TEST(Fork, AChildCannotGoOnWithAVisitOfAFile)
{
    services::Context context;
    char path[] = "/tmp/kmeans_fork_XXXXXX";
    close(mkstemp(path));
    std::ofstream(path, std::ios::binary) << std::string(1000, 'x');
    kmeans_file_options options;
    kmeans_file_options_init(&options);
    options.format = "raw";
    options.dtype = KMEANS_U8;
    options.cols = 10;
    options.source = KMEANS_SOURCE_STREAM;
    options.block_bytes = 300;
    kmeans_source *source = nullptr;
    km_block block;
    ASSERT_EQ(kmeans_source_open(context, path, &options, &source), KMEANS_OK)
        << kmeans_detail(context);
    unlink(path);
    ASSERT_EQ(source->ops->rewind(source), KMEANS_OK);
    ASSERT_EQ(source->ops->next(source, &block), 1);
    ASSERT_EQ(block.rows, 30);
    const std::string text = std::string(path) + ": reading broke off before row 30 of 100; a "
                                                 "forked process cannot go on with its parent's "
                                                 "visit";
    const pid_t child = fork();
    if (child == 0) {
        const int status = source->ops->next(source, &block);
        _exit(status == KMEANS_ERROR_FILE && kmeans_detail(context) == text ? 7 : 1);
    }
    EXPECT_EQ(wait_for(child), 7);
    int64_t rows = block.rows; // the parent's visit goes on
    while (source->ops->next(source, &block) == 1) {
        rows += block.rows;
    }
    EXPECT_EQ(rows, 100);
    kmeans_source_close(source);
}

// The first team of this library in a process that has only forked is a full one. Runs in a child
// that executes this test program again, so that the parent's teams do not matter.
TEST(Fork, AChildOfAParentWithoutTeamsHasThreads)
{
    const int threads = km_threads_built() ? 2 : 1;
    if (getenv("KMEANS_TEST_FRESH") != nullptr) {
        const pid_t child = fork();
        if (child == 0) {
            _exit(run_team(threads) == threads * (threads + 1) / 2 ? 0 : 1);
        }
        ASSERT_EQ(wait_for(child), 0);
        return;
    }
    const pid_t fresh = fork();
    ASSERT_GE(fresh, 0);
    if (fresh == 0) {
        setenv("KMEANS_TEST_FRESH", "1", 1);
        execl("/proc/self/exe", "test_services", "--gtest_brief=1",
              "--gtest_filter=Fork.AChildOfAParentWithoutTeamsHasThreads",
              static_cast<char *>(nullptr));
        _exit(127);
    }
    const int status = wait_for(fresh);
    if (status == 127) {
        GTEST_SKIP() << "this program cannot be executed again (an emulator runs it)";
    }
    EXPECT_EQ(status, 0);
}

} // namespace
