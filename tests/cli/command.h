// Runs the command as a user would: through a shell, in a folder of its own.
#pragma once

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "support/paths.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define KMEANS_TEST_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define KMEANS_TEST_SANITIZED 1
#endif
#endif

// Shell words that limit the address space to so many kilobytes; sanitizers need terabytes.
#ifdef KMEANS_TEST_SANITIZED
#define LIMIT_MEMORY(kilobytes) ""
#else
#define LIMIT_MEMORY(kilobytes) "ulimit -v " #kilobytes "; "
#endif

namespace cli {

struct Outcome {
    int code = -1; // exit code, or 128 + signal as a shell says it
    std::string out;
    std::string err;
};

inline std::string read_file(const std::filesystem::path &path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline void write_file(const std::filesystem::path &path, const std::string &content)
{
    std::ofstream(path, std::ios::binary) << content;
}

// A temporary folder, with the command as bin/kmeans in front of PATH.
class Folder {
public:
    Folder()
    {
        std::string name = std::filesystem::temp_directory_path() / "kmeans-test-XXXXXX";
        path_ = mkdtemp(name.data());
        std::filesystem::create_directory(path_ / "bin");
        std::filesystem::create_directory(path_ / "logs");
        std::filesystem::create_directory(path_ / "work");
        std::filesystem::create_symlink(std::filesystem::absolute(paths::command()),
                                        path_ / "bin" / "kmeans");
    }
    ~Folder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder &) = delete;
    Folder &operator=(const Folder &) = delete;

    std::filesystem::path work() const { return path_ / "work"; }
    std::string read(const std::string &name) const { return read_file(work() / name); }
    void write(const std::string &name, const std::string &content) const
    {
        write_file(work() / name, content);
    }

    // What is in the folder, hidden files too.
    std::set<std::string> list() const
    {
        std::set<std::string> names;
        for (const auto &entry : std::filesystem::directory_iterator(work())) {
            names.insert(entry.path().filename());
        }
        return names;
    }

    // Run a shell command line there; the environment is the caller's without the variables that
    // the command reads.
    Outcome run(const std::string &line) const
    {
        fflush(nullptr); // or the child writes what is buffered here as well
        const pid_t child = fork();
        if (child == 0) {
            start(line);
        }
        int status = 0;
        waitpid(child, &status, 0);
        Outcome outcome;
        outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        outcome.out = read_file(path_ / "logs" / "out");
        outcome.err = read_file(path_ / "logs" / "err");
        return outcome;
    }

    // Start a line in the background; the caller waits for it. `exec` keeps it one process.
    pid_t start_process(const std::string &line) const
    {
        fflush(nullptr);
        const pid_t child = fork();
        if (child == 0) {
            start("exec " + line);
        }
        return child;
    }

private:
    [[noreturn]] void start(const std::string &line) const
    {
        const std::string path = (path_ / "bin").string() + ":" + getenv("PATH");
        setenv("PATH", path.c_str(), 1);
        for (const char *name : {"KMEANS_NUM_THREADS", "OMP_NUM_THREADS", "KMEANS_ISA"}) {
            unsetenv(name);
        }
        if (chdir(work().c_str()) != 0 ||
            freopen((path_ / "logs" / "out").c_str(), "wb", stdout) == nullptr ||
            freopen((path_ / "logs" / "err").c_str(), "wb", stderr) == nullptr ||
            freopen("/dev/null", "rb", stdin) == nullptr) {
            _exit(99);
        }
        execl("/bin/sh", "sh", "-c", line.c_str(), static_cast<char *>(nullptr));
        _exit(99);
    }

    std::filesystem::path path_;
};

inline std::vector<std::string> lines_of(const std::string &text)
{
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
        lines.push_back(line);
    }
    return lines;
}

// The text of a member of the outermost object that the command writes; "options.seed" is one of
// an object inside it.
inline std::string json_member(const std::string &json, const std::string &key)
{
    const size_t dot = key.find('.');
    const size_t object = dot == std::string::npos ? 0 : json.find("\n  \"" + key.substr(0, dot));
    const std::string label = dot == std::string::npos ? "\n  \"" + key + "\": "
                                                       : "\n    \"" + key.substr(dot + 1) + "\": ";
    const size_t at = json.find(label, object);
    if (at == std::string::npos) {
        return "";
    }
    const size_t begin = at + label.size();
    const size_t end = json.find_first_of(json[begin] == '[' ? "]" : ",\n", begin);
    return json.substr(begin, end - begin + (json[begin] == '[' ? 1 : 0));
}

// Skips where the command cannot be run at all (a cross build without an emulator hook).
class CommandTest : public testing::Test {
protected:
    void SetUp() override
    {
        if (folder.run("kmeans -V").code != 0) {
            GTEST_SKIP() << "cannot run " << paths::command();
        }
    }
    // Run and expect success without a word on stderr; returns stdout.
    std::string good(const std::string &line) const
    {
        const Outcome outcome = folder.run(line);
        EXPECT_EQ(outcome.code, 0) << line << "\n" << outcome.err;
        EXPECT_EQ(outcome.err, "") << line;
        return outcome.out;
    }
    // Without OpenMP more than one thread is an error.
    bool has_threads() const
    {
        return folder.run("kmeans info").out.find("openmp=yes") != std::string::npos;
    }
    Folder folder;
};

} // namespace cli
