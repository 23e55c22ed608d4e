// Every mistake ends with the exit code and the words that belong to it, and leaves nothing behind.
#include <cstring>
#include <memory>

#include "cli/command.h"

namespace {

constexpr int usage = 2, data = 3, limit = 4, output = 5;

struct Case {
    const char *name;
    const char *line;  // shell
    int code;          // expected
    const char *words; // expected on stderr
};

const Case cases[] = {
#include "cli/bad_input_cases.inc"
};

std::string npy(const std::string &dict, const std::string &bytes)
{
    std::string header = dict;
    while ((header.size() + 11) % 64 != 0) {
        header += ' ';
    }
    header += '\n';
    const char size[2] = {static_cast<char>(header.size() & 255),
                          static_cast<char>(header.size() >> 8)};
    return std::string("\x93NUMPY\x01\x00", 8) + std::string(size, 2) + header + bytes;
}

std::string dict(const char *type, const char *shape)
{
    return std::string("{'descr': '") + type + "', 'fortran_order': False, 'shape': " + shape +
           ", }";
}

void write_text_files(const cli::Folder &folder)
{
    folder.write("good.csv", "1,2\n1,4\n1,0\n10,2\n10,4\n10,0\n");
    folder.write("one.csv", "1\n2\n3\n4\n5\n6\n");
    folder.write("three.csv", "1,2,3\n4,5,6\n");
    folder.write("iris.csv", cli::read_file(paths::test_data("iris.csv")));
    folder.write("ragged.csv", "1,2\n3,4,5\n6,7\n");
    folder.write("text.csv", "a,b\n1,x\n2,y\n");
    folder.write("empty.csv", "");
    folder.write("header.csv", "a,b\n");
    folder.write("comma.csv", "1,5;2,5\n3,5;4,5\n");
    folder.write("hole.csv", "1,2\n3,\n5,6\n");
    folder.write("nan.csv", "1,2\n3,nan\n5,6\n");
    folder.write("inf.csv", "1,2\n3,inf\n5,6\n");
    folder.write("huge.csv", "1,2\n3,1e300\n5,6\n");
    folder.write("quote.csv", "1,2\n\"3,4\n5,6\n");
    folder.write("labels_short.txt", "0\n1\n0\n");
    folder.write("labels_negative.txt", "0\n1\n-1\n0\n1\n0\n");
    folder.write("labels_half.txt", "0\n1\n0.5\n0\n1\n0\n");
    folder.write("labels_high.txt", "0\n1\n7\n0\n1\n0\n");
    folder.write("labels.txt", "0\n0\n0\n1\n1\n1\n");
    folder.write("weights_short.txt", "1\n1\n");
    folder.write("weights_negative.txt", "1\n1\n-1\n1\n1\n1\n");
    folder.write("weights_zero.txt", "0\n0\n0\n0\n0\n0\n");
    folder.write("centroids.csv", "1,2\n10,2\n");
    folder.write("centroids_three.csv", "1,2,3\n10,2,3\n");
    folder.write("centroids_nan.csv", "1,2\nnan,2\n");
    folder.write("centroids_huge.csv", "1,2\n1e300,2\n");
    folder.write("broken.json", "{\"inertia\": 1,");
    folder.write("other.json", "{\"a\": 1}");
    folder.write("types.json", "{\"inertia\": \"x\", \"sizes\": [1], \"checksum\": \"\"}");
}

void write_binary_files(const cli::Folder &folder)
{
    const std::string zeros(96, '\0');
    folder.write("short.npy", std::string("\x93NUMPY\x01\x00\x76\x00{'", 12));
    folder.write("lying.npy", npy(dict("<f8", "(1000000000000, 3)"), zeros));
    folder.write("overflow.npy", npy(dict("<f8", "(9223372036854775807, 16)"), zeros));
    folder.write("cut.npy", npy(dict("<f8", "(6, 3)"), zeros));
    folder.write("big_endian.npy", npy(dict(">f8", "(6, 2)"), zeros));
    folder.write("half.npy", npy(dict("<f16", "(24, 2)"), zeros));
    folder.write("complex.npy", npy(dict("<c16", "(3, 2)"), zeros));
    folder.write("object.npy", npy(dict("|O", "(6, 2)"), zeros));
    folder.write("cube.npy", npy(dict("<f8", "(2, 3, 2)"), zeros));
    folder.write("no_rows.npy", npy(dict("<f8", "(0, 2)"), ""));
    folder.write("garbled.npy", npy("{'descr': '<f8', 'shape': oops}", zeros));
    folder.write("version.npy", std::string("\x93NUMPY\x09\x00\x76\x00", 10) + zeros + zeros);
    folder.write("labels_cut.npy", npy(dict("<i4", "(600,)"), zeros));
    folder.write("labels_long.npy", npy(dict("<i8", "(12,)"), zeros));
    folder.write("raw.bin", std::string(50, '\0'));
    folder.write("table.parquet", "PAR1" + zeros + "PAR1");
    folder.write("arrays.npz", "PK\x03\x04" + zeros);
    folder.write("data.gz", "\x1f\x8b\x08" + zeros);
    folder.write("data.h5", "\x89HDF\r\n\x1a\n" + zeros);
    folder.write("data.pkl", "\x80\x04\x95" + zeros);
    folder.write("data.mat", "MATLAB 5.0 MAT-file, Platform: GLNXA64" + zeros + zeros);
    std::filesystem::create_directory(folder.work() / "folder");
    std::filesystem::create_directory(folder.work() / "folder.csv");
    std::filesystem::create_symlink("loop.csv", folder.work() / "loop.csv");
    std::filesystem::create_symlink("good.csv", folder.work() / "link.csv");
    std::filesystem::create_hard_link(folder.work() / "good.csv", folder.work() / "hard.csv");
}

class BadInput : public testing::TestWithParam<Case> {
protected:
    static void SetUpTestSuite()
    {
        folder = std::make_unique<cli::Folder>();
        write_text_files(*folder);
        write_binary_files(*folder);
        usable = folder->run("kmeans -V").code == 0;
        good = folder->read("good.csv");
    }
    static void TearDownTestSuite() { folder.reset(); }
    void SetUp() override
    {
        if (!usable) {
            GTEST_SKIP() << "cannot run " << paths::command();
        }
    }
    static std::unique_ptr<cli::Folder> folder;
    static bool usable;
    static std::string good;
};
std::unique_ptr<cli::Folder> BadInput::folder;
bool BadInput::usable = false;
std::string BadInput::good;

TEST_P(BadInput, EndsWithCodeAndWords)
{
    const Case &c = GetParam();
    const auto before = folder->list();
    const cli::Outcome outcome = folder->run(c.line);
    if (outcome.err.find("build with KMEANS_JANSSON=ON") != std::string::npos) {
        EXPECT_EQ(outcome.code, usage);
        GTEST_SKIP() << "this build cannot read JSON";
    }
    EXPECT_EQ(outcome.code, c.code) << c.line << "\n" << outcome.err;
    EXPECT_NE(outcome.err.find(c.words), std::string::npos)
        << c.line << "\nstderr: " << outcome.err;
    EXPECT_EQ(outcome.out, "") << c.line;
    // An error is one line that says who speaks, without a word that only a programmer knows.
    EXPECT_NE(outcome.err.find("kmeans"), std::string::npos) << outcome.err;
    EXPECT_EQ(outcome.err.find("KMEANS_ERROR"), std::string::npos) << outcome.err;
    EXPECT_EQ(folder->list(), before) << c.line;
    EXPECT_EQ(folder->read("good.csv"), good);
}

TEST(BadInputTable, HasAHundredCasesWithNamesOfTheirOwn)
{
    std::set<std::string> names;
    for (const Case &c : cases) {
        EXPECT_TRUE(names.insert(c.name).second) << c.name;
    }
    EXPECT_GE(names.size(), 100u);
}

INSTANTIATE_TEST_SUITE_P(Cases, BadInput, testing::ValuesIn(cases),
                         [](const auto &test) { return std::string(test.param.name); });

} // namespace
