#!/usr/bin/env bash
# Makes the checked-in corpora out of what the runs left in fuzz/work: the fewest inputs that reach all that they
# reach together, and of those the seeds with a name and the MOST (default 20) that reach most.
#
# usage: fuzz/shrink.sh [MOST]
set -euo pipefail
cd "$(dirname "$0")"
most="${1:-20}"
host=$(rustc "+${FUZZ_TOOLCHAIN:-nightly}" -vV | sed -n 's/^host: //p')
for folder in corpus/*/; do
  target=$(basename "$folder")
  few=$(mktemp -d)
  nice -n 19 "target/$host/release/$target" -set_cover_merge=1 "$few" "work/$target" "$folder" >/dev/null 2>&1
  # Set cover takes the input that adds most first; the order of their times is that of their being taken.
  find "$folder" -type f -regextype posix-extended -regex '.*/[0-9a-f]{40}' -delete
  find "$few" -type f -size -3k -printf '%T@ %p\n' | sort -n | head -n "$most" | cut -d' ' -f2- |
    xargs -r -I{} cp -n {} "$folder"
  rm -rf "$few"
  echo "$target: $(find "$folder" -type f | wc -l) files, $(du -sb "$folder" | cut -f1) bytes"
done
