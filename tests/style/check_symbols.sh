#!/bin/sh
# Rules that the built library must keep: what it exports, what it calls, no global state.
#   check_symbols.sh libkmeans.a libkmeans.so C_COMPILER [NM [OBJDUMP]]
set -eu
archive=$1
shared=$2
cc=$3
nm=${4:-nm}
objdump=${5:-objdump}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "$*" | tee -a "$work/failures"; }
: >"$work/failures"

# Exports: kmeans_ and nothing else, and all that the headers declare is there.
"$nm" -D --defined-only "$shared" | awk '{print $NF}' | sort >"$work/exported"
grep -v '^kmeans_' "$work/exported" | while read -r name; do fail "exported: $name"; done
[ "$(wc -l <"$work/exported")" -ge 30 ] || fail "only $(wc -l <"$work/exported") exports"

# "object symbol" of everything the archive leaves open.
"$nm" -A -u "$archive" | sed 's/^[^:]*://; s/: *[Uw] */ /; s/@.*//' | sort -u >"$work/open"

# Only sqrt and fma may come from libm: glibc's other functions differ between CPUs. The
# functions of the floating-point environment are no arithmetic.
libm=$("$cc" -print-file-name=libm.so.6)
"$nm" -D --defined-only "$libm" | awk '{print $NF}' | sed 's/@.*//' |
    grep -vE '^(sqrtf?|fmaf?|fe[a-z]+)$' | sort -u >"$work/libm"
[ "$(wc -l <"$work/libm")" -gt 100 ] || fail "could not read the symbols of $libm"
awk 'NR == FNR {math[$1]; next} $2 in math {print $1 " calls " $2 " of libm"}' \
    "$work/libm" "$work/open" | while read -r line; do fail "$line"; done

# One file each for memory and threads; nothing prints, exits, or handles signals.
only_in() { # pattern of objects, pattern of symbols
    awk -v home="^$1\$" -v pattern="^($2)\$" '$1 !~ home && $2 ~ pattern {print $1 " calls " $2}' \
        "$work/open" | while read -r line; do fail "$line"; done
}
only_in memory.c.o 'malloc|calloc|realloc|aligned_alloc|posix_memalign|free|strdup|strndup'
only_in threads.c.o '(GOMP|omp|__kmpc)_.*'
only_in '(threads|reader).c.o' 'pthread_.*'
only_in none 'printf|puts|putchar|perror|stdout|stderr|exit|_exit|quick_exit|abort'
only_in none 'signal|sigaction|setlocale|s?rand|random|drand48|strtok'

# No global state: no writable variable in any object (tables of constants are .data.rel.ro) but
# team_process, by which a child of fork knows that its parent's threads are not there.
"$objdump" -t "$archive" | awk '
    /file format/ {object = $1; sub(/:$/, "", object)}
    $0 ~ / O \.(bss|data|tbss|tdata)[ \t]/ {print object " has the variable " $NF}
    / O \.data\.[^r]/ {print object " has the variable " $NF}' |
    grep -Ev '(^|\()threads\.c\.o\)? has the variable team_process$' |
    while read -r line; do fail "$line"; done

[ ! -s "$work/failures" ]
