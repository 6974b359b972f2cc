#!/usr/bin/env bash
# Checks that dependencies run one way, never sideways, never in a circle, and that every file says what it is for.
#
# usage: layering_test.sh [ROOT]
# bench, tests -> host -> kernels -> envs -> C standard headers and the two Philox headers.
set -uo pipefail
cd "${1:-$(dirname "$0")/..}" || exit 1

STANDARD="assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg
  stdatomic stdbool stddef stdint stdio stdlib stdnoreturn string tgmath threads time uchar wchar wctype"
declare -A rooms=([envs]="envs" [kernels]="kernels envs" [host]="host kernels envs"
  [bench]="bench host kernels envs" [tests]="tests host kernels envs")
declare -A system=([envs]="Random123/philox.h curand_kernel.h immintrin.h"
  [kernels]="immintrin.h pthread.h omp.h cuda_runtime.h")

failed=0
complain() {
  echo "$*"
  failed=1
}

holds() { # holds WORD LIST: whether the list has the word
  [[ " ${2//[$'\n ']/ } " == *" $1 "* ]]
}

# "FILE INCLUDED" a line; quotes and angles are kept.
includes=$(grep -rHoE --include='*.h' --include='*.c' --include='*.cc' --include='*.cu' --include='*.cuh' \
  '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"][^>"]+[>"]' envs kernels host bench tests |
  sed -E 's/:[[:space:]]*#[[:space:]]*include[[:space:]]*/ /')
[ "$(wc -l <<<"$includes")" -gt 100 ] || complain "found hardly any #include: the test does not see the sources"

# Room by room.
while read -r file included; do
  room=${file%%/*} target=${included:1:-1}
  if [[ $included == \"* ]]; then
    [ -f "$target" ] || complain "$file includes $included: not a path from the root"
    holds "${target%%/*}" "${rooms[$room]}" || complain "$file includes $included: $room may use ${rooms[$room]} only"
  elif [[ -n ${system[$room]:-} ]]; then
    holds "${target%.h}" "$STANDARD" || holds "$target" "${system[$room]}" ||
      complain "$file includes $included: neither a C standard header nor one that $room may use"
  fi
done <<<"$includes"

# What a file includes, without quotes.
included_by() { awk -v file="$1" '$1 == file { gsub("\"", "", $2); print $2 }' <<<"$includes"; }

# contract, catalogue, implementations: only the catalogue (and tests) may know an implementation.
check_pattern() {
  local contract=$1 catalogue=$2 file target
  shift 2
  while read -r file target; do
    target=${target//\"/}
    [[ $file == tests/* || $file == "$catalogue" ]] && continue
    [ "$file" = "${target%.h}_lane.h" ] && continue  # the same rules over Lane
    holds "$target" "$*" && [ "${file%.*}" != "${target%.*}" ] &&
      complain "$file includes $target: only $catalogue may know it"
    [ "$target" = "$catalogue" ] && holds "$file" "$contract $*" &&
      complain "$file includes its catalogue $target"
  done <<<"$includes"
}

worlds=$(included_by envs/catalogue.h | grep -vxE 'envs/(env|grid|hd|rng)\.h')
[ -n "$worlds" ] || complain "envs/catalogue.h includes no world"
# shellcheck disable=SC2086
check_pattern envs/env.h envs/catalogue.h $worlds

cores=$(included_by kernels/agent_catalogue.h | grep -vxE 'kernels/(agent|block|heads)\.h')
[ -n "$cores" ] || complain "kernels/agent_catalogue.h includes no core"
# shellcheck disable=SC2086
check_pattern kernels/agent.h kernels/agent_catalogue.h $cores

# No probe knows another; the contract probe.h is everyone's.
while read -r file included; do
  target=${included//\"/}
  [[ $file == host/probes/* && $target == host/probes/* ]] || continue
  [[ $file == host/probes/catalogue.* || $file == host/probes/score.* || $target == host/probes/probe.h ]] && continue
  [ "${file%.*}" = "${target%.*}" ] || complain "$file includes $target: a probe knows no other"
done <<<"$includes"

# No circle, which include guards would hide: tsort finds an order of all files, or says that there is none.
circle=$(tr -d '"' <<<"$includes" | grep -v '<' | tsort 2>&1 >/dev/null) || complain "a circle of includes: $circle"

# The first comment: a sentence, from a capital (or a name, a number, a quote) to a full stop.
while IFS= read -r file; do
  awk '
    NR == 1 && /^#!/ { next }
    { line = $0 }
    sub(/^(\/\/|#|\/\*|<!--|<!DOCTYPE html>) ?/, "", line) && line != "" && !/^#(include|ifndef|define)/ {
      text = text " " line
      next
    }
    { exit }
    END {
      sub(/ *(\*\/|-->) *$/, "", text)
      if (text !~ /^ ?["`A-Z0-9]/ || text !~ /[.:]$/) exit 1
    }' "$file" || complain "$file: does not start with a comment that says in a sentence what it is for"
done < <(find envs kernels host bench tests -type f \( -name '*.[chS]' -o -name '*.cc' -o -name '*.cu' -o -name '*.cuh' \
  -o -name '*.sh' -o -name '*.py' -o -name '*.js' -o -name '*.css' -o -name '*.html' -o -name CMakeLists.txt \))

[ $failed = 0 ] && echo "$(wc -l <<<"$includes") includes, all downward"
exit $failed
