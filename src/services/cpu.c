/* CPU features and the choice of a kernel table. */
#define _GNU_SOURCE
#include "cpu.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif
#elif defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

bool km_cpu_has_scalar(void) { return true; }

#if defined(__x86_64__)

/* Registers that the operating system saves: XCR0 (Intel SDM vol. 1, 13.3), 0 without XSAVE. */
static uint64_t saved_states(void)
{
    uint32_t a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || (c & bit_OSXSAVE) == 0) {
        return 0;
    }
    __asm__ volatile("xgetbv" : "=a"(a), "=d"(d) : "c"(0));
    return (uint64_t)d << 32 | a;
}

bool km_cpu_has_avx2(void)
{
    const uint64_t ymm = 0x6; /* SSE and AVX state */
    const uint32_t wanted = bit_FMA | bit_F16C;
    uint32_t a, b, c, d;
    if ((saved_states() & ymm) != ymm || !__get_cpuid(1, &a, &b, &c, &d) ||
        (c & wanted) != wanted) {
        return false;
    }
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_AVX2) != 0;
}

bool km_cpu_has_avx512(void)
{
    const uint64_t zmm = 0xE6; /* SSE, AVX, mask and both halves of the ZMM state */
    const uint32_t wanted = bit_AVX512F | bit_AVX512DQ | bit_AVX512BW | bit_AVX512VL | bit_AVX512CD;
    uint32_t a, b, c, d;
    if ((saved_states() & zmm) != zmm || !km_cpu_has_avx2()) {
        return false;
    }
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & wanted) == wanted;
}

#if defined(__linux__)

/* The kernel hands out the tile data state, number 18, on request only, to the whole process
 * (Linux, Documentation/arch/x86/xstate.rst). */
enum { GET_SUPPORTED = 0x1021, REQUEST = 0x1023, TILE_DATA = 18 };

static bool kernel_knows_tiles(void)
{
    uint64_t states = 0;
    return syscall(SYS_arch_prctl, GET_SUPPORTED, &states) == 0 && (states >> TILE_DATA & 1) != 0;
}

bool km_cpu_enable_amx(void) { return syscall(SYS_arch_prctl, REQUEST, TILE_DATA) == 0; }

#else

static bool kernel_knows_tiles(void) { return false; }

bool km_cpu_enable_amx(void) { return false; }

#endif

bool km_cpu_has_avx512vnni(void)
{
    const uint32_t vnni = 1U << 11;
    uint32_t a, b, c, d;
    return km_cpu_has_avx512() && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (c & vnni) != 0;
}

bool km_cpu_has_amx(void)
{
    const uint64_t tiles = 0x60000; /* XTILECFG and XTILEDATA */
    const uint32_t bf16 = 1U << 22, tile = 1U << 24, int8 = 1U << 25, avx512_bf16 = 1U << 5;
    const uint32_t wanted = bf16 | tile | int8;
    uint32_t a, b, c, d;
    if ((saved_states() & tiles) != tiles || !km_cpu_has_avx512vnni() ||
        !__get_cpuid_count(7, 0, &a, &b, &c, &d) || (d & wanted) != wanted) {
        return false;
    }
    return __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & avx512_bf16) != 0 &&
           kernel_knows_tiles();
}

void km_cpu_model(char *text, int capacity)
{
    uint32_t words[12] = {0};
    uint32_t largest = __get_cpuid_max(0x80000000U, NULL);
    char brand[sizeof words + 1] = "";
    if (largest >= 0x80000004U) {
        for (uint32_t part = 0; part < 3; part++) {
            uint32_t *const w = words + 4 * part;
            __get_cpuid(0x80000002U + part, &w[0], &w[1], &w[2], &w[3]);
        }
        memcpy(brand, words, sizeof words);
    }
    const char *const first = brand + strspn(brand, " ");
    const char *const name = *first != '\0' ? first : "unknown";
    if (capacity > 0) {
        const size_t room = (size_t)capacity - 1;
        const size_t length = strlen(name) < room ? strlen(name) : room;
        memcpy(text, name, length);
        text[length] = '\0';
    }
}

#else

bool km_cpu_has_avx2(void) { return false; }

bool km_cpu_has_avx512(void) { return false; }

bool km_cpu_has_avx512vnni(void) { return false; }

bool km_cpu_has_amx(void) { return false; }

void km_cpu_model(char *text, int capacity)
{
    if (capacity > 0) {
        text[0] = '\0';
        strncat(text, "unknown", (size_t)capacity - 1);
    }
}

#endif

/* There is nothing to ask for. */
bool km_cpu_enable_emulated(void) { return true; }

bool km_cpu_enable_avx512vnni(void) { return true; }

bool km_cpu_has_neon(void)
{
#if defined(__aarch64__) && defined(__linux__)
    return (getauxval(AT_HWCAP) & HWCAP_ASIMD) != 0;
#elif defined(__aarch64__)
    return true; /* part of every ARMv8-A */
#else
    return false;
#endif
}

#define KM_TABLES(t)          &km_table_##t##_f32, &km_table_##t##_f64, &km_table_##t##_centroid
#define KM_ISA(n, f, tiles)   {#n, km_cpu_has_##f, KM_TABLES(n), tiles, NULL},
#define KM_TILED_ISA(n, t, f) {#n, km_cpu_has_##f, KM_TABLES(t), &km_tiles_##n, km_cpu_enable_##n},
static const km_isa isas[] = {
#include "../../kernels/isa.inc"
};
#undef KM_ISA
#undef KM_TABLES

enum { KM_ISA_COUNT = (int)(sizeof isas / sizeof isas[0]) };

/* Every name that some build has: asking for one that this build lacks is not a typing error. */
static const char *const known_names[] = {"amx",  "avx512vnni", "avx512",  "avx2",
                                          "neon", "scalar",     "emulated"};

const km_isa *km_isa_at(int index)
{
    return index >= 0 && index < KM_ISA_COUNT ? &isas[index] : NULL;
}

const char *kmeans_isa_name(int index, int *usable)
{
    const km_isa *const isa = km_isa_at(index);
    if (isa != NULL && usable != NULL) {
        *usable = isa->usable() ? 1 : 0;
    }
    return isa != NULL ? isa->name : NULL;
}

/* "avx512, scalar": the tables of this build, all of them or those that this CPU can run. */
static void list_isas(bool usable_only, char text[128])
{
    text[0] = '\0';
    for (int index = 0; index < KM_ISA_COUNT; index++) {
        if (!usable_only || isas[index].usable()) {
            strncat(text, text[0] != '\0' ? ", " : "", 127 - strlen(text));
            strncat(text, isas[index].name, 127 - strlen(text));
        }
    }
}

/* Why a name that is not in the table, or that the CPU cannot run, was refused. */
static int refuse(kmeans_context *context, const char *wanted, bool built, const char *from)
{
    char all[128];
    char usable[128];
    list_isas(false, all);
    list_isas(true, usable);
    bool known = built;
    for (size_t i = 0; i < sizeof known_names / sizeof known_names[0]; i++) {
        known = known || strcmp(wanted, known_names[i]) == 0;
    }
    if (!known) {
        return km_fail(context, KMEANS_ERROR_NAME, "%s: no instruction set '%s'; valid: auto, %s",
                       from, wanted, all);
    }
    return km_fail(context, KMEANS_ERROR_UNSUPPORTED,
                   built ? "%s: this CPU cannot run '%s'; it can run %s"
                         : "%s: '%s' is not in this build; usable here: %s",
                   from, wanted, usable);
}

int km_isa_choose(kmeans_context *context, const char *wanted, const km_isa **isa)
{
    const char *from = "isa";
    if (wanted == NULL || strcmp(wanted, "auto") == 0) {
        wanted = getenv("KMEANS_ISA");
        from = "environment variable KMEANS_ISA";
    }
    const bool any = wanted == NULL || wanted[0] == '\0' || strcmp(wanted, "auto") == 0;
    bool built = false;
    for (int index = 0; index < KM_ISA_COUNT; index++) {
        const bool named = any || strcmp(wanted, isas[index].name) == 0;
        if (named && isas[index].usable()) {
            if (any || isas[index].enable == NULL || isas[index].enable()) {
                *isa = &isas[index];
                return KMEANS_OK;
            }
            return km_fail(context, KMEANS_ERROR_UNSUPPORTED,
                           "%s: the operating system refused the tile registers of '%s' (a "
                           "signal stack that is too small for them is one reason)",
                           from, wanted);
        }
        built = built || named;
    }
    return any ? km_fail(context, KMEANS_ERROR_UNSUPPORTED, "isa: no table of this build runs here")
               : refuse(context, wanted, built, from);
}
