// verify against an oracle of its own: rational arithmetic by long integers on small whole numbers,
// and results that are wrong in one place.
#include <cstdint>
#include <random>

#include "cli/command.h"

namespace {

using cli::lines_of;
using cli::Outcome;

class Verify : public cli::CommandTest {
protected:
    // Rows and centroids are whole numbers times 2^shift, so that squared distances are exact in
    // int64, whatever the shift.
    void make(int n, int d, int k, int range, int shift, unsigned seed)
    {
        std::mt19937 random(seed);
        std::uniform_int_distribution<int> value(-range, range);
        std::string x;
        std::string c;
        std::vector<int> centroids(static_cast<size_t>(k * d));
        for (size_t q = 0; q < centroids.size(); q++) {
            centroids[q] = value(random);
            append(c, centroids[q], shift, q % static_cast<size_t>(d) + 1 == size_t(d));
        }
        labels.clear();
        for (int i = 0; i < n; i++) {
            std::vector<int> row(static_cast<size_t>(d));
            for (int p = 0; p < d; p++) {
                row[size_t(p)] = value(random);
                append(x, row[size_t(p)], shift, p + 1 == d);
            }
            labels.push_back(nearest(row, centroids, k));
        }
        folder.write("x.csv", x);
        folder.write("c.csv", c);
        write_labels();
    }
    void write_labels() const
    {
        std::string text;
        for (const int label : labels) {
            text += std::to_string(label) + "\n";
        }
        folder.write("l.txt", text);
    }
    Outcome verify(const std::string &more = "") const
    {
        return folder.run("kmeans verify x.csv --centroids c.csv --labels l.txt " + more);
    }
    std::vector<int> labels;

private:
    static void append(std::string &text, int value, int shift, bool last)
    {
        char number[64];
        snprintf(number, sizeof number, "%.17g%c", std::ldexp(value, shift), last ? '\n' : ',');
        text += number;
    }
    static int nearest(const std::vector<int> &row, const std::vector<int> &centroids, int k)
    {
        int best = 0;
        int64_t best_d2 = INT64_MAX;
        for (int j = 0; j < k; j++) {
            int64_t d2 = 0;
            for (size_t p = 0; p < row.size(); p++) {
                const int64_t difference = row[p] - centroids[size_t(j) * row.size() + p];
                d2 += difference * difference;
            }
            if (d2 < best_d2) {
                best_d2 = d2;
                best = j;
            }
        }
        return best;
    }
};

TEST_F(Verify, AgreesWithIntegersWhateverTheScale)
{
    // Many exact ties; squares that underflow, also to denormals, and squares near overflow.
    for (const int shift : {0, -20, -530, -1060, 480}) {
        make(400, 3, 7, 4, shift, 1);
        EXPECT_EQ(verify().code, 0) << shift << verify().out;
        make(200, 9, 5, 1000, shift, 2);
        EXPECT_EQ(verify().code, 0) << shift << verify().out;
    }
}

TEST_F(Verify, FindsOneWrongLabel)
{
    make(400, 3, 7, 4, 0, 3);
    for (const size_t row : {size_t(0), size_t(217), size_t(399)}) {
        const int right = labels[row];
        labels[row] = (right + 1) % 7;
        write_labels();
        const Outcome outcome = verify();
        EXPECT_EQ(outcome.code, 1);
        const std::string words = "row " + std::to_string(row) + ": label " +
                                  std::to_string(labels[row]) + ", expected " +
                                  std::to_string(right) + ", distances ";
        EXPECT_NE(outcome.out.find(words), std::string::npos) << outcome.out;
        EXPECT_EQ(lines_of(outcome.out)[0],
                  "rows that differ, counted from 0 as labels are (the first 10):");
        EXPECT_NE(outcome.out.find("399 of 400 right"), std::string::npos) << outcome.out;
        labels[row] = right;
    }
}

TEST_F(Verify, TiesGoToTheLowestIndex)
{
    folder.write("x.csv", "1\n5\n");
    folder.write("c.csv", "0\n2\n0\n");
    folder.write("l.txt", "0\n1\n");
    EXPECT_EQ(verify().code, 0);
    folder.write("l.txt", "1\n1\n"); // equally near, but not the lowest
    EXPECT_EQ(verify().code, 1);
    folder.write("l.txt", "2\n1\n");
    EXPECT_EQ(verify().code, 1);
}

TEST_F(Verify, DecidesWhatFloat64Cannot)
{
    // |x-a|^2 - |x-b|^2 is 2^-105: both distances round to the same float64.
    folder.write("x.csv", "0,0\n");
    folder.write("c.csv", "1,2.2204460492503131e-16\n1,1.5700924586837752e-16\n");
    folder.write("l.txt", "1\n");
    EXPECT_EQ(verify().code, 0);
    folder.write("l.txt", "0\n");
    const Outcome outcome = verify();
    EXPECT_EQ(outcome.code, 1);
    EXPECT_NE(outcome.out.find("expected 1, distances 1 and 1"), std::string::npos) << outcome.out;
}

TEST_F(Verify, ShowsTheFirstTenOnly)
{
    make(100, 2, 4, 50, 0, 4);
    for (int &label : labels) {
        label = (label + 1) % 4;
    }
    write_labels();
    int shown = 0;
    for (const std::string &line : lines_of(verify().out)) {
        shown += line.rfind("row ", 0) == 0;
    }
    EXPECT_EQ(shown, 10);
    make(100, 2, 4, 50, 0, 4); // nothing differs: no such line
    EXPECT_EQ(lines_of(verify().out)[0].rfind("labels ", 0), 0u) << verify().out;
    for (int &label : labels) {
        label = (label + 1) % 4;
    }
    write_labels();
    EXPECT_EQ(verify("-q").out, "");
    EXPECT_EQ(verify("-q").code, 1);
}

TEST_F(Verify, LabelsOutOfRangeAreWrong)
{
    make(50, 2, 3, 50, 0, 5);
    for (const int wrong : {3, 99, -1}) {
        labels[7] = wrong;
        write_labels();
        EXPECT_EQ(verify().code, 1) << wrong;
    }
}

TEST_F(Verify, SkippedRowsHaveLabelMinusOne)
{
    folder.write("x.csv", "1\nnan\n5\n");
    folder.write("c.csv", "0\n6\n");
    folder.write("l.txt", "0\n-1\n1\n");
    EXPECT_EQ(verify().code, 3);
    EXPECT_EQ(verify("--nan skip").code, 0) << verify("--nan skip").out;
    folder.write("l.txt", "0\n0\n1\n");
    EXPECT_EQ(verify("--nan skip").code, 1);
}

TEST_F(Verify, FixpointNeedsExactMeans)
{
    folder.write("x.csv", "0\n1\n1\n10\n11\n");
    folder.write("l.txt", "0\n0\n0\n1\n1\n");
    folder.write("c.csv", "0.66666666666666663\n10.5\n"); // 2/3 rounded once
    EXPECT_EQ(verify("--fixpoint").code, 0) << verify("--fixpoint").out;
    folder.write("c.csv", "0.66666666666666674\n10.5\n"); // the next number
    EXPECT_EQ(verify("--fixpoint").code, 1) << verify("--fixpoint").out;
    EXPECT_EQ(verify().code, 0); // a figure only
}

TEST_F(Verify, ChecksTheNumbersOfAResult)
{
    folder.write("iris.csv", cli::read_file(paths::test_data("iris.csv")));
    ASSERT_EQ(folder
                  .run("kmeans fit iris.csv --columns 1-4 -k 3 -q --labels l.txt "
                       "--centroids c.csv --json r.json")
                  .code,
              0);
    const std::string line = "kmeans verify iris.csv --columns 1-4 --labels l.txt "
                             "--centroids c.csv --json r.json";
    if (folder.run(line).code == 2) {
        GTEST_SKIP() << "this build cannot read JSON";
    }
    EXPECT_EQ(folder.run(line).code, 0) << folder.run(line).out;
    const std::string json = folder.read("r.json");
    for (const char *key : {"inertia", "sizes", "checksum"}) {
        const std::string value = cli::json_member(json, key);
        std::string changed = value;
        // The last figure of a number or checksum, the first size.
        char &digit = value[0] == '[' ? changed[1] : changed[5];
        digit = digit == '5' ? '6' : '5';
        std::string copy = json;
        copy.replace(copy.find(value), value.size(), changed);
        folder.write("r.json", copy);
        const Outcome outcome = folder.run(line);
        EXPECT_EQ(outcome.code, 1) << key << outcome.out;
        EXPECT_NE(outcome.out.find("DIFFERS"), std::string::npos) << outcome.out;
    }
    // A result that claims a fixpoint that is none.
    ASSERT_EQ(folder
                  .run("kmeans fit iris.csv --columns 1-4 -k 3 -q --labels l.txt --max-iter 2 "
                       "--centroids c.csv --json r.json")
                  .code,
              0);
    EXPECT_EQ(folder.run(line).code, 0) << folder.run(line).out;
    std::string claim = folder.read("r.json");
    claim.replace(claim.find("\"converged\": false"), 18, "\"converged\": true");
    folder.write("r.json", claim);
    EXPECT_EQ(folder.run(line).code, 1);
}

TEST_F(Verify, WeightedResult)
{
    ASSERT_EQ(folder
                  .run("kmeans generate blobs --rows 500 --cols 3 -o x.csv && "
                       "kmeans generate uniform --rows 500 --cols 1 -o w.npy && "
                       "kmeans fit x.csv -k 4 --weights w.npy -q --labels l.txt "
                       "--centroids c.csv --json r.json")
                  .code,
              0);
    const Outcome outcome = verify("--weights w.npy --fixpoint");
    EXPECT_EQ(outcome.code, 0) << outcome.out;
    EXPECT_EQ(verify("--fixpoint").code, 1); // without the weights the means are others
}

TEST_F(Verify, LongOnMnist)
{
    const std::string mnist = paths::data("mnist_train.npy");
    if (!std::filesystem::exists(mnist)) {
        GTEST_SKIP() << mnist << " is not there";
    }
    ASSERT_EQ(folder
                  .run("kmeans fit '" + mnist +
                       "' -k 100 --init random --max-iter 3 -q "
                       "--labels l.npy --centroids c.npy --json r.json")
                  .code,
              0);
    const Outcome outcome =
        folder.run("kmeans verify '" + mnist + "' --labels l.npy --centroids c.npy --json r.json");
    EXPECT_NE(outcome.code, 1) << outcome.out;
}

} // namespace
