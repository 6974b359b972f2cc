#!/usr/bin/env bash
# Checks that every header of envs/ and kernels/ compiles alone, with no warning, under the compiler that is named.
#
# usage: headers_test.sh gcc|clang|g++|clang++|nvcc [ROOT]
# Exit 0: all compile. 1: one does not. 77: there is no such compiler here.
set -uo pipefail
compiler=${1:?usage: headers_test.sh gcc|clang|g++|clang++|nvcc [ROOT]}
cd "${2:-$(dirname "$0")/..}" || exit 1

program=$(command -v "$compiler" || { [ "$compiler" = nvcc ] && command -v /usr/local/cuda/bin/nvcc; })
if [ -z "$program" ]; then
  echo "skipped: there is no $compiler on this machine"
  exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

warnings="-Wall,-Wextra,-Werror"
case "$compiler" in
  gcc | clang) flags="-std=gnu17 -Wpedantic -fsyntax-only" suffix=c ;;
  g++ | clang++) flags="-std=c++17 -fsyntax-only" suffix=cc ;;
  nvcc) flags="-std=c++17 -arch=sm_90 -dc -Werror all-warnings -Xcompiler $warnings -o $work/unit.o" suffix=cu ;;
  *) echo "unknown compiler '$compiler'" && exit 1 ;;
esac
[ "$compiler" = nvcc ] || flags="$flags ${warnings//,/ } -ffp-contract=off"

failed=0
# Compiles standard input with further flags; `name` says what it is.
check() {
  local name=$1
  shift
  cat >"$work/unit.$suffix"
  # shellcheck disable=SC2086
  "$program" $flags "$@" -I. "$work/unit.$suffix" >"$work/log" 2>&1 && return
  echo "FAILED: $name under $compiler $*"
  head -20 "$work/log"
  failed=1
}

count=0
for header in envs/*.h kernels/*.h; do
  check "$header" <<<"#include \"$header\"
typedef int unit_is_not_empty;"
  count=$((count + 1))
done

if [ "$compiler" = nvcc ]; then
  # Functions that no kernel calls are parsed, not compiled: so here are kernels that call every phase.
  check "every phase on the device" <<'UNIT'
#include "kernels/learn.h"
#include "kernels/rollout.h"
#include "kernels/trace.h"
#include "kernels/update.h"
__global__ void rollout_kernel(Population population, char *tape) {
  const Block block = {0};
  rollout_block(&block, &population, blockIdx.x, blockIdx.y, tape);
}
__global__ void learn_kernel(Population population, char *tape) {
  const Block block = {0};
  learn_block(&block, &population, blockIdx.x, blockIdx.y, tape);
}
__global__ void update_kernel(Population population, real *partial) {
  const Block block = {0};
  update_block(&block, &population, blockIdx.x, partial);
}
__global__ void trace_kernel(TraceJob job, char *memory) {
  const Block block = {0};
  trace_block(&block, &job, blockIdx.x, memory);
}
UNIT
else
  for variant in MESAGRID_REAL_DOUBLE MESAGRID_EMULATE_CTA; do
    for phase in rollout learn update trace; do
      check "kernels/$phase.h" -D$variant <<<"#include \"kernels/$phase.h\""
    done
  done
fi
[ $failed = 0 ] && echo "$count headers compile alone under $("$program" --version | grep -m1 -iE 'gcc|g\+\+|clang|release')"
exit $failed
