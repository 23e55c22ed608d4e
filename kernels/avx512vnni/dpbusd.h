/* VPDPBUSD in one place. */
#ifndef KM_AVX512VNNI_DPBUSD_H
#define KM_AVX512VNNI_DPBUSD_H

/* _mm512_dpbusd_epi32. With the intrinsic, gcc 12 copies every sum twice in a round of the loop. */
KM_INLINE void add_products(__m512i *sum, __m512i row, __m512i c)
{
    __asm__("vpdpbusd %2, %1, %0" : "+v"(*sum) : "v"(row), "v"(c));
}

#endif
