// The kernels on centroids of every table that runs here.
#ifndef KM_TESTS_KERNELS_CENTROID_TABLES_H
#define KM_TESTS_KERNELS_CENTROID_TABLES_H

#include "tables.h"

extern "C" {
#include "kernels/centroid.h"
}

struct Table {
    const char *name;
    const km_centroid_kernels *kernels;
};

inline std::vector<Table> centroid_tables()
{
    std::vector<Table> usable;
#define KM_ISA(name, feature, tiles)                                                               \
    if (cpu::feature())                                                                            \
        usable.push_back({#name, &km_table_##name##_centroid});
#include "kernels/isa.inc"
#undef KM_ISA
    return usable;
}

#endif
