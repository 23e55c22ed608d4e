// What messages say: which file, which place in it and how that is counted, and advice that helps.
#include <cmath>
#include <cstring>

#include "cli/command.h"

namespace {

class Messages : public cli::CommandTest {
protected:
    void SetUp() override
    {
        CommandTest::SetUp();
        folder.write("x.csv", "1,2\n1,4\n1,0\n10,2\n10,4\n10,0\n");
        folder.write("c.csv", "1,2\n10,2\n");
        folder.write("l.txt", "0\n0\n0\n1\n1\n1\n");
    }
    // The one line of an error, without the newline.
    std::string error_of(const std::string &line, int code) const
    {
        const cli::Outcome outcome = folder.run(line);
        EXPECT_EQ(outcome.code, code) << line << "\n" << outcome.err;
        const auto lines = cli::lines_of(outcome.err);
        EXPECT_EQ(lines.size(), 1u) << outcome.err;
        return lines.empty() ? "" : lines[0];
    }
    void write_reals(const std::string &name, const std::vector<double> &values) const
    {
        std::string bytes(values.size() * sizeof(double), '\0');
        memcpy(bytes.data(), values.data(), bytes.size());
        folder.write(name, bytes);
    }
};

TEST_F(Messages, BadValuesNameFileRowAndColumn)
{
    const std::string rest = " is inf; values must be finite and at most 2^500 in magnitude";
    folder.write("inf.csv", "1,2\n3,inf\n5,6\n");
    for (const std::string command : {"fit -k 1 ", "predict --centroids c.csv "}) {
        const std::string who = "kmeans " + command.substr(0, command.find(' ')) + ": ";
        const std::string place = who + "inf.csv: row 1, column 1";
        EXPECT_EQ(error_of("kmeans " + command + "inf.csv", 3), place + " (counted from 0)" + rest);
        EXPECT_EQ(error_of("kmeans " + command + "x.csv inf.csv x.csv", 3),
                  place + " (counted from 0)" + rest);
        EXPECT_EQ(error_of("kmeans " + command + "- x.csv < inf.csv", 3),
                  who + "(standard input): row 1, column 1 (counted from 0)" + rest);
    }
    EXPECT_EQ(error_of("kmeans fit -k 1 x.csv inf.csv --columns 2", 3),
              "kmeans fit: inf.csv: row 1, column 0 of those used (counted from 0)" + rest);
    folder.write("c1.csv", "1\n");
    EXPECT_EQ(error_of("kmeans predict x.csv inf.csv --exclude 1 --centroids c1.csv", 3),
              "kmeans predict: inf.csv: row 1, column 0 of those used (counted from 0)" + rest);
    folder.write("l9.txt", "0\n0\n0\n1\n1\n1\n0\n1\n0\n");
    EXPECT_EQ(error_of("kmeans verify -q x.csv inf.csv --centroids c.csv --labels l9.txt", 3),
              "kmeans verify: inf.csv: row 1, column 1 (counted from 0)" + rest);
}

TEST_F(Messages, SkippedRowsAreNotBad)
{
    // The first row that cannot be used is the one with the infinity, not those with a NaN.
    write_reals("a.bin", {1, 2, NAN, 4});
    write_reals("b.bin", {5, NAN, 6, -INFINITY});
    EXPECT_EQ(error_of("kmeans fit a.bin b.bin -k 1 --cols 2 --nan skip", 3),
              "kmeans fit: b.bin: row 1, column 1 (counted from 0) is -inf; values must be finite "
              "and at most 2^500 in magnitude");
    EXPECT_EQ(error_of("kmeans fit a.bin b.bin -k 1 --cols 2", 3),
              "kmeans fit: a.bin: row 1, column 0 (counted from 0) is nan; values must be finite "
              "and at most 2^500 in magnitude; --nan skip leaves such rows out");
}

TEST_F(Messages, SideFilesSayWhatTheyMustHold)
{
    folder.write("table.csv", "id,w\na;b,1\nc,2\n");
    const std::string place = " table.csv:2: column 1 'id' is not a number ('a;b'); the file must "
                              "hold ";
    EXPECT_EQ(error_of("kmeans fit x.csv -k 2 --weights table.csv", 3),
              "kmeans fit: --weights" + place + "one weight per row of the data and nothing else");
    EXPECT_EQ(error_of("kmeans fit x.csv --init-labels table.csv", 3),
              "kmeans fit: --init-labels" + place +
                  "one label per row of the data and nothing else");
    EXPECT_EQ(error_of("kmeans fit x.csv --init table.csv", 3),
              "kmeans fit: --init" + place + "one centroid per row and nothing else");
    EXPECT_EQ(error_of("kmeans predict x.csv --centroids table.csv", 3),
              "kmeans predict: --centroids" + place + "one centroid per row and nothing else");
    EXPECT_EQ(error_of("kmeans verify x.csv --centroids c.csv --labels table.csv", 3),
              "kmeans verify: --labels" + place + "one label per row of the data and nothing else");
    // A hole, and bytes: the flags for that are about DATA too.
    folder.write("hole.csv", "1,2\n1,\n");
    EXPECT_EQ(error_of("kmeans predict x.csv --centroids hole.csv", 3),
              "kmeans predict: --centroids hole.csv:2: column 2 is empty; the file must hold one "
              "centroid per row and nothing else");
    folder.write("bytes.bin", std::string(5, '\0'));
    EXPECT_EQ(error_of("kmeans fit x.csv -k 2 --weights bytes.bin", 3),
              "kmeans fit: --weights bytes.bin: is binary, of no known format; the file must hold "
              "one weight per row of the data and nothing else");
}

TEST_F(Messages, SideFilesNameTheRow)
{
    folder.write("w.txt", "1\n1\n-1\n1\n1\n1\n");
    EXPECT_EQ(error_of("kmeans fit x.csv -k 2 --weights w.txt", 3),
              "kmeans fit: --weights w.txt: row 2 (counted from 0) is -1; weights must be at least "
              "0 and at most 2^500");
    folder.write("half.txt", "0\n0.5\n1\n0\n1\n0\n");
    EXPECT_EQ(
        error_of("kmeans fit x.csv --init-labels half.txt", 3),
        "kmeans fit: --init-labels half.txt: row 1 (counted from 0) is 0.5, no label (a whole "
        "number from 0 up)");
    folder.write("high.txt", "0\n0\n7\n0\n1\n0\n");
    EXPECT_EQ(
        error_of("kmeans fit x.csv -k 2 --init-labels high.txt", 3),
        "kmeans fit: --init-labels high.txt: row 2 (counted from 0) is 7; labels must be 0 .. "
        "1 for 2 clusters");
    folder.write("huge.csv", "1,2\n-1e300,2\n");
    EXPECT_EQ(error_of("kmeans fit x.csv --init huge.csv", 3),
              "kmeans fit: --init huge.csv: row 1, column 0 (counted from 0) is -1e+300; values "
              "must be finite and at most 2^500 in magnitude");
}

TEST_F(Messages, CountsAndSizes)
{
    folder.write("one.txt", "1\n");
    EXPECT_EQ(error_of("kmeans fit x.csv -k 2 --weights one.txt", 3),
              "kmeans fit: --weights one.txt: 1 row of 1 number; the file must hold one weight per "
              "row of the data, and there are 6");
    EXPECT_EQ(error_of("kmeans fit one.txt -k 1 --weights x.csv", 3),
              "kmeans fit: --weights x.csv: 6 rows of 2 numbers; the file must hold one weight per "
              "row of the data, and there is 1");
    EXPECT_EQ(error_of("kmeans predict x.csv --centroids one.txt", 3),
              "kmeans predict: --centroids one.txt has 1 column, but the data has 2");
    EXPECT_EQ(error_of("kmeans fit x.csv one.txt -k 1", 3),
              "kmeans fit: one.txt has 1 column, but x.csv has 2");
    EXPECT_EQ(error_of("kmeans fit x.csv -k 2 --init one.txt", 2),
              "kmeans fit: --clusters is 2, but --init one.txt has 1 row");
}

TEST_F(Messages, DataOfTwoTypes)
{
    folder.run("kmeans generate uniform --dtype f32 -o f32.npy");
    EXPECT_EQ(error_of("kmeans fit x.csv f32.npy -k 1", 3),
              "kmeans fit: f32.npy holds f32, but x.csv holds f64; all DATA must be of one type");
    good("kmeans fit x.csv f32.npy -k 1 -q --dtype f32");
}

// What has no effect is said; with -q it is not, and the result is the same.
TEST_F(Messages, OptionsWithoutEffect)
{
    folder.run("kmeans generate uniform --rows 6 -o x.npy");
    const std::pair<std::string, std::string> cases[] = {
        {"fit x.csv --init c.csv --seed 3",
         "--seed has no effect: with given centroids nothing is drawn"},
        {"fit x.csv --init-labels l.txt --seed 3",
         "--seed has no effect: with given labels nothing is drawn"},
        {"fit x.csv -k 2 --cluster-inertia on",
         "--cluster-inertia has no effect: it is shown by --json FILE only"},
        {"fit x.npy -k 2 --dtype f32", "x.npy holds f64: --dtype f32 has no effect on it"},
        {"fit x.npy -k 2 --header yes", "x.npy: header has no effect on .npy, which is no text"},
        {"fit x.npy -k 2 --header no --separator ';'",
         "x.npy: separator and header have no effect on .npy, which is no text"},
        {"predict x.csv --centroids c.csv --weights l.txt",
         "--weights has no effect: only the inertia of --json FILE counts them"},
    };
    for (const auto &[line, text] : cases) {
        const std::string who = "kmeans " + line.substr(0, line.find(' '));
        EXPECT_EQ(error_of("kmeans " + line, 0), who + ": warning: " + text);
        good("kmeans " + line + " -q");
    }
    for (const std::string line :
         {"--init random --init-trials 0 -k 2", "--init c.csv --init-sample 0",
          "-k 2 --init random --init-sample 3", "-k 2 --cluster-inertia on --json r.json",
          "-k 2 --dtype f64", "-k 2 --cluster-inertia off"}) {
        good("kmeans fit x.csv " + line);
    }
}

TEST_F(Messages, PredictSaysHowQuickItWas)
{
    const std::string line = "kmeans predict x.csv --centroids c.csv ";
    const cli::Outcome outcome = folder.run(line + "-v --isa scalar");
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.out, folder.read("l.txt"));
    const auto lines = cli::lines_of(outcome.err);
    ASSERT_EQ(lines.size(), 2u) << outcome.err;
    EXPECT_EQ(lines[0], "kmeans predict: 6 rows of 2 f64, 2 centroids, kernels scalar");
    EXPECT_NE(lines[1].find(" s (load 0."), std::string::npos) << lines[1];
    EXPECT_NE(lines[1].find(" rows/s, "), std::string::npos) << lines[1];
    EXPECT_NE(lines[1].find(" GFLOP/s effective"), std::string::npos) << lines[1];
    good(line + "-v -q");
    good(line);
}

// The library calls an option by its name; the command has already said the flag.
TEST_F(Messages, NamesAreNotDoubled)
{
    const std::string fit = "kmeans fit x.csv -k ";
    EXPECT_EQ(error_of(fit + "0", 2), "kmeans fit: --clusters is 0; it must be at least 1");
    EXPECT_EQ(error_of(fit + "2 -T 99999", 2),
              "kmeans fit: --threads is 99999; it must be at most 4096");
    EXPECT_EQ(error_of(fit + "2 --nan drop", 2),
              "kmeans fit: --nan \"drop\" is none of: error | skip");
    EXPECT_EQ(error_of(fit + "2 --isa sse9", 2).rfind("kmeans fit: --isa: no instruction set", 0),
              0u);
}

} // namespace
