// Where tests find the larger data sets, the small committed ones and the command.
#pragma once

#include <cstdlib>
#include <string>

namespace paths {

inline std::string from_env(const char *name, const char *otherwise)
{
    const char *const value = std::getenv(name);
    return value != nullptr && *value != '\0' ? value : otherwise;
}

// The sets that are not in the repository: a test must skip itself where a file is missing.
inline std::string data(const std::string &file)
{
    return from_env("KMEANS_DATA_DIR", KMEANS_DEFAULT_DATA_DIR) + "/" + file;
}

inline std::string test_data(const std::string &file)
{
    return std::string(KMEANS_TEST_DATA) + "/" + file;
}

inline std::string command() { return from_env("KMEANS_COMMAND", KMEANS_DEFAULT_COMMAND); }

} // namespace paths
