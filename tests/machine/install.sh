# What a package puts where, and that it starts nothing before it is configured. Sourced by run.sh.

cp "$work/vigie.deb" "$work/next.deb" "$(root)/root/"

installed() { [ "$(inside dpkg-query --show --showformat '${db:Status-Status}' vigie)" = installed ]; }
belongs_to() { # FILE…: all of them are the package's.
  local file
  for file; do inside dpkg-query --search "$file" || return 1; done
}
is_folder() { [ "$(inside stat --format '%a %U' "$2")" = "$1 root" ]; }
says_nothing() { ! "$@" 2>&1 | grep .; }
refused_for_good() {
  ! inside systemctl start vigie && [ "$(property ExecMainStatus)" = 78 ] && [ "$(property NRestarts)" = 0 ]
}

check 'the package installs' inside dpkg --install /root/vigie.deb
check 'nothing is left to configure' installed
check 'vigie.yaml is a file that upgrades do not overwrite' \
  test "$(inside dpkg-query --show --showformat '${Conffiles}' vigie | awk 'NF { print $1 }')" = /etc/vigie/vigie.yaml
check 'unit, documents, examples and completions are there' belongs_to /usr/bin/vigie \
  /usr/lib/systemd/system/vigie.service /usr/share/doc/vigie/README.Debian /usr/share/doc/vigie/copyright \
  /usr/share/doc/vigie/changelog.gz /usr/share/doc/vigie/examples/operateur.yaml \
  /usr/share/bash-completion/completions/vigie
check 'everybody reads the watchlists' is_folder 755 /etc/vigie/watchlists
check 'root alone reads the secrets' is_folder 700 /etc/vigie/credentials
check 'it is not enabled' test "$(inside systemctl is-enabled vigie || true)" = disabled
check 'it is not started' test "$(inside systemctl is-active vigie || true)" = inactive
check 'systemd finds nothing wrong with the unit' says_nothing inside systemd-analyze verify --man=no vigie.service
check 'unconfigured it stops for good, with 78' refused_for_good
check 'the journal says what is missing' grep -q 'smtp_password' <(journal)
inside systemctl reset-failed vigie
