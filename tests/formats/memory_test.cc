// What the files of all formats take of memory while they are opened, under a limit and without
// one; and files that change meanwhile.
#include <fstream>

#include <malloc.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "archives.h"

namespace {

using namespace archives;

constexpr int64_t MB = 1 << 20;
constexpr double slack = 7; // of the library itself, and the kernel counts pages in lots
constexpr int64_t n = 300000, d = 4;

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__ || !defined __x86_64__ ||          \
    !defined __GLIBC__
constexpr bool measures = false; // they have their own idea of memory
#else
constexpr bool measures = true;
#endif

class Memory : public formats::Files {};

// In bytes, of this process.
int64_t status_of(const std::string &field)
{
    std::ifstream in("/proc/self/status");
    for (std::string word; in >> word;) {
        if (word == field + ":") {
            int64_t value = 0;
            in >> value;
            return value * 1024;
        }
    }
    return 0;
}

// Numbers that no compression gets far with.
std::vector<double> noise()
{
    std::vector<double> x(static_cast<size_t>(n * d));
    uint64_t state = 1;
    for (double &value : x) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        value = static_cast<double>(state >> 40);
    }
    return x;
}

std::string libsvm(const std::vector<double> &x)
{
    std::string out;
    for (size_t q = 0; q < x.size() / 4; q += d) {
        out += "1 2:" + std::to_string(static_cast<int>(x[q])) +
               ".123456789012345678901234567890 "
               "4:" +
               std::to_string(static_cast<int>(x[q + 1])) + ".12345678901234567890\n";
    }
    return out;
}

std::string csr(const std::vector<double> &x)
{
    const auto array = [](const std::string &type, int64_t count, const std::string &bytes) {
        const std::string shape = "(" + std::to_string(count) + ",)";
        return formats::npy_file(formats::dictionary(type, false, shape), bytes);
    };
    std::vector<int32_t> indptr, indices;
    for (int64_t i = 0; i <= n; i++) {
        indptr.push_back(static_cast<int32_t>(i * d));
    }
    for (int64_t q = 0; q < n * d; q++) {
        indices.push_back(static_cast<int32_t>(q % d));
    }
    const std::vector<int64_t> shape = {n, d};
    return npz(
        {{"indices.npy", array("<i4", n * d, formats::bytes_of(indices)), true, 1},
         {"indptr.npy", array("<i4", n + 1, formats::bytes_of(indptr)), true, 1},
         {"format.npy", formats::npy_file(formats::dictionary("|S3", false, "()"), "csr"), true, 1},
         {"shape.npy", array("<i8", 2, formats::bytes_of(shape)), true, 1},
         {"data.npy", array("<f8", n * d, formats::bytes_of(x)), true, 1}});
}

// How far a process of its own grows by opening the file, -1 where it is refused.
int64_t growth(kmeans_context *context, const kmeans_file_options &options, const std::string &path)
{
    int ends[2];
    if (pipe(ends) != 0) {
        return -2;
    }
    const pid_t child = fork();
    if (child == 0) {
        malloc_trim(0);
        std::ofstream("/proc/self/clear_refs") << "5"; // the peak from here on
        const int64_t before = status_of("VmRSS");
        kmeans_source *source = nullptr;
        const int status = kmeans_source_open(context, path.c_str(), &options, &source);
        const int64_t grown = status == KMEANS_OK ? status_of("VmHWM") - before : -1;
        _exit(write(ends[1], &grown, sizeof grown) == sizeof grown ? 0 : 1);
    }
    int64_t grown = -2;
    const bool got = read(ends[0], &grown, sizeof grown) == sizeof grown;
    close(ends[0]);
    close(ends[1]);
    waitpid(child, nullptr, 0);
    return got ? grown : -2;
}

// Per format: what opening it may take. 9.6 MB of numbers lie in them as float64.
TEST_F(Memory, PeakOfEveryFormat)
{
    if (!measures || !has_zlib) {
        GTEST_SKIP();
    }
    const std::vector<double> x = noise();
    const std::string f64 = npy(KMEANS_F64, n, d, x), odd = "k" + encode(KMEANS_F64, x);
    Member member{"a.npy", f64};
    member.deflated = true;
    member.level = 1;
    const struct {
        std::string name, content;
        int source;
        double most; // MB
    } files[] = {
        {"x.npy.gz", gzip(f64, 1), KMEANS_SOURCE_AUTO, 9.2 + slack},
        {"x.npz", npz({member}), KMEANS_SOURCE_AUTO, 9.2 + slack},
        {"x-idx", idx(14, KMEANS_F64, {n, d}, x), KMEANS_SOURCE_MMAP, 9.2 + slack},
        {"x.bin", odd, KMEANS_SOURCE_MMAP, 9.2 + slack},
        {"x.fvecs", vecs(KMEANS_F32, 1000, x), KMEANS_SOURCE_STREAM, slack},
        {"x.libsvm", libsvm(x), KMEANS_SOURCE_AUTO, 2 * 2.1 + slack},
        {"csrz.npz", csr(x), KMEANS_SOURCE_AUTO, 2 * 14.9 + slack},
    };
    for (const auto &file : files) {
        kmeans_file_options_init(&options);
        options.source = file.source;
        options.block_bytes = 1000;
        if (file.name == "x.bin") {
            options.format = "raw";
            options.offset = 1;
            options.cols = d;
        }
        const std::string path = write(file.name, file.content);
        const double grown = static_cast<double>(growth(context, options, path)) / MB;
        EXPECT_GE(grown, 0) << file.name;
        EXPECT_LE(grown, file.most) << file.name << ", " << file.content.size() << " bytes";
        options.memory_limit = 8 * MB; // it is kept, or the file is refused
        const double within = static_cast<double>(growth(context, options, path)) / MB;
        EXPECT_LE(within, 8) << file.name;
    }
}

// Rewrites a file, which stays as long as it was, when memory for its content is asked for.
struct Rewriter {
    std::string path, content;
};

void *allocate(void *user, size_t bytes, size_t alignment)
{
    const Rewriter *const rewriter = static_cast<Rewriter *>(user);
    if (bytes >= 400000) {
        std::fstream(rewriter->path, std::ios::in | std::ios::out | std::ios::binary)
            << rewriter->content;
    }
    return aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
}

void release(void *, void *memory, size_t) { free(memory); }

TEST_F(Memory, CompressedFileThatChangesIsAnError)
{
    if (!has_zlib) {
        GTEST_SKIP();
    }
    const auto file = [](size_t numbers) {
        std::string content = gzip(std::string(numbers * 2, '1'));
        content.resize(4000); // zeros may follow
        return content;
    };
    for (const size_t after : {150000, 300000, 1000000}) {
        Rewriter rewriter{write("x.csv.gz", file(200000)), file(after)};
        const kmeans_allocator hooks = {allocate, release, &rewriter};
        kmeans_context *other = nullptr;
        ASSERT_EQ(kmeans_context_create(&hooks, &other), KMEANS_OK);
        EXPECT_EQ(kmeans_source_open(other, rewriter.path.c_str(), &options, &source),
                  KMEANS_ERROR_FORMAT);
        EXPECT_NE(std::string(kmeans_detail(other)).find("has changed"), std::string::npos)
            << kmeans_detail(other);
        kmeans_context_free(other);
    }
}

} // namespace
