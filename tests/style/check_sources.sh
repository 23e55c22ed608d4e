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
    for folder in "$(dirname "$1")" src src/cli . include kernels; do
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
        # Rates to measure against, which are no part of the library.
        [ "$own $target" != "6 kernels/peak/peak.h" ] || continue
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
for file in $(grep -rlE '(^|[^_[:alnum:]])(malloc|calloc|realloc|free)\(' src/cli \
    --include='*.c' | grep -v '^src/cli/cli_memory.c$' || true); do
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

# Lengths: files and functions (braces in the first column); the bodies of kernels are longer.
check_lengths() { # file, lines of a file, lines of a function
    lines=$(wc -l <"$1")
    [ "$lines" -le "$2" ] || fail "$1: $lines lines, at most $2"
    awk -v file="$1" -v most="$3" '/^{/ {start = NR}
        /^}/ {
            lines = NR - start - 1
            if (start && lines > most)
                print file ":" start ": function of " lines " lines, at most " most
            start = 0
        }' "$1" | while read -r line; do fail "$line"; done
}
for file in $files; do
    case $file in
    kernels/*) check_lengths "$file" 300 60 ;;
    *) check_lengths "$file" 300 40 ;;
    esac
done
for file in $(find include tests bench -name '*.[ch]' -o -name '*.cc'); do
    check_lengths "$file" 400 60
done

# Lines of at most 100 columns (bytes of a character after its first do not count).
for file in $files $(find include tests bench -name '*.[ch]' -o -name '*.cc' -o -name '*.cpp' \
    -o -name '*.inc' -o -name '*.sh'); do
    LC_ALL=C awk -v file="$file" '{gsub(/[\200-\277]/, "")}
        length($0) > 100 {print file ":" NR ": " length($0) " columns, at most 100"}' \
        "$file" | while read -r line; do fail "$line"; done
done

# The project is built for the baseline of its target: flags only in the list of tables.
for file in CMakeLists.txt CMakePresets.json src/CMakeLists.txt cmake/flags.cmake; do
    ! grep -nE -e '-march=|-mtune=|-ffast-math|-Ofast' "$file" || fail "$file: a flag of one CPU"
done

# Nothing else lies in front of the repository.
for name in $(git ls-files 2>/dev/null | cut -d/ -f1 | sort -u); do
    case $name in
    src | include | kernels | bench | tests | cmake | CMakeLists.txt | CMakePresets.json) ;;
    README.md | LICENSE | .ci | .clang-format | .clang-tidy | .gitignore) ;;
    *) fail "$name: not at the top level" ;;
    esac
done

[ ! -s "$failures" ]
