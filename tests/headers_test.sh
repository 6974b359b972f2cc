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

if [ "$compiler" != nvcc ]; then
  for variant in MESAGRID_REAL_DOUBLE MESAGRID_EMULATE_CTA; do
    for phase in rollout learn update trace; do
      check "kernels/$phase.h" -D$variant <<<"#include \"kernels/$phase.h\""
    done
  done
fi
[ $failed = 0 ] && echo "$count headers compile alone under $("$program" --version | grep -m1 -iE 'gcc|g\+\+|clang|release')"
exit $failed
