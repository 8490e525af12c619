#!/usr/bin/env bash
# Runs each fuzz target for so long, one after another, at the lowest priority, and writes what came of it.
#
# usage: fuzz/run.sh [SECONDS] [TARGET…]      (default: 480 s each, all targets)
#
# Needs nightly and cargo-fuzz (cargo install cargo-fuzz --locked). What is found along the way grows in
# fuzz/work/TARGET, which is not checked in; `fuzz/shrink.sh` makes the corpus of it. Each run adds a line to
# the table in fuzz/README.md. A finding is an input under fuzz/artifacts/TARGET; the run's own words are in
# fuzz/work/TARGET.log: `cov` counts edges, `ft` their combinations, `corp` the inputs kept.
set -euo pipefail
cd "$(dirname "$0")"
seconds="${1:-480}"
shift || true
targets=("$@")
[ "${#targets[@]}" -gt 0 ] || mapfile -t targets < <(cd fuzz_targets && printf '%s\n' *.rs | sed 's/\.rs$//')

# Without AddressSanitizer: vigie forbids unsafe code, and twice as many inputs are tried in the time.
toolchain="${FUZZ_TOOLCHAIN:-nightly}"
nice -n 19 cargo "+$toolchain" fuzz build --sanitizer none
host=$(rustc "+$toolchain" -vV | sed -n 's/^host: //p')

for target in "${targets[@]}"; do
  mkdir -p "work/$target" "artifacts/$target"
  before=$(find "artifacts/$target" -type f | wc -l)
  # Up to 512 MiB, as a daemon that reads all of it may have 256; half a minute of a busy machine is a hundred times too long.
  TIMEFORMAT='%U %S'
  times=$({ time nice -n 19 "target/$host/release/$target" "work/$target" "corpus/$target" \
    -dict="dict/$target.dict" -artifact_prefix="artifacts/$target/" -max_total_time="$seconds" \
    -max_len=4096 -rss_limit_mb=512 -timeout=30 -print_final_stats=1 >"work/$target.log" 2>&1 || true; } 2>&1)
  # Of the processor: on a busy machine the clock says little.
  used=$(awk '{ printf "%d", $1 + $2 }' <<<"$times")
  after=$(find "artifacts/$target" -type f | wc -l)
  tries=$(sed -n 's/^stat::number_of_executed_units: *//p' "work/$target.log")
  edges=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "work/$target.log" | tail -n 1)
  line="| $(date -u +%F) | $target | $used | ${tries:-?} | ${edges:-?} | $((after - before)) |"
  echo "$line"
  sed -i "/^<!-- runs end -->/i $line" README.md
done
