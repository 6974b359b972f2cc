#!/usr/bin/env bash
# On a machine with a GPU and nvcc: builds for that GPU, tests, sanitizes and measures; writes what it found.
#
# usage: bench/gpu_check.sh [OUT]     (as ./run gpu-check)
# OUT (bench/results if not given) receives NAME.json and NAME.log, NAME being the GPU's; if all passed, the table of
# docs/performance.md is written anew. Needs nvcc, a C++ compiler and CMake; the packages, or .gpu-bundle. Every part
# has a time limit; in all it ends in under 9 minutes.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
out=${1:-bench/results}
build=build/gpu
failed=0

command -v nvcc >/dev/null || export PATH="$PATH:/usr/local/cuda/bin"
command -v nvcc >/dev/null || { echo "gpu-check: there is no nvcc here" >&2; exit 1; }
name=$(nvidia-smi --query-gpu=name --format=csv,noheader 2>/dev/null | head -1)
[ -n "$name" ] || { echo "gpu-check: nvidia-smi knows of no GPU here" >&2; exit 1; }
capability=$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader | head -1)
driver=$(nvidia-smi --query-gpu=driver_version --format=csv,noheader | head -1)
nvcc=$(nvcc --version | sed -nE 's/.*release ([0-9.]+).*/\1/p')
commit=$(git rev-parse HEAD 2>/dev/null || cat .gpu-bundle/commit 2>/dev/null || echo unknown)
file=$(tr -cs 'A-Za-z0-9\n' '-' <<<"$name" | tr '[:upper:]' '[:lower:]')
mkdir -p "$out"
log=$out/$file.log
: >"$log"

# say WHAT: the log's next heading.
say() { echo "== $* ==" | tee -a "$log"; }

# part SECONDS WHAT COMMAND…: runs it under a limit, keeps what it prints; prints ok or FAILED.
part() {
  local limit=$1 what=$2 status
  shift 2
  say "$what"
  timeout "$limit" "$@" >>"$log" 2>&1
  status=$?
  [ $status = 0 ] && echo ok | tee -a "$log" && return
  echo "FAILED ($status): $*" | tee -a "$log"
  failed=1
  return 1
}

# measure SECONDS ARGUMENTS…: one benchmark's JSON on standard output, null where it failed.
measure() {
  local limit=$1
  shift
  timeout "$limit" "$build/mesagrid_bench" "$@" --json 2>>"$log" || echo null
}

say "build for $name (compute capability $capability, driver $driver), commit $commit"
bundle=()
[ -d .gpu-bundle/usr ] && bundle=(-DMESAGRID_BUNDLE="$PWD/.gpu-bundle")
part 60 "configure" cmake -S . -B "$build" -DCMAKE_BUILD_TYPE=Release \
  -DCMAKE_CUDA_ARCHITECTURES="${capability/./}-real" "${bundle[@]}" || exit 1
part 240 "compile" cmake --build "$build" -j "$(nproc)" --target mesagrid mesagrid_bench \
  gpu_rng_test gpu_sim_test gpu_training_test || exit 1

for test in gpu_rng_test gpu_sim_test gpu_training_test; do
  part 120 "$test" "$build/tests/$test"
done
grep -q "SKIPPED" "$log" && { echo "FAILED: tests were skipped" | tee -a "$log"; failed=1; }

sanitizer=$(command -v compute-sanitizer || ls /usr/local/cuda/bin/compute-sanitizer 2>/dev/null)
if [ -n "$sanitizer" ]; then
  for tool in memcheck racecheck; do
    part 60 "compute-sanitizer $tool" "$sanitizer" --tool "$tool" --error-exitcode 1 \
      "$build/tests/gpu_training_test" --gtest_filter='*ASmallCohort*'
  done
else
  say "compute-sanitizer is not here"
fi

say "measure"
{
  echo "{"
  printf '"%s": "%s",\n' gpu "$name" compute_capability "$capability" driver "$driver" nvcc "$nvcc" \
    commit "$commit" date "$(date -u +%F)"
  echo "\"tests_passed\": $([ $failed = 0 ] && echo true || echo false),"
  echo "\"sim\": ["
  measure 30 sim --device cuda --obs none
  for sight in "window:11 --pack bits" "window:11 --pack bytes" "full --pack bits"; do
    echo ","
    # shellcheck disable=SC2086
    measure 30 sim --device cuda --obs $sight
  done
  echo ","
  measure 30 sim --device cuda --obs window:11 --levels fresh
  echo "], \"train\": ["
  separator=""
  for agents in 1 4 16 64 132 256 1024; do
    echo "$separator"
    measure 40 train --device cuda --agents $agents --updates 64
    separator=","
  done
  echo "]}"
} >"$out/$file.json"

# The table of docs/performance.md, between its two marks.
table() {
  local results=$out/$file.json
  echo "$name, driver $driver, nvcc $nvcc, $(date -u +%F), commit ${commit:0:7}:"
  echo
  echo "| simulation, maze 13×13, written per step | bytes | G steps/s |"
  echo "|---|---|---|"
  awk '/"obs":/ {obs = $2} /"pack":/ {pack = $2} /"levels": "/ {levels = $2} /"bytes_written_per_step"/ {bytes = $2}
    /"steps_per_second":/ {gsub(/[",]/, "", obs); gsub(/[",]/, "", pack); gsub(/[",]/, "", levels); gsub(/,/, "", bytes)
      printf "| %s %s, levels %s | %s | %.1f |\n", obs, obs == "none" ? "" : pack, levels, bytes, $2 / 1e9}' "$results"
  echo
  echo "| training, agents at once | env steps/s | TFLOP/s | share of peak |"
  echo "|---|---|---|---|"
  awk '/"agents":/ {agents = $2} /"env_steps_per_second"/ {steps = $2} /"gflops"/ {flops = $2}
    /"share_of_peak"/ {gsub(/,/, "", agents); printf "| %s | %.2f M | %.2f | %.1f %% |\n", agents, steps / 1e6, flops / 1e3, 100 * $2}' "$results"
}
table | tee -a "$log"
table >"$build/table.md"
[ $failed = 0 ] && awk -v table="$build/table.md" '/<!-- gpu table -->/ {print; while ((getline line < table) > 0) print line; skip = 1}
  /<!-- end of gpu table -->/ {skip = 0} !skip || /<!-- gpu table -->/ {if (!/<!-- gpu table -->/) print}' \
  docs/performance.md >"$build/performance.md" && cp "$build/performance.md" docs/performance.md

if [ $failed = 0 ]; then say "all passed: $out/$file.json"; else say "something FAILED: $log"; fi
exit $failed
