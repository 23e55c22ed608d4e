// Temporary files, and opening them.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include <kmeans/kmeans.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace formats {

struct Message {
    int level;
    std::string code;
    std::string text;
};

// One temporary folder per test; names in error texts are replaced by what follows the folder.
class Files : public ::testing::Test {
protected:
    void SetUp() override
    {
        char name[] = "/tmp/kmeans_formats_XXXXXX";
        ASSERT_NE(mkdtemp(name), nullptr);
        folder_ = std::string(name) + "/";
        ASSERT_EQ(kmeans_context_create(nullptr, &context), KMEANS_OK);
        kmeans_context_set_log(context, keep, &messages);
        kmeans_file_options_init(&options);
    }

    void TearDown() override
    {
        kmeans_source_close(source);
        kmeans_context_free(context);
        for (const std::string &file : made_) {
            unlink(file.c_str());
        }
        rmdir(folder_.c_str());
    }

    std::string write(const std::string &name, const std::string &content)
    {
        const std::string path = folder_ + name;
        std::ofstream(path, std::ios::binary).write(content.data(), content.size());
        made_.push_back(path);
        return path;
    }

    // Opens a file of this content; the status.
    int open(const std::string &name, const std::string &content)
    {
        return open_path(write(name, content));
    }

    int open_path(const std::string &path)
    {
        kmeans_source_close(source);
        source = nullptr;
        messages.clear();
        const int status = kmeans_source_open(context, path.c_str(), &options, &source);
        EXPECT_EQ(status == KMEANS_OK, source != nullptr);
        return status;
    }

    // The detail text without the temporary folder.
    std::string detail() const
    {
        std::string text = kmeans_detail(context);
        for (size_t at; (at = text.find(folder_)) != std::string::npos;) {
            text.erase(at, folder_.size());
        }
        return text;
    }

    // All rows, row-major.
    std::vector<double> numbers()
    {
        int64_t n = 0;
        int64_t d = 0;
        if (source == nullptr || kmeans_source_shape(source, &n, &d, &dtype) != KMEANS_OK) {
            return {};
        }
        rows = n;
        cols = d;
        std::vector<double> out(n * d);
        EXPECT_EQ(kmeans_source_read(source, 0, n, out.data()), KMEANS_OK);
        return out;
    }

    static void keep(void *user, int level, const char *code, const char *text)
    {
        static_cast<std::vector<Message> *>(user)->push_back({level, code, text});
    }

    kmeans_context *context = nullptr;
    kmeans_source *source = nullptr;
    kmeans_file_options options;
    std::vector<Message> messages;
    int64_t rows = 0;
    int64_t cols = 0;
    int dtype = 0;

private:
    std::string folder_;
    std::vector<std::string> made_;
};

using Numbers = std::vector<double>;

// A .npy file: header of the given version around a dictionary, then the bytes.
inline std::string npy_file(const std::string &dictionary, const std::string &bytes,
                            int version = 1)
{
    const size_t head = version == 1 ? 10 : 12;
    std::string text = dictionary;
    while ((head + text.size() + 1) % 64 != 0) {
        text += ' ';
    }
    text += '\n';
    std::string file = "\x93NUMPY";
    file += static_cast<char>(version);
    file += '\0';
    for (size_t byte = 0; byte < head - 8; byte++) {
        file += static_cast<char>(text.size() >> (8 * byte) & 0xFF);
    }
    return file + text + bytes;
}

template <typename Real> std::string bytes_of(const std::vector<Real> &values)
{
    return std::string(reinterpret_cast<const char *>(values.data()), values.size() * sizeof(Real));
}

inline std::string dictionary(const std::string &descr, bool fortran, const std::string &shape)
{
    return "{'descr': '" + descr + "', 'fortran_order': " + (fortran ? "True" : "False") +
           ", 'shape': " + shape + ", }";
}

} // namespace formats
