# Flags of our own targets; nothing is set globally, so that a host project keeps its own.

# kmeans_set_flags(target): language, warnings, and the flags that results depend on.
function(kmeans_set_flags target)
    set_target_properties(
        ${target}
        PROPERTIES C_STANDARD 11
                   C_STANDARD_REQUIRED ON
                   C_EXTENSIONS OFF
                   CXX_STANDARD 17
                   CXX_STANDARD_REQUIRED ON
                   CXX_EXTENSIONS OFF
                   C_VISIBILITY_PRESET hidden
                   POSITION_INDEPENDENT_CODE ON)
    # No contraction: a fused product rounds once and would change bits between targets.
    target_compile_options(
        ${target}
        PRIVATE -ffp-contract=off
                -Wall
                -Wextra
                -Wpedantic
                -Wshadow
                -Wvla
                $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes>
                $<$<COMPILE_LANGUAGE:C>:-Wmissing-prototypes>
                $<$<BOOL:${KMEANS_WERROR}>:-Werror>)
endfunction()
