// bench: every cell is there, its figures follow from each other, and differences are found.
#include <sys/stat.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "cli/command.h"

namespace {

using cli::lines_of;
using Row = std::map<std::string, std::string>;

double number(const std::string &text) { return std::strtod(text.c_str(), nullptr); }

class Bench : public cli::CommandTest {
protected:
    // The cells by the names of the columns.
    std::vector<Row> cells(const std::string &arguments, int code = 0) const
    {
        const cli::Outcome outcome = folder.run("kmeans bench --csv - " + arguments);
        EXPECT_EQ(outcome.code, code) << arguments << "\n" << outcome.err;
        std::vector<std::string> names;
        std::vector<Row> rows;
        for (const std::string &line : lines_of(outcome.out)) {
            std::vector<std::string> fields;
            std::istringstream stream(line + ",");
            for (std::string field; std::getline(stream, field, ',');) {
                fields.push_back(field);
            }
            if (names.empty()) {
                names = fields;
                continue;
            }
            EXPECT_EQ(fields.size(), names.size()) << line;
            Row row;
            for (size_t i = 0; i < names.size() && i < fields.size(); i++) {
                row[names[i]] = fields[i];
            }
            rows.push_back(row);
        }
        return rows;
    }

    std::set<std::string> usable_isas() const
    {
        std::set<std::string> isas;
        std::istringstream words(
            cli::json_member(folder.run("kmeans info --json -").out, "isas_usable"));
        for (std::string word; std::getline(words, word, '"');) {
            if (isalpha(static_cast<unsigned char>(word[0])) && word != "emulated") {
                isas.insert(word);
            }
        }
        return isas;
    }

    // A program that does what the command does, with one edit of what it prints.
    void write_build(const std::string &name, const std::string &edit) const
    {
        folder.write(name, "#!/bin/sh\nkmeans \"$@\" | sed '" + edit + "'\n");
        chmod((folder.work() / name).c_str(), 0755);
    }
};

TEST_F(Bench, EveryFigureFollowsFromTheTimes)
{
    const auto rows = cells("--rows 500 --cols 6 -k 7 --runs 3 --iterations 4 -T 1");
    std::set<std::string> isas;
    double scalar = 0;
    for (const Row &row : rows) {
        isas.insert(row.at("isa"));
        scalar = row.at("isa") == "scalar" ? number(row.at("seconds_per_pass")) : scalar;
    }
    EXPECT_EQ(isas, usable_isas());
    EXPECT_EQ(rows.size(), isas.size());
    ASSERT_GT(scalar, 0);
    for (const Row &row : rows) {
        const double seconds = number(row.at("seconds_per_pass"));
        ASSERT_GT(seconds, 0);
        EXPECT_EQ(row.at("workload"), "blobs");
        EXPECT_EQ(row.at("algorithm"), "lloyd");
        EXPECT_EQ(row.at("dtype"), "f32");
        EXPECT_EQ(row.at("storage"), "dense");
        EXPECT_EQ(row.at("n") + " " + row.at("d") + " " + row.at("k"), "500 6 7");
        EXPECT_EQ(row.at("passes"), "4");
        EXPECT_NEAR(number(row.at("speedup_scalar")), scalar / seconds, 1e-9 * scalar / seconds);
        EXPECT_EQ(row.at("speedup_one_thread"), "1");
        EXPECT_EQ(row.at("efficiency"), "1");
        const double gflops = 2.0 * 500 * 6 * 7 / seconds * 1e-9;
        EXPECT_NEAR(number(row.at("gflops")), gflops, 1e-9 * gflops);
        EXPECT_NEAR(number(row.at("gbytes_per_second")), 500 * 6 * 4 / seconds * 1e-9, 1e-9);
        EXPECT_GT(number(row.at("peak_share")), 0);
        EXPECT_EQ(row.at("checksum"), rows[0].at("checksum"));
    }
}

// The result of a cell is that of the fit that it names.
TEST_F(Bench, CellsAreFits)
{
    folder.write("x.csv", cli::read_file(paths::test_data("iris.csv")));
    const auto rows = cells("x.csv --columns 1-4 -k 3 --runs 1 --iterations 2 --isas scalar -T 1 "
                            "--seed 5 --dtypes f64,f32");
    ASSERT_EQ(rows.size(), 2u);
    const std::string flags = " --columns 1-4 -k 3 --iterations 2 --seed 5 --init random --json -";
    const std::string as_f64 = folder.run("kmeans fit x.csv" + flags).out;
    const std::string as_f32 = folder.run("kmeans fit x.csv --dtype f32" + flags).out;
    EXPECT_EQ("\"" + rows[0].at("checksum") + "\"", cli::json_member(as_f64, "checksum"));
    EXPECT_EQ("\"" + rows[1].at("checksum") + "\"", cli::json_member(as_f32, "checksum"));
    EXPECT_NE(rows[0].at("checksum"), rows[1].at("checksum")); // 5.1 is no float32
}

TEST_F(Bench, TheTableSaysWhatWasMeasured)
{
    const std::string table = good("kmeans bench --rows 300 --cols 3 -k 2 --runs 2 --iterations 2 "
                                   "--isas scalar -T 1 --algorithms lloyd,minibatch");
    const auto lines = lines_of(table);
    for (const std::string &line : lines) {
        EXPECT_LE(line.size(), 100u) << line;
    }
    EXPECT_NE(table.find("blobs: d=3"), std::string::npos) << table;
    EXPECT_NE(table.find("n=300, k=2, dense, f32, scalar, passes=2"), std::string::npos) << table;
    EXPECT_NE(table.find("medians of 2 runs"), std::string::npos) << table;
    EXPECT_NE(table.find("\nminibatch"), std::string::npos) << table;
    EXPECT_EQ(lines.back().rfind("all 2 cells:", 0), 0u) << table;
    EXPECT_EQ(good("kmeans bench -q --rows 300 -k 2 --runs 1 --iterations 1 --isas scalar"), "");
}

TEST_F(Bench, JsonHasEveryKey)
{
    const std::string json = good("kmeans bench --rows 300 --cols 3 -k 2 --runs 3 --iterations 2 "
                                  "--isas scalar -T 1 --json -");
    for (const char *key : {"version", "cpu", "workload", "peak", "bench", "checksums_agree"}) {
        EXPECT_NE(json.find(std::string("\n  \"") + key + "\": "), std::string::npos) << key;
    }
    for (const char *key : {"workload",
                            "build",
                            "isa",
                            "threads",
                            "algorithm",
                            "dtype",
                            "storage",
                            "n",
                            "d",
                            "k",
                            "passes",
                            "seconds_per_pass",
                            "spread",
                            "speedup_scalar",
                            "speedup_one_thread",
                            "efficiency",
                            "gflops",
                            "gbytes_per_second",
                            "peak_share",
                            "checksum",
                            "resident_peak",
                            "memory"}) {
        EXPECT_NE(json.find(std::string("\n      \"") + key + "\": "), std::string::npos) << key;
    }
    EXPECT_EQ(cli::json_member(json, "checksums_agree"), "true");
    EXPECT_EQ(cli::json_member(json, "workload"), "null");
    const std::string seeded = good("kmeans bench --rows 300 --cols 3 -k 2 --runs 1 --iterations 1 "
                                    "--isas scalar -T 1 --seed 007 --json -");
    EXPECT_EQ(cli::json_member(seeded, "seed"), "7"); // 007 is no number there
}

// Sparse rows are called so, have no rate of operations, and no copy of them is made.
TEST_F(Bench, SparseDataStaysSparse)
{
    good("kmeans generate uniform --rows 300 --cols 20 --density 0.1 --dtype f32 -o x.npz");
    const std::string arguments = "x.npz -k 3 --runs 1 --iterations 2 --isas scalar -T 1 ";
    const auto rows = cells(arguments);
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0].at("storage"), "csr");
    EXPECT_EQ(rows[0].at("dtype"), "f32");
    EXPECT_EQ(rows[0].at("gflops"), "");
    EXPECT_EQ(rows[0].at("spread"), "0");
    const cli::Outcome outcome = folder.run("kmeans bench --dtypes f64 " + arguments);
    EXPECT_EQ(outcome.code, 2);
    EXPECT_NE(outcome.err.find("--dtypes f64: sparse DATA"), std::string::npos) << outcome.err;
    good("kmeans bench -q --csv t.txt " + arguments);
    const auto lines = lines_of(folder.read("t.txt")); // as many words in both lines
    ASSERT_EQ(lines.size(), 2u);
    for (const std::string &line : lines) {
        EXPECT_EQ(std::count(line.begin(), line.end(), ' '), 20) << line;
        EXPECT_EQ(line.find("  "), std::string::npos) << line;
    }
}

TEST_F(Bench, ThreadsThatTheBuildHas)
{
    const std::string arguments = "--rows 300 -k 2 --runs 1 --iterations 1 --isas scalar -T 1,2";
    EXPECT_EQ(cells("--rows 300 -k 2 --runs 1 --isas scalar -T all").size(), 1u);
    EXPECT_EQ(cells(arguments).size(), has_threads() ? 2u : 1u);
    const std::string cpus =
        cells("--rows 300 -k 2 --runs 1 --isas scalar -T all")[0].at("threads");
    if (cpus == "1" || has_threads()) { // each number once, whatever it is called
        EXPECT_EQ(cells("--rows 300 -k 2 --runs 1 --isas scalar,auto -T all," + cpus).size(),
                  usable_isas().size() > 1 ? 2u : 1u);
    }
    const std::string table = good("kmeans bench " + arguments);
    EXPECT_EQ(table.find("left out") == std::string::npos, has_threads()) << table;
}

TEST_F(Bench, WorkloadsAreWhatTheySay)
{
    for (const Row &row : cells("--workload four-gaussians --runs 1 --isas scalar -T 1")) {
        EXPECT_EQ(row.at("n") + " " + row.at("d") + " " + row.at("k"), "4000 3 4");
        EXPECT_EQ(row.at("passes"), "50");
    }
    const auto rows = cells("--workload grid --rows 500,1000 -k 3,5 --runs 1 -T 1");
    ASSERT_EQ(rows.size(), 4u);
    folder.run("kmeans generate uniform --rows 1000 --dtype f32 -o x.npy");
    const std::string fit = folder
                                .run("kmeans fit x.npy -k 5 --init random --change-fraction 0.01 "
                                     "--json -")
                                .out;
    EXPECT_EQ("\"" + rows[3].at("checksum") + "\"", cli::json_member(fit, "checksum"));
    EXPECT_EQ(rows[3].at("passes"), cli::json_member(fit, "iterations"));
}

TEST_F(Bench, MemoryIsWatched)
{
    const std::string arguments = "--workload memory --rows 40000 --runs 1 --iterations 1 -T 1";
    const auto rows = cells(arguments + " --json r.json");
    ASSERT_EQ(rows.size(), 8u);
    std::map<std::string, double> peak;
    std::map<std::string, std::string> checksum;
    for (const Row &row : rows) {
        EXPECT_EQ(row.at("d"), "20");
        const double bytes = number(row.at("resident_peak"));
        EXPECT_GT(bytes, 40000 * 8); // labels, twice
        peak[row.at("storage") + row.at("dtype") + row.at("algorithm")] = bytes;
        checksum[row.at("algorithm")] = row.at("checksum");
    }
    for (const Row &row : rows) {
        EXPECT_EQ(row.at("checksum"), checksum[row.at("algorithm")]);
    }
    EXPECT_EQ(peak.size(), 8u);
#ifndef KMEANS_TEST_SANITIZED
    // The rows are 3.2 MB in float32 and as much again in float64.
    EXPECT_NEAR(peak["densef64lloyd"] - peak["densef32lloyd"], 3.2e6, 8e5);
    EXPECT_LT(peak["csrf32lloyd"], peak["densef32lloyd"]);
#endif
    const std::string json = folder.read("r.json");
    EXPECT_NE(json.find("\"memory\": [\n"), std::string::npos);
    EXPECT_EQ(folder.list(), std::set<std::string>({"r.json"}));
}

TEST_F(Bench, OtherBuildsAreRunInTurn)
{
    write_build("other", "s/nothing/else/");
    const std::string arguments = "--rows 300 -k 2 --runs 2 --iterations 3 --isas scalar -T 1 ";
    const auto rows = cells(arguments + "--against ./other");
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[1].at("build"), "other");
    EXPECT_NE(rows[0].at("build"), "other");
    EXPECT_GT(number(rows[1].at("resident_peak")), 0);
    EXPECT_GT(number(rows[1].at("seconds_per_pass")), 0);
    EXPECT_EQ(rows[1].at("passes"), "3");
    // The same as in one process.
    EXPECT_EQ(rows[1].at("checksum"), cells(arguments)[0].at("checksum"));
    EXPECT_EQ(rows[0].at("checksum"), rows[1].at("checksum"));
    EXPECT_EQ(folder.list(), std::set<std::string>({"other"}));
}

TEST_F(Bench, AnotherChecksumIsFound)
{
    write_build("liar", "s/\"checksum\": \"..../\"checksum\": \"0000/");
    const std::string arguments =
        "--rows 300 -k 2 --runs 1 --iterations 1 --isas scalar -T 1 --against ./liar";
    EXPECT_EQ(cells(arguments, 1).size(), 2u);
    const cli::Outcome outcome = folder.run("kmeans bench --json r.json " + arguments);
    EXPECT_EQ(outcome.code, 1);
    EXPECT_NE(outcome.out.find("1 of 2 cells"), std::string::npos) << outcome.out;
    EXPECT_NE(outcome.out.find("DIFFERS"), std::string::npos) << outcome.out;
    EXPECT_EQ(cli::json_member(folder.read("r.json"), "checksums_agree"), "false");
}

TEST_F(Bench, ABuildThatCannotDoIt)
{
    write_build("none", "s/isas_usable/nothing/");
    folder.write("failing", "#!/bin/sh\ntest \"$1\" = info && exec kmeans \"$@\"\nexit 9\n");
    chmod((folder.work() / "failing").c_str(), 0755);
    write_build("silent", "s/iterations/passes/");
    const std::string start = "kmeans bench --rows 300 -k 2 --runs 1 --json r.json --against ";
    cli::Outcome outcome = folder.run(start + "./none");
    EXPECT_EQ(outcome.code, 2);
    EXPECT_NE(outcome.err.find("./none"), std::string::npos) << outcome.err;
    outcome = folder.run(start + "./failing");
    EXPECT_EQ(outcome.code, 3);
    EXPECT_NE(outcome.err.find("exit code 9"), std::string::npos) << outcome.err;
    outcome = folder.run(start + "./silent");
    EXPECT_EQ(outcome.code, 3);
    folder.write("endless", "#!/bin/sh\nexec yes\n");
    chmod((folder.work() / "endless").c_str(), 0755);
    outcome = folder.run(start + "./endless");
    EXPECT_EQ(outcome.code, 3);
    EXPECT_NE(outcome.err.find("./endless info wrote more than"), std::string::npos) << outcome.err;
    EXPECT_EQ(folder.list(), std::set<std::string>({"none", "failing", "silent", "endless"}));
}

} // namespace
