// Files of the binary formats that lie: about sizes, offsets, rows, what is compressed. All are
// refused with a text that names the file and the place, in little memory.
#include <sys/wait.h>

#include <fstream>
#include <set>

#include "archives.h"

namespace {

using namespace archives;

// Bytes [at, at + new.size()) replaced.
std::string patch(std::string content, size_t at, const std::string &bytes)
{
    return content.replace(at, bytes.size(), bytes);
}

struct Case {
    std::string name, content;
    std::string text; // of the error, or "" for any that names a byte
};

std::vector<double> six() { return {1, 2, 3, 4, 5, 6}; }

void add_cuts(std::vector<Case> *cases, const std::string &name, const std::string &whole,
              size_t from, size_t to)
{
    for (size_t size = from; size < to && size < whole.size(); size++) {
        cases->push_back({name, whole.substr(0, size), ""});
    }
}

void add_vecs(std::vector<Case> *cases)
{
    const struct {
        const char *name;
        int type;
    } kinds[] = {{"x.fvecs", KMEANS_F32}, {"x.bvecs", KMEANS_U8}, {"x.ivecs", KMEANS_I32}};
    for (const auto &kind : kinds) {
        const std::string whole = vecs(kind.type, 3, six());
        const size_t row = 4 + 3 * static_cast<size_t>(numbers::size_of(kind.type));
        add_cuts(cases, kind.name, whole, 1, row);
        add_cuts(cases, kind.name, whole, row + 1, whole.size());
        for (const uint64_t d : {uint64_t{0}, uint64_t{0xffffffff}, uint64_t{0x80000000}}) {
            cases->push_back({kind.name, patch(whole, 0, little(d, 4)), "row 0 (byte 0) has "});
        }
        for (const uint64_t d : {uint64_t{4}, uint64_t{1000}, uint64_t{0x7fffffff}}) {
            cases->push_back({kind.name, patch(whole, 0, little(d, 4)), ""});
        }
        for (const uint64_t d : {uint64_t{0}, uint64_t{2}, uint64_t{4}, uint64_t{0x7fffffff},
                                 uint64_t{0xffffffff}}) { // in the middle
            cases->push_back({kind.name, patch(whole, row, little(d, 4)),
                              "row 1 (byte " + std::to_string(row) + ") has "});
        }
    }
}

void add_idx(std::vector<Case> *cases)
{
    const struct {
        int code, type;
    } kinds[] = {{8, KMEANS_U8}, {11, KMEANS_I16}, {14, KMEANS_F64}};
    for (const auto &kind : kinds) {
        const std::string whole = idx(kind.code, kind.type, {2, 3}, six());
        add_cuts(cases, "x.idx", whole, 4, 14);
        cases->push_back({"x.idx", whole.substr(0, whole.size() - 1), "truncated: 2 x 3 numbers"});
        cases->push_back(
            {"x.idx", patch(whole, 4, big(0xffffffff, 4)), "truncated: 4294967295 x 3"});
        cases->push_back({"x.idx", patch(whole, 4, big(0xffffffff, 4) + big(0xffffffff, 4)),
                          "are over 2^63 bytes"});
        cases->push_back({"x.idx", patch(whole, 4, big(0, 4)), "has no numbers: 0 x 3"});
        cases->push_back({"x.idx", patch(whole, 8, big(0, 4)), "has no numbers: 2 x 0"});
        cases->push_back({"x.idx", patch(whole, 3, "\xff"), "sizes of 255 dimensions end at byte"});
        cases->push_back({"x.idx", idx(kind.code, kind.type, {1, 1 << 30, 1 << 30, 1 << 30}, six()),
                          "multiply to more than 2^63"});
    }
}

// More than what a file may hold without being asked, in some 36 KB.
std::string zeros() { return std::string(size_t{36} << 20, '\0'); }

void add_zip(std::vector<Case> *cases)
{
    const std::string array = npy(KMEANS_F32, 2, 3, six());
    for (const bool wide : {false, true}) {
        Archive good;
        good.members = {{"a.npy", array}};
        good.members[0].wide = wide;
        const std::string whole = good.bytes();
        add_cuts(cases, "x.npz", whole, 4, 40);
        add_cuts(cases, "x.npz", whole, whole.size() - 90, whole.size());
    }
    const auto lie = [&](const char *text, const auto &change) {
        Archive archive;
        archive.members = {{"a.npy", array}};
        change(archive);
        cases->push_back({"x.npz", archive.bytes(), text});
    };
    for (const int64_t off : {1, 1000, 1 << 30, -1}) {
        lie("", [&](Archive &a) { a.members[0].packed_off = off; });
        lie("", [&](Archive &a) { a.members[0].size_off = off; });
        lie("where no member is (byte", [&](Archive &a) { a.members[0].offset_off = off + 2; });
        lie("", [&](Archive &a) { a.list_offset_off = off + 4; });
    }
    lie("longer than the list (byte", [](Archive &a) { a.members[0].name_off = 60000; });
    lie("ends too early (byte", [](Archive &a) { a.count_off = 1; });
    lie("ends too early (byte", [](Archive &a) { a.list_size_off = -20; });
    lie("outside the file (byte", [](Archive &a) { a.list_size_off = 1000; });
    lie("64-bit end is missing (byte", [](Archive &a) { a.count_off = 0xfffe; });
    lie("encrypted (byte", [](Archive &a) { a.members[0].flags = 1; });
    lie("compressed by method 12", [](Archive &a) { a.members[0].method = 12; });
    lie("without arrays", [](Archive &a) { a.members[0].name = "a.txt"; });
    lie("holds 2 arrays (a, b): name one", [&](Archive &a) {
        a.members.push_back({"b.npy", array});
    });
    lie("truncated", [&](Archive &a) { a.members[0].content = array.substr(0, 140); });
    lie("is no .npy file", [&](Archive &a) { a.members[0].content = "1,2\n3,4\n"; });
    if (!has_zlib) {
        return;
    }
    const auto lie_packed = [&](const char *text, const auto &change) {
        lie(text, [&](Archive &a) {
            a.members[0].deflated = true;
            change(a);
        });
    };
    lie_packed("unpacks to other bytes", [](Archive &a) { a.members[0].size_off = 1; });
    lie_packed("unpacks to other bytes", [](Archive &a) { a.members[0].size_off = 1 << 30; });
    lie_packed("unpacks to other bytes", [](Archive &a) { a.members[0].crc_off = 1; });
    lie_packed("end too early (byte", [](Archive &a) { a.members[0].packed_off = -1; });
    lie_packed("after the compressed data (byte", [](Archive &a) { a.members[0].packed_off = 3; });
    lie_packed("over 250 times as many (byte", [](Archive &a) { a.members[0].content = zeros(); });
}

void add_gzip(std::vector<Case> *cases)
{
    if (!has_zlib) {
        return;
    }
    const std::string whole = gzip("1,2\n3,4\n5,7\n");
    add_cuts(cases, "x.csv.gz", whole, 3, whole.size());
    cases->push_back({"x.csv.gz", patch(whole, whole.size() - 4, little(0xffffff, 4)),
                      "incorrect length check (byte"});
    cases->push_back({"x.csv.gz", patch(whole, whole.size() - 8, little(0xffffff, 4)),
                      "incorrect data check (byte"});
    cases->push_back({"x.csv.gz", patch(whole, 3, "\xff"), ""});
    cases->push_back({"x.csv.gz", patch(whole, 11, "\xff\xff\xff"), ""});
    cases->push_back({"x.csv.gz", whole + "rest", "bytes after the compressed data (byte"});
    cases->push_back({"x.csv.gz", gzip(""), "is empty"});
    const std::string bomb = gzip(zeros());
    cases->push_back({"x.csv.gz", bomb, "over 250 times as many (byte"});
    cases->push_back({"x.npy.gz", bomb + bomb + bomb, "over 250 times as many (byte"});
    cases->push_back(
        {"x.fvecs.gz", gzip(vecs(KMEANS_F32, 3, six()).substr(0, 27)), "truncated: row"});
    cases->push_back({"x.npz.gz", gzip(npz({{"a.txt", "x"}})), "without arrays"});
}

void add_hdf5(std::vector<Case> *cases)
{
    const std::string magic = "\x89HDF\r\n\x1a\n";
    const char *const text = has_hdf5 ? "libhdf5 cannot open it" : "is an HDF5 file";
    cases->push_back({"x.h5", magic, text});
    for (const char byte : {'\0', '\1', '\2', '\xff'}) {
        cases->push_back({"x.h5", magic + std::string(200, byte), text});
    }
}

const std::vector<Case> &all_cases()
{
    static const std::vector<Case> all = [] {
        std::vector<Case> cases;
        add_vecs(&cases);
        add_idx(&cases);
        add_zip(&cases);
        add_gzip(&cases);
        add_hdf5(&cases);
        return cases;
    }();
    return all;
}

class MalformedBinary : public formats::Files {};

TEST_F(MalformedBinary, IsRefusedByNameAndPlace)
{
    const std::vector<Case> &cases = all_cases();
    EXPECT_GE(cases.size(), has_zlib ? 300u : 250u);
    for (const Case &c : cases) {
        SCOPED_TRACE(c.name + ", " + std::to_string(c.content.size()) + " bytes, " + c.text);
        EXPECT_EQ(open(c.name, c.content), KMEANS_ERROR_FORMAT);
        EXPECT_EQ(detail().compare(0, c.name.size() + 2, c.name + ": "), 0) << detail();
        EXPECT_NE(detail().find(c.text.empty() ? "byte" : c.text), std::string::npos) << detail();
    }
}

// Every byte of small files changed: an error, or no more numbers than there are; no crash.
TEST_F(MalformedBinary, EveryByteChanged)
{
    Member deflated{"a.npy", npy(KMEANS_U8, 2, 3, six())};
    deflated.deflated = has_zlib;
    const Case files[] = {{"x.fvecs", vecs(KMEANS_F32, 3, six()), ""},
                          {"x.idx", idx(11, KMEANS_I16, {2, 3}, six()), ""},
                          {"x.npz", npz({deflated}), ""},
                          {"x.npz", npz({{"a.npy", npy(KMEANS_U8, 2, 3, six())}}), ""},
                          {"x.csv.gz", gzip("1,2\n3,4\n"), ""}};
    for (const Case &file : files) {
        for (size_t at = 0; at < file.content.size(); at++) {
            for (const char flip : {'\x01', '\x80', '\xff'}) {
                std::string content = file.content;
                content[at] = static_cast<char>(content[at] ^ flip);
                if (open(file.name, content) == KMEANS_OK) {
                    EXPECT_LE(kmeans_source_bytes(source), 4096);
                    numbers();
                }
            }
        }
    }
}

// In KB, of this process.
int64_t status_of(const std::string &field)
{
    std::ifstream in("/proc/self/status");
    for (std::string word; in >> word;) {
        if (word == field + ":") {
            int64_t value = 0;
            in >> value;
            return value;
        }
    }
    return 0;
}

// The peak of a process that opens them all: below 64 MiB more than it had.
TEST_F(MalformedBinary, NeedsLittleMemory)
{
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
    GTEST_SKIP() << "a sanitizer has its own idea of memory";
#endif
    std::vector<std::string> paths;
    for (const Case &c : all_cases()) {
        paths.push_back(write(std::to_string(paths.size()) + c.name, c.content));
    }
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        const int64_t before = status_of("VmRSS");
        int refused = 0;
        for (const std::string &path : paths) {
            refused += kmeans_source_open(context, path.c_str(), &options, &source) < 0;
        }
        const int64_t grown = status_of("VmHWM") - before;
        _exit(refused != static_cast<int>(paths.size()) ? 1 : grown >= 64 * 1024 ? 2 : 0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0) << "1: some were not refused, 2: the peak";
}

} // namespace
