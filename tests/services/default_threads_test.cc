#include "threads_api.h"

#include "services.h"

#include <cstdlib>
#include <fstream>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace {

class DefaultThreads : public ::testing::Test {
protected:
    void SetUp() override { clear(); }
    void TearDown() override { clear(); }
    static void clear()
    {
        unsetenv("KMEANS_NUM_THREADS");
        unsetenv("OMP_NUM_THREADS");
    }
};

TEST_F(DefaultThreads, VariablesInTheirOrder)
{
    if (!km_threads_built()) {
        GTEST_SKIP() << "this build has no OpenMP";
    }
    setenv("OMP_NUM_THREADS", "3", 1);
    EXPECT_EQ(kmeans_default_threads(), 3);
    setenv("OMP_NUM_THREADS", "5,2,1", 1);
    EXPECT_EQ(kmeans_default_threads(), 5);
    setenv("OMP_NUM_THREADS", " 6 , 2", 1);
    EXPECT_EQ(kmeans_default_threads(), 6);
    setenv("KMEANS_NUM_THREADS", "7", 1);
    EXPECT_EQ(kmeans_default_threads(), 7);
    setenv("KMEANS_NUM_THREADS", "", 1);
    EXPECT_EQ(kmeans_default_threads(), 6);
    setenv("OMP_NUM_THREADS", "  ", 1);
    EXPECT_GE(kmeans_default_threads(), 1);
}

TEST_F(DefaultThreads, MalformedVariablesAreNamed)
{
    services::Context context;
    for (const char *name : {"KMEANS_NUM_THREADS", "OMP_NUM_THREADS"}) {
        for (const char *value :
             {"0", "-2", "two", "3x", "4097", "99999999999999999999", "1.5", ",2"}) {
            clear();
            setenv(name, value, 1);
            EXPECT_EQ(km_default_threads(context), KMEANS_ERROR_ARGUMENT) << name << "=" << value;
            EXPECT_EQ(context.detail(), std::string("environment variable ") + name + ": '" +
                                            value + "' is not a number of threads, 1 .. 4096");
            EXPECT_LT(kmeans_default_threads(), 0);
        }
    }
    clear();
    setenv("KMEANS_NUM_THREADS", "2,2", 1);
    EXPECT_EQ(km_default_threads(context), KMEANS_ERROR_ARGUMENT);
}

#if defined(__linux__)
TEST_F(DefaultThreads, TheAffinityMaskCounts)
{
    cpu_set_t before;
    CPU_ZERO(&before);
    ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
    const int quota = km_cgroup_cpus("/proc/self/cgroup", "/sys/fs/cgroup");
    const int cpus = CPU_COUNT(&before);
    const int expected = quota > 0 && quota < cpus ? quota : cpus;
    EXPECT_EQ(kmeans_default_threads(), km_threads_built() ? expected : 1);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (CPU_ISSET(cpu, &before)) {
            cpu_set_t one;
            CPU_ZERO(&one);
            CPU_SET(cpu, &one);
            ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
            break;
        }
    }
    EXPECT_EQ(kmeans_default_threads(), 1);
    sched_setaffinity(0, sizeof before, &before);
}
#endif

// A made-up /proc/self/cgroup and /sys/fs/cgroup.
class Cgroup : public ::testing::Test {
protected:
    void SetUp() override
    {
        char name[] = "/tmp/kmeans_cgroup_XXXXXX";
        ASSERT_NE(mkdtemp(name), nullptr);
        root = name;
    }
    void TearDown() override
    {
        for (auto file = made.rbegin(); file != made.rend(); ++file) {
            remove(file->c_str());
        }
        rmdir(root.c_str());
    }
    void write(const std::string &path, const std::string &text)
    {
        for (size_t at = path.find('/'); at != std::string::npos; at = path.find('/', at + 1)) {
            const std::string folder = root + "/" + path.substr(0, at);
            if (mkdir(folder.c_str(), 0700) == 0) {
                made.push_back(folder);
            }
        }
        std::ofstream(root + "/" + path) << text;
        made.push_back(root + "/" + path);
    }
    int cpus(const std::string &membership)
    {
        write("membership", membership);
        return km_cgroup_cpus((root + "/membership").c_str(), root.c_str());
    }
    std::string root;
    std::vector<std::string> made;
};

TEST_F(Cgroup, Version2RoundsUpAndTakesTheSmallestOnTheWayUp)
{
    write("a/b/cpu.max", "350000 100000\n");
    EXPECT_EQ(cpus("0::/a/b\n"), 4);
    EXPECT_EQ(cpus("0::/a\n"), 0);
    write("a/cpu.max", "50000 100000\n");
    EXPECT_EQ(cpus("0::/a/b\n"), 1);
    write("a/cpu.max", "max 100000\n");
    EXPECT_EQ(cpus("0::/a/b\n"), 4);
    write("a/cpu.max", "200000 100000");
    EXPECT_EQ(cpus("0::/a/b"), 2);
}

TEST_F(Cgroup, Version2InAContainerThatSeesTheOutsidePath)
{
    write("cpu.max", "300000 100000\n");
    EXPECT_EQ(cpus("0::/docker/0123456789\n"), 3);
    EXPECT_EQ(cpus("0::/\n"), 3);
}

TEST_F(Cgroup, Version1)
{
    write("cpu,cpuacct/job/cpu.cfs_quota_us", "150000\n");
    write("cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
    EXPECT_EQ(cpus("11:memory:/job\n4:cpu,cpuacct:/job\n0::/\n"), 2);
    EXPECT_EQ(cpus("4:cpuset:/job\n"), 0);
    write("cpu,cpuacct/job/cpu.cfs_quota_us", "-1\n");
    EXPECT_EQ(cpus("4:cpu,cpuacct:/job\n"), 0);
    write("cpu/x/cpu.cfs_quota_us", "100000\n");
    write("cpu/x/cpu.cfs_period_us", "100000\n");
    EXPECT_EQ(cpus("4:cpu:/x\n"), 1);
    EXPECT_EQ(cpus("4:cpuacct,cpu:/x/y\n"), 1);
}

TEST_F(Cgroup, NonsenseIsNoQuota)
{
    EXPECT_EQ(km_cgroup_cpus("/no/such/file", root.c_str()), 0);
    EXPECT_EQ(cpus(""), 0);
    EXPECT_EQ(cpus("nonsense\n::\n0:\n:::::\n"), 0);
    write("a/cpu.max", "x y\n");
    EXPECT_EQ(cpus("0::/a\n"), 0);
    write("a/cpu.max", "100000 0\n");
    EXPECT_EQ(cpus("0::/a\n"), 0);
    write("a/cpu.max", "");
    EXPECT_EQ(cpus("0::/a\n"), 0);
    EXPECT_EQ(cpus("0::/" + std::string(3000, 'x') + "\n"), 0);
}

} // namespace
