#include "threads_api.h"

#include "services.h"

#include <atomic>
#include <cfenv>
#include <numeric>
#include <thread>

#include <gtest/gtest.h>

// The entry of a parallel region as gcc compiles it; both OpenMP runtimes have it. Null in a build
// without OpenMP.
extern "C" __attribute__((weak)) void GOMP_parallel(void (*)(void *), void *, unsigned, unsigned);

namespace {

constexpr int phases = 50;

// Each phase: thread t writes its slot from what its neighbour wrote in the phase before. Any
// missing barrier shows (and the thread sanitizer sees it).
struct Ring {
    std::vector<int64_t> slots[2];
    int size = 0;
    int phase = 0;
    int calls_of_driver = 0;
    std::thread::id driver_thread;
    bool driver_on_slot_zero = true;

    static void step(void *argument, int32_t thread)
    {
        Ring *const ring = static_cast<Ring *>(argument);
        const auto &from = ring->slots[ring->phase % 2];
        auto &to = ring->slots[(ring->phase + 1) % 2];
        to[thread] = from[(thread + 1) % ring->size] + 1;
        if (thread == 0 && std::this_thread::get_id() != ring->driver_thread) {
            ring->driver_on_slot_zero = false;
        }
    }

    static void drive(km_team *team, void *argument)
    {
        Ring *const ring = static_cast<Ring *>(argument);
        ring->calls_of_driver++;
        ring->driver_thread = std::this_thread::get_id();
        ring->size = km_team_size(team);
        for (auto &side : ring->slots) {
            side.assign(ring->size, 0);
        }
        std::iota(ring->slots[0].begin(), ring->slots[0].end(), int64_t{0});
        for (ring->phase = 0; ring->phase < phases; ring->phase++) {
            km_team_phase(team, step, ring);
        }
    }

    void check(int expected_size) const
    {
        EXPECT_EQ(calls_of_driver, 1);
        EXPECT_EQ(size, expected_size);
        for (int t = 0; t < size; t++) {
            EXPECT_EQ(slots[phases % 2][t], (t + phases) % size + phases);
        }
    }
};

TEST(Threads, PhasesAreSeparatedForAnyTeam)
{
    services::Context context;
    for (const int threads : {1, 2, 3, 7, 16}) {
        if (threads > 1 && !km_threads_built()) {
            continue;
        }
        Ring ring;
        ASSERT_EQ(km_team_run(context, threads, Ring::drive, &ring), KMEANS_OK);
        ring.check(threads);
        EXPECT_TRUE(ring.driver_on_slot_zero);
        EXPECT_EQ(ring.driver_thread, std::this_thread::get_id());
    }
}

TEST(Threads, ManyTeamsOneAfterTheOther)
{
    const int threads = km_threads_built() ? 2 : 1;
    for (int i = 0; i < 50; i++) {
        Ring ring;
        ASSERT_EQ(km_team_run(nullptr, threads, Ring::drive, &ring), KMEANS_OK);
        ring.check(threads);
    }
}

TEST(Threads, ImpossibleNumbers)
{
    services::Context context;
    Ring ring;
    EXPECT_EQ(km_team_run(context, 0, Ring::drive, &ring), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(km_team_run(context, -1, Ring::drive, &ring), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(km_team_run(context, 4097, Ring::drive, &ring), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(context.detail(), "threads: 4097 is outside 1 .. 4096");
    EXPECT_EQ(ring.calls_of_driver, 0);
}

TEST(Threads, WithoutOpenMpMoreThanOneIsAnError)
{
    if (km_threads_built()) {
        GTEST_SKIP() << "this build has OpenMP";
    }
    services::Context context;
    Ring ring;
    EXPECT_EQ(km_team_run(context, 2, Ring::drive, &ring), KMEANS_ERROR_UNSUPPORTED);
    EXPECT_NE(context.detail().find("KMEANS_OPENMP"), std::string::npos);
    EXPECT_EQ(ring.calls_of_driver, 0);
    EXPECT_EQ(kmeans_default_threads(), 1);
}

// Eight of the host's threads, each with its own context and team.
TEST(Threads, CallsFromSeveralThreadsAtOnce)
{
    const int threads = km_threads_built() ? 3 : 1;
    std::vector<std::thread> hosts;
    std::vector<Ring> rings(8);
    for (Ring &ring : rings) {
        hosts.emplace_back([&ring, threads] {
            services::Context context;
            km_team_run(context, threads, Ring::drive, &ring);
        });
    }
    for (std::thread &host : hosts) {
        host.join();
    }
    for (const Ring &ring : rings) {
        ring.check(threads);
    }
}

struct Region {
    std::atomic<int> entered{0};
    std::atomic<int> correct{0};
};

TEST(Threads, InsideTheCallersParallelRegionTeamsHaveOneThread)
{
    if (GOMP_parallel == nullptr || !km_threads_built()) {
        GTEST_SKIP() << "no OpenMP";
    }
    Region region;
    const auto body = [](void *argument) {
        Region *const shared = static_cast<Region *>(argument);
        shared->entered++;
        Ring ring;
        const bool alone = km_default_threads(nullptr) == 1 && km_threads_single();
        if (km_team_run(nullptr, 4, Ring::drive, &ring) == KMEANS_OK && ring.size == 1 && alone &&
            ring.slots[phases % 2][0] == phases) {
            shared->correct++;
        }
    };
    GOMP_parallel(body, &region, 4, 0);
    EXPECT_EQ(region.correct, region.entered);
    EXPECT_GE(region.entered, 2);
    EXPECT_FALSE(km_threads_single());
}

struct Modes {
    std::atomic<int> nearest{0};
    static void look(void *argument, int32_t)
    {
        static_cast<Modes *>(argument)->nearest += std::fegetround() == FE_TONEAREST;
    }
    static void drive(km_team *team, void *argument) { km_team_phase(team, look, argument); }
};

// Threads of the pool may have been left in any mode by others (gcc's runtime leaves it; clang's
// gives every region the mode of the thread that enters it).
int count_upward()
{
    std::atomic<int> count{0};
    GOMP_parallel(
        [](void *argument) {
            *static_cast<std::atomic<int> *>(argument) += std::fegetround() == FE_UPWARD;
        },
        &count, 4, 0);
    return count;
}

TEST(Threads, WorkersUseTheLibrarysFloatingPointMode)
{
    if (GOMP_parallel == nullptr || !km_threads_built()) {
        GTEST_SKIP() << "no OpenMP";
    }
    const auto set_mode = [](void *mode) { std::fesetround(*static_cast<int *>(mode)); };
    int mode = FE_UPWARD;
    GOMP_parallel(set_mode, &mode, 4, 0);
    const km_fpmode saved = km_fpmode_enter(); // the door's part, on the calling thread
    const int upward_before = count_upward();
    Modes modes;
    km_team_run(nullptr, 4, Modes::drive, &modes);
    const int upward_after = count_upward();
    km_fpmode_leave(saved);
    mode = FE_TONEAREST;
    GOMP_parallel(set_mode, &mode, 4, 0);
    EXPECT_EQ(modes.nearest, 4);
    EXPECT_EQ(upward_after, upward_before);
}

// A host's pool: std::thread, in another order, or faulty.
enum class Kind { Threads, Backwards, LeavesOut, Fails };

struct Pool {
    Kind kind = Kind::Threads;
    int calls = 0;
    int host_mode_seen = 0;

    static int run(void *user, kmeans_task_fn task, void *argument, int64_t count)
    {
        Pool *const pool = static_cast<Pool *>(user);
        pool->calls++;
        pool->host_mode_seen = std::fegetround();
        if (pool->kind == Kind::Threads) {
            std::vector<std::thread> threads;
            for (int64_t i = 0; i < count; i++) {
                threads.emplace_back(task, argument, i);
            }
            for (std::thread &thread : threads) {
                thread.join();
            }
            return 0;
        }
        if (pool->kind == Kind::Fails) {
            return -3;
        }
        const int64_t last = pool->kind == Kind::LeavesOut ? 1 : 0;
        for (int64_t i = count - 1; i >= last; i--) {
            task(argument, i);
        }
        return 0;
    }
};

TEST(Threads, TheHostsPoolRunsEveryPhase)
{
    for (const Kind kind : {Kind::Threads, Kind::Backwards, Kind::LeavesOut, Kind::Fails}) {
        services::Context context;
        Pool pool;
        pool.kind = kind;
        kmeans_context_set_parallel_for(context, Pool::run, &pool);
        Ring ring;
        ASSERT_EQ(km_team_run(context, 4, Ring::drive, &ring), KMEANS_OK);
        ring.check(4);
        EXPECT_EQ(pool.calls, phases);
        const bool faulty = kind == Kind::LeavesOut || kind == Kind::Fails;
        ASSERT_EQ(context.messages.size(), faulty ? 1U : 0U);
        if (faulty) {
            EXPECT_EQ(context.messages[0].code, "parallel_for");
        }
    }
}

TEST(Threads, ThePoolsThreadsGetTheLibrarysModeAndThePoolItsOwn)
{
    services::Context context;
    Pool pool;
    kmeans_context_set_parallel_for(context, Pool::run, &pool);
    Modes modes;
    std::fesetround(FE_DOWNWARD); // threads inherit it
    km_fpmode host = km_fpmode_enter();
    context->host_mode = &host;
    km_team_run(context, 3, Modes::drive, &modes);
    km_fpmode_leave(host);
    const int after = std::fegetround();
    std::fesetround(FE_TONEAREST);
    EXPECT_EQ(modes.nearest, 3);
    EXPECT_EQ(pool.host_mode_seen, FE_DOWNWARD);
    EXPECT_EQ(after, FE_DOWNWARD);
}

} // namespace
