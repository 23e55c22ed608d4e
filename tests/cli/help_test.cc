// The help and the manual name the same flags, and both know every option of the library.
#include <kmeans/kmeans.h>

#include <algorithm>

#include "cli/command.h"

namespace {

const char *const commands[] = {"fit",      "predict", "verify", "info",
                                "generate", "bench",   "plot",   "sweep"};

// Long flags that --help lists.
std::set<std::string> flags_of_help(const std::string &help)
{
    std::set<std::string> flags;
    for (const std::string &line : cli::lines_of(help)) {
        const size_t at = line.find("--");
        if (line.rfind("  ", 0) == 0 && at <= 6 && at != std::string::npos) {
            const size_t end = line.find_first_of(" \n", at);
            flags.insert(line.substr(at + 2, end == std::string::npos ? end : end - at - 2));
        }
    }
    return flags;
}

std::string manual()
{
    return cli::read_file(std::string(KMEANS_SOURCE_DIR) + "/src/cli/kmeans.1");
}

// The section of a subcommand in the manual, with the escapes of troff taken out.
std::string manual_section(const std::string &command)
{
    std::string name = command;
    std::transform(name.begin(), name.end(), name.begin(), ::toupper);
    const std::string text = manual();
    const size_t begin = text.find(".SH KMEANS " + name);
    std::string section = text.substr(begin, text.find("\n.SH ", begin + 1) - begin);
    section.erase(std::remove(section.begin(), section.end(), '\\'), section.end());
    return section;
}

bool names_flag(const std::string &text, const std::string &flag)
{
    const std::string word = "--" + flag;
    for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
        const char next = text[at + word.size()];
        if (!isalnum(next) && next != '-') {
            return true;
        }
    }
    return false;
}

class Help : public cli::CommandTest {};

TEST_F(Help, EveryFlagIsInTheManual)
{
    for (const char *command : commands) {
        const cli::Outcome outcome = folder.run(std::string("kmeans ") + command + " --help");
        ASSERT_EQ(outcome.code, 0);
        ASSERT_EQ(outcome.err, "");
        // Reading flags are described once, under fit.
        std::string section = manual_section(command);
        if (section.find("reading flags") != std::string::npos) {
            const std::string fit = manual_section("fit");
            const size_t begin = fit.find(".SS Reading");
            section += fit.substr(begin, fit.find(".SS", begin + 1) - begin);
        }
        const auto flags = flags_of_help(outcome.out);
        EXPECT_GE(flags.size(), 4u) << command;
        for (const std::string &flag : flags) {
            EXPECT_TRUE(names_flag(section, flag)) << command << " --" << flag;
        }
    }
}

TEST_F(Help, EveryFlagOfTheManualExists)
{
    for (const char *command : commands) {
        const auto flags = flags_of_help(folder.run(std::string("kmeans ") + command + " -h").out);
        const std::string section = manual_section(command);
        std::istringstream lines(section);
        std::string line;
        while (std::getline(lines, line)) {
            const bool heading = line.rfind(".BR --", 0) == 0 || line.rfind(".BR -", 0) == 0 ||
                                 line.rfind(".B --", 0) == 0;
            const size_t at = line.find("--");
            if (heading && at != std::string::npos) {
                const size_t end = line.find_first_not_of("abcdefghijklmnopqrstuvwxyz-", at + 2);
                const std::string flag = line.substr(at + 2, end - at - 2);
                EXPECT_TRUE(flags.count(flag) == 1 || command != std::string("fit"))
                    << command << " --" << flag;
            }
        }
    }
}

TEST_F(Help, EveryLibraryOptionIsAFlagOfFit)
{
    const cli::Outcome outcome = folder.run("kmeans fit --help");
    const auto flags = flags_of_help(outcome.out);
    const kmeans_option_info *info = nullptr;
    int found = 0;
    for (int i = 0; (info = kmeans_option_at(i)) != nullptr; i++, found++) {
        std::string name = info->name;
        std::replace(name.begin(), name.end(), '_', '-');
        std::string alias = info->alias;
        std::replace(alias.begin(), alias.end(), '_', '-');
        EXPECT_TRUE(flags.count(name) == 1 || flags.count(alias) == 1) << info->name;
        if (flags.count(name) == 0 || info->default_value[0] == '\0') {
            continue;
        }
        EXPECT_NE(outcome.out.find(std::string("[") + info->default_value + "]"), std::string::npos)
            << info->name;
    }
    EXPECT_GE(found, 20);
}

TEST_F(Help, NamesThatScriptsRelyOn)
{
    const auto flags = flags_of_help(folder.run("kmeans fit --help").out);
    for (const char *flag : {"clusters",    "init",
                             "init-labels", "init-trials",
                             "init-sample", "restarts",
                             "seed",        "algorithm",
                             "max-iter",    "iterations",
                             "tol",         "shift-tol",
                             "inertia-tol", "change-fraction",
                             "time-limit",  "weights",
                             "empty",       "nan",
                             "columns",     "exclude",
                             "threads",     "isa",
                             "dtype",       "labels",
                             "centroids",   "distances",
                             "trace",       "per-row",
                             "json",        "quiet",
                             "verbose",     "version",
                             "batch-size",  "max-no-improvement",
                             "separator",   "header",
                             "cols",        "offset",
                             "source",      "block-size"}) {
        EXPECT_EQ(flags.count(flag), 1u) << flag;
    }
}

TEST_F(Help, NamesEveryFormat)
{
    std::string names;
    for (int index = 0; kmeans_format_name(index) != nullptr; index++) {
        names += std::string(" ") + kmeans_format_name(index);
    }
    EXPECT_NE(
        folder.run("kmeans fit x.npy -k 1 --format x").err.find("none of auto" + names + "\n"),
        std::string::npos);
    const std::string help = folder.run("kmeans fit --help").out;
    for (int index = 0; kmeans_format_name(index) != nullptr; index++) {
        EXPECT_NE(help.find(kmeans_format_name(index)), std::string::npos);
    }
}

TEST_F(Help, NamesEveryNumberType)
{
    std::string names;
    for (int dtype = 1; kmeans_dtype_name(dtype) != nullptr; dtype++) {
        names += std::string(dtype > 1 ? " " : "") + kmeans_dtype_name(dtype);
    }
    for (const char *line :
         {"kmeans fit x.npy -k 1 --dtype x", "kmeans generate uniform --dtype x"}) {
        EXPECT_NE(folder.run(line).err.find("'x' is none of " + names + "\n"), std::string::npos);
    }
}

TEST_F(Help, GoesToStdoutAndFits100Columns)
{
    for (const char *line :
         {"kmeans --help", "kmeans -h", "kmeans help", "kmeans fit --help", "kmeans predict -h",
          "kmeans verify -h", "kmeans sweep -h", "kmeans generate -h"}) {
        const cli::Outcome outcome = folder.run(line);
        EXPECT_EQ(outcome.code, 0) << line;
        EXPECT_EQ(outcome.err, "") << line;
        for (const std::string &row : cli::lines_of(outcome.out)) {
            EXPECT_LE(row.size(), 100u) << row;
        }
    }
}

TEST_F(Help, OfACommandByEitherSpelling)
{
    for (const std::string command : commands) {
        const std::string text = good("kmeans " + command + " --help");
        EXPECT_EQ(text.rfind("usage: kmeans " + command + " ", 0), 0u) << text;
        EXPECT_EQ(good("kmeans help " + command), text);
    }
    EXPECT_EQ(good("kmeans help help"), good("kmeans help"));
}

TEST_F(Help, Version)
{
    const std::string expected = std::string("kmeans ") + kmeans_version() + "\n";
    EXPECT_EQ(folder.run("kmeans -V").out, expected);
    EXPECT_EQ(folder.run("kmeans --version").out, expected);
    EXPECT_EQ(folder.run("kmeans fit --version").out, expected);
}

TEST_F(Help, InfoAsTextAndAsJson)
{
    const std::string text = folder.run("kmeans info").out;
    const std::string json = folder.run("kmeans info --json -").out;
    for (const char *key : {"version", "isas_built", "isas_usable", "isa", "algorithms", "name",
                            "exact", "memory", "cpu", "threads", "build"}) {
        EXPECT_NE(json.find(std::string("\"") + key + "\": "), std::string::npos) << key;
    }
    EXPECT_NE(text.find("scalar"), std::string::npos) << text;
    EXPECT_NE(text.find("lloyd"), std::string::npos) << text;
    EXPECT_NE(folder.run("KMEANS_ISA=scalar kmeans info --json -").out.find("\"isa\": \"scalar\""),
              std::string::npos);
}

} // namespace
