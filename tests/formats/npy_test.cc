#include "formats.h"

#include "support/numbers.h"
#include "support/paths.h"

namespace {

using namespace formats;

class Npy : public Files {};

const std::vector<double> six = {2, 7, 3, 9, 5, 6.5};

TEST_F(Npy, TypesOrdersAndVersions)
{
    const std::vector<float> floats(six.begin(), six.end());
    const std::vector<unsigned char> bytes(six.begin(), six.end());
    const std::vector<double> whole(bytes.begin(), bytes.end());
    const struct {
        const char *descr;
        std::string content;
        int dtype;
        const std::vector<double> *values;
    } types[] = {
        {"<f8", bytes_of(six), KMEANS_F64, &six},    {"=f8", bytes_of(six), KMEANS_F64, &six},
        {"f8", bytes_of(six), KMEANS_F64, &six},     {"<f4", bytes_of(floats), KMEANS_F32, &six},
        {"|u1", bytes_of(bytes), KMEANS_U8, &whole}, {"u1", bytes_of(bytes), KMEANS_U8, &whole},
        {">u1", bytes_of(bytes), KMEANS_U8, &whole}};
    for (const auto &type : types) {
        for (int version = 1; version <= 3; version++) {
            const std::string c =
                npy_file(dictionary(type.descr, false, "(3, 2)"), type.content, version);
            ASSERT_EQ(open("c.npy", c), KMEANS_OK) << detail();
            EXPECT_EQ(numbers(), *type.values);
            EXPECT_EQ(rows, 3);
            EXPECT_EQ(cols, 2);
            EXPECT_EQ(dtype, type.dtype);
            const std::string f =
                npy_file(dictionary(type.descr, true, "(3, 2)"), type.content, version);
            ASSERT_EQ(open("f.npy", f), KMEANS_OK) << detail();
            const std::vector<double> &v = *type.values;
            EXPECT_EQ(numbers(), (Numbers{v[0], v[3], v[1], v[4], v[2], v[5]}));
            EXPECT_TRUE(messages.empty());
        }
    }
}

TEST_F(Npy, EveryNumberType)
{
    const struct {
        int dtype;
        const char *descr;
    } types[] = {{KMEANS_F32, "<f4"}, {KMEANS_F64, "<f8"},  {KMEANS_U8, "|u1"},
                 {KMEANS_F16, "<f2"}, {KMEANS_BF16, "<V2"}, {KMEANS_I8, "|i1"},
                 {KMEANS_I16, "<i2"}, {KMEANS_U16, "<u2"},  {KMEANS_I32, "<i4"}};
    for (const auto &type : types) {
        const size_t size = static_cast<size_t>(numbers::size_of(type.dtype));
        std::string content(6 * size, '\0');
        Numbers values;
        for (size_t q = 0; q < 6; q++) {
            numbers::put(type.dtype, six[q] * 5 - 9, &content[q * size]);
            values.push_back(numbers::get(type.dtype, &content[q * size]));
        }
        options.dtype = type.dtype; // bf16 needs it, the others do not mind
        const std::string file = npy_file(dictionary(type.descr, false, "(3, 2)"), content);
        ASSERT_EQ(open("x.npy", file), KMEANS_OK) << detail();
        EXPECT_EQ(Files::numbers(), values) << type.descr;
        EXPECT_EQ(dtype, type.dtype);
        EXPECT_TRUE(messages.empty());
        options.cols = 2;
        ASSERT_EQ(open("x.bin", content), KMEANS_OK) << detail();
        EXPECT_EQ(Files::numbers(), values) << type.descr;
        EXPECT_EQ(dtype, type.dtype);
        options.cols = 0;
    }
}

TEST_F(Npy, HeadersThatPythonMayWrite)
{
    const char *const headers[] = {
        "{'shape': (3, 2), 'fortran_order': False, 'descr': '<f8'}",
        "{\"descr\": \"<f8\", \"fortran_order\": False, \"shape\": (3L, 2L,)}",
        "  {  'descr'  :'<f8','fortran_order':False,'shape':( 3 ,2 ),}   ",
    };
    for (const char *header : headers) {
        ASSERT_EQ(open("x.npy", npy_file(header, bytes_of(six))), KMEANS_OK) << detail();
        EXPECT_EQ(numbers(), six);
    }
    for (const char *shape : {"(6,)", "(6, 1)", "(6,1,)"}) {
        for (const bool fortran : {false, true}) {
            ASSERT_EQ(open("x.npy", npy_file(dictionary("<f8", fortran, shape), bytes_of(six))),
                      KMEANS_OK);
            EXPECT_EQ(numbers(), six);
            EXPECT_EQ(rows, 6);
            EXPECT_EQ(cols, 1);
        }
    }
}

TEST_F(Npy, UnalignedNumbersAreCopiedAndReported)
{
    std::string file = "\x93NUMPY\x01";
    file += '\0';
    const std::string header = dictionary("<f8", false, "(3, 2)") + "\n"; // not padded
    file += static_cast<char>(header.size());
    file += '\0';
    file += header;
    while (file.size() % 8 == 0) {
        GTEST_FAIL() << "the header is aligned by accident";
    }
    ASSERT_EQ(open("x.npy", file + bytes_of(six)), KMEANS_OK) << detail();
    EXPECT_EQ(numbers(), six);
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_EQ(messages[0].code, "misaligned");
}

TEST_F(Npy, BytesAfterTheArrayAreReported)
{
    const std::string file = npy_file(dictionary("<f8", false, "(3, 2)"), bytes_of(six) + "abc");
    ASSERT_EQ(open("x.npy", file), KMEANS_OK);
    EXPECT_EQ(numbers(), six);
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_EQ(messages[0].code, "trailing_bytes");
    EXPECT_NE(messages[0].text.find("3 bytes after the array"), std::string::npos);
}

TEST_F(Npy, WhatOnlyTextHasIsReported)
{
    const std::string file = npy_file(dictionary("<f8", false, "(3, 2)"), bytes_of(six));
    options.separator = ';';
    ASSERT_EQ(open("x.npy", file), KMEANS_OK);
    EXPECT_EQ(numbers(), six);
    const auto ends_with = [this](size_t message, const std::string &words) {
        const std::string &text = messages.at(message).text;
        return text.size() > words.size() &&
               text.compare(text.size() - words.size(), words.size(), words) == 0;
    };
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_EQ(messages[0].code, "unused_option");
    EXPECT_TRUE(ends_with(0, "x.npy: separator has no effect on .npy, which is no text"));
    options.header = 0;
    ASSERT_EQ(open("x.npy", file + "a"), KMEANS_OK);
    ASSERT_EQ(messages.size(), 2U); // of this call
    EXPECT_TRUE(ends_with(0, "x.npy: 1 byte after the array was left alone"));
    EXPECT_TRUE(
        ends_with(1, "x.npy: separator and header have no effect on .npy, which is no text"));
}

TEST_F(Npy, ColumnsOfBothOrders)
{
    Numbers x(5 * 6);
    for (size_t q = 0; q < x.size(); q++) {
        x[q] = 100 + static_cast<double>(q);
    }
    const struct {
        const char *columns, *exclude;
        std::vector<int> kept;
    } choices[] = {{nullptr, nullptr, {0, 1, 2, 3, 4, 5}},
                   {"1-4", nullptr, {0, 1, 2, 3}},
                   {"2-", nullptr, {1, 2, 3, 4, 5}},
                   {"6,4,2", nullptr, {5, 3, 1}},
                   {"1,2,6", nullptr, {0, 1, 5}},
                   {nullptr, "1", {1, 2, 3, 4, 5}},
                   {nullptr, "2,4-6", {0, 2}},
                   {"5,1-3", "2", {4, 0, 2}},
                   {" 3 , 1 ", nullptr, {2, 0}},
                   {"3", nullptr, {2}}};
    for (const bool fortran : {false, true}) {
        const std::string file = npy_file(dictionary("<f8", fortran, "(5, 6)"), bytes_of(x));
        for (const auto &choice : choices) {
            options.columns = choice.columns;
            options.exclude = choice.exclude;
            ASSERT_EQ(open("x.npy", file), KMEANS_OK) << detail();
            const Numbers got = numbers();
            const size_t d = choice.kept.size();
            ASSERT_EQ(got.size(), 5 * d);
            for (size_t i = 0; i < 5; i++) {
                for (size_t p = 0; p < d; p++) {
                    const size_t c = static_cast<size_t>(choice.kept[p]);
                    EXPECT_EQ(got[i * d + p], fortran ? x[c * 5 + i] : x[i * 6 + c]);
                }
            }
        }
    }
}

TEST_F(Npy, AColumnThatCountsRowsIsReported)
{
    Numbers x;
    for (int i = 0; i < 8; i++) {
        x.insert(x.end(), {static_cast<double>(i), 5.0, i + 1.0});
    }
    const std::string file = npy_file(dictionary("<f8", false, "(8, 3)"), bytes_of(x));
    ASSERT_EQ(open("x.npy", file), KMEANS_OK);
    ASSERT_EQ(messages.size(), 2U);
    EXPECT_EQ(messages[0].code, "index_column");
    EXPECT_NE(messages[0].text.find("column 1 only counts the rows (0 to 7); leave it out with "
                                    "--exclude 1"),
              std::string::npos)
        << messages[0].text;
    EXPECT_NE(messages[1].text.find("column 3 only counts the rows (1 to 8)"), std::string::npos);
    options.columns = "2,3";
    ASSERT_EQ(open("x.npy", file), KMEANS_OK);
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_NE(messages[0].text.find("--exclude 3"), std::string::npos);
    options.columns = "1"; // alone there is nothing to leave out
    ASSERT_EQ(open("x.npy", file), KMEANS_OK);
    EXPECT_TRUE(messages.empty());
}

TEST_F(Npy, ThroughAPipe)
{
    const std::string file = npy_file(dictionary("<f8", false, "(3, 2)"), bytes_of(six));
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    ASSERT_EQ(::write(ends[1], file.data(), file.size()), static_cast<ssize_t>(file.size()));
    close(ends[1]);
    const int input = dup(0);
    dup2(ends[0], 0);
    close(ends[0]);
    const int status = open_path("-");
    dup2(input, 0);
    close(input);
    ASSERT_EQ(status, KMEANS_OK) << detail();
    EXPECT_EQ(numbers(), six);
}

TEST_F(Npy, RawFiles)
{
    const std::vector<float> floats(six.begin(), six.end());
    options.cols = 2;
    options.dtype = KMEANS_F32;
    ASSERT_EQ(open("x.bin", bytes_of(floats)), KMEANS_OK) << detail();
    EXPECT_EQ(numbers(), six);
    EXPECT_EQ(dtype, KMEANS_F32);
    options.dtype = KMEANS_F64;
    options.cols = 3;
    options.columns = "3,1";
    options.offset = 8;
    ASSERT_EQ(open("x.bin", "headhead" + bytes_of(six)), KMEANS_OK) << detail();
    EXPECT_EQ(numbers(), (Numbers{3, 2, 6.5, 9}));
    options.columns = nullptr;
    options.offset = 5;
    ASSERT_EQ(open("x.bin", "header"[0] + std::string("head") + bytes_of(six)), KMEANS_OK);
    EXPECT_EQ(numbers(), six);
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_EQ(messages[0].code, "misaligned");
    options.dtype = KMEANS_U8;
    options.offset = 0;
    options.format = "raw";
    ASSERT_EQ(open("x.bin", "abcdef"), KMEANS_OK);
    EXPECT_EQ(numbers(), (Numbers{97, 98, 99, 100, 101, 102}));
}

TEST_F(Npy, TheSharedSetsAreThereInFull)
{
    const struct {
        const char *name;
        int64_t n, d;
        int dtype;
    } sets[] = {{"iris.npy", 150, 4, KMEANS_F64},
                {"mnist_train.npy", 60000, 784, KMEANS_U8},
                {"lidar_csite1.npy", 522674, 3, KMEANS_F32}};
    for (const auto &set : sets) {
        const std::string path = paths::data(set.name);
        if (access(path.c_str(), R_OK) != 0) {
            GTEST_SKIP() << "no " << path;
        }
        ASSERT_EQ(open_path(path), KMEANS_OK) << detail();
        ASSERT_EQ(kmeans_source_shape(source, &rows, &cols, &dtype), KMEANS_OK);
        EXPECT_EQ(rows, set.n);
        EXPECT_EQ(cols, set.d);
        EXPECT_EQ(dtype, set.dtype);
    }
}

} // namespace
