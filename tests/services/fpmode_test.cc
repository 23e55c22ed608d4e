#include "services.h"

#include <cfenv>
#include <cfloat>
#include <cmath>

#include <gtest/gtest.h>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace {

double third()
{
    volatile double one = 1.0;
    volatile double three = 3.0;
    return one / three;
}

double half_smallest_normal()
{
    volatile double small = DBL_MIN;
    volatile double half = 0.5;
    return small * half;
}

TEST(FpMode, RoundingIsToNearestInsideAndBackOutside)
{
    std::fesetround(FE_TONEAREST);
    const double nearest = third();
    for (const int mode : {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}) {
        std::fesetround(mode);
        const km_fpmode saved = km_fpmode_enter();
        const double inside = third();
        const int inside_mode = std::fegetround();
        km_fpmode_leave(saved);
        EXPECT_EQ(std::fegetround(), mode);
        std::fesetround(FE_TONEAREST);
        EXPECT_EQ(inside, nearest);
        EXPECT_EQ(inside_mode, FE_TONEAREST);
    }
}

TEST(FpMode, FlagsAreTheCallersAfterwards)
{
    std::feclearexcept(FE_ALL_EXCEPT);
    km_fpmode saved = km_fpmode_enter();
    third(); // raises FE_INEXACT
    km_fpmode_leave(saved);
    EXPECT_EQ(std::fetestexcept(FE_ALL_EXCEPT), 0);
    std::feraiseexcept(FE_OVERFLOW | FE_INEXACT);
    const int raised = std::fetestexcept(FE_ALL_EXCEPT);
    saved = km_fpmode_enter();
    half_smallest_normal();
    km_fpmode_leave(saved);
    EXPECT_EQ(std::fetestexcept(FE_ALL_EXCEPT), raised);
    std::feclearexcept(FE_ALL_EXCEPT);
}

#if defined(__x86_64__)
TEST(FpMode, FlushingAndTrapsAreOffInside)
{
    const unsigned before = _mm_getcsr();
    const unsigned flushing = before | 0x8040; // FTZ, DAZ
    _mm_setcsr(flushing);
    km_fpmode saved = km_fpmode_enter();
    const double kept = half_smallest_normal();
    km_fpmode_leave(saved);
    EXPECT_EQ(_mm_getcsr(), flushing);
    _mm_setcsr(before);
    EXPECT_EQ(kept, DBL_MIN / 2);

    const unsigned trapping = before & ~0x1F80U; // every exception traps
    _mm_setcsr(trapping);
    saved = km_fpmode_enter();
    third(); // would be a signal
    km_fpmode_leave(saved);
    const unsigned after = _mm_getcsr();
    _mm_setcsr(before);
    EXPECT_EQ(after, trapping);
}

uint16_t x87_control()
{
    uint16_t word;
    __asm__ volatile("fnstcw %0" : "=m"(word));
    return word;
}

TEST(FpMode, TheX87UnitToo)
{
    const uint16_t before = x87_control();
    const uint16_t single_up = static_cast<uint16_t>((before & ~0x0F00) | 0x0800);
    __asm__ volatile("fldcw %0" : : "m"(single_up));
    const km_fpmode saved = km_fpmode_enter();
    const uint16_t inside = x87_control();
    volatile long double three = 3.0L;
    volatile long double ignored = 1.0L / three; // raises the x87's own inexact flag
    (void)ignored;
    km_fpmode_leave(saved);
    const uint16_t after = x87_control();
    uint16_t flags;
    __asm__ volatile("fnstsw %0" : "=m"(flags));
    __asm__ volatile("fldcw %0" : : "m"(before));
    EXPECT_EQ(inside, 0x037F);
    EXPECT_EQ(after, single_up);
    EXPECT_EQ(flags & 0xFF, static_cast<int>(saved.status & 0xFF));
}
#endif

TEST(FpMode, CallbacksGetTheHostsMode)
{
    services::Context context;
    static int seen;
    kmeans_context_set_log(
        context, [](void *, int, const char *, const char *) { seen = std::fegetround(); },
        nullptr);
    std::fesetround(FE_UPWARD);
    km_fpmode host = km_fpmode_enter();
    context->host_mode = &host;
    km_log(context, KMEANS_LOG_INFO, "x", "y");
    const int inside = std::fegetround();
    km_fpmode_leave(host);
    const int after = std::fegetround();
    std::fesetround(FE_TONEAREST);
    EXPECT_EQ(seen, FE_UPWARD);
    EXPECT_EQ(inside, FE_TONEAREST);
    EXPECT_EQ(after, FE_UPWARD);
}

} // namespace
