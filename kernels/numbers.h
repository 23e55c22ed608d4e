/* The number types of rows, as the slot `convert` names them: the values of the public kmeans_dtype
 * (src/services/block.c compares). */
#ifndef KM_NUMBERS_H
#define KM_NUMBERS_H

enum {
    KM_NUMBER_F32 = 1,
    KM_NUMBER_F64 = 2,
    KM_NUMBER_U8 = 3,
    KM_NUMBER_F16 = 4,
    KM_NUMBER_BF16 = 5,
    KM_NUMBER_I8 = 6,
    KM_NUMBER_I16 = 7,
    KM_NUMBER_U16 = 8,
    KM_NUMBER_I32 = 9
};

#endif
