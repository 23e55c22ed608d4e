#include "formats.h"

#include "support/paths.h"

#include <clocale>
#include <cmath>
#include <random>
#include <thread>

namespace {

using namespace formats;

class Text : public Files {
protected:
    // The file is read as these numbers in this many columns.
    void expect(const std::string &content, int64_t d, const Numbers &values)
    {
        ASSERT_EQ(open("x.csv", content), KMEANS_OK) << detail() << "\n" << content;
        const Numbers got = numbers();
        EXPECT_EQ(cols, d) << content;
        EXPECT_EQ(got, values) << content;
    }
};

TEST_F(Text, Separators)
{
    const Numbers values = {1, 2.5, -3, 4e2, 5, 6};
    expect("1,2.5,-3\n4e2,5,6\n", 3, values);
    expect("1;2.5;-3\n4e2;5;6\n", 3, values);
    expect("1\t2.5\t-3\n4e2\t5\t6\n", 3, values);
    expect("1 2.5 -3\n4e2 5 6\n", 3, values);
    expect("  1   2.5 \t -3  \n4e2  5\t6\n", 3, values);
    expect("1 , 2.5 ,-3\n4e2,  5  ,6 \n", 3, values);
    expect("1, 2.5, -3\n4e2, 5, 6", 3, values);
    expect(" 1;2.5 ; -3\n4e2;5;6", 3, values);
    expect("1\n2.5\n-3\n4e2\n5\n6\n", 1, values);
    expect("1", 1, {1});
    expect("7 8", 2, {7, 8});
    options.separator = ' ';
    expect("1 2.5 -3\n4e2 5 6\n", 3, values);
    options.separator = ';';
    expect("1;2.5;-3\n4e2;5;6\n", 3, values);
}

TEST_F(Text, LineEndsMarksAndComments)
{
    const Numbers values = {1, 2, 3, 4};
    expect("1,2\r\n3,4\r\n", 2, values);
    expect("1,2\r3,4\r", 2, values);
    expect("1,2\n3,4", 2, values);
    expect("\xEF\xBB\xBF"
           "1,2\n3,4\n",
           2, values);
    expect("# a, b\n1,2\n# between\n3,4\n#end", 2, values);
    expect("\n\n  \n1,2\n\t\n3,4\n\n\n", 2, values);
    expect("\r\n1,2\r\n\r\n3,4\r\n\r\n", 2, values);
    expect("1 2 # first\n3 4 #\n", 2, values);
    expect("1,2 # first\n3,4 # second\n", 2, values);
    expect("   # indented\n1 2\n3 4\n", 2, values);
}

TEST_F(Text, NumbersInTheirManyForms)
{
    expect("1.0D+03,2.5d-1,+7\n-.5,5.,1E2\n", 3, {1000, 0.25, 7, -0.5, 5, 100});
    expect("0.15+100 1\n2 3\n", 2, {0.15e100, 1, 2, 3});
    expect("inf,1\n-Infinity,2\n", 2, {INFINITY, 1, -INFINITY, 2});
    expect("\"1.5\",\"2\"\n\"3\" , 4\n", 2, {1.5, 2, 3, 4});
    expect("\" 1.5 \",2\n", 2, {1.5, 2});
}

TEST_F(Text, ColumnsHaveTheNamesOfTheHeader)
{
    const auto name = [this](int64_t column) {
        const char *const text = kmeans_source_column_name(source, column);
        return std::string(text != nullptr ? text : "none");
    };
    ASSERT_EQ(open("x.csv", "length, \"width, mm\",,d\n1,2,3,4\n5,6,7,8\n"), KMEANS_OK) << detail();
    EXPECT_EQ(name(0) + "|" + name(1) + "|" + name(2) + "|" + name(3), "length|width, mm||d");
    EXPECT_EQ(name(4) + name(-1), "nonenone");
    options.columns = "4,1";
    ASSERT_EQ(open("y.csv", "length,b,c,d\n1,2,3,4\n5,6,7,8\n"), KMEANS_OK) << detail();
    EXPECT_EQ(name(0) + "|" + name(1) + "|" + name(2), "d|length|none");
    kmeans_source *joined = nullptr;
    kmeans_source *const parts[] = {source};
    ASSERT_EQ(kmeans_source_concat(context, parts, 1, &joined), KMEANS_OK);
    EXPECT_STREQ(kmeans_source_column_name(joined, 1), "length");
    kmeans_source_close(joined);
    options.columns = nullptr;
    ASSERT_EQ(open("z.csv", "1,2\n3,4\n"), KMEANS_OK) << detail();
    EXPECT_EQ(name(0), "none");
    EXPECT_EQ(kmeans_source_column_name(nullptr, 0), nullptr);
}

TEST_F(Text, Headers)
{
    const Numbers values = {1, 2, 3, 4};
    expect("a,b\n1,2\n3,4\n", 2, values);
    expect("\"a, with comma\",b\n1,2\n3,4\n", 2, values);
    expect("\"line\nbreak\",b\n1,2\n3,4\n", 2, values);
    expect("x 0.5\n1 2\n3 4\n", 2, values); // a word over a number: a header
    expect(",b\n1,2\n3,4\n", 2, values);
    expect("1,2\n3,4\n", 2, values);
    options.header = 0;
    expect("1,2\n3,4\n", 2, values);
    options.header = 1;
    expect("9,9\n1,2\n3,4\n", 2, values);
    expect("a,b\n1,2\n3,4\n", 2, values);
}

TEST_F(Text, ColumnsByNumberAndName)
{
    const std::string file = "id,age,petal length,species\n7,20,1.5,setosa\n9,30,2.5,virginica\n";
    options.columns = "2,petal length";
    expect(file, 2, {20, 1.5, 30, 2.5});
    options.columns = "petal length,age";
    expect(file, 2, {1.5, 20, 2.5, 30});
    options.columns = "1-3";
    expect(file, 3, {7, 20, 1.5, 9, 30, 2.5});
    options.columns = nullptr;
    options.exclude = "species,id";
    expect(file, 2, {20, 1.5, 30, 2.5});
    options.exclude = "species,1";
    expect(file, 2, {20, 1.5, 30, 2.5});
    options.columns = "1-3";
    options.exclude = "age";
    expect(file, 2, {7, 1.5, 9, 2.5});
    options.exclude = nullptr;
    options.columns = "2";
    expect("\"x, y\",2,\"say \"\"no\"\"\"\n\"line\nbreak\",3,z\n", 1,
           {2, 3}); // text may hold anything
}

TEST_F(Text, MissingValuesOnRequest)
{
    options.nan_ok = 1;
    ASSERT_EQ(open("x.csv", "1,,3\nnan,NaN,-nan\nNA,5,\n"), KMEANS_OK) << detail();
    const Numbers got = numbers();
    ASSERT_EQ(got.size(), 9U);
    const bool missing[9] = {false, true, false, true, true, true, true, false, true};
    for (size_t q = 0; q < 9; q++) {
        EXPECT_EQ(std::isnan(got[q]), missing[q]) << q;
    }
    EXPECT_EQ(got[7], 5);
    options.dtype = KMEANS_F32;
    ASSERT_EQ(open("x.csv", "1,,3\n"), KMEANS_OK);
    EXPECT_TRUE(std::isnan(numbers()[1]));
}

TEST_F(Text, FloatsAreRoundedOnce)
{
    // Just above the middle of 1 and its float neighbour, but the nearest double is the middle.
    const std::string text = "1.0000000596046447753906250000001,1\n";
    options.dtype = KMEANS_F32;
    expect(text, 2, {static_cast<double>(std::nextafter(1.0f, 2.0f)), 1});
    EXPECT_EQ(dtype, KMEANS_F32);
    options.dtype = KMEANS_F64;
    expect(text, 2, {1 + std::ldexp(1.0, -24), 1});
}

TEST_F(Text, AnIndexColumnIsReportedByName)
{
    ASSERT_EQ(open("x.csv", "No,a\n1,5\n2,7\n3,1\n"), KMEANS_OK);
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_EQ(messages[0].level, KMEANS_LOG_WARNING);
    EXPECT_EQ(messages[0].code, "index_column");
    EXPECT_NE(messages[0].text.find("x.csv: column 1 'No' only counts the rows (1 to 3); leave it "
                                    "out with --exclude 1"),
              std::string::npos)
        << messages[0].text;
    ASSERT_EQ(open("x.csv", "a,b,n\n5,5,0\n7,1,1\n2,2,2\n"), KMEANS_OK);
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_NE(messages[0].text.find("column 3 'n'"), std::string::npos);
    options.exclude = "n";
    ASSERT_EQ(open("x.csv", "a,b,n\n5,5,0\n7,1,1\n2,2,2\n"), KMEANS_OK);
    EXPECT_TRUE(messages.empty());
    options.exclude = nullptr;
    ASSERT_EQ(open("x.csv", "a,b\n1,5\n2,7\n4,1\n"), KMEANS_OK);
    EXPECT_TRUE(messages.empty());
}

// Whatever is written is read again, to the bit, in all separators and line ends.
TEST_F(Text, RoundTripOfRandomNumbers)
{
    std::mt19937_64 random(7);
    const int64_t n = 700;
    const int64_t d = 9;
    Numbers values(n * d);
    for (double &value : values) {
        do {
            const uint64_t pattern = random();
            std::memcpy(&value, &pattern, sizeof value);
        } while (!std::isfinite(value));
    }
    for (const char *separator : {",", ";", "\t", " ", " , ", "   "}) {
        for (const char *line_end : {"\n", "\r\n", " \n"}) {
            std::string text = "# generated\n";
            for (int64_t q = 0; q < n * d; q++) {
                char number[40];
                std::snprintf(number, sizeof number, "%.17g", values[q]);
                text += number;
                text += q % d == d - 1 ? line_end : separator;
            }
            ASSERT_EQ(open("x.txt", text), KMEANS_OK) << detail();
            ASSERT_EQ(numbers(), values);
        }
    }
}

// The file's last byte is the last of a page: reading on would be a fault.
TEST_F(Text, FilesThatFillTheirPages)
{
    const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    for (const std::string last : {"7", "7.5", "-7e1", "\"7\"", "7 ", "7\r", "7\n", "\"7\" "}) {
        std::string text;
        while (text.size() + 4 + last.size() <= page) {
            text += "12\n";
        }
        while (text.size() + last.size() < page) {
            text += '\n';
        }
        text += last;
        ASSERT_EQ(text.size(), page);
        ASSERT_EQ(open("x.txt", text), KMEANS_OK) << detail();
        EXPECT_EQ(std::fabs(numbers().back()) >= 7, true);
    }
}

TEST_F(Text, ABlankSeparatedPipeOfAnyLength)
{
    std::string text;
    for (int i = 0; i < 60000; i++) {
        text += std::to_string(i % 977) + " " + std::to_string(i % 13) + "\n";
    }
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    std::thread writer([&] {
        size_t at = 0;
        while (at < text.size()) {
            const ssize_t wrote = ::write(ends[1], text.data() + at, text.size() - at);
            if (wrote <= 0) {
                break;
            }
            at += static_cast<size_t>(wrote);
        }
        close(ends[1]);
    });
    const int input = dup(0);
    dup2(ends[0], 0);
    close(ends[0]);
    const int status = open_path("-");
    writer.join();
    dup2(input, 0);
    close(input);
    ASSERT_EQ(status, KMEANS_OK) << detail();
    const Numbers got = numbers();
    ASSERT_EQ(rows, 60000);
    for (int i = 0; i < 60000; i++) {
        ASSERT_EQ(got[2 * i], i % 977);
        ASSERT_EQ(got[2 * i + 1], i % 13);
    }
}

TEST_F(Text, AnyLocale)
{
    const char *name = nullptr;
    for (const char *const candidate : {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE"}) {
        name = name != nullptr ? name : std::setlocale(LC_ALL, candidate);
    }
    if (name == nullptr) {
        GTEST_SKIP() << "no locale with a decimal comma on this machine";
    }
    const int status = open("x.csv", "1.5,2.25\n1.123456789012345678901234567890e-300,3\n");
    const Numbers got = status == KMEANS_OK ? numbers() : Numbers();
    std::setlocale(LC_ALL, "C");
    EXPECT_EQ(got, (Numbers{1.5, 2.25, 1.123456789012345678901234567890e-300, 3}));
}

TEST_F(Text, MemoryIsASmallMultipleOfTheFile)
{
    std::string text = "1,2,3,4,5,6,7,8,9,10\n";
    text.append(1 << 20, '\n'); // a million empty lines are no rows
    ASSERT_EQ(open("x.csv", text), KMEANS_OK);
    EXPECT_EQ(numbers().size(), 10U);
}

TEST_F(Text, TheSharedCsvEqualsTheSharedNpy)
{
    const std::string csv = paths::data("cal_housing.csv");
    const std::string npy = paths::data("cal_housing.npy");
    if (access(csv.c_str(), R_OK) != 0 || access(npy.c_str(), R_OK) != 0) {
        GTEST_SKIP() << "no " << csv;
    }
    ASSERT_EQ(open_path(csv), KMEANS_OK) << detail();
    const Numbers text = numbers();
    ASSERT_EQ(open_path(npy), KMEANS_OK) << detail();
    EXPECT_EQ(text, numbers());
    EXPECT_EQ(rows, 20640);
}

} // namespace
