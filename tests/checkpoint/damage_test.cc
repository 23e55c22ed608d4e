// A checkpoint that is not whole, or not of this fit, is found out and named.
#include <csignal>
#include <cstring>
#include <limits>

#include <sys/file.h>
#include <sys/resource.h>

#include "checkpoint/fixture.h"

namespace {

using namespace oracle;

class Damage : public testing::Test {
protected:
    void SetUp() override
    {
        request = Request(x, 4).set("init", "random").set("restarts", "3").set("seed", "5");
        break_off(request, path, 1, 2);
        bytes = read_bytes(path);
        ASSERT_GT(bytes.size(), 800u);
        ASSERT_EQ(run(resume_of(request, path)).status, KMEANS_OK);
    }
    // The error of setting the option already, in a handle that stays as it was.
    void expect_refused(const std::string &content, const std::string &what)
    {
        write_bytes(path, content);
        const Outcome out = run(resume_of(request, path));
        EXPECT_EQ(out.status, KMEANS_ERROR_FORMAT) << what;
        EXPECT_EQ(out.detail.rfind("resume: " + path + " ", 0), 0u) << what << ": " << out.detail;
    }
    // An error of the fit that has the words.
    void expect_error(const Request &rest, int status, const std::vector<std::string> &words)
    {
        const Outcome out = run(rest);
        EXPECT_EQ(out.status, status) << out.detail;
        for (const std::string &word : words)
            EXPECT_NE(out.detail.find(word), std::string::npos) << word << ": " << out.detail;
    }
    const Matrix x = make_blobs(KMEANS_F64, 60, 2, 4, 6, 0, 5);
    const Place place;
    const std::string path = place.path("run.ck");
    Request request;
    std::string bytes;
};

TEST_F(Damage, EveryByteFlipped)
{
    for (size_t at = 0; at < bytes.size(); at++) {
        std::string damaged = bytes;
        damaged[at] = static_cast<char>(damaged[at] ^ (at % 3 == 0   ? 0x01
                                                       : at % 3 == 1 ? 0x80
                                                                     : 0xff));
        expect_refused(damaged, "byte " + std::to_string(at));
    }
}

TEST_F(Damage, EveryLength)
{
    for (size_t length = 0; length < bytes.size(); length++)
        expect_refused(bytes.substr(0, length), "length " + std::to_string(length));
    for (size_t more = 1; more <= 24; more++)
        expect_refused(bytes + std::string(more, '\0'), "appended " + std::to_string(more));
    expect_refused(bytes + bytes, "twice");
}

TEST_F(Damage, WordsThatChangedPlaces)
{
    for (size_t at = 0; at + 16 <= bytes.size(); at += 8) {
        const std::string a = bytes.substr(at, 8), b = bytes.substr(at + 8, 8);
        if (a != b)
            expect_refused(std::string(bytes).replace(at, 16, b + a), std::to_string(at));
    }
}

TEST_F(Damage, FilesThatAreNone)
{
    expect_refused("", "empty");
    expect_refused("k,init\n1,2\n", "text");
    Request rest = resume_of(request, place.path("nothing.ck"));
    expect_error(rest, KMEANS_ERROR_FILE, {"resume: cannot read ", "No such file"});
    rest = resume_of(request, place.path("."));
    expect_error(rest, KMEANS_ERROR_FILE, {"resume: ", "is not a regular file"});
}

// Any number in any place of a file whose checksum is right: an error or a fit, but no crash.
TEST_F(Damage, NumbersThatCannotBe)
{
    EXPECT_EQ(sealed(bytes), bytes);
    const std::vector<uint64_t> hostile = {
        0, 1, 5, uint64_t{1} << 62, ~uint64_t{0}, 0x7ff8000000000000u, 0x7fe0000000000000u};
    int64_t refused = 0;
    for (size_t at = 0; at + 8 < bytes.size(); at += 8) {
        for (const uint64_t number : hostile) {
            std::string content = bytes;
            for (size_t b = 0; b < 8; b++)
                content[at + b] = static_cast<char>(number >> 8 * b);
            write_bytes(path, sealed(content));
            const Outcome out = run(resume_of(request, path));
            refused += out.status < 0;
            if (out.status < 0) {
                EXPECT_FALSE(out.detail.empty()) << "word " << at / 8;
            } else {
                expect_exact_labels(out, x);
            }
        }
    }
    EXPECT_GT(refused, 300);
}

TEST_F(Damage, OtherData)
{
    const std::vector<std::string> other_data = {path, "other data"};
    Matrix changed = x;
    changed.set(59, 1, x.at(59, 1) + 0x1p-40);
    Request rest = resume_of(request, path);
    rest.x = &changed;
    expect_error(rest, KMEANS_ERROR_DATA, other_data);
    Matrix swapped = x;
    for (int64_t p = 0; p < x.d; p++) {
        swapped.set(3, p, x.at(4, p));
        swapped.set(4, p, x.at(3, p));
    }
    rest.x = &swapped;
    expect_error(rest, KMEANS_ERROR_DATA, other_data);
    const Matrix longer = make_blobs(KMEANS_F64, 61, 2, 4, 6, 0, 5);
    rest.x = &longer;
    expect_error(rest, KMEANS_ERROR_SHAPE, {path, "60 rows of 2", "61 of 2"});
    const Matrix wider = make_blobs(KMEANS_F64, 60, 3, 4, 6, 0, 5);
    rest.x = &wider;
    expect_error(rest, KMEANS_ERROR_SHAPE, {path, "60 of 3"});
    const Matrix narrower = make_blobs(KMEANS_F32, 60, 2, 4, 6, 0, 5);
    rest.x = &narrower;
    expect_error(rest, KMEANS_ERROR_SHAPE, {path, "type f64", "f32"});
    rest.x = &x;
    rest.weights.assign(60, 1.0);
    expect_error(rest, KMEANS_ERROR_DATA, {path, "without weights"});
    Request weighted = request;
    weighted.weights.assign(60, 2.0);
    break_off(weighted, path, 1, 2);
    expect_error(rest, KMEANS_ERROR_DATA, {path, "other weights"});
    rest.weights.clear();
    expect_error(rest, KMEANS_ERROR_DATA, {path, "with weights"});
}

TEST_F(Damage, OtherOptions)
{
    const std::vector<std::vector<std::string>> options = {
        {"k", "3", "4"},          {"init", "k-means++", "random"},  {"restarts", "4", "3"},
        {"seed", "6", "5"},       {"max_iterations", "299", "300"}, {"tol", "0.5", "off"},
        {"iterations", "7", "0"}, {"nan", "skip", "error"},         {"empty", "keep", "relocate"},
    };
    for (const std::vector<std::string> &option : options) {
        const std::string name = option[0] == "tol" ? "shift_tol_relative" : option[0];
        expect_error(resume_of(request, path).set(option[0], option[1]), KMEANS_ERROR_ARGUMENT,
                     {name + " is " + option[1] + "; it must be " + option[2], path});
    }
    // Set after the file as before it.
    Request before;
    before.x = &x;
    expect_error(before.set("k", "3").set("resume", path), KMEANS_ERROR_ARGUMENT, {"k is 3"});
    Request centroids = resume_of(request, path);
    centroids.centroids = distinct_rows(x, 4, 1);
    expect_error(centroids, KMEANS_ERROR_ARGUMENT, {"init is centroids; it must be random"});
}

TEST_F(Damage, OtherStart)
{
    const std::vector<double> start = distinct_rows(x, 4, 1);
    const Request given(x, start);
    const Outcome whole = run(given);
    break_off(given, path, 0, 1);
    Request rest = resume_of(given, path);
    rest.centroids = start;
    expect_as_unbroken(run(rest), whole);
    rest.centroids[3] += 1;
    expect_error(rest, KMEANS_ERROR_DATA, {path, "initial centroids"});
    // The option alone is no start once there is no checkpoint to go on from.
    expect_error(resume_of(given, path).set("resume", ""), KMEANS_ERROR_ARGUMENT,
                 {"init is centroids, but none were set"});
}

// A partial fit keeps none and goes on from none.
TEST_F(Damage, PartialFit)
{
    break_off(Request(x, distinct_rows(x, 4, 1)), path, 0, 1);
    kmeans_context *context = nullptr;
    ASSERT_EQ(kmeans_context_create(nullptr, &context), 0);
    for (const std::string name : {"checkpoint", "resume", "taken"}) {
        kmeans_options *options = nullptr;
        kmeans_partial *partial = nullptr;
        ASSERT_EQ(kmeans_options_create(context, &options), 0);
        const std::string option = name == "taken" ? "resume" : name;
        EXPECT_EQ(kmeans_options_set(options, "k", "4"), 0);
        EXPECT_EQ(kmeans_options_set(options, option.c_str(), path.c_str()), 0);
        EXPECT_EQ(kmeans_options_set(options, "max_iterations", "300"), 0);
        if (name == "taken") { // init is still centroids
            EXPECT_EQ(kmeans_options_set(options, "resume", ""), 0);
        }
        EXPECT_EQ(kmeans_partial_open(context, options, &partial), KMEANS_ERROR_ARGUMENT);
        const std::string expected =
            name == "taken" ? "init is centroids, but none were set" : option + " is ";
        EXPECT_EQ(std::string(kmeans_detail(context)).rfind(expected, 0), 0u)
            << kmeans_detail(context);
        EXPECT_EQ(partial, nullptr);
        kmeans_options_free(options);
    }
    kmeans_context_free(context);
}

TEST_F(Damage, ALimitThatCannotBeRaised)
{
    Request limited = Request(x, 4).set("init", "random").set("restarts", "3");
    limited.set("max_iterations", "2");
    break_off(limited, path, 2, 1);
    expect_error(resume_of(limited, path).set("max_iterations", "9"), KMEANS_ERROR_ARGUMENT,
                 {"max_iterations is 9", path, "restart 0"});
    expect_as_unbroken(run(resume_of(limited, path)), run(limited));
}

// Writing.

bool warns(const Outcome &out)
{
    return std::find(out.warnings.begin(), out.warnings.end(), "checkpoint") != out.warnings.end();
}

TEST_F(Damage, ADiskThatIsFull)
{
    struct rlimit before;
    getrlimit(RLIMIT_FSIZE, &before);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    for (const rlim_t limit : {0, 8, 512}) {
        const struct rlimit small = {limit, before.rlim_max};
        setrlimit(RLIMIT_FSIZE, &small);
        Request full = request;
        const Outcome out = run(full.set("checkpoint", path).set("checkpoint_every", "0"));
        setrlimit(RLIMIT_FSIZE, &before);
        EXPECT_EQ(out.checksum, run(request).checksum);
        EXPECT_TRUE(warns(out));
        EXPECT_EQ(read_bytes(path), bytes) << "the old file stays";
        EXPECT_EQ(place.files(), 1);
    }
    std::signal(SIGXFSZ, handler);
}

TEST_F(Damage, PlacesThatCannotBeWritten)
{
    const std::vector<std::vector<std::string>> places = {
        {place.path("nowhere/run.ck"), "No such file or directory"},
        {place.path("."), "Is a directory"},
        {path + "/run.ck", "Not a directory"},
        {"/dev/null", "it is no regular file"},
        {place.path(std::string(300, 'x')), "File name too long"},
    };
    for (const std::vector<std::string> &bad : places) {
        Request rest = request;
        expect_error(rest.set("checkpoint", bad[0]), KMEANS_ERROR_FILE,
                     {"checkpoint: cannot write " + bad[0], bad[1]});
    }
    expect_error(Request(request).set("checkpoint", std::string(5000, 'x')), KMEANS_ERROR_ARGUMENT,
                 {"checkpoint is a name of 5000 bytes; it must have at most 4095"});
    EXPECT_EQ(place.files(), 1);
}

TEST_F(Damage, AFolderThatGoesAway)
{
    std::filesystem::create_directory(place.path("store"));
    Request rest = request;
    rest.set("checkpoint", place.path("store/run.ck")).set("checkpoint_every", "0");
    rest.progress = [&](const kmeans_progress &now) {
        if (now.restart == 1)
            std::filesystem::remove_all(place.path("store"));
        return 0;
    };
    const Outcome out = run(rest);
    EXPECT_EQ(out.checksum, run(request).checksum);
    EXPECT_TRUE(warns(out));
}

} // namespace
