// Files that cannot be read: the code, the whole text, and no memory out of proportion.
#include "formats.h"

namespace {

using namespace formats;

class Malformed : public Files {
protected:
    void expect(const std::string &name, const std::string &content, int code,
                const std::string &text)
    {
        EXPECT_EQ(open(name, content), code) << name << "\n" << content;
        EXPECT_EQ(detail(), text) << content;
    }
};

constexpr int bad = KMEANS_ERROR_FORMAT;
constexpr int unknown = KMEANS_ERROR_NAME;

struct Case {
    const char *content;
    const char *text; // after the file's name
};

const Case text_cases[] = {
    {"a,b,species\n1,2,setosa\n3,4,x\n",
     ":2: column 3 'species' is not a number ('setosa'); choose columns with --columns 1-2"},
    {"5.1,3.5,1.4,0.2,setosa\n",
     ":1: column 5 is not a number ('setosa'); choose columns with --columns 1-4"},
    {"1,x,3,y,5\n", ":1: column 2 is not a number ('x'); choose columns with --columns 1,3,5"},
    {"1,2\n3,4\n5,6x\n", ":3: column 2 is not a number ('6x'); choose columns with --columns 1"},
    {"a\n", ": has a header, but no rows"},
    {"a,b\n\n# c\n", ": has a header, but no rows"},
    {"\n\n", ": has no rows, only blank lines and comments"},
    {"# only\n#comments", ": has no rows, only blank lines and comments"},
    {"", ": is empty"},
    {"1,2,3\n4,5\n", ":2: 2 columns, but line 1 has 3"},
    {"1,2\n3,4,5\n", ":2: 3 columns, but line 1 has 2"},
    {"1,2\n3,4\n\n5\n", ":4: 1 column, but line 1 has 2"},
    {"1,2\n3,4,\n", ":2: 3 columns, but line 1 has 2"},
    {"a,b\n1,2,3\n", ":2: 3 columns, but line 1 has 2"},
    {"1 2\n3 4 5\n", ":2: 3 columns, but line 1 has 2"},
    {"1 2\r\n3\r\n", ":2: 1 column, but line 1 has 2"},
    {"1,,3\n", ":1: column 2 is empty; --nan skip leaves such rows out"},
    {"a,b\n1,\n", ":2: column 2 'b' is empty; --nan skip leaves such rows out"},
    {"1,2,\n3,4,\n", ":1: column 3 is empty; --nan skip leaves such rows out"},
    {"1,nan\n", ":1: column 2 is not a number ('nan'); --nan skip leaves such rows out"},
    {"a,b\n1,NA\n", ":2: column 2 'b' is not a number ('NA'); --nan skip leaves such rows out"},
    {"1,5;2,5\n", ":1: column 1 has a decimal comma ('1,5'); write numbers with a decimal point"},
    {"x;y\n1;2\n1.234,5;3\n",
     ":3: column 1 'x' has a decimal comma ('1.234,5'); write numbers with a decimal point"},
    {"1,5\t2\n", ":1: column 1 has a decimal comma ('1,5'); write numbers with a decimal point"},
    {"\"1,5\",2\n", ":1: column 1 has a decimal comma ('1,5'); write numbers with a decimal point"},
    {"1,5 2,5\n1,6 2,7\n", ":1: column 2 is not a number ('5 2'): decimal commas?; write "
                           "numbers with a decimal point"},
    {"1,1e400\n", ":1: column 2 is too large for f64 ('1e400')"},
    {"1,0x10\n", ":1: column 2 is not a number ('0x10'); choose columns with --columns 1"},
    {"1,1.2.3\n", ":1: column 2 is not a number ('1.2.3'); choose columns with --columns 1"},
    {"1,2024-01-05\n",
     ":1: column 2 is not a number ('2024-01-05'); choose columns with --columns 1"},
    {"1,--5\n", ":1: column 2 is not a number ('--5'); choose columns with --columns 1"},
    {"1,1e\n", ":1: column 2 is not a number ('1e'); choose columns with --columns 1"},
    {"1,2\n3,\"4\n", ":2: a quote (\") is not closed"},
    {"1,2\n3,\"4\"5\n", ":2: column 2 is not a number ('\"4\"5'); choose columns with --columns 1"},
    {"1,2\n3,ab\x01"
     "cd\n",
     ":2: column 2 is not a number ('ab?cd'); choose columns with --columns 1"},
    {"1,2\n3,abcdefghijklmnopqrstuvwxyz\n",
     ":2: column 2 is not a number ('abcdefghijklmnopqrstuvwx...'); choose columns with "
     "--columns 1"},
    {"1,2\n3,abcdefghijklmnopqrstuvw\xC3\xA4zz\n",
     ":2: column 2 is not a number ('abcdefghijklmnopqrstuvw...'); choose columns with "
     "--columns 1"},
    {"x y z\n", ": has a header, but no rows"},
    {"1 2\n1 3:4\n", ":2: column 2 is an index and a value ('3:4'); sparse text is read with "
                     "--format libsvm"},
};

TEST_F(Malformed, Text)
{
    for (const Case &c : text_cases) {
        const std::string content = c.content;
        // A control character makes a file binary where the format is left open.
        options.format = content.find('\x01') != std::string::npos ? "text" : nullptr;
        expect("x.csv", content, bad, std::string("x.csv") + c.text);
    }
}

TEST_F(Malformed, TextInFloat32)
{
    options.dtype = KMEANS_F32;
    expect("x.csv", "1,1e39\n", bad, "x.csv:1: column 2 is too large for f32 ('1e39')");
    options.dtype = KMEANS_U8;
    expect("x.csv", "1,2\n", KMEANS_ERROR_ARGUMENT, "x.csv: text is read as f64 or f32, not as u8");
}

TEST_F(Malformed, LineNumbersCountEveryLine)
{
    expect("x.csv", "\n# c\r\na,b\n\n1,2\r\n\r\n3,x\n", bad,
           "x.csv:7: column 2 'b' is not a number ('x'); choose columns with --columns 1");
    options.columns = "2";
    expect("x.csv", "\"a\nb\",1\n\"c\n\nd\",x\n", bad, "x.csv:3: column 2 is not a number ('x')");
}

TEST_F(Malformed, HeaderAndSeparatorByForce)
{
    options.header = 0;
    expect("x.csv", "a,b\n1,2\n", bad, "x.csv:1: column 1 is not a number ('a')");
    options.header = 1;
    expect("x.csv", "1,2\n", bad, "x.csv: has a header, but no rows");
    options.header = -1;
    options.separator = ';';
    expect("x.csv", "1,2\n3,4\n", bad,
           "x.csv:1: column 1 has a decimal comma ('1,2'); write numbers with a decimal point");
}

struct Columns {
    const char *columns, *exclude, *text;
};

TEST_F(Malformed, Columns)
{
    const std::string named = "id,age,age,x\n7,1,2,3\n8,2,3,5\n";
    const Columns cases[] = {
        {"weight", nullptr, "'weight' in columns: no column has this name"},
        {"age", nullptr, "'age' in columns: several columns have this name; give the number"},
        {"5", nullptr, "'5' in columns: the file has 4 columns"},
        {"3-9", nullptr, "'3-9' in columns: the file has 4 columns"},
        {"0", nullptr, "'0' in columns: columns are counted from 1"},
        {"0-2", nullptr, "'0-2' in columns: columns are counted from 1"},
        {"3-2", nullptr, "'3-2' in columns: the range runs backwards"},
        {"1,1", nullptr, "'1' in columns: a column is named twice"},
        {"id,1-2", nullptr, "'1-2' in columns: a column is named twice"},
        {"", nullptr, "'' in columns: empty item"},
        {"1,,2", nullptr, "'1,,2' in columns: empty item"},
        {"1,", nullptr, "'1,' in columns: empty item"},
        {"-3", nullptr, "'-3' in columns: no column has this name"},
        {"99999999999999999999", nullptr,
         "'99999999999999999999' in columns: the file has 4 columns"},
        {nullptr, "y", "'y' in exclude: no column has this name"},
        {nullptr, "1-4", "columns and exclude leave none of the 4 columns"},
        {"2,x", "1-", "columns and exclude leave none of the 4 columns"},
    };
    for (const Columns &c : cases) {
        options.columns = c.columns;
        options.exclude = c.exclude;
        expect("x.csv", named, unknown, std::string("x.csv: ") + c.text);
    }
    options.columns = "age";
    options.exclude = nullptr;
    const std::string npy = npy_file(dictionary("|u1", false, "(2, 2)"), "abcd");
    expect("x.npy", npy, unknown,
           "x.npy: 'age' in columns: the file has no column names; use numbers from 1");
    options.columns = "3";
    expect("x.npy", npy, unknown, "x.npy: '3' in columns: the file has 2 columns");
    expect("x.csv", "1\n2\n", unknown, "x.csv: '3' in columns: the file has 1 column");
}

} // namespace
