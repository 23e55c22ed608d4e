// What the options of fit change, and what changes nothing.
#include "cli/command.h"

namespace {

using cli::json_member;
using cli::lines_of;
using cli::Outcome;

class FitOptions : public cli::CommandTest {
protected:
    void SetUp() override
    {
        CommandTest::SetUp();
        folder.write("iris.csv", cli::read_file(paths::test_data("iris.csv")));
    }
};

TEST_F(FitOptions, InitFileContinuesWhereAFitStopped)
{
    good("kmeans fit iris.csv --columns 1-4 -k 3 -q --max-iter 2 --centroids c.csv");
    good("kmeans fit iris.csv --columns 1-4 -q --init c.csv --centroids c.csv --json r.json");
    good("kmeans fit iris.csv --columns 1-4 -k 3 -q --json whole.json");
    EXPECT_EQ(json_member(folder.read("r.json"), "checksum"),
              json_member(folder.read("whole.json"), "checksum"));
    EXPECT_EQ(json_member(folder.read("r.json"), "k"), "3");
}

TEST_F(FitOptions, InitLabelsGiveK)
{
    good("kmeans fit iris.csv --columns 1-4 -k 3 -q --labels l.npy --json a.json");
    good("kmeans fit iris.csv --columns 1-4 -q --init-labels l.npy --json b.json");
    EXPECT_EQ(json_member(folder.read("a.json"), "checksum"),
              json_member(folder.read("b.json"), "checksum"));
    EXPECT_EQ(json_member(folder.read("b.json"), "iterations"), "1");
}

TEST_F(FitOptions, SameBitsForEveryThreadCountIsaAndFormat)
{
    good("kmeans generate blobs --rows 5000 --cols 7 --clusters 9 --spread 4 -o x.npy");
    good("kmeans generate blobs --rows 5000 --cols 7 --clusters 9 --spread 4 -o x.csv");
    good("head -n 1700 x.csv > x1.csv; tail -n +1701 x.csv > x2.csv");
    std::vector<std::string> lines = {"x.npy -T 1", "x.csv", "x1.csv x2.csv", "- < x.npy",
                                      "x.npy --isa scalar"};
    if (has_threads()) {
        lines.insert(lines.end(), {"x.npy -T 2", "x.npy -T 7", "x.csv -T 3 --isa scalar"});
    }
    std::set<std::string> checksums;
    for (const std::string &line : lines) {
        good("kmeans fit -k 12 -q --json r.json " + line);
        checksums.insert(json_member(folder.read("r.json"), "checksum"));
    }
    EXPECT_EQ(checksums.size(), 1u);
}

TEST_F(FitOptions, WeightsCountAsRepeatedRows)
{
    folder.write("x.csv", "0\n1\n10\n11\n30\n");
    folder.write("w.txt", "1\n2\n3\n1\n2\n");
    folder.write("repeated.csv", "0\n1\n1\n10\n10\n10\n11\n30\n30\n");
    folder.write("c.csv", "0\n10\n30\n");
    good("kmeans fit x.csv --weights w.txt --init c.csv -q --centroids a.csv --json a.json");
    good("kmeans fit repeated.csv --init c.csv -q --centroids b.csv --json b.json");
    EXPECT_EQ(folder.read("a.csv"), folder.read("b.csv"));
    EXPECT_EQ(json_member(folder.read("a.json"), "inertia"),
              json_member(folder.read("b.json"), "inertia"));
}

TEST_F(FitOptions, JsonSaysWhichColumnsAndWeights)
{
    good("cut -d, -f1 iris.csv | tail -n +2 > w.txt");
    good("kmeans fit iris.csv --columns 1-4 --exclude 2-3 -k 3 -q --weights w.txt --json r.json");
    EXPECT_EQ(json_member(folder.read("r.json"), "data.columns"), "\"1-4\"");
    EXPECT_EQ(json_member(folder.read("r.json"), "data.exclude"), "\"2-3\"");
    EXPECT_EQ(json_member(folder.read("r.json"), "data.weights"), "\"w.txt\"");
    good("kmeans fit w.txt -k 3 -q --centroids c.csv --json r.json");
    for (const char *name : {"data.columns", "data.exclude", "data.weights"}) {
        EXPECT_EQ(json_member(folder.read("r.json"), name).substr(0, 4), "null") << name;
    }
    good("kmeans predict w.txt --centroids c.csv --weights w.txt --json r.json");
    EXPECT_EQ(json_member(folder.read("r.json"), "data.columns"), "null");
    EXPECT_EQ(json_member(folder.read("r.json"), "data.weights"), "\"w.txt\"");
}

TEST_F(FitOptions, SeedRandomIsPrintedAndRepeats)
{
    const Outcome first =
        folder.run("kmeans fit iris.csv --columns 1-4 -k 5 --seed random --json a.json");
    ASSERT_EQ(first.code, 0) << first.err;
    const std::string words = "kmeans fit: seed ";
    ASSERT_EQ(first.err.rfind(words, 0), 0u) << first.err;
    const std::string seed = lines_of(first.err)[0].substr(words.size());
    good("kmeans fit iris.csv --columns 1-4 -k 5 -q --json b.json --seed " + seed);
    EXPECT_EQ(json_member(folder.read("a.json"), "checksum"),
              json_member(folder.read("b.json"), "checksum"));
    EXPECT_EQ(json_member(folder.read("a.json"), "options.seed"), seed);
    const Outcome second = folder.run("kmeans fit iris.csv --columns 1-4 -k 5 --seed random");
    EXPECT_NE(second.err, first.err);
}

TEST_F(FitOptions, ExactlyNPasses)
{
    good("kmeans fit iris.csv --columns 1-4 -k 3 -q --iterations 40 --json r.json");
    EXPECT_EQ(json_member(folder.read("r.json"), "iterations"), "40");
    EXPECT_EQ(json_member(folder.read("r.json"), "stop_reason"), "\"iterations\"");
}

TEST_F(FitOptions, NumbersMayBeWrittenWithExponents)
{
    good("kmeans fit iris.csv --columns 1-4 -k 3e0 -q --max-iter 1e3 --tol 1e-4 --json r.json");
    EXPECT_EQ(json_member(folder.read("r.json"), "options.max_iterations"), "1000");
    EXPECT_EQ(std::stod(json_member(folder.read("r.json"), "options.shift_tol_relative")), 1e-4);
}

TEST_F(FitOptions, EveryNameOfKWorks)
{
    for (const char *k : {"-k 3", "-k3", "--k 3", "--k=3", "--clusters 3"}) {
        good("kmeans fit iris.csv --columns 1-4 -q --json r.json " + std::string(k));
        EXPECT_EQ(json_member(folder.read("r.json"), "k"), "3") << k;
    }
}

TEST_F(FitOptions, OptionsMayBeShortenedAndJoined)
{
    good("kmeans fit iris.csv --columns=1-4 -qk3 --rest 2 --json=r.json");
    EXPECT_EQ(json_member(folder.read("r.json"), "k"), "3");
    good("kmeans fit --columns 1-4 -q --max-iterations 7 -k 3 --json r.json -- iris.csv");
    EXPECT_EQ(json_member(folder.read("r.json"), "options.max_iterations"), "7");
}

TEST_F(FitOptions, EnvironmentThreads)
{
    if (!has_threads()) {
        GTEST_SKIP() << "built without OpenMP";
    }
    // Large enough for three threads to have something to do.
    good("kmeans generate uniform --rows 100000 --cols 8 -o x.npy");
    good("OMP_NUM_THREADS=3,2 kmeans fit x.npy -k 100 --init random --iterations 2 -q --json "
         "a.json");
    EXPECT_EQ(json_member(folder.read("a.json"), "threads"), "3");
    good("KMEANS_NUM_THREADS=2 OMP_NUM_THREADS=3 kmeans fit x.npy -k 8 --init random --iterations "
         "2 -q "
         "--json b.json");
    EXPECT_EQ(json_member(folder.read("b.json"), "threads"), "2");
    good("OMP_NUM_THREADS=3 kmeans fit x.npy -k 100 --init random --iterations 2 -q -T 1 --json "
         "c.json");
    EXPECT_EQ(json_member(folder.read("c.json"), "threads"), "1");
    if (folder.run("taskset -c 0 true").code == 0) {
        good("taskset -c 0 kmeans fit x.npy -k 100 --init random --iterations 2 -q --json d.json");
        EXPECT_EQ(json_member(folder.read("d.json"), "threads"), "1");
        EXPECT_EQ(json_member(folder.read("d.json"), "threads_asked"), "0");
    }
    good("KMEANS_ISA=scalar kmeans fit x.npy -k 100 --init random --iterations 2 -q --json e.json");
    EXPECT_EQ(json_member(folder.read("e.json"), "isa"), "\"scalar\"");
}

// glibc has variants of libm for CPUs with FMA; no result may come from a function that has them.
TEST_F(FitOptions, LibmVariantsChangeNothing)
{
    const std::string without = "GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-AVX2,-AVX512F ";
    for (const std::string &before : {std::string(), without}) {
        const std::string name = before.empty() ? "with" : "without";
        good(before + "kmeans generate four-gaussians --seed 3 -o " + name + ".npy");
        good(before + "kmeans fit " + name + ".npy -k 7 -q --json " + name + ".json");
    }
    EXPECT_EQ(folder.read("with.npy"), folder.read("without.npy"));
    EXPECT_EQ(json_member(folder.read("with.json"), "checksum"),
              json_member(folder.read("without.json"), "checksum"));
    EXPECT_EQ(json_member(folder.read("with.json"), "inertia"),
              json_member(folder.read("without.json"), "inertia"));
}

TEST_F(FitOptions, GermanLocaleChangesNothing)
{
    const std::string line = "kmeans fit iris.csv --columns 1-4 -k 3 --tol 1e-4 --labels l.txt "
                             "--centroids c.csv --json - | grep -v '\"[a-z_]*\": [0-9.e-]*,\\?$'";
    const std::string plain = good(line);
    const std::string centroids = folder.read("c.csv");
    const std::string german =
        good("export LC_ALL=de_DE.UTF-8 LANG=de_DE.UTF-8 LC_NUMERIC=de_DE.UTF-8; " + line);
    EXPECT_EQ(german, plain);
    EXPECT_EQ(folder.read("c.csv"), centroids);
}

TEST_F(FitOptions, TimeLimitStopsAndStillWrites)
{
    good("kmeans generate uniform --rows 200000 --cols 8 --dtype f32 -o x.npy");
    const Outcome outcome =
        folder.run("kmeans fit x.npy -k 64 --max-iter 0 --restarts 1000 --init random "
                   "--time-limit 2s --labels l.npy --centroids c.npy "
                   "--json r.json -q");
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(json_member(folder.read("r.json"), "options.time_limit"), "2");
    good("kmeans verify x.npy --labels l.npy --centroids c.npy --json r.json -q");
}

// A second thread is woken for 100,000 short rows, where it halves a pass, not for 4,000.
TEST_F(FitOptions, WakesTheThreadsThatTheRowsAreWorth)
{
    if (!has_threads())
        GTEST_SKIP() << "a build without OpenMP";
    for (const char *rows : {"4000", "100000"}) {
        good(std::string("kmeans generate blobs --cols 3 --clusters 4 -o x.npy --rows ") + rows);
        const Outcome fit = folder.run("kmeans fit x.npy -k 4 --init random -T 2 -v");
        const std::string threads =
            rows[0] == '4' ? "threads 1 (allowed 2" : "threads 2 (allowed 2";
        EXPECT_NE(fit.err.find(threads), std::string::npos) << fit.err;
    }
}

} // namespace
