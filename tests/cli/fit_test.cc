// A data scientist's first day: what fit prints and writes, and predict after it.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "cli/command.h"

namespace {

using cli::json_member;
using cli::lines_of;
using cli::Outcome;

class Fit : public cli::CommandTest {
protected:
    void SetUp() override
    {
        CommandTest::SetUp();
        folder.write("iris.csv", cli::read_file(paths::test_data("iris.csv")));
    }
};

TEST_F(Fit, IrisReachesTheKnownBest)
{
    const std::string out = good("kmeans fit iris.csv --columns 1-4 -k 3 --restarts 10");
    EXPECT_NE(out.find("78.8514"), std::string::npos) << out;
    EXPECT_NE(out.find("n=150 d=4 k=3"), std::string::npos) << out;
    EXPECT_NE(out.find("best of 10 restarts"), std::string::npos) << out;
    for (const char *size : {" 62 ", " 50 ", " 38 "}) {
        EXPECT_NE(out.find(size), std::string::npos) << size << out;
    }
    EXPECT_NE(lines_of(out).back().find("nothing was saved"), std::string::npos) << out;
    EXPECT_EQ(out.find("--restarts"), std::string::npos) << out;
}

TEST_F(Fit, HintsAtRestarts)
{
    const std::string out = good("kmeans fit iris.csv --columns 1-4 -k 3");
    EXPECT_NE(out.find("--restarts 10"), std::string::npos) << out;
}

TEST_F(Fit, PrintsAtMost25Lines)
{
    for (const char *k : {"1", "19", "20", "21", "60"}) {
        const std::string out =
            good(std::string("kmeans fit iris.csv --columns 1-4 --restarts 2 -k ") + k);
        EXPECT_LE(lines_of(out).size(), 25u) << k << out;
    }
    good("kmeans generate blobs --rows 60 --cols 30 -o wide.npy");
    for (const std::string &line : lines_of(good("kmeans fit wide.npy -k 2"))) {
        EXPECT_LE(line.size(), 140u) << line;
    }
}

TEST_F(Fit, PipeToSortAndUniq)
{
    const std::string out =
        good("cut -d, -f1-4 iris.csv | kmeans fit - -k 3 --labels - | sort | uniq -c");
    EXPECT_EQ(lines_of(out).size(), 3u) << out;
    int rows = 0;
    for (const std::string &line : lines_of(out)) {
        rows += std::stoi(line);
    }
    EXPECT_EQ(rows, 150);
}

TEST_F(Fit, QuietPrintsNothing)
{
    EXPECT_EQ(good("kmeans fit iris.csv --columns 1-4 -k 3 -q"), "");
}

TEST_F(Fit, VerboseSaysWhichKernelsAndHowQuick)
{
    const char *const rate = " GFLOP/s effective (best ";
    const std::string out =
        good("kmeans fit iris.csv --columns 1-4 -k 3 -v --isa scalar 2>/dev/null");
    EXPECT_NE(out.find("scalar kernels on f64: "), std::string::npos) << out;
    EXPECT_NE(out.find(rate), std::string::npos) << out;
    EXPECT_NE(out.find(" % of rows rechecked, 1 candidates a row"), std::string::npos) << out;
    EXPECT_EQ(good("kmeans fit iris.csv --columns 1-4 -k 3").find(rate), std::string::npos);
}

TEST_F(Fit, PredictFromSavedCentroidsGivesTheSavedLabels)
{
    for (const char *suffix : {"csv", "npy", "tsv", "txt"}) {
        const std::string c = std::string("c.") + suffix;
        good("kmeans fit iris.csv --columns 1-4 -k 3 -q --labels l.txt --json f.json --centroids " +
             c);
        EXPECT_EQ(lines_of(folder.read("l.txt")).size(), 150u);
        good("kmeans predict iris.csv --columns 1-4 --labels p.txt --json p.json --centroids " + c);
        EXPECT_EQ(folder.read("p.txt"), folder.read("l.txt")) << suffix;
        EXPECT_EQ(json_member(folder.read("p.json"), "checksum"),
                  json_member(folder.read("f.json"), "checksum"));
        EXPECT_EQ(good("kmeans predict iris.csv --columns 1-4 --centroids " + c),
                  folder.read("l.txt"));
    }
}

TEST_F(Fit, EveryOutputVerifies)
{
    good("kmeans fit iris.csv --columns 1-4 -k 3 -q --labels l.npy --centroids c.npy "
         "--distances d.npy --trace t.csv --json r.json");
    const std::string out = good("kmeans verify iris.csv --columns 1-4 --labels l.npy "
                                 "--centroids c.npy --json r.json --fixpoint");
    EXPECT_NE(out.find("150 of 150 right"), std::string::npos) << out;
    EXPECT_NE(out.find("12 of 12 coordinates are the exact mean"), std::string::npos) << out;
}

TEST_F(Fit, JsonHasEveryKey)
{
    good("kmeans fit iris.csv --columns 1-4 -k 3 --json r.json --restarts 2 -T 1");
    const std::string json = folder.read("r.json");
    for (const char *key : {"version",
                            "options",
                            "algorithm",
                            "isa",
                            "threads",
                            "threads_asked",
                            "n",
                            "d",
                            "k",
                            "dtype",
                            "data",
                            "path",
                            "bytes",
                            "inertia",
                            "iterations",
                            "converged",
                            "stop_reason",
                            "stop_value",
                            "sizes",
                            "cluster_inertia",
                            "empty_events",
                            "restarts",
                            "best_restart",
                            "warnings",
                            "seconds",
                            "load",
                            "init",
                            "iterate",
                            "total",
                            "planned",
                            "peak",
                            "checksum",
                            "max_iterations",
                            "shift_tol_relative"}) {
        EXPECT_NE(json.find(std::string("\"") + key + "\": "), std::string::npos) << key;
    }
    EXPECT_EQ(json_member(json, "n"), "150");
    EXPECT_EQ(json_member(json, "dtype"), "\"f64\"");
    EXPECT_EQ(json_member(json, "threads"), "1");
    EXPECT_EQ(json_member(json, "stop_reason"), "\"fixpoint\"");
    EXPECT_EQ(json_member(json, "converged"), "true");
    EXPECT_EQ(json_member(json, "checksum").size(), 34u);
    EXPECT_EQ(json.find("nan"), json.find("nan\": \"error\"")) << json;
    EXPECT_EQ(json.find("inf"), std::string::npos) << json;
}

TEST_F(Fit, JsonAloneOnStdout)
{
    const std::string out = good("kmeans fit iris.csv --columns 1-4 -k 3 --json -");
    EXPECT_EQ(out.rfind("{\n", 0), 0u);
    EXPECT_EQ(out.substr(out.size() - 2), "}\n");
}

TEST_F(Fit, TraceHasOneRowPerPassAndOneMore)
{
    good("kmeans fit iris.csv --columns 1-4 -k 3 -q --trace t.csv --json r.json");
    const auto rows = lines_of(folder.read("t.csv"));
    EXPECT_EQ(rows.front(),
              "pass,inertia,inertia_updated,changed,shift_max,shift_total,empty,distances_done,"
              "distances_avoided,rows_rechecked,survivors,assign_seconds,update_seconds");
    EXPECT_EQ(rows.size(), 2 + std::stoul(json_member(folder.read("r.json"), "iterations")));
    const auto inertia_of = [](const std::string &row) { return row.substr(row.find(',') + 1); };
    EXPECT_EQ(std::stod(inertia_of(rows.back())),
              std::stod(json_member(folder.read("r.json"), "inertia")));
    good("kmeans fit iris.csv --columns 1-4 -k 3 -q --trace p.tsv --per-row");
    const auto per_row = lines_of(folder.read("p.tsv"));
    const std::string last = per_row.back().substr(per_row.back().find('\t') + 1);
    EXPECT_DOUBLE_EQ(std::stod(last) * 150, std::stod(inertia_of(rows.back())));
}

TEST_F(Fit, OutputFilesAgreeAcrossFormats)
{
    good("kmeans fit iris.csv --columns 1-4 -k 3 -q --labels l.npy --distances d.npy");
    good("kmeans fit iris.csv --columns 1-4 -k 3 -q --labels l.txt --distances d.csv");
    const std::string labels = folder.read("l.npy");
    const std::string distances = folder.read("d.npy");
    ASSERT_EQ(labels.size(), 128u + 150 * 4);
    ASSERT_EQ(distances.size(), 128u + 150 * 2 * 8);
    const auto label_lines = lines_of(folder.read("l.txt"));
    const auto distance_lines = lines_of(folder.read("d.csv"));
    for (size_t i = 0; i < 150; i++) {
        int32_t label = 0;
        double pair[2];
        std::memcpy(&label, labels.data() + 128 + 4 * i, 4);
        std::memcpy(pair, distances.data() + 128 + 16 * i, 16);
        EXPECT_EQ(label_lines[i], std::to_string(label));
        const std::string &line = distance_lines[i];
        EXPECT_EQ(std::stod(line), pair[0]);
        EXPECT_EQ(std::stod(line.substr(line.find(',') + 1)), pair[1]);
        EXPECT_LE(pair[0], pair[1]);
    }
}

TEST_F(Fit, SkipsRowsWithNan)
{
    folder.write("x.csv", "1,2\n3,nan\n1,3\n9,9\n9,8\n");
    const Outcome refused = folder.run("kmeans fit x.csv -k 2");
    EXPECT_EQ(refused.code, 3);
    const Outcome outcome = folder.run("kmeans fit x.csv -k 2 --nan skip --labels - --json r.json");
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    const auto labels = lines_of(outcome.out);
    ASSERT_EQ(labels.size(), 5u);
    EXPECT_EQ(labels[1], "-1");
    EXPECT_EQ(labels[0], labels[2]);
    EXPECT_EQ(labels[3], labels[4]);
    EXPECT_NE(labels[0], labels[3]);
    EXPECT_EQ(json_member(folder.read("r.json"), "rows_skipped"), "1");
}

TEST_F(Fit, FewerDistinctRowsThanClustersIsReported)
{
    folder.write("x.csv", "1,1\n1,1\n2,2\n2,2\n");
    const Outcome outcome = folder.run("kmeans fit x.csv -k 3 --json r.json -q");
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(json_member(folder.read("r.json"), "distinct_rows"), "2");
    EXPECT_EQ(json_member(folder.read("r.json"), "inertia"), "0");
    EXPECT_EQ(folder.read("r.json").find("\"warnings\": []"), std::string::npos);
}

TEST_F(Fit, KinectMugHasNanRows)
{
    const std::string mug = paths::data("kinect_mug_nan.npy");
    if (!std::filesystem::exists(mug)) {
        GTEST_SKIP() << mug << " is not there";
    }
    const Outcome refused = folder.run("kmeans fit '" + mug + "' -k 4");
    EXPECT_EQ(refused.code, 3);
    EXPECT_NE(refused.err.find("row "), std::string::npos) << refused.err;
    EXPECT_NE(refused.err.find("column "), std::string::npos) << refused.err;
    const Outcome outcome =
        folder.run("kmeans fit '" + mug + "' -k 4 -q --nan skip --iterations 3 --labels l.txt");
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    size_t labelled = 0;
    for (const std::string &label : lines_of(folder.read("l.txt"))) {
        labelled += label != "-1";
    }
    EXPECT_EQ(labelled, 209280u);
}

TEST_F(Fit, LongEverySetVerifies)
{
    int found = 0;
    for (const char *name :
         {"iris", "ruspini", "wine", "wdbc", "htru2", "cal_housing", "covtype20k", "final128_1k",
          "german_towns", "bavaria1", "tsplib1060", "pr2392", "higgs7k", "sift5k", "wordvec1000",
          "kodim05", "kodim23", "lidar_csite1", "nslkdd"}) {
        const std::string set = paths::data(std::string(name) + ".npy");
        if (!std::filesystem::exists(set)) {
            continue;
        }
        found++;
        good("kmeans fit '" + set +
             "' -k 10 --init random --max-iter 4 -q --labels l.npy "
             "--centroids c.npy --json r.json");
        good("kmeans verify '" + set + "' -q --labels l.npy --centroids c.npy --json r.json");
    }
    if (found == 0) {
        GTEST_SKIP() << "no data sets in " << paths::data("");
    }
}

TEST_F(Fit, TransformIsTheDistanceToEveryCentroid)
{
    good("kmeans fit iris.csv --columns 1-4 -k 3 -q --centroids c.csv --distances d.csv");
    good("kmeans predict iris.csv --columns 1-4 --centroids c.csv --transform t.csv "
         "--distances p.csv --json p.json");
    EXPECT_EQ(folder.read("p.csv"), folder.read("d.csv"));
    const auto transform = lines_of(folder.read("t.csv"));
    const auto nearest = lines_of(folder.read("d.csv"));
    ASSERT_EQ(transform.size(), 150u);
    double inertia = 0;
    for (size_t i = 0; i < 150; i++) {
        double all[3];
        ASSERT_EQ(sscanf(transform[i].c_str(), "%lf,%lf,%lf", &all[0], &all[1], &all[2]), 3);
        std::sort(all, all + 3);
        double two[2];
        ASSERT_EQ(sscanf(nearest[i].c_str(), "%lf,%lf", &two[0], &two[1]), 2);
        EXPECT_NEAR(all[0], two[0], 1e-14 * two[0]);
        EXPECT_NEAR(all[1], two[1], 1e-14 * two[1]);
        inertia += two[0] * two[0];
    }
    EXPECT_NEAR(std::stod(json_member(folder.read("p.json"), "inertia")), inertia, 1e-12 * inertia);
}

} // namespace
