// A state before the first pass, of centroids or labels that were given: what the file does not
// have must be there, or the file is refused.
#include "checkpoint/fixture.h"

namespace {

using namespace oracle;

enum Stage { START, SEEDED };

// The words of a file, in the order that the description of the format gives.
class Words {
public:
    explicit Words(const std::string &bytes)
    {
        for (size_t at = 0; at < bytes.size(); at += 8)
            words_.push_back(read(bytes, at));
        state_ = 13 + static_cast<size_t>((words_[12] + 7) / 8);
    }

    // The state after the first pass of the first restart becomes one before it.
    std::string rewound(Stage stage, int64_t k, int64_t d) const
    {
        std::vector<uint64_t> words = words_;
        const size_t state_size = 54;
        const ptrdiff_t trace_row = 13, set = static_cast<ptrdiff_t>(k * d);
        EXPECT_EQ(words[state_], 2u) << "stage";
        for (const size_t q : {3, 13, 14}) { // passes, rows of the trace, pass
            EXPECT_EQ(words[state_ + q], 1u);
            words[state_ + q] = 0;
        }
        words[state_ + 10] = 0; // empty clusters
        words[state_] = stage;
        const auto trace = words.begin() + static_cast<ptrdiff_t>(state_ + state_size);
        const auto older = words.erase(trace, trace + trace_row), newer = older + set;
        words.erase(stage == SEEDED ? newer : older, newer + set);
        words[2] = 8 * words.size();
        std::string bytes;
        for (const uint64_t word : words)
            for (size_t b = 0; b < 8; b++)
                bytes.push_back(static_cast<char>(word >> 8 * b));
        return sealed(bytes);
    }

private:
    static uint64_t read(const std::string &bytes, size_t at)
    {
        uint64_t word = 0;
        for (size_t b = 8; b > 0; b--)
            word = word << 8 | static_cast<unsigned char>(bytes[at + b - 1]);
        return word;
    }
    std::vector<uint64_t> words_;
    size_t state_; // where it begins
};

class Start : public testing::Test {
protected:
    Request rewind(const Request &given, Stage stage)
    {
        break_off(given, path, 0, 1);
        write_bytes(path, Words(read_bytes(path)).rewound(stage, 4, x.d));
        return resume_of(given, path);
    }
    void expect_damaged(const Request &rest)
    {
        const Outcome out = run(rest);
        EXPECT_EQ(out.status, KMEANS_ERROR_FORMAT);
        EXPECT_EQ(out.detail, "resume: " + path + " is damaged: it holds a number that cannot be");
    }
    const Matrix x = make_blobs(KMEANS_F64, 60, 2, 4, 6, 0, 5);
    const Place place;
    const std::string path = place.path("run.ck");
};

TEST_F(Start, OfGivenCentroids)
{
    const std::vector<double> start = distinct_rows(x, 4, 1);
    const Request given(x, start);
    const Outcome whole = run(given);
    expect_as_unbroken(run(rewind(given, SEEDED)), whole);
    Request rest = rewind(given, START);
    expect_damaged(rest);
    rest.centroids = start;
    expect_as_unbroken(run(rest), whole);
}

TEST_F(Start, OfGivenLabels)
{
    Request given(x, 4);
    for (int64_t i = 0; i < x.n; i++)
        given.labels.push_back(static_cast<int32_t>(i * i % 4));
    for (int64_t i = 0; i < 8; i++)
        given.labels[static_cast<size_t>(i)] = static_cast<int32_t>(i % 4);
    const Outcome whole = run(given);
    Request rest = rewind(given, SEEDED);
    expect_damaged(rest);
    rest.labels = given.labels;
    expect_damaged(rest);
    rest = rewind(given, START);
    expect_damaged(rest);
    rest.labels = given.labels;
    expect_as_unbroken(run(rest), whole);
}

} // namespace
