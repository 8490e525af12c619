#!/usr/bin/env bash
# The Debian package, target/debian/vigie_*.deb, out of the release build and what that prints itself. Needs
# cargo-deb (`cargo install cargo-deb --locked`). Arguments go to cargo-deb; the package's path is printed.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH="$PWD/target/tools/bin:$PATH"

cargo build --release --locked >&2
mkdir -p target/completions
for shell in bash zsh fish; do
  target/release/vigie completions "$shell" > "target/completions/vigie.$shell"
done
cargo deb --no-build --locked --quiet "$@"
