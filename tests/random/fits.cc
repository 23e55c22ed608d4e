// Fits drawn at random: every table and exact algorithm returns what the scalar Lloyd does, and
// mini-batch the same on every table.
#include <cstdlib>

#include "oracle/check.h"
#include "random/draw.h"

namespace {

using namespace drawn;

constexpr const char *kExact[] = {"lloyd", "hamerly", "auto"};

Outcome run_as(const Fit &fit, const std::string &isa, const std::string &algorithm, int threads)
{
    Request request = fit.request;
    request.x = &fit.x;
    request.isa = isa;
    request.threads = threads;
    return run(request.set("algorithm", algorithm));
}

void expect_scalar_lloyd(uint64_t seed, double products)
{
    const Fit fit = draw(seed, products);
    SCOPED_TRACE(fit.text);
    const Outcome plain = run_as(fit, "scalar", "lloyd", 1);
    ASSERT_GE(plain.status, 0) << plain.detail;
    if (seed % 8 == 0)
        expect_exact_labels(plain, fit.x);
    const bool batches = seed % 4 == 0;
    const Outcome batch = batches ? run_as(fit, "scalar", "minibatch", 1) : Outcome();
    const auto passes = static_cast<int64_t>(plain.trace.size());
    uint64_t turn = seed;
    for (const std::string &isa : isas_for(products_of(fit.x, plain.info.k, passes))) {
        const std::string algorithm = kExact[turn++ % 3];
        const int threads = static_cast<int>(1 + turn % 3);
        SCOPED_TRACE(isa + ", " + algorithm);
        expect_same_result(plain, run_as(fit, isa, algorithm, threads));
        if (batches)
            expect_same_result(batch, run_as(fit, isa, "minibatch", threads));
    }
}

// Seeds count from KMEANS_RANDOM_SEED on: others can be tried without building anew.
void expect_scalar_lloyd(uint64_t from, uint64_t count, double products)
{
    const char *const text = std::getenv("KMEANS_RANDOM_SEED");
    from += text == nullptr ? 0 : std::strtoull(text, nullptr, 10);
    for (uint64_t seed = from; seed < from + count; seed++)
        expect_scalar_lloyd(seed, products);
}

TEST(RandomFits, AgreeWithScalarLloyd) { expect_scalar_lloyd(0, 80, 4e6); }

TEST(LongRandomFits, AgreeWithScalarLloyd) { expect_scalar_lloyd(1000, 300, 2e7); }

TEST(LongRandomFits, LargeOnesAgreeWithScalarLloyd) { expect_scalar_lloyd(2000, 40, 2e8); }

} // namespace
