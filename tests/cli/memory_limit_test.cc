// The resident memory of a fit under --memory-limit, and the ways to read DATA.
#include "cli/command.h"

namespace {

class MemoryLimit : public cli::CommandTest {
protected:
    // The largest resident memory that was seen of a process that ends well.
    long peak_of(const std::string &line) const
    {
        const pid_t child = folder.start_process(line);
        const std::string base = "/proc/" + std::to_string(child);
        long peak = 0;
        int status = 0;
        while (waitpid(child, &status, WNOHANG) == 0) {
            const std::string facts = cli::read_file(base + "/status");
            const size_t at = facts.find("VmHWM:");
            if (cli::read_file(base + "/comm") == "kmeans\n" && at != std::string::npos)
                peak = std::max(peak, std::atol(facts.c_str() + at + 6) * 1024);
            usleep(500);
        }
        EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << line;
        return peak;
    }
};

TEST_F(MemoryLimit, SameResultFromEverySource)
{
    folder.run("kmeans generate blobs --rows 5000 --cols 6 --dtype f32 -o x.npy");
    folder.run("kmeans generate blobs --rows 77 --cols 6 --dtype f32 --seed 5 -o y.npy");
    std::string first;
    for (const char *source : {"--source mmap", "--source read", "--source stream",
                               "--source stream --block-size 1000", "--memory-limit 256M"}) {
        good("kmeans fit x.npy y.npy x.npy -k 5 --json r.json -q --distances d.npy " +
             std::string(source));
        const std::string got =
            cli::json_member(folder.read("r.json"), "checksum") + folder.read("d.npy");
        first = first.empty() ? got : first;
        EXPECT_EQ(got, first) << source;
    }
    good("kmeans fit x.npy -k 2 --source stream --iterations 2 --init random --json r.json -q");
    EXPECT_EQ(cli::json_member(folder.read("r.json"), "data.source"), "\"stream\"");
    EXPECT_EQ(cli::json_member(folder.read("r.json"), "data.passes"), "6");
    good("kmeans predict x.npy --centroids y.npy --source stream --block-size 999 -q "
         "--labels a.npy --transform ta.npy");
    good("kmeans predict x.npy --centroids y.npy --labels b.npy --transform tb.npy");
    EXPECT_EQ(folder.read("a.npy"), folder.read("b.npy"));
    EXPECT_EQ(folder.read("ta.npy"), folder.read("tb.npy"));
    good("kmeans verify x.npy --centroids y.npy --labels a.npy --source stream -q");
}

#if defined(__x86_64__) && !defined(KMEANS_TEST_SANITIZED)
TEST_F(MemoryLimit, PeakOfTheProcessStaysBelowIt)
{
    folder.run("kmeans generate uniform --rows 3e6 --cols 4 --dtype f32 -o x.npy");
    const std::string line =
        "kmeans fit x.npy -k 4 --iterations 2 -q --labels l.npy --json r.json " +
        std::string(has_threads() ? "-T 2 " : "");
    const auto peak = [&] {
        return std::stol(cli::json_member(folder.read("r.json"), "bytes.resident_peak"));
    };
    good(line);
    EXPECT_GT(peak(), static_cast<long>(std::filesystem::file_size(folder.work() / "x.npy")));
    const std::string labels = folder.read("l.npy");
    for (const char *init : {"random", "k-means-parallel", "k-means++"}) {
        good("TMPDIR=/no/such/folder " + line + // scratch files are beside the labels
             "--memory-limit 24M --distances d.npy --init " + init);
        EXPECT_LT(peak(), 24 << 20) << init;
    }
    EXPECT_TRUE(folder.read("l.npy") == labels); // k-means++ is the default
}

TEST_F(MemoryLimit, PeakOfPredictStaysBelowIt)
{
    folder.run("kmeans generate uniform --rows 1500000 --cols 4 --dtype f32 -o x.npy");
    folder.run("kmeans generate uniform --rows 4 --cols 4 --dtype f32 --seed 2 -o c.npy");
    const std::string line = "kmeans predict x.npy --centroids c.npy -q --json r.json " +
                             std::string(has_threads() ? "-T 2 " : "");
    const auto peak = [&] {
        return std::stol(cli::json_member(folder.read("r.json"), "bytes.resident_peak"));
    };
    good(line + "--labels a.npy --distances da.npy --transform ta.npy");
    EXPECT_GT(peak(), static_cast<long>(std::filesystem::file_size(folder.work() / "x.npy")));
    EXPECT_EQ(cli::json_member(folder.read("r.json"), "bytes.memory_limit"), "null");
    const std::string checksum = cli::json_member(folder.read("r.json"), "checksum");
    good("TMPDIR=/no/such/folder " + line + // scratch files are beside the labels
         "--memory-limit 22M --labels b.npy --distances db.npy --transform tb.npy");
    EXPECT_LT(peak(), 22 << 20);
    EXPECT_EQ(cli::json_member(folder.read("r.json"), "bytes.memory_limit"), "23068672");
    EXPECT_EQ(cli::json_member(folder.read("r.json"), "checksum"), checksum);
    EXPECT_TRUE(folder.read("a.npy") == folder.read("b.npy"));
    EXPECT_TRUE(folder.read("da.npy") == folder.read("db.npy"));
    EXPECT_TRUE(folder.read("ta.npy") == folder.read("tb.npy"));
    good("kmeans fit x.npy -k 4 --memory-limit 1G --iterations 1 --init-labels b.npy -q");
}

// A limit that holds for one source of the same rows and not for another; a labels file of text.
TEST_F(MemoryLimit, PeakOfVerifyStaysBelowIt)
{
    folder.run("kmeans generate uniform --rows 1500000 --cols 4 --dtype f32 -o x.npy");
    folder.run("kmeans generate uniform --rows 4 --cols 4 --dtype f32 --seed 2 -o c.npy");
    good("kmeans predict x.npy --centroids c.npy -q --labels l.npy");
    good("kmeans predict x.npy --centroids c.npy -q --labels l.txt");
    const std::string line = "kmeans verify x.npy --centroids c.npy -q --labels ";
    EXPECT_GT(peak_of(line + "l.npy"), 24 << 20);
    EXPECT_LT(peak_of(line + "l.npy --memory-limit 18M"), 18 << 20);
    EXPECT_LT(peak_of(line + "l.txt --memory-limit 18M"), 18 << 20);
    const cli::Outcome outcome = folder.run(line + "l.npy --memory-limit 18M --source mmap");
    EXPECT_EQ(outcome.code, 4);
    EXPECT_NE(outcome.err.find("the least that would do"), std::string::npos) << outcome.err;
}

TEST_F(MemoryLimit, PeakDoesNotGrowWithTheNumberOfStreamedFiles)
{
    folder.run("kmeans generate uniform --rows 60000 --cols 32 --dtype f32 -o x.npy");
    const auto peak = [&](int files) {
        std::string line = "kmeans fit";
        for (int i = 0; i < files; i++)
            line += " x.npy";
        good(line + " --source stream -k 4 --iterations 2 --init random -q --json r.json");
        return std::stol(cli::json_member(folder.read("r.json"), "bytes.resident_peak"));
    };
    EXPECT_LT(peak(14), peak(2) + (24 << 20)); // 12 more files of 7.7 MB
}
#endif

} // namespace
