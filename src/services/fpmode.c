/* The floating-point mode of the calling thread. */
#include "fpmode.h"

#if defined(__x86_64__)
#include <xmmintrin.h>

/* control: MXCSR with its flags in the low half, the x87 control word above. All arithmetic of
 * the library is SSE or wider; the x87 word counts all the same, because libc's strtod and
 * printf ask it for the rounding direction. status: the x87 flags; nothing here runs x87
 * instructions that raise any. */
enum { KM_MXCSR_DEFAULT = 0x1F80, KM_X87_DEFAULT = 0x037F };

km_fpmode km_fpmode_enter(void)
{
    uint16_t word;
    uint16_t flags;
    __asm__ volatile("fnstcw %0" : "=m"(word));
    __asm__ volatile("fnstsw %0" : "=m"(flags));
    const km_fpmode saved = {(uint64_t)_mm_getcsr() | (uint64_t)word << 32, flags};
    _mm_setcsr(KM_MXCSR_DEFAULT);
    if (word != KM_X87_DEFAULT) {
        word = KM_X87_DEFAULT;
        __asm__ volatile("fldcw %0" : : "m"(word));
    }
    return saved;
}

/* The exception flags of the x87 unit can only be written as part of its whole environment. */
static void put_x87_flags(uint16_t flags)
{
    struct {
        uint16_t control, fill0, status, fill1, tag, fill2;
        uint32_t rest[4];
    } environment;
    __asm__ volatile("fnstenv %0" : "=m"(environment));
    environment.status = (uint16_t)((environment.status & ~0xFFU) | (flags & 0xFFU));
    __asm__ volatile("fldenv %0" : : "m"(environment));
}

void km_fpmode_leave(km_fpmode saved)
{
    const uint16_t word = (uint16_t)(saved.control >> 32);
    uint16_t flags;
    __asm__ volatile("fnstsw %0" : "=m"(flags));
    if (((flags ^ saved.status) & 0xFFU) != 0) {
        put_x87_flags((uint16_t)saved.status);
    }
    if (word != KM_X87_DEFAULT) {
        __asm__ volatile("fldcw %0" : : "m"(word));
    }
    _mm_setcsr((uint32_t)saved.control);
}

#elif defined(__aarch64__)

/* FPCR = 0: round to nearest, no flushing, no default NaN, no traps. */
km_fpmode km_fpmode_enter(void)
{
    km_fpmode saved;
    __asm__ volatile("mrs %0, fpcr" : "=r"(saved.control) : : "memory");
    __asm__ volatile("mrs %0, fpsr" : "=r"(saved.status) : : "memory");
    __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)0) : "memory");
    return saved;
}

void km_fpmode_leave(km_fpmode saved)
{
    __asm__ volatile("msr fpcr, %0" : : "r"(saved.control) : "memory");
    __asm__ volatile("msr fpsr, %0" : : "r"(saved.status) : "memory");
}

#else
#include <fenv.h>

/* Portable C: rounding direction and flags. A host that flushes subnormals or traps must undo that
 * itself: C11 has no way to ask. */
km_fpmode km_fpmode_enter(void)
{
    const km_fpmode saved = {(uint64_t)fegetround(), (uint64_t)fetestexcept(FE_ALL_EXCEPT)};
    fesetround(FE_TONEAREST);
    return saved;
}

void km_fpmode_leave(km_fpmode saved)
{
    feclearexcept(FE_ALL_EXCEPT & ~(int)saved.status);
    fesetround((int)saved.control);
}

#endif
