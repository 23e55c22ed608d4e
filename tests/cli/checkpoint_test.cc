// Checkpoints of the command: killed at any time, a fit goes on to the same result.
#include <csignal>

#include <chrono>
#include <random>
#include <thread>

#include "cli/command.h"

namespace {

using cli::json_member;
using cli::lines_of;
using cli::Outcome;

class Checkpoint : public cli::CommandTest {
protected:
    void SetUp() override
    {
        CommandTest::SetUp();
        if (IsSkipped())
            return;
        good("kmeans generate blobs --rows 4000 --cols 3 --clusters 60 --spread 2 -o x.npy");
        good("kmeans fit x.npy " + method + " -q --json r.json --trace t.csv");
        whole = result();
    }
    // Checksum and the result columns of the trace.
    std::string result() const
    {
        std::string text = json_member(folder.read("r.json"), "checksum") + "\n";
        for (const std::string &line : lines_of(folder.read("t.csv"))) {
            size_t end = 0;
            for (int column = 0; column < 7; column++)
                end = line.find(',', end + 1);
            text += line.substr(0, end) + "\n";
        }
        return text;
    }
    // Threads and instruction set of the n-th part.
    std::string variation(int n) const
    {
        const char *const isas[] = {"", " --isa scalar"};
        const std::string threads = has_openmp ? std::to_string(1 + n % 3) : "1";
        return " -T " + threads + isas[n / 2 % 2];
    }
    std::string command(int n) const
    {
        const bool begun = std::filesystem::exists(folder.work() / "run.ck");
        return "kmeans fit x.npy " + (begun ? "--resume run.ck" : method) +
               " --checkpoint run.ck --checkpoint-every 0 -q --json r.json --trace t.csv" +
               variation(n);
    }
    // Until there is a checkpoint, or the process has ended; a minute at most.
    void wait_for_checkpoint(pid_t child) const
    {
        siginfo_t ended = {};
        for (int wait = 0; wait < 60000 && ended.si_pid == 0; wait++) {
            if (std::filesystem::exists(folder.work() / "run.ck"))
                return;
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
            waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOHANG | WNOWAIT);
        }
    }
    // Killed so many times, every other time with a checkpoint, and until a checkpoint was gone on
    // from; then, and whenever a fit came to its end, the result is compared.
    void kill_often(int kills)
    {
        std::mt19937 random(kills);
        has_openmp = has_threads();
        int ends = 0, resumed = 0;
        for (int n = 0; n < kills || (resumed == 0 && n < kills + 100); n++) {
            resumed += std::filesystem::exists(folder.work() / "run.ck");
            const pid_t child = folder.start_process(command(n));
            if (n % 2 == 0)
                wait_for_checkpoint(child);
            if (n % 4 != 0)
                std::this_thread::sleep_for(std::chrono::microseconds(2000 + random() % 60000));
            kill(child, SIGKILL);
            int status = 0;
            waitpid(child, &status, 0);
            if (WIFEXITED(status)) {
                ASSERT_EQ(WEXITSTATUS(status), 0) << cli::read_file(folder.work() / "../logs/err");
                ASSERT_EQ(result(), whole) << "after " << n + 1 << " parts";
                std::filesystem::remove(folder.work() / "run.ck");
                ends++;
            }
        }
        good(command(kills));
        EXPECT_EQ(result(), whole);
        EXPECT_GT(resumed, 0);
        RecordProperty("ends", ends);
        int temporaries = 0; // of checkpoints
        for (const std::string &name : folder.list())
            temporaries += name.rfind(".run.ck", 0) == 0;
        EXPECT_LE(temporaries, 1);
    }
    const std::string method = "-k 40 --init random --restarts 3 --seed 3";
    std::string whole;
    bool has_openmp = false;
};

TEST_F(Checkpoint, KilledTwentyTimes) { kill_often(20); }

TEST_F(Checkpoint, LongKilledTwoHundredTimes) { kill_often(200); }

TEST_F(Checkpoint, OtherFormatsAndParts)
{
    EXPECT_EQ(folder.run("kmeans fit x.npy " + method + " --checkpoint run.ck --time-limit 0.02 -q")
                  .err.find("damaged"),
              std::string::npos);
    good("kmeans fit x.npy " + method + " --checkpoint run.ck -q --max-iter 4 --labels l.npy");
    good("kmeans generate blobs --rows 4000 --cols 3 --clusters 60 --spread 2 -o x.csv");
    good("head -n 1000 x.csv > x1.csv; tail -n +1001 x.csv > x2.csv");
    good("kmeans fit x.npy " + method + " --max-iter 4 -q --json a.json");
    for (const char *data : {"x.csv", "x1.csv x2.csv", "- < x.npy"}) {
        good(std::string("kmeans fit --resume run.ck -q --json b.json ") + data);
        EXPECT_EQ(json_member(folder.read("a.json"), "checksum"),
                  json_member(folder.read("b.json"), "checksum"))
            << data;
        EXPECT_EQ(json_member(folder.read("b.json"), "options.seed"), "3");
        EXPECT_EQ(json_member(folder.read("b.json"), "options.resume"), "\"run.ck\"");
        EXPECT_EQ(json_member(folder.read("b.json"), "options.checkpoint"), "null");
    }
}

TEST_F(Checkpoint, ASignalWritesALastOne)
{
    const pid_t child = folder.start_process("kmeans fit x.npy -k 40 --init random --restarts 5000 "
                                             "--checkpoint run.ck --checkpoint-every 0 -q "
                                             "--json r.json");
    wait_for_checkpoint(child);
    kill(child, SIGTERM);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 143);
    const Outcome other = folder.run("kmeans fit x.npy --resume run.ck --restarts 4000");
    EXPECT_EQ(other.code, 2);
    EXPECT_NE(other.err.find("restarts is 4000; it must be 5000, as in the checkpoint run.ck"),
              std::string::npos)
        << other.err;
}

TEST_F(Checkpoint, WhatCannotBeWrittenOrUsed)
{
    folder.write("bad.ck", "nonsense");
    struct Case {
        const char *line;
        int code;
        const char *words;
    };
    const Case cases[] = {
        {"kmeans fit x.npy --resume bad.ck", 3, "--resume: bad.ck is no checkpoint of kmeans"},
        {"kmeans fit x.npy --resume no.ck", 3, "--resume: cannot read no.ck: No such file"},
        {"kmeans fit x.npy -k 3 --checkpoint no/run.ck", 5, "--checkpoint: cannot write no/run.ck"},
        {"kmeans fit x.npy -k 3 --checkpoint /dev/null", 5, "it is no regular file"},
        {"kmeans fit x.npy -k 3 --checkpoint x.npy", 2, "is the same file as the input"},
        {"kmeans fit x.npy -k 3 --checkpoint l.txt --labels l.txt", 2, "are the same file"},
        {"kmeans fit x.npy -k 3 --checkpoint run.ck --checkpoint-every 5x", 2,
         "--checkpoint-every \"5x\" is not a time"},
        {"kmeans fit x.npy -k 3 --checkpoint-every 5m > out", 0, "no effect without --checkpoint"},
    };
    for (const Case &one : cases) {
        const Outcome outcome = folder.run(one.line);
        EXPECT_EQ(outcome.code, one.code) << one.line << "\n" << outcome.err;
        EXPECT_NE(outcome.err.find(one.words), std::string::npos) << one.line << outcome.err;
    }
    EXPECT_FALSE(std::filesystem::exists(folder.work() / "run.ck"));
}

} // namespace
