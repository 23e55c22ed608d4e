/* The typed steps on float64 kernels, and the choice between the two sets. */
#include "typed.h"

#define REAL    double
#define T(name) name##_f64
#define KM_UNIT 0x1p-53
#define KM_TINY 0x1p-1022
#define KM_LANES_F64
#include "typed_real.h"

const km_typed *km_typed_for(int dtype)
{
    return km_number_of(dtype)->wide ? &km_typed_f64 : &km_typed_f32;
}

const km_typed *km_typed_of(const km_sizes *sizes)
{
    return sizes->sparse ? &km_typed_sparse : km_typed_for(sizes->dtype);
}
