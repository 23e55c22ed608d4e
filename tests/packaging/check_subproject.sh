#!/bin/sh
# Build a host project that has kmeans as a subproject, static and shared; run its program.
#   check_subproject.sh SOURCE_DIR C_COMPILER
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cmake -S "$1/tests/packaging/subproject" -B "$work" -DKMEANS_SOURCE="$1" -DCMAKE_C_COMPILER="$2" \
    -DAPP="$1/tests/examples/checksum.c" -DKMEANS_ISAS=scalar >"$work/log" ||
    { cat "$work/log"; exit 1; }
cmake --build "$work" --target app >"$work/log" || { cat "$work/log"; exit 1; }
"$work/app" "$1/tests/data/ruspini.csv" 4 | tee "$work/out"
grep -qE '^n 75 inertia [0-9.]+ checksum [0-9a-f]{32}$' "$work/out"
! ctest --test-dir "$work" -N | grep -q 'Test *#1' || { echo "the subproject adds tests"; exit 1; }
