# The service struck: hung, killed, stopped while others hang. Sourced by run.sh.

is_another_process() { is_active && [ "$(property MainPID)" != "$pid" ]; }
struck() { pid=$(property MainPID); mark; inside sh -c "kill -$1 $pid"; }
same_id() { [ "$(grep "^mail .*$1" "$work/log" | cut -d ' ' -f 2 | sort -u | wc -l)" = 1 ]; }
tried() { [ "$(grep -c '^smtp rcpt busy' "$work/log")" -gt 0 ]; }

# ---- hung

inside mkdir -p /run/systemd/system/vigie.service.d
printf '[Service]\nWatchdogSec=4s\n' >"$(root)/run/systemd/system/vigie.service.d/watchdog.conf"
inside systemctl daemon-reload
mark
check 'a restart' inside systemctl restart vigie
check 'it stopped cleanly for it' grep -q 'event=stopped' <(since)
struck STOP
check 'a hung process is started again by the watchdog' within 60 is_another_process
check 'systemd says that it was the watchdog' grep -qi 'watchdog timeout' <(since)
check 'what was published goes on being told' are_told 201
within 10 is_active
pid=$(property MainPID)
inside sleep 9
check 'a busy watchdog leaves a well process alone' same_process

# ---- killed

echo busy >"$work/smtp"
publish 202 Acme
check 'a busy mail server is tried' within 30 tried
struck KILL
echo ok >"$work/smtp"
check 'a killed process is started again' within 60 is_another_process
check 'the mail that waited comes' within 60 is_told n202
echo hang >"$work/smtp"
publish 203 Acme
within 30 is_told n203
struck KILL
echo ok >"$work/smtp"
check 'killed before the answer to a mail, it sends that again' within 60 is_told n203 2
check 'with the same Message-ID' same_id n203
check 'nothing else came twice' test "$(told n101).$(told n102).$(told n103).$(told n201).$(told n202)" = 1.1.1.1.1

# ---- stopped

touch "$work/web/rss.xml.hang"
before=$(grep -c '^web' "$work/log")
within 20 more_polls_than "$before"
began=$SECONDS
check 'it stops while a source hangs' inside systemctl stop vigie
took=$((SECONDS - began))
check "within 30 s: $took s" test "$took" -le 30
check 'cleanly' test "$(property Result) $(property ExecMainStatus)" = 'success 0'
rm "$work/web/rss.xml.hang"
publish 204 Acme
inside systemctl reset-failed vigie 2>/dev/null || true
inside systemctl start vigie
check 'what was published while it was down is told' within 30 is_told n204
check 'the database is well' inside vigie doctor

# ---- restored

inside vigie backup /root/later.db >/dev/null
inside systemctl stop vigie
check 'root restores a backup' inside vigie restore /root/later.db
check 'the service opens what root restored' inside systemctl start vigie
check 'and watches on' are_told 205
