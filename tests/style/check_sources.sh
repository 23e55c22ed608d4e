#!/bin/sh
# Rules that the text of the sources must keep: floors, lengths, guards.
#   check_sources.sh SOURCE_DIR
set -eu
cd "$1"
failures=$(mktemp)
trap 'rm -f "$failures"' EXIT
fail() { echo "$*" | tee -a "$failures"; }

files=$(find src kernels -name '*.[ch]' -o -name '*.inc' | sort)
[ -n "$files" ] || fail "no sources found"

# The floor of a file: it may include its own floor or a lower one.
floor_of() {
    case $1 in
    src/cli/*) echo 6 ;;
    src/api/*) echo 5 ;;
    src/fit/*) echo 4 ;;
    src/algorithms/*) echo 3 ;;
    src/steps/*) echo 2 ;;
    src/services/* | src/formats/*) echo 1 ;;
    kernels/*) echo 0 ;;
    include/*) echo public ;;
    *) echo none ;;
    esac
}

# The file of this project that an include means, or nothing.
resolve() {
    for folder in "$(dirname "$1")" src . include kernels; do
        if [ -f "$folder/$2" ]; then
            realpath --relative-to=. "$folder/$2"
            return
        fi
    done
}

for file in $files; do
    own=$(floor_of "$file")
    [ "$own" != none ] || fail "$file: lies on no floor"
    for name in $(sed -n 's/^ *# *include *["<]\([^">]*\)[">].*/\1/p' "$file"); do
        target=$(resolve "$file" "$name")
        [ -n "$target" ] || continue
        floor=$(floor_of "$target")
        case $own-$floor in
        6-6 | [1-6]-public) ;;
        6-*) fail "$file: the command includes $target; it may use the public header only" ;;
        0-public | *-none) fail "$file: includes $target" ;;
        *) [ "$floor" -le "$own" ] || fail "$file: floor $own includes floor $floor, $target" ;;
        esac
    done
    # Quoted includes always name a file of the project.
    for name in $(sed -n 's/^ *# *include *"\([^"]*\)".*/\1/p' "$file"); do
        [ -n "$(resolve "$file" "$name")" ] || fail "$file: includes \"$name\", which is not there"
    done
done

# The command sees <kmeans/kmeans.h> only, not its parts.
grep -rnE '#include [<"]kmeans/' src/cli | grep -v '<kmeans/kmeans.h>' |
    while read -r line; do fail "$line"; done

# The command allocates in one file of its own (the library: see check_symbols.sh).
for file in $(grep -lE '(^|[^_[:alnum:]])(malloc|calloc|realloc|free)\(' src/cli/*.c |
    grep -v '^src/cli/cli_memory.c$' || true); do
    fail "$file: allocation belongs in src/cli/cli_memory.c"
done

# No macro bodies over several lines; a declaration of two lines (KM_ISA) may be one.
for file in $files; do
    count=$(grep -cE '\\$' "$file" || true)
    [ "$count" -le 2 ] || fail "$file: $count lines end in a backslash: no macro bodies"
done

# OpenMP in one file.
for file in $(grep -lE '^ *# *(pragma +omp|include *<omp.h>)' $files |
    grep -v '^src/services/threads.c$' || true); do
    fail "$file: OpenMP belongs in src/services/threads.c"
done

# The compiler must refuse what would change bits.
for guard in __FAST_MATH__ FLT_EVAL_METHOD; do
    grep -lE "^ *#.*(if|elif).*$guard" $files >/dev/null || fail "no #error guards against $guard"
done

# Lengths: a file has at most 400 lines, a function 60 (braces in the first column).
for file in $files $(find include tests bench -name '*.[ch]' -o -name '*.cc'); do
    lines=$(wc -l <"$file")
    [ "$lines" -le 400 ] || fail "$file: $lines lines, at most 400"
    awk -v file="$file" '/^{/ {start = NR}
        /^}/ {if (start && NR - start - 1 > 60) print file ":" start ": function of " NR - start - 1 " lines, at most 60"; start = 0}' \
        "$file" | while read -r line; do fail "$line"; done
done

# The project is built for the baseline of its target: flags only in the list of tables.
for file in CMakeLists.txt CMakePresets.json src/CMakeLists.txt cmake/flags.cmake; do
    ! grep -nE -e '-march=|-mtune=|-ffast-math|-Ofast' "$file" || fail "$file: a flag of one CPU"
done

[ ! -s "$failures" ]
