# The service at work: configured, hardened, fed, edited. Sourced by run.sh.

password='gwenn-ha-du 4711'

# ---- the peers, on the machine's own loopback, with a certificate of an authority inside the house

mkdir "$work/web" "$work/mails"
: >"$work/log"
echo ok >"$work/smtp"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj '/CN=Acme CA' \
  -addext 'basicConstraints=critical,CA:TRUE' -keyout "$work/ca.key" -out "$work/ca.crt" 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj '/CN=mail.acme.example' \
  -keyout "$work/mail.key" -out "$work/mail.csr" 2>/dev/null
openssl x509 -req -in "$work/mail.csr" -CA "$work/ca.crt" -CAkey "$work/ca.key" -CAcreateserial -days 2 \
  -extfile <(echo 'subjectAltName=DNS:mail.acme.example') -out "$work/mail.crt" 2>/dev/null
cat "$work/mail.key" "$work/mail.crt" >"$work/mail.pem"
nsenter --target "$leader" --net -- python3 "$here/peers.py" "$work" 8080 2525 "$password" &
peers=$!
within 20 grep -q '^ready' "$work/log"
publish 100 Acme

# ---- the operator's hand

printf '127.0.0.1 localhost mail.acme.example\n' >"$(root)/etc/hosts"
cp "$work/ca.crt" "$(root)/usr/local/share/ca-certificates/acme.crt"
inside update-ca-certificates >/dev/null 2>&1
( umask 077; printf '%s\n' "$password" >"$(root)/etc/vigie/credentials/smtp_password" )
settings() { # RECIPIENT…
  local to=$1
  shift
  for one; do to+=", $one"; done
  printf '%s\n' 'language: en' 'timezone: Europe/Paris' 'store: /var/lib/vigie/vigie.db' 'retention: 400d' \
    'metrics: /var/lib/vigie/vigie.prom' \
    'fetch: {contact: "https://acme.example/vigie", allow_private: ["127.0.0.1:8080"]}' \
    'smtp: {host: mail.acme.example, port: 2525, security: starttls, username: vigie,' \
    '  password: {credential: smtp_password}, from: "Vigie <vigie@acme.example>"}' \
    "channels: {comms: {email: {to: [$to]}}}" >"$(root)/etc/vigie/vigie.yaml"
}
watchlist() { # MORE BRANDS…
  { printf 'brands:\n  - {id: acme, match: {any: [acme]}}\n'
    for brand; do printf '  - {id: %s, match: {any: [%s]}}\n' "$brand" "$brand"; done
    printf 'sources:\n  - {feed: "http://127.0.0.1:8080/rss.xml", every: 1s}\n'
    printf 'alerts:\n  - {name: all, on: mention, to: comms, group: 1s}\n'
  } >"$(root)/etc/vigie/watchlists/.new"
  mv "$(root)/etc/vigie/watchlists/.new" "$(root)/etc/vigie/watchlists/team.yaml"
}
settings cm@acme.example
watchlist

# ---- the start

is_active() { [ "$(property ActiveState)" = active ] && [ "$(property SubState)" = running ]; }
polled() { # A poll that began after this question has ended.
  local before
  before=$(grep -c '^web' "$work/log")
  within 20 more_polls_than $((before + 1))
}
more_polls_than() { [ "$(grep -c '^web' "$work/log")" -gt "$1" ]; }
is_told() { [ "$(told "$1")" = "${2:-1}" ]; }
are_told() { # NUMBER TEXT: a published entry comes as one mail.
  publish "$1" "${2:-Acme}"
  within 30 is_told "n$1"
}

check 'vigie check finds the configuration good' inside vigie check --config /etc/vigie/vigie.yaml
check 'it starts and says READY' inside systemctl enable --now vigie
check 'it runs' is_active
check 'the Status line tells what it watches' grep -q '1 source' <(property StatusText)
pid=$(property MainPID)

# ---- who it is and what it may

exposure() { inside systemd-analyze security --no-pager vigie.service | sed -n 's/.*exposure level for .*: \([0-9.]*\).*/\1/p'; }
at_most() { awk -v value="$1" -v bound="$2" 'BEGIN { exit !(value != "" && value <= bound) }' || { echo "it is $1"; false; }; }
status_says() { inside grep -qE "$1" "/proc/$pid/status" || { inside cat "/proc/$pid/status"; false; }; }
# What is mounted writable is the state, or private, or what ExecPaths names (root's alone, as the next one shows);
# and root itself, at its place, is refused elsewhere. /run/host is the container's.
cannot_write() {
  local folder written
  written=$(inside awk '$6 ~ /^rw/ { print $5 }' "/proc/$pid/mountinfo" |
    grep -vxE '/proc|/tmp|/var/tmp|/dev(/.*)?|/run/host(/.*)?|/usr/lib(64)?|/usr/bin/vigie|/var/lib/private/vigie' || true)
  for folder in / /etc /etc/vigie/watchlists /opt /run /usr/bin /usr/local /var /var/lib /var/lib/private /var/log; do
    ! inside touch "/proc/$pid/root$folder/probe" 2>/dev/null || written+=" $folder"
  done
  [ -z "$written" ] || { echo "written: $written"; false; }
}
others_may_write() { inside find /usr/bin/vigie /usr/lib ! -type l \( ! -user root -o -perm /002 \) | grep .; }
can_write() { inside sh -c "touch /proc/$pid/root$1/probe && rm /proc/$pid/root$1/probe"; }
left_files_elsewhere() {
  inside find / -xdev \( -path /proc -o -path /sys -o -path /var/lib/private/vigie \) -prune -o \
    -uid "$(inside stat --format %u "/proc/$pid")" -print | grep .
}
sees() { inside sh -c "ls /proc/$pid/root$1" | grep -q .; }

check "the running unit's exposure is at most 1.2 of 10: $(exposure)" at_most "$(exposure)" 1.2
check 'it is not root' status_says '^Uid:	[1-9]'
for set in CapInh CapPrm CapEff CapBnd CapAmb; do
  check "it has no capability: $set" status_says "^$set:	0+$"
done
check 'it gets no new privilege' status_says '^NoNewPrivs:	1'
check 'its system calls are filtered' status_says '^Seccomp:	2'
check 'it leaves no core' inside grep -qE '^Max core file size +0 ' "/proc/$pid/limits"
check 'it cannot write but to its state' cannot_write
check 'what it may run and load is writable for root alone' fails others_may_write
check 'it can write to its state' can_write /var/lib/vigie
check 'it cannot run any other program' fails inside nsenter --target "$pid" --mount -- /bin/true
check "it sees nobody's home" fails sees /root
check 'its state is its own' test "$(inside stat --format %a /var/lib/private/vigie)" = 700

# ---- what it does

check 'what was there before the start alerts nobody' polled
check 'a published entry is mailed' are_told 101
check 'the mail came over TLS with the password from LoadCredential' grep -q '^smtp auth vigie ok' "$work/log"
check 'none came of what was there before' is_told n100 0

without_password() { ! grep -qF "$password" <("$@"); }
environment() { inside cat "/proc/$pid/environ" "/proc/$pid/cmdline" | tr '\0' '\n'; }
state() { inside find /var/lib/private/vigie -type f -exec cat {} +; }
check 'the password is not in the environment' without_password environment
check 'the password is not in the journal' without_password inside journalctl --no-pager
check 'the password is not in what systemd shows' without_password inside systemctl show vigie
check 'the password is not in the state' without_password state
check 'the password is not in status' without_password inside vigie status --json

# ---- commands beside it

check 'vigie status reads beside it' grep -q '"running":true' <(inside vigie status --json)
check 'vigie mentions finds the entry' grep -q n101 <(inside vigie mentions)
check 'vigie send-test goes through it' inside vigie send-test comms
check 'its figures are written' inside grep -q '^vigie_' /var/lib/vigie/vigie.prom
check 'vigie doctor finds nothing ill' inside vigie doctor
check 'vigie backup copies the database beside it' inside vigie backup /root/copy.db

# ---- edits

loaded() { grep -q 'event=loaded' <(since); }
refused() { grep -q 'event=refused' <(since); }
same_process() { [ "$(property MainPID)" = "$pid" ]; }
edit() { mark; "$@"; }
break_watchlist() { printf 'brands:\n  - {id: acme, match: {any: [acme}\n' >"$(root)/etc/vigie/watchlists/team.yaml"; }
break_settings() { echo 'chanels: {}' >>"$(root)/etc/vigie/vigie.yaml"; }

edit watchlist kermelo
check 'an edited watchlist is taken' within 20 loaded
check 'its new brand is told of' are_told 102 Kermelo
edit break_watchlist
check 'a broken watchlist is refused, and the journal says so' within 20 refused
check 'with the place of the mistake' grep -qE 'team.yaml:[0-9]+' <(since)
check 'the old one goes on' are_told 103 Kermelo
check 'the status shows the refusal' grep -q '"state":"refused"' <(inside vigie status --json)
edit watchlist kermelo
check 'a mended one is taken' within 20 loaded
edit settings cm@acme.example desk@acme.example
check 'systemctl reload' inside systemctl reload vigie
check 'vigie.yaml is read again: a second address gets mail' within 20 loaded
publish 104 Acme
check 'both addresses get one mail each' within 30 is_told n104 2
check 'and one of them is the new one' grep -q '^mail .*<desk@acme.example>.*n104' "$work/log"
edit break_settings
inside systemctl reload vigie
check 'a broken vigie.yaml is refused at a reload' within 20 refused
settings cm@acme.example
inside systemctl reload vigie
check 'it never ended meanwhile' same_process
check 'no file of its own lies anywhere else' fails left_files_elsewhere
