#!/bin/sh
# Install into an empty folder and use the result as a stranger would: pkg-config, find_package,
# static and shared. All programs must print the same line.
#   check_install.sh SOURCE_DIR BUILD_DIR C_COMPILER CXX_COMPILER
set -eu
source=$1
build=$2
cc=$3
cxx=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAILED: $*"; exit 1; }

cmake --install "$build" --prefix "$work/prefix" >"$work/install.log"
pc=$(find "$work/prefix" -name kmeans.pc)
lib=$(dirname "$(dirname "$pc")")
PKG_CONFIG_PATH=$(dirname "$pc")
export PKG_CONFIG_PATH
app=$source/tests/examples/checksum.c
data=$source/tests/data/ruspini.csv

# The shared object: versioned name, links, soname.
version=$(pkg-config --modversion kmeans)
[ -f "$lib/libkmeans.so.$version" ] || fail "no libkmeans.so.$version"
readelf -d "$lib/libkmeans.so" | grep -q "soname: \[libkmeans.so.${version%%.*}\]" || fail soname

# pkg-config, shared and static; with the archive alone, and with everything static.
$cc "$app" $(pkg-config --cflags --libs kmeans) -o "$work/shared"
LD_LIBRARY_PATH=$lib "$work/shared" "$data" 4 | tee "$work/shared.out"
LD_LIBRARY_PATH=$lib ldd "$work/shared" | grep -q "$lib/libkmeans.so" || fail "not the shared one"

mkdir "$work/archive"
mv "$lib"/libkmeans.so* "$work/archive"
$cc "$app" $(pkg-config --static --cflags --libs kmeans) -o "$work/static"
mv "$work/archive"/* "$lib"
! ldd "$work/static" | grep -q libkmeans || fail "the static program needs the shared object"
"$work/static" "$data" 4 | tee "$work/static.out"
cmp "$work/shared.out" "$work/static.out"
grep -qE '^n 75 inertia [0-9.]+ checksum [0-9a-f]{32}$' "$work/shared.out" || fail "output"

if echo 'int main(void){return 0;}' | $cc -xc - -static -o "$work/probe" 2>/dev/null &&
    $cc "$app" -static $(pkg-config --static --cflags --libs kmeans) \
        -o "$work/full" 2>"$work/err"; then
    "$work/full" "$data" 4 | cmp - "$work/shared.out"
elif ! grep -qE 'cannot find -l(omp|gomp)' "$work/err"; then
    cat "$work/err"
    fail "a fully static program does not link"
fi

# find_package, each kind.
for kind in shared static; do
    cmake -S "$source/tests/packaging/installed" -B "$work/$kind-build" -DKIND=$kind \
        -DAPP="$app" -DCMAKE_C_COMPILER="$cc" -DCMAKE_PREFIX_PATH="$work/prefix" \
        >"$work/log" || { cat "$work/log"; fail "find_package $kind"; }
    cmake --build "$work/$kind-build" >"$work/log" || { cat "$work/log"; fail "build $kind"; }
    "$work/$kind-build/app" "$data" 4 | cmp - "$work/shared.out"
done

# The headers: C++, each one alone in strict C11 and in C++.
include=$work/prefix/include
for header in "$include"/kmeans/*.h; do
    name=kmeans/$(basename "$header")
    printf '#include <%s>\n#include <%s>\ntypedef int user;\n' "$name" "$name" >"$work/one.c"
    cp "$work/one.c" "$work/one.cc"
    $cc -std=c11 -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Werror -I"$include" \
        -c "$work/one.c" -o "$work/one.o"
    $cxx -std=c++17 -Wall -Wextra -Wpedantic -Werror -I"$include" -c "$work/one.cc" \
        -o "$work/one.o"
done
$cxx -std=c++17 -Wall -Wextra -Wpedantic -Werror "$source/tests/examples/positions.cpp" \
    $(pkg-config --cflags --libs kmeans) -o "$work/positions"
LD_LIBRARY_PATH=$lib "$work/positions" | grep -c '^cluster .: 250 rows' | grep -qx 4 ||
    fail "positions.cpp"

# The installed command and its page.
[ -x "$work/prefix/bin/kmeans" ] || fail "no command"
[ -f "$work/prefix/share/man/man1/kmeans.1" ] || fail "no man page"
"$work/prefix/bin/kmeans" info >/dev/null
