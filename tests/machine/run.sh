#!/usr/bin/env bash
# The Debian package on a machine of its own: a Debian booted under systemd-nspawn, where vigie is installed,
# watched, killed, upgraded and purged. Each check is a sentence; a failed one ends in exit 1. Where this machine
# cannot boot another one it says `not run: REASON` and ends in 0.
# Wants the release build. Keeps the bare Debian in target/machine; leaves no process and no mount behind.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=tests/machine

started=$SECONDS
not_run() {
  printf '\nnot run: %s\n' "$1"
  exit 0
}

# ---- what it takes

[ "$(id -u)" = 0 ] || not_run 'a machine is booted by root alone'
for tool in systemd-nspawn debootstrap nsenter dpkg-deb openssl python3 pgrep; do
  command -v "$tool" >/dev/null || not_run "$tool is not installed"
done
# The program is built against this machine's libraries, so the other is of the same release.
release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
mirror=$(apt-get indextargets --format '$(SITE) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null |
  awk -v release="$release" '$2 == release && $3 == "main" { print $1; exit }')
[ -n "$release" ] && [ -n "$mirror" ] || not_run 'apt knows no mirror of this release of Debian'

work=$(mktemp -d)
leader='' nspawn='' peers=''
cleanup() {
  [ -z "$peers" ] || kill "$peers" 2>/dev/null || true
  if [ -n "$nspawn" ]; then
    # It shuts the machine down when asked; asked twice, at once.
    for _ in 1 2; do
      kill "$nspawn" 2>/dev/null || break
      for _ in $(seq 150); do kill -0 "$nspawn" 2>/dev/null || break 2; sleep 0.1; done
    done
    kill -9 "$nspawn" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM
trap 'echo "broke off in $BASH_SOURCE, line $LINENO"' ERR

# ---- the bare machine, once

packages=systemd,systemd-sysv,dbus,ca-certificates,tzdata
bare=target/machine/$release-$(printf %s "$packages" | sha256sum | cut -c 1-8)
if [ ! -d "$bare" ]; then
  echo "a bare Debian for $bare: some minutes"
  mkdir -p target/machine
  rm -rf "$bare.new"
  proxy=$(apt-config shell proxy Acquire::http::Proxy)
  eval "$proxy"
  [ -z "${proxy:-}" ] || export http_proxy=$proxy
  debootstrap --variant=minbase --include="$packages" "$release" "$bare.new" "$mirror" >"$work/debootstrap" 2>&1 ||
    not_run "debootstrap: $(tail -n 1 "$work/debootstrap")"
  rm -rf "$bare.new"/var/cache/apt/archives/*.deb
  mv "$bare.new" "$bare"
fi

# Writes go to memory over the bare tree, so that each run starts from nothing.
machine=(systemd-nspawn --quiet --directory "$bare" --machine "room-$$" --volatile=overlay --register=no --keep-unit
  --private-network)
"${machine[@]}" --pipe /bin/true >"$work/probe" 2>&1 </dev/null || not_run "systemd-nspawn: $(tail -n 1 "$work/probe")"

# ---- the packages: this one, and the next one with other defaults

package=$(bash deploy/package.sh --fast --output "$work/vigie.deb" | tail -n 1)
dpkg-deb -R "$package" "$work/next"
version=$(dpkg-deb -f "$package" Version)
sed -i "s/^Version: .*/Version: $version+next/" "$work/next/DEBIAN/control"
sed -i 's/^retention: 400d/retention: 300d/' "$work/next/etc/vigie/vigie.yaml"
dpkg-deb --root-owner-group -Znone -b "$work/next" "$work/next.deb" >/dev/null

# ---- the boot

"${machine[@]}" --console=pipe --boot >"$work/console" 2>&1 </dev/null &
nspawn=$!
root() { printf '/proc/%s/root' "$leader"; }
inside() { nsenter --target "$leader" --mount --uts --ipc --net --pid --cgroup -- \
  env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 SYSTEMD_PAGER=cat "$@"; }
booted() {
  kill -0 "$nspawn" 2>/dev/null || not_run "no boot: $(tail -n 1 "$work/console")"
  leader=$(pgrep -P "$nspawn" | head -n 1)
  [ -n "$leader" ] && [[ $(inside systemctl is-system-running 2>/dev/null) =~ ^(running|degraded)$ ]]
}
for _ in $(seq 240); do
  ! booted || break
  sleep 0.5
done
booted || not_run 'systemd does not come up in a container of this machine within 2 minutes'
printf 'a machine with systemd %s is up after %d s\n' \
  "$(inside systemctl --version | awk '{ print $2; exit }')" $((SECONDS - started))

# ---- the checks

failed=0 checked=0
check() { # SENTENCE COMMAND…: the sentence holds when the command does.
  local sentence=$1 said
  shift
  checked=$((checked + 1))
  if said=$("$@" 2>&1); then
    printf '  ok      %s\n' "$sentence"
  else
    failed=$((failed + 1))
    printf '  NOT OK  %s\n' "$sentence"
    printf '%s\n' "$said" | tail -n 20 | sed 's/^/          | /'
  fi
}
within() { # SECONDS COMMAND…: the command holds before the time is over.
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.2
  done
}
fails() { ! "$@"; }
property() { inside systemctl show --property "$1" --value vigie; }
journal() { inside journalctl --unit vigie --output cat --no-pager; }
# What is said from now on: `mark`, then `since`.
mark() { marked=$(inside journalctl --lines 0 --show-cursor --no-pager | sed -n 's/^-- cursor: //p'); }
since() { inside journalctl --unit vigie --output cat --no-pager --after-cursor "$marked"; }

# What the peers saw.
told() { grep -c "^mail .*$1" "$work/log" || true; }
# One entry more in the feed, of a text that is no other entry's.
publish() { # NUMBER BRAND
  local words
  words=$(printf 'entry %s' "$1" | sha256sum | cut -d ' ' -f 1 | fold -w 4 | paste -s -d ' ')
  printf '<item><guid isPermaLink="false">%s</guid><title>%s in the news, n%s</title><link>http://127.0.0.1/%s</link><pubDate>%s</pubDate><description>%s</description></item>\n' \
    "$1" "$2" "$1" "$1" "$(date -R)" "$words" >>"$work/items"
  { printf '<?xml version="1.0"?><rss version="2.0"><channel><title>Site</title>'; cat "$work/items"
    printf '</channel></rss>'; } >"$work/rss.new"
  mv "$work/rss.new" "$work/web/rss.xml"
}

for part in install watch faults upgrade; do
  printf '\n%s\n' "$part"
  # shellcheck source=/dev/null
  . "$here/$part.sh"
done

printf '\n%d checks, %d failed, %d s\n' "$checked" "$failed" $((SECONDS - started))
if [ "$failed" -gt 0 ]; then
  mkdir -p target/machine
  journal >target/machine/journal || true
  cp "$work/log" target/machine/peers
  echo 'what was said is in target/machine/journal and target/machine/peers'
  exit 1
fi
