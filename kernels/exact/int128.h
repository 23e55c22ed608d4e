/* 128-bit integers, an extension of gcc and clang on 64-bit targets. */
#ifndef KM_EXACT_INT128_H
#define KM_EXACT_INT128_H

__extension__ typedef unsigned __int128 km_u128;

#endif
