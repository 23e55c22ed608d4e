# The instruction sets: one line each, with the processors that have it and the flags for the
# objects of its table only. A new one is a line here, a line in kernels/isa.inc and a folder.
#
# Provides KMEANS_ISA_LIST (the tables of this build) and KMEANS_FLAGS_<isa>.

include(CheckCCompilerFlag)

set(KMEANS_ISAS "" CACHE STRING
    "Kernel tables to build, e.g. avx2;scalar (empty: all that the compiler can; scalar always)")

# The scalar table is what the others are measured against: one value at a time.
if(CMAKE_C_COMPILER_ID MATCHES "Clang")
    set(no_vectors -fno-vectorize -fno-slp-vectorize)
else()
    set(no_vectors -fno-tree-vectorize -fno-tree-slp-vectorize)
endif()

set(KMEANS_ISA_LIST "")

# kmeans_declare_isa(name processors flags...)
macro(kmeans_declare_isa name processors)
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(${processors})$"
       AND (NOT KMEANS_ISAS OR "${name}" IN_LIST KMEANS_ISAS OR "${name}" STREQUAL "scalar"))
        string(REPLACE ";" " " all_flags "${ARGN}")
        check_c_compiler_flag("${all_flags}" KMEANS_COMPILER_HAS_${name})
        if(KMEANS_COMPILER_HAS_${name})
            list(APPEND KMEANS_ISA_LIST ${name})
            set(KMEANS_FLAGS_${name} ${ARGN})
        endif()
    endif()
endmacro()

set(x86 "x86_64|AMD64|amd64")
set(arm "aarch64|arm64|ARM64")
kmeans_declare_isa(avx512 "${x86}" -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512cd -mavx2
                   -mfma -mprefer-vector-width=512)
kmeans_declare_isa(amx "${x86}" -mamx-tile -mamx-bf16 -mamx-int8 -mavx512f -mavx512bw -mavx512dq
                   -mavx512vl -mavx512cd -mavx512bf16 -mavx2 -mfma -mprefer-vector-width=512)
kmeans_declare_isa(avx512vnni "${x86}" -mavx512vnni -mavx512f -mavx512bw -mavx512dq -mavx512vl
                   -mavx512cd -mavx2 -mfma -mprefer-vector-width=512)
kmeans_declare_isa(avx2 "${x86}" -mavx2 -mfma -mf16c)
kmeans_declare_isa(neon "${arm}")
kmeans_declare_isa(scalar ".*" ${no_vectors})

foreach(tiled amx avx512vnni)
    if("${tiled}" IN_LIST KMEANS_ISA_LIST AND NOT "avx512" IN_LIST KMEANS_ISA_LIST)
        message(FATAL_ERROR "KMEANS_ISAS: ${tiled} goes with the tables of avx512; name both")
    endif()
endforeach()
foreach(name ${KMEANS_ISAS})
    if(NOT name IN_LIST KMEANS_ISA_LIST)
        message(FATAL_ERROR "KMEANS_ISAS: no table '${name}' for ${CMAKE_SYSTEM_PROCESSOR} with "
                            "this compiler; there are: ${KMEANS_ISA_LIST}")
    endif()
endforeach()
message(STATUS "Kernel tables: ${KMEANS_ISA_LIST}")
