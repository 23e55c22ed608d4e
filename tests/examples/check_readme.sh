#!/bin/sh
# What the README shows must be true.
#   check_readme.sh example SOURCE_DIR             its C program is tests/examples/first.c
#   check_readme.sh numpy SOURCE_DIR COMMAND       its NumPy lines recompute the checksum
set -eu
what=$1
source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The first fenced block of a language.
block() {
    awk -v fence="\`\`\`$1" '/^```/ {inside = ($0 == fence) && !seen++; next} inside' \
        "$source/README.md"
}

case $what in
example)
    block c | diff "$source/tests/examples/first.c" -
    ;;
numpy)
    if ! python3 -c 'import numpy' 2>/dev/null; then
        echo "python3 with numpy is not installed"
        exit 77
    fi
    cd "$work"
    "$3" fit "$source/tests/data/ruspini.csv" -k 4 -q --labels labels.npy \
        --centroids centroids.npy --json result.json
    block python >recompute.py
    sum=$(python3 recompute.py)
    echo "NumPy says $sum"
    grep -q "\"checksum\": *\"$sum\"" result.json
    ;;
esac
