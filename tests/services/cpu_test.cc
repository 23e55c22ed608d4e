#include "services.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>

#include <gtest/gtest.h>

namespace {

// Sets an environment variable for one test, and puts the old value back.
class Variable {
public:
    Variable(const char *name, const char *value) : name_(name)
    {
        const char *const old = std::getenv(name);
        had_ = old != nullptr;
        old_ = had_ ? old : "";
        if (value != nullptr) {
            setenv(name, value, 1);
        } else {
            unsetenv(name);
        }
    }
    ~Variable()
    {
        if (had_) {
            setenv(name_, old_.c_str(), 1);
        } else {
            unsetenv(name_);
        }
    }

private:
    const char *name_;
    bool had_;
    std::string old_;
};

std::vector<const km_isa *> all_isas()
{
    std::vector<const km_isa *> isas;
    for (int i = 0; km_isa_at(i) != nullptr; i++) {
        isas.push_back(km_isa_at(i));
    }
    return isas;
}

// A line has tables of its own name, or those of such a line and tile kernels.
bool is_plain(const km_isa *isa)
{
    return std::string(isa->f32->isa) == isa->name && std::string(isa->f64->isa) == isa->name;
}

bool is_plain_line_with(const km_isa *isa, const km_isa *tiled)
{
    return is_plain(isa) && isa->f32 == tiled->f32 && isa->f64 == tiled->f64;
}

TEST(Cpu, NamesAreUniqueAndTablesHaveThem)
{
    const auto isas = all_isas();
    std::set<std::string> names;
    for (size_t i = 0; i < isas.size(); i++) {
        EXPECT_TRUE(names.insert(isas[i]->name).second);
        if (is_plain(isas[i])) {
            EXPECT_EQ(isas[i]->enable, nullptr);
        } else {
            EXPECT_NE(isas[i]->tiles, nullptr);
            EXPECT_NE(isas[i]->enable, nullptr);
            EXPECT_TRUE(std::any_of(isas.begin(), isas.end(), [&](const km_isa *other) {
                return is_plain_line_with(other, isas[i]);
            })) << isas[i]->name;
        }
        int usable = -1;
        EXPECT_STREQ(kmeans_isa_name(static_cast<int>(i), &usable), isas[i]->name);
        EXPECT_EQ(usable, isas[i]->usable() ? 1 : 0);
        EXPECT_NE(kmeans_isa_name(static_cast<int>(i), nullptr), nullptr);
    }
    EXPECT_EQ(km_isa_at(-1), nullptr);
    EXPECT_EQ(kmeans_isa_name(static_cast<int>(isas.size()), nullptr), nullptr);
}

// The search for the best ends at "scalar": "emulated" is chosen by its name only.
TEST(Cpu, TheListEndsWithScalarAndEmulated)
{
    const auto isas = all_isas();
    ASSERT_GE(isas.size(), 2U);
    EXPECT_STREQ(isas[isas.size() - 2]->name, "scalar");
    EXPECT_STREQ(isas.back()->name, "emulated");
    EXPECT_TRUE(isas[isas.size() - 2]->usable());
    EXPECT_TRUE(isas.back()->usable());
    EXPECT_TRUE(isas.back()->enable());
}

TEST(Cpu, AutoTakesTheFirstUsable)
{
    const Variable unset("KMEANS_ISA", nullptr);
    services::Context context;
    const km_isa *first = nullptr;
    for (const km_isa *isa : all_isas()) {
        const bool usable = isa->usable() && (isa->enable == nullptr || isa->enable());
        first = first == nullptr && usable ? isa : first;
    }
    for (const char *wanted : {static_cast<const char *>(nullptr), "auto"}) {
        const km_isa *chosen = nullptr;
        ASSERT_EQ(km_isa_choose(context, wanted, &chosen), KMEANS_OK);
        EXPECT_EQ(chosen, first);
        EXPECT_STRNE(chosen->name, "emulated");
    }
}

TEST(Cpu, EveryUsableTableCanBeNamed)
{
    services::Context context;
    std::string refused;
    for (const km_isa *isa : all_isas()) {
        const km_isa *chosen = nullptr;
        const int status = km_isa_choose(context, isa->name, &chosen);
        const bool enabled = isa->usable() && (isa->enable == nullptr || isa->enable());
        if (enabled) {
            EXPECT_EQ(status, KMEANS_OK);
            EXPECT_EQ(chosen, isa);
        } else {
            EXPECT_EQ(status, KMEANS_ERROR_UNSUPPORTED);
            EXPECT_NE(context.detail().find(isa->usable() ? "the operating system refused"
                                                          : "this CPU cannot run"),
                      std::string::npos);
            refused += isa->usable() ? isa->name : "";
        }
        const Variable set("KMEANS_ISA", isa->name);
        EXPECT_EQ(km_isa_choose(context, "auto", &chosen), status);
    }
    if (!refused.empty())
        GTEST_SKIP() << "the operating system refuses " << refused;
}

TEST(Cpu, UnknownAndMissingNames)
{
    services::Context context;
    const km_isa *chosen = nullptr;
    EXPECT_EQ(km_isa_choose(context, "avx3", &chosen), KMEANS_ERROR_NAME);
    EXPECT_EQ(context.detail().find("isa: no instruction set 'avx3'; valid: auto, "), 0U);
    EXPECT_NE(context.detail().find("scalar"), std::string::npos);
    const Variable set("KMEANS_ISA", "sse9");
    EXPECT_EQ(km_isa_choose(context, nullptr, &chosen), KMEANS_ERROR_NAME);
    EXPECT_NE(context.detail().find("KMEANS_ISA"), std::string::npos);
    EXPECT_NE(context.detail().find("'sse9'"), std::string::npos);
    EXPECT_EQ(km_isa_choose(context, "scalar", &chosen), KMEANS_OK); // the argument wins
#if defined(__x86_64__)
    EXPECT_EQ(km_isa_choose(context, "neon", &chosen), KMEANS_ERROR_UNSUPPORTED);
#else
    EXPECT_EQ(km_isa_choose(context, "avx2", &chosen), KMEANS_ERROR_UNSUPPORTED);
#endif
    EXPECT_NE(context.detail().find("is not in this build"), std::string::npos);
}

TEST(Cpu, AnEmptyVariableIsNone)
{
    const Variable set("KMEANS_ISA", "");
    services::Context context;
    const km_isa *chosen = nullptr;
    EXPECT_EQ(km_isa_choose(context, nullptr, &chosen), KMEANS_OK);
}

#if defined(__x86_64__) && defined(__linux__)
// The kernel's own list of flags is an independent opinion.
TEST(Cpu, FeaturesAgreeWithTheKernel)
{
    std::ifstream file("/proc/cpuinfo");
    std::string line;
    while (std::getline(file, line) && line.compare(0, 5, "flags") != 0) {
    }
    if (line.empty()) {
        GTEST_SKIP() << "no /proc/cpuinfo";
    }
    line += ' ';
    const auto has = [&](const char *flag) {
        return line.find(std::string(" ") + flag + " ") != std::string::npos;
    };
    EXPECT_EQ(km_cpu_has_avx2(), has("avx2") && has("fma"));
    EXPECT_EQ(km_cpu_has_avx512(), has("avx512f") && has("avx512dq") && has("avx512bw") &&
                                       has("avx512vl") && has("avx512cd") && has("avx2") &&
                                       has("fma"));
    if (km_cpu_has_amx()) { // which also asks whether the kernel hands the registers out
        EXPECT_TRUE(has("amx_tile") && has("amx_bf16") && has("avx512_bf16"));
    }
}
#endif

TEST(Cpu, ModelFitsIntoAnyRoom)
{
    char text[64];
    km_cpu_model(text, sizeof text);
    const std::string whole = text;
    EXPECT_FALSE(whole.empty());
    char small[5] = {1, 1, 1, 1, 1};
    km_cpu_model(small, 4);
    EXPECT_EQ(std::string(small), whole.substr(0, 3));
    EXPECT_EQ(small[4], 1);
    km_cpu_model(small, 1);
    EXPECT_EQ(small[0], '\0');
}

} // namespace
