// fit --profile and --perf-json
#include "cli/command.h"

namespace {

using cli::json_member;
using cli::lines_of;

class Profile : public cli::CommandTest {
protected:
    void SetUp() override
    {
        CommandTest::SetUp();
        folder.write("iris.csv", cli::read_file(paths::test_data("iris.csv")));
    }
    const std::string fit = "kmeans fit iris.csv --columns 1-4 -k 3 -T 1 ";
};

// The phases of a table or of JSON, in their order.
std::vector<std::string> phases_of(const std::string &table)
{
    std::vector<std::string> names;
    bool begun = false;
    for (const std::string &line : lines_of(table)) {
        std::istringstream words(line);
        std::string name;
        words >> name;
        if (begun) {
            names.push_back(name);
        }
        begun = begun || line.rfind("phase ", 0) == 0;
    }
    return names;
}

TEST_F(Profile, TableComesAfterTheSummary)
{
    const std::string out = good(fit + "--profile");
    const std::vector<std::string> wanted = {"load",   "setup", "read",   "init", "pack",
                                             "assign", "fetch", "screen", "sums", "means",
                                             "result", "other", "total"};
    std::vector<std::string> names = phases_of(out);
    names.erase(std::remove(names.begin(), names.end(), "recheck"), names.end());
    EXPECT_EQ(names, wanted);
    EXPECT_EQ(out.rfind("n=150 ", 0), 0u) << out;
    for (const std::string &line : lines_of(out)) {
        EXPECT_TRUE(line.empty() || line.back() != ' ') << line;
    }
    EXPECT_TRUE(phases_of(good(fit)).empty());
}

TEST_F(Profile, GoesToStderrWhereStdoutIsTaken)
{
    const cli::Outcome outcome = folder.run(fit + "--profile --labels -");
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(lines_of(outcome.out).size(), 150u);
    EXPECT_FALSE(phases_of(outcome.err).empty()) << outcome.err;
}

TEST_F(Profile, JsonHasTheSameAndChangesNoBit)
{
    good(fit + "-q --perf-json p.json --json a.json");
    good(fit + "-q --json b.json");
    const std::string perf = folder.read("p.json");
    const std::string checksum = json_member(folder.read("b.json"), "checksum");
    EXPECT_EQ(json_member(perf, "checksum"), checksum);
    EXPECT_EQ(json_member(folder.read("a.json"), "checksum"), checksum);
    EXPECT_EQ(json_member(folder.read("a.json"), "options.profile"), "true");
    EXPECT_EQ(json_member(perf, "n"), "150");
    EXPECT_EQ(json_member(perf, "threads"), "1");
    double sum = 0;
    std::string within;
    for (const std::string &line : lines_of(perf)) {
        const size_t colon = line.find(": ");
        const std::string value = colon == std::string::npos ? "" : line.substr(colon + 2);
        if (line.find("\"within\"") != std::string::npos) {
            within = value;
        } else if (line.rfind("      \"seconds\"", 0) == 0 && within == "null,") {
            sum += std::stod(value);
        }
    }
    const double total = std::stod(json_member(perf, "seconds"));
    EXPECT_NEAR(sum, total, 1e-9 + 1e-9 * total);
    EXPECT_NE(perf.find("\"phase\": \"assign\""), std::string::npos);
    EXPECT_NE(perf.find("\"within\": \"assign\""), std::string::npos);
}

// Probes are notes in the file, "kmeans" and the name.
TEST_F(Profile, ProbesAreWhatTheBuildSays)
{
    const bool built = folder.run("kmeans info").out.find("probes=yes") != std::string::npos;
    const std::string command = cli::read_file(paths::command());
    for (const char *name : {"init_begin", "init_end", "assign_begin", "assign_end", "recheck",
                             "update_begin", "update_end", "pass"}) {
        const std::string note = std::string("kmeans") + '\0' + name + '\0';
        EXPECT_EQ(command.find(note) != std::string::npos, built) << name;
    }
}

TEST_F(Profile, ThreadsHaveAnImbalance)
{
    if (!has_threads()) {
        GTEST_SKIP() << "no threads in this build";
    }
    good("kmeans generate uniform --rows 50000 --cols 8 -o x.npy");
    const std::string out =
        good("kmeans fit x.npy -k 20 --iterations 3 -T 2 --profile --perf-json p.json");
    EXPECT_NE(out.find("imbalance"), std::string::npos) << out;
    EXPECT_EQ(json_member(folder.read("p.json"), "threads"), "2");
}

} // namespace
