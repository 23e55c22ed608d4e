// kmeans sweep: every row is the fit of its k, measures and gap are what they should be, the
// suggestion follows from the table.
#include <signal.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <thread>

#include "cli/command.h"

namespace {

using Row = std::map<std::string, std::string>;

class Sweep : public cli::CommandTest {
protected:
    const std::string iris = std::string(KMEANS_TEST_DATA) + "/iris.csv --columns 1-4 ";

    static std::vector<std::string> fields(const std::string &line)
    {
        std::vector<std::string> found;
        std::istringstream stream(line + ",end");
        for (std::string field; std::getline(stream, field, ',');) {
            found.push_back(field);
        }
        found.pop_back();
        return found;
    }
    // The table of a sweep, by the names of its columns.
    std::vector<Row> table_of(const std::string &flags) const
    {
        const std::vector<std::string> lines =
            cli::lines_of(good("kmeans sweep -q --csv - " + flags));
        std::vector<Row> rows;
        if (lines.empty()) {
            return rows;
        }
        const std::vector<std::string> names = fields(lines[0]);
        for (size_t i = 1; i < lines.size(); i++) {
            const std::vector<std::string> values = fields(lines[i]);
            EXPECT_EQ(values.size(), names.size()) << lines[i];
            for (size_t f = 0; f < values.size() && f < names.size(); f++) {
                rows.resize(i);
                rows[i - 1][names[f]] = values[f];
            }
        }
        return rows;
    }
    static double number(const Row &row, const std::string &name)
    {
        return std::stod(row.at(name));
    }
    std::string suggested(const std::string &flags) const
    {
        return cli::json_member(good("kmeans sweep -q --json - " + flags), "suggested_k");
    }
    std::string error_of(const std::string &flags, int code) const
    {
        const cli::Outcome outcome = folder.run("kmeans sweep " + flags);
        EXPECT_EQ(outcome.code, code) << flags << "\n" << outcome.err;
        EXPECT_EQ(outcome.out, "");
        EXPECT_EQ(cli::lines_of(outcome.err).size(), 1u) << outcome.err;
        return outcome.err;
    }
};

TEST_F(Sweep, EveryRowIsTheFitOfItsK)
{
    for (const std::string flags :
         {"", "--restarts 4 --seed 7 ", "--init random --seed 3 --max-iter 3 ",
          "--algorithm minibatch --batch-size 40 ", "--init k-means-parallel --tol 0.01 "}) {
        const std::vector<Row> rows = table_of("-k 1:9:2,4 --measures none " + flags + iris);
        ASSERT_EQ(rows.size(), 6u);
        const std::string ks[] = {"1", "3", "4", "5", "7", "9"};
        for (size_t i = 0; i < rows.size(); i++) {
            EXPECT_EQ(rows[i].at("k"), ks[i]);
            const std::string json =
                good("kmeans fit -q --json - -k " + ks[i] + " " + flags + iris);
            EXPECT_EQ("\"" + rows[i].at("checksum") + "\"", cli::json_member(json, "checksum"));
            EXPECT_EQ(rows[i].at("inertia"), cli::json_member(json, "inertia"));
            EXPECT_EQ(rows[i].at("iterations"), cli::json_member(json, "iterations"));
        }
    }
}

// sklearn.metrics 1.9.1: silhouette_score, calinski_harabasz_score, davies_bouldin_score of the
// labels of each fit.
TEST_F(Sweep, MeasuresAsScikitLearn)
{
    struct Expected {
        const char *k;
        double calinski_harabasz, davies_bouldin, silhouette;
    };
    const Expected of_iris[] = {{"2", 513.9245459802768, 0.40429283717304343, 0.6810461692117462},
                                {"3", 561.5937320156642, 0.6660385791628493, 0.5511916046195919},
                                {"5", 495.54148767768777, 0.8059652120182739, 0.4887488870931056}};
    const Expected of_blobs[] = {
        {"3", 5842.233989394441, 0.4569565115420334, 0.7156275332096583},
        {"4", 18539.06561362245, 0.3048132176519909, 0.7866103893405779},
        {"7", 10413.244259175792, 2.0125741351272035, 0.30876621739103294}};
    good("kmeans generate blobs --rows 2000 --cols 5 --clusters 4 --seed 1 -o blobs.npy");
    const auto compare = [&](const std::string &flags, const Expected *expected) {
        const std::vector<Row> rows = table_of(flags);
        ASSERT_EQ(rows.size(), 3u);
        for (size_t i = 0; i < 3; i++) {
            const Expected &e = expected[i];
            EXPECT_EQ(rows[i].at("k"), e.k);
            EXPECT_NEAR(number(rows[i], "silhouette"), e.silhouette, 1e-10 * e.silhouette);
            EXPECT_NEAR(number(rows[i], "calinski_harabasz"), e.calinski_harabasz,
                        1e-10 * e.calinski_harabasz);
            EXPECT_NEAR(number(rows[i], "davies_bouldin"), e.davies_bouldin,
                        1e-10 * e.davies_bouldin);
        }
    };
    compare("-k 2,3,5 " + iris, of_iris);
    compare("blobs.npy -k 7,3:4", of_blobs);
}

// The sets of the gap by its definition: splitmix64 in the box, one fit each.
TEST_F(Sweep, GapByItsDefinition)
{
    const auto mix = [](uint64_t z) {
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
        z = (z ^ z >> 27) * 0x94d049bb133111ebu;
        return z ^ z >> 31;
    };
    const uint64_t golden = 0x9e3779b97f4a7c15u, seed = 5;
    const double low[] = {4.3, 2.0, 1.0, 0.1}, high[] = {7.9, 4.4, 6.9, 2.5}; // of iris
    std::vector<double> logs;
    for (uint64_t b = 1; b <= 3; b++) {
        std::string text;
        const uint64_t key = mix(mix(seed + golden) + b * golden);
        for (uint64_t i = 1; i <= 150; i++) {
            const uint64_t row = mix(key + i * golden);
            for (size_t p = 0; p < 4; p++) {
                const double u = static_cast<double>(mix(row + (p + 1) * golden) >> 11) * 0x1p-53;
                char number[32];
                snprintf(number, sizeof number, "%.17g%c", low[p] + u * (high[p] - low[p]),
                         p == 3 ? '\n' : ',');
                text += number;
            }
        }
        folder.write("set.csv", text);
        logs.push_back(std::log(std::stod(
            cli::json_member(good("kmeans fit -q --json - -k 3 --seed 5 set.csv"), "inertia"))));
    }
    const double mean = (logs[0] + logs[1] + logs[2]) / 3;
    double squares = 0;
    for (const double value : logs) {
        squares += (value - mean) * (value - mean) / 3;
    }
    const std::vector<Row> rows = table_of("-k 3 --seed 5 --measures none --gap 3 " + iris);
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_NEAR(number(rows[0], "gap"), mean - std::log(number(rows[0], "inertia")), 1e-13);
    EXPECT_NEAR(number(rows[0], "gap_error"), std::sqrt(squares * (1 + 1.0 / 3)), 1e-13);
}

// Rows that are left out have no part in the sets, and those of weight 0 none in the box.
TEST_F(Sweep, GapOfTheRowsThatCount)
{
    const std::string all = "1,2\n3,4\n2,2\n8,9\n9,7\n7,7\n";
    folder.write("clean.csv", all);
    folder.write("gaps.csv", "nan,1\n" + all + "50,nan\n4,nan\n");
    folder.write("far.csv", all + "99,99\n");
    folder.write("weights.txt", "2\n1\n1\n1\n1\n1\n");
    folder.write("weights_gaps.txt", "1\n2\n1\n1\n1\n1\n1\n1\n3\n");
    folder.write("weights_far.txt", "2\n1\n1\n1\n1\n1\n0\n");
    const std::string flags = "-k 2:3 --gap 3 --init random --measures none ";
    const std::vector<Row> plain = table_of(flags + "clean.csv");
    const std::vector<Row> weighted = table_of(flags + "clean.csv --weights weights.txt");
    ASSERT_EQ(plain.size(), 2u);
    const auto logs = [&](const Row &row) { // mean of those of the sets
        return number(row, "gap") + std::log(number(row, "inertia"));
    };
    const std::vector<Row> skipped = table_of(flags + "--nan skip gaps.csv");
    const std::vector<Row> both =
        table_of(flags + "--nan skip gaps.csv --weights weights_gaps.txt");
    const std::vector<Row> far = table_of(flags + "far.csv --weights weights_far.txt");
    for (size_t i = 0; i < 2; i++) {
        EXPECT_NEAR(logs(skipped[i]), logs(plain[i]), 1e-13);
        EXPECT_NEAR(logs(both[i]), logs(weighted[i]), 1e-13);
        EXPECT_LT(logs(far[i]), std::log(200)); // in the box of 99 by 99 they are some thousands
    }
}

TEST_F(Sweep, SuggestionsFollowFromTheTable)
{
    good("kmeans generate blobs --rows 300 --cols 3 --clusters 5 --spread 0.3 --seed 4 -o x.npy");
    for (const std::string name :
         {"silhouette", "silhouette-simplified", "calinski-harabasz", "davies-bouldin", "gap"}) {
        EXPECT_EQ(suggested("-k 1:9 --restarts 5 --gap 5 --criterion " + name + " x.npy"), "5")
            << name;
    }
    good("kmeans generate blobs --clusters 1 --rows 200 --seed 4 -o u.npy");
    EXPECT_EQ(suggested("-k 1:6 --measures none --gap 10 u.npy"), "1"); // gap: the first there is
    EXPECT_EQ(suggested("-k 2:4 --measures none " + iris), "3");        // elbow
    const std::vector<Row> rows = table_of("-k 2:9 --seed 2 " + iris);
    const auto best = std::max_element(rows.begin(), rows.end(), [](const Row &a, const Row &b) {
        return number(a, "silhouette") < number(b, "silhouette");
    });
    EXPECT_EQ(suggested("-k 2:9 --seed 2 " + iris), best->at("k"));
    EXPECT_EQ(suggested("-k 1 " + iris), "null"); // no silhouette of one cluster
}

TEST_F(Sweep, TableForPeople)
{
    const auto lines = cli::lines_of(good("kmeans sweep -k 2:4 --gap 2 " + iris));
    ASSERT_EQ(lines.size(), 6u);
    EXPECT_EQ(lines[0], "n=150 d=4 f64, 3 fits");
    for (const char *title : {"k", "inertia", "passes", "silhouette", "simplified", "calinski-h.",
                              "davies-b.", "gap", "error"}) {
        EXPECT_NE(lines[1].find(title), std::string::npos) << title;
    }
    EXPECT_EQ(lines[2][0], '*');
    EXPECT_EQ(lines[3][0], ' ');
    EXPECT_EQ(lines[5], "suggested: k = 2, by silhouette");
    EXPECT_EQ(good("kmeans sweep -q -k 2:4 " + iris), "");
    const std::string sampled = good("kmeans sweep -k 2:3 --silhouette-sample 50 " + iris);
    EXPECT_NE(sampled.find("silhouette of 50 of the 150 rows, drawn by the seed\n"),
              std::string::npos);
}

TEST_F(Sweep, JsonHasWhatTheTableHas)
{
    const std::string json =
        good("kmeans sweep -q -k 1,3 --measures davies-bouldin --json - " + iris);
    EXPECT_EQ(cli::json_member(json, "suggested_k"), "3");
    EXPECT_EQ(cli::json_member(json, "suggested_by"), "\"davies-bouldin\"");
    EXPECT_EQ(cli::json_member(json, "complete"), "true");
    EXPECT_EQ(cli::json_member(json, "options.k"), "null");
    good("kmeans sweep -q -k 1,3 --measures none --csv t.txt " + iris);
    good("kmeans sweep -q -k 1,3 --measures none --csv t.tsv " + iris);
    EXPECT_NE(folder.read("t.txt").find(" nan nan nan nan nan nan\n"), std::string::npos);
    EXPECT_EQ(folder.read("t.tsv").find("k\tinertia\titerations\tchecksum\tsilhouette"), 0u);
    const Row row = table_of("-k 3 --measures davies-bouldin " + iris)[0];
    for (const std::string key : {"k", "inertia", "iterations", "davies_bouldin"}) {
        EXPECT_NE(json.find("\"" + key + "\": " + row.at(key) + ","), std::string::npos) << key;
    }
    for (const std::string key :
         {"silhouette", "silhouette_simplified", "calinski_harabasz", "gap"}) {
        EXPECT_EQ(row.at(key), "");
        EXPECT_NE(json.find("\"" + key + "\": null,"), std::string::npos) << key;
    }
}

TEST_F(Sweep, SameBitsWithAnyThreadsTableAndSource)
{
    good("kmeans generate blobs --rows 3000 --cols 6 --dtype f32 --seed 2 -o x.npy");
    const std::string flags = "-k 2:5 --gap 2 --silhouette-sample 500 ";
    const std::vector<Row> first = table_of(flags + "-T 1 x.npy");
    ASSERT_EQ(first.size(), 4u);
    EXPECT_EQ(table_of(flags + "-T 1 --isa scalar x.npy"), first);
    EXPECT_EQ(table_of(flags + "-T 1 --source stream --block-size 8K x.npy"), first);
    if (has_threads()) {
        EXPECT_EQ(table_of(flags + "-T 3 x.npy"), first);
    }
    EXPECT_NE(table_of(flags + "--seed 1 x.npy"), first);
}

// Together (all, or in groups by their clusters) or, under a time limit, each with its fit.
TEST_F(Sweep, SilhouettesTogetherAndAlone)
{
    good("kmeans generate blobs --rows 5000 --cols 3 --seed 2 -o x.npy");
    folder.write("w.txt", [] {
        std::string text;
        for (int i = 0; i < 5000; i++) {
            text += std::to_string(i % 3) + "\n";
        }
        return text;
    }());
    const std::string flags = "--weights w.txt --silhouette-sample 400 --max-iter 3 --init random "
                              "x.npy -k 1:4,900,2000,2001 ";
    const std::vector<Row> together = table_of(flags);
    ASSERT_EQ(together.size(), 7u);
    EXPECT_EQ(together[0].at("silhouette"), "");
    EXPECT_NE(together[1].at("silhouette"), "");
    EXPECT_EQ(table_of(flags + "--time-limit 1h"), together);
    EXPECT_EQ(table_of(flags + "--measures all")[6], together[6]);
    EXPECT_EQ(table_of(flags + "--measures silhouette")[6].at("silhouette"),
              together[6].at("silhouette"));
    const std::string json = good("kmeans sweep -q --json - --measures silhouette " + flags);
    const std::string rows = "\"silhouette_rows\": 400,";
    size_t found = 0;
    for (size_t at = json.find(rows); at != std::string::npos; at = json.find(rows, at + 1)) {
        found++;
    }
    EXPECT_EQ(found, 7u);
}

TEST_F(Sweep, WhatIsSaidOfTheDataIsSaidOnce)
{
    folder.write("x.csv", "1,2\nnan,3\n2,2\n9,9\n8,9\n7,7\n");
    const cli::Outcome good_ones = folder.run("kmeans sweep -k 2:4 --nan skip x.csv");
    EXPECT_EQ(good_ones.code, 0);
    EXPECT_EQ(good_ones.err, "kmeans sweep: warning: 1 row with unusable values: label -1\n");
    const cli::Outcome too_many = folder.run("kmeans sweep -v -k 2:6 --nan skip x.csv");
    EXPECT_EQ(too_many.code, 3);
    EXPECT_EQ(too_many.out, "");
    EXPECT_NE(too_many.err.find("--clusters: k is 6; only 5 rows are left after 1 were skipped\n"),
              std::string::npos)
        << too_many.err;
    EXPECT_EQ(too_many.err.find("k = 2:"), std::string::npos); // not after the other fits
}

TEST_F(Sweep, BadInput)
{
    const std::string what = "kmeans sweep: ";
    EXPECT_EQ(error_of(iris, 2),
              what + "the numbers of clusters are missing: -k 2:20 or -k 2,4,8\n");
    EXPECT_EQ(error_of("-k 5:2 " + iris, 2), what + "--clusters: '5:2' runs backwards\n");
    EXPECT_EQ(error_of("-k 1:2:3:4 " + iris, 2),
              what + "--clusters: '1:2:3:4' has more than first:last:step\n");
    EXPECT_EQ(error_of("-k 1:1e9 " + iris, 2),
              what + "--clusters: these are more than 10000 numbers of clusters\n");
    for (const std::string list : {"''", "2,", ",2", ":5", "2:", "2::5", "2:5:", "x", "0", "0:5",
                                   "-1:5", "2.5", "2:9:0", "2-5", "'2 3'", "'2;3'", "2:1e10"}) {
        EXPECT_NE(error_of("-k " + list + " " + iris, 2).find(what + "--clusters"),
                  std::string::npos)
            << list;
    }
    EXPECT_NE(error_of("-k 2:151 " + iris, 3).find("k is 151"), std::string::npos);
    EXPECT_NE(error_of("-k 2 --measures silhouettes " + iris, 2).find("'silhouettes' is none of"),
              std::string::npos);
    EXPECT_NE(error_of("-k 2 --measures silhouette, " + iris, 2).find("'' is none of"),
              std::string::npos);
    EXPECT_NE(error_of("-k 2 --criterion best " + iris, 2).find("'best' is none of"),
              std::string::npos);
    EXPECT_EQ(error_of("-k 2 --criterion gap " + iris, 2),
              what + "--criterion gap needs --gap B\n");
    EXPECT_EQ(error_of("-k 2 --measures none --criterion silhouette " + iris, 2),
              what + "--criterion silhouette: --measures leaves it out\n");
    for (const std::string flags :
         {"--gap -1", "--gap 1e6", "--gap x", "--silhouette-sample 1", "--silhouette-sample x",
          "--iterations 3 --tol 1", "--init random --init-trials 3", "--init nowhere.csv",
          "--labels l.txt", "--memory-limit 1G", "--seed x"}) {
        EXPECT_NE(error_of("-k 2 " + flags + " " + iris, 2), "") << flags;
    }
    EXPECT_NE(error_of("-k 2 --json a.json --csv ./a.json " + iris, 2), "");
    EXPECT_TRUE(folder.list().empty());
}

// A signal ends the sweep with what is done, whole; before that nothing is there.
TEST_F(Sweep, ASignalLeavesNothingHalfWritten)
{
    good("kmeans generate uniform --rows 2e5 --cols 8 --dtype f32 -o x.npy");
    for (const int nap : {1, 40, 300, 900}) {
        const pid_t child = folder.start_process(
            "kmeans sweep -q x.npy -k 2:5000 -T 1 --measures davies-bouldin --json out.json");
        std::this_thread::sleep_for(std::chrono::milliseconds(nap));
        kill(child, SIGINT);
        int status = 0;
        waitpid(child, &status, 0);
        const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        EXPECT_EQ(code, 130);
        const std::set<std::string> files = folder.list();
        EXPECT_TRUE(files == std::set<std::string>{"x.npy"} ||
                    files == (std::set<std::string>{"out.json", "x.npy"}));
        if (files.count("out.json") == 1) {
            const std::string json = folder.read("out.json");
            EXPECT_EQ(cli::json_member(json, "complete"), "false");
            EXPECT_EQ(json.substr(json.size() - 2), "}\n");
            std::filesystem::remove(folder.work() / "out.json");
        }
    }
}

TEST_F(Sweep, ATimeLimitEndsItWithWhatIsDone)
{
    const cli::Outcome none = folder.run("kmeans sweep -k 2:3 --time-limit 0.000001 " + iris);
    EXPECT_EQ(none.code, 4) << none.err;
    good("kmeans generate uniform --rows 2e4 --cols 8 -o x.npy");
    const cli::Outcome some = // the first takes a moment under any load, the second far longer
        folder.run("kmeans sweep -k 2,10000 --time-limit 3 --iterations 50 -T 1 --isa scalar "
                   "--algorithm lloyd --measures none --json out.json x.npy");
    EXPECT_EQ(some.code, 0) << some.err;
    EXPECT_NE(some.err.find("the time limit ran out: k = 10000 and what follows is left out"),
              std::string::npos)
        << some.err;
    EXPECT_EQ(cli::json_member(folder.read("out.json"), "complete"), "false");
}

} // namespace
