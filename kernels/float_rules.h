/* Exactness proofs and bit-for-bit promises need IEEE arithmetic as written: no reordering, no
 * wider intermediates. Included by everything that computes. */
#ifndef KM_FLOAT_RULES_H
#define KM_FLOAT_RULES_H

#include <float.h>

#ifdef __FAST_MATH__
#error "kmeans must not be compiled with -ffast-math"
#endif

#if defined(FLT_EVAL_METHOD) && FLT_EVAL_METHOD != 0
#error "kmeans needs FLT_EVAL_METHOD 0 (on 32-bit x86: -msse2 -mfpmath=sse)"
#endif

#endif
