# The package's life: upgrade, removal, return, purge. Sourced by run.sh.

mentions() { inside vigie mentions --since 1d --json | wc -l; }
keeps_settings() { inside cmp /etc/vigie/vigie.yaml /root/settings; }
leftovers() {
  inside find / \( -path /proc -o -path /sys -o -path /root \) -prune -o -iname '*vigie*' -print | grep .
}
no_process() { ! inside sh -c 'cat /proc/[0-9]*/comm' | grep -qx vigie; }

settings cm@acme.example
inside cp /etc/vigie/vigie.yaml /root/settings
before=$(mentions)
pid=$(property MainPID)
inside systemctl reset-failed vigie 2>/dev/null || true

# ---- upgrade

check 'the next version installs over the running one' inside dpkg --force-confold --install /root/next.deb
check 'it was restarted' is_another_process
check 'edited settings are kept' keeps_settings
check 'the new defaults lie beside them' inside grep -q '^retention: 300d' /etc/vigie/vigie.yaml.dpkg-dist
check 'the secrets are kept' inside test -s /etc/vigie/credentials/smtp_password
check 'it stays enabled' test "$(inside systemctl is-enabled vigie)" = enabled
check "the mentions are kept: $before" test "$(mentions)" = "$before"
check 'and it watches on' are_told 301
inside systemctl stop vigie
inside dpkg --force-confold --force-downgrade --install /root/vigie.deb >/dev/null 2>&1
check 'an upgrade does not start what was stopped' test "$(inside systemctl is-active vigie || true)" = inactive

# ---- removal and return

inside systemctl start vigie
check 'it is removed while it runs' inside dpkg --remove vigie
check 'no process is left' no_process
check 'settings are kept' keeps_settings
check 'the state is kept' inside test -s /var/lib/private/vigie/vigie.db
publish 302 Acme
check 'it comes back' inside dpkg --force-confold --install /root/vigie.deb
inside systemctl reset-failed vigie 2>/dev/null || true
check 'and starts' inside systemctl enable --now vigie
check 'what was published meanwhile is told, nothing else again' within 30 is_told n302
check 'nothing came twice over all this' test "$(told n204).$(told n301).$(told n302)" = 1.1.1

# ---- purge

inside rm -r /run/systemd/system/vigie.service.d
check 'it is purged while it runs' inside dpkg --purge vigie
check 'no process is left behind' no_process
check 'nothing is left on the disk' fails leftovers
check 'systemd knows no such unit' test "$(inside systemctl show --property LoadState --value vigie)" = not-found
check 'no unit has failed' test -z "$(inside systemctl --failed --plain --no-legend)"
