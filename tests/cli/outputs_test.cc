// Outputs: whole or not at all, through links, to devices and pipes, and when signals come.
#include <csignal>

#include <sys/stat.h>

#include <chrono>
#include <thread>

#include "cli/command.h"

namespace {

using cli::lines_of;
using cli::Outcome;

class Outputs : public cli::CommandTest {
protected:
    void SetUp() override
    {
        CommandTest::SetUp();
        folder.write("x.csv", "1,2\n1,4\n1,0\n10,2\n10,4\n10,0\n");
    }
    mode_t mode_of(const std::string &name) const
    {
        struct stat facts;
        EXPECT_EQ(stat((folder.work() / name).c_str(), &facts), 0);
        return facts.st_mode & 0777;
    }
};

TEST_F(Outputs, ReplaceTheOldFileAndKeepItsMode)
{
    folder.write("l.txt", "old\n");
    chmod((folder.work() / "l.txt").c_str(), 0640);
    good("kmeans fit x.csv -k 2 -q --labels l.txt");
    EXPECT_EQ(lines_of(folder.read("l.txt")).size(), 6u);
    EXPECT_EQ(mode_of("l.txt"), 0640u);
    good("umask 027; kmeans fit x.csv -k 2 -q --labels new.txt");
    EXPECT_EQ(mode_of("new.txt"), 0640u);
    EXPECT_EQ(folder.list(), (std::set<std::string>{"x.csv", "l.txt", "new.txt"}));
}

TEST_F(Outputs, OldFileStaysWhenTheFitFails)
{
    folder.write("l.txt", "old\n");
    EXPECT_EQ(folder.run("kmeans fit x.csv -k 7 --labels l.txt").code, 3);
    EXPECT_EQ(folder.read("l.txt"), "old\n");
    EXPECT_EQ(folder.list(), (std::set<std::string>{"x.csv", "l.txt"}));
}

TEST_F(Outputs, FollowSymbolicLinks)
{
    std::filesystem::create_directory(folder.work() / "store");
    std::filesystem::create_symlink("store/real.txt", folder.work() / "l.txt");
    std::filesystem::create_symlink("l.txt", folder.work() / "l2.txt");
    good("kmeans fit x.csv -k 2 -q --labels l2.txt"); // the target is not there yet
    EXPECT_TRUE(std::filesystem::is_symlink(folder.work() / "l2.txt"));
    EXPECT_TRUE(std::filesystem::is_symlink(folder.work() / "l.txt"));
    EXPECT_EQ(lines_of(folder.read("store/real.txt")).size(), 6u);
    good("kmeans fit x.csv -k 1 -q --labels l.txt"); // and now it is
    EXPECT_EQ(folder.read("store/real.txt"), "0\n0\n0\n0\n0\n0\n");
    EXPECT_TRUE(std::filesystem::is_symlink(folder.work() / "l.txt"));
}

TEST_F(Outputs, DevicesStayDevices)
{
    good("kmeans fit x.csv -k 2 -q --labels /dev/null --centroids /dev/null --json /dev/null");
    struct stat facts;
    ASSERT_EQ(stat("/dev/null", &facts), 0);
    EXPECT_TRUE(S_ISCHR(facts.st_mode));
    EXPECT_EQ(folder.run("kmeans fit x.csv -k 2 --labels /dev/stdout | wc -l").out, "6\n");
}

TEST_F(Outputs, NamedPipesGetText)
{
    const Outcome outcome =
        folder.run("mkfifo pipe; cat pipe > copy.txt & "
                   "kmeans fit x.csv -k 2 -q --labels pipe; wait; cat copy.txt");
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(lines_of(outcome.out).size(), 6u);
}

TEST_F(Outputs, OneFailsTheOthersAreWritten)
{
    const Outcome outcome =
        folder.run("kmeans fit x.csv -k 2 -q --labels /dev/full --centroids c.csv --json r.json");
    EXPECT_EQ(outcome.code, 5);
    EXPECT_NE(outcome.err.find("/dev/full"), std::string::npos) << outcome.err;
    EXPECT_EQ(lines_of(folder.read("c.csv")).size(), 2u);
    EXPECT_EQ(folder.read("r.json").rfind("{", 0), 0u);
}

TEST_F(Outputs, ClosedPipeEndsQuietly)
{
    good("kmeans generate uniform --rows 100000 -o big.csv");
    const Outcome outcome = folder.run(
        "(kmeans fit big.csv -k 2 -q --iterations 1 --labels -; echo $? >&2) | head -n 1");
    EXPECT_EQ(lines_of(outcome.out).size(), 1u);
    EXPECT_EQ(outcome.err, "0\n");
    const Outcome generated =
        folder.run("(kmeans generate uniform --rows 1e5 -o -; echo $? >&2) | head -n 1");
    EXPECT_EQ(lines_of(generated.out).size(), 1u);
    EXPECT_EQ(generated.err, "0\n");
}

TEST_F(Outputs, NothingIsReadBeforeOutputsAreChecked)
{
    // The pipe would block for ever: the answer must come without it.
    const Outcome outcome =
        folder.run("mkfifo pipe; timeout 20 kmeans fit pipe -k 2 --labels no/l.txt");
    EXPECT_EQ(outcome.code, 5) << outcome.err;
}

// A fit that runs for minutes: its process, once it has written a line of progress or a temporary.
class Signals : public Outputs {
protected:
    void SetUp() override
    {
        Outputs::SetUp();
        if (IsSkipped()) {
            return;
        }
        good("kmeans generate uniform --rows 60000 --cols 16 --dtype f32 -o big.npy");
        child = folder.start_process(
            "kmeans fit big.npy -k 200 --iterations 1000000000 -q --init random "
            "--labels l.npy --centroids c.npy --json r.json");
        for (int wait = 0; wait < 1000 && folder.list().size() < 5; wait++) {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        ASSERT_EQ(folder.list().size(), 5u) << "no temporaries appeared";
        std::this_thread::sleep_for(std::chrono::milliseconds(1500));
    }
    void TearDown() override
    {
        if (child > 0) {
            kill(child, SIGKILL);
            waitpid(child, nullptr, 0);
        }
    }
    int finish()
    {
        int status = 0;
        waitpid(child, &status, 0);
        child = 0;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
    }
    pid_t child = 0;
};

TEST_F(Signals, LongTermWritesTheBestResult)
{
    kill(child, SIGTERM);
    EXPECT_EQ(finish(), 143);
    EXPECT_EQ(folder.list(),
              (std::set<std::string>{"x.csv", "big.npy", "l.npy", "c.npy", "r.json"}));
    EXPECT_EQ(cli::json_member(folder.read("r.json"), "stop_reason"), "\"cancelled\"");
    good("kmeans verify big.npy --labels l.npy --centroids c.npy --json r.json -q");
}

TEST_F(Signals, LongInterruptAndHangUp)
{
    kill(child, SIGINT);
    EXPECT_EQ(finish(), 130);
    good("kmeans verify big.npy --labels l.npy --centroids c.npy --json r.json -q");
}

TEST_F(Signals, LongKillLeavesNoHalfWrittenFile)
{
    kill(child, SIGKILL);
    EXPECT_EQ(finish(), 1000 + SIGKILL);
    for (const std::string &name : folder.list()) {
        EXPECT_TRUE(name == "x.csv" || name == "big.npy" || name[0] == '.') << name;
    }
}

TEST_F(Signals, LongSecondSignalQuitsAtOnceAndCleansUp)
{
    kill(child, SIGSTOP); // both are pending when it goes on
    kill(child, SIGTERM);
    kill(child, SIGINT);
    kill(child, SIGCONT);
    const int code = finish();
    EXPECT_TRUE(code == 130 || code == 143) << code;
    EXPECT_EQ(folder.list(), (std::set<std::string>{"x.csv", "big.npy"}));
}

} // namespace
