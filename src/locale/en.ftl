# What users read, in English.

## try
try-no-text = no text: give a text, a file, or `-` for standard input
try-title = title
try-text = text
try-tags = tags: { $tags }
try-words = deciding words: { $words }
try-not-found = { $brand }: not in this text
try-nothing = No brand in this text.

## send-test
send-test-unknown = no channel `{ $channel }` in the settings; those that exist: { $known }
send-test-failed = { $channel }: nothing was sent. { $error }
send-test-sent =
    { $count ->
        [one] { $channel }: one message accepted. Check that it arrived.
       *[other] { $channel }: { $count } messages accepted. Check that they arrived.
    }

## reload
reload-gone = { $file } was deleted or emptied: its last good content stays in force. To drop it for good, reload vigie (systemctl reload vigie).

## demo
demo-start = vigie watches a small web on this machine: { $sites } sources that answer, { $ill } that are ill. No network, no configuration.
demo-baseline = First look done in { $seconds } s: what was there already is stored, and nobody is alerted about the past.
demo-publish = The sites publish { $count } texts…
demo-edit = The Gazette edits its article: another title, another id, the same address. No second mail.
demo-mail = mail to { $to }
demo-hook = webhook
demo-calm = The source “Calme” answered “nothing new” (304) { $count } times: it sent nothing in vain.
demo-times = From publication to mail: { $fastest } s at the fastest, { $slowest } s at the slowest.
demo-kept = { $count } mails kept (.eml, and .html to open in a browser): { $folder }
demo-next = And for your brand:
demo-next-init = writes vigie.yaml and a first commented watchlist
demo-next-check = says what is wrong, and where
demo-next-run = watches
demo-missing = the demo did not come to its end: { $count } expected mails are missing
## net
net-address = Not an http or https address.
net-no-connection = No connection within { $seconds } s.
net-timeout = No complete answer within { $seconds } s.
net-too-large = The answer is larger than { $bytes } bytes.
net-redirect-loop = Redirected { $hops } times without an answer.
net-forbidden-address = { $host } is a private address ({ $address }). To allow it, add it with its port to allow_private.
net-insecure = http: is only for private addresses that allow_private opens. Use https:.
net-damaged = The answer’s compression is damaged.
net-unsendable = The request cannot be sent: { $why }
net-no-such-host = No such host: { $host }.
net-resolver = The name cannot be resolved at the moment.
net-refused = Connection refused: nothing listens there.
net-reset = The server broke the connection off.
net-closed = The server closed the connection before the end of the answer.
net-no-route = No route to the server.
net-protocol = The server does not speak HTTP correctly.
net-not-tls = The server does not speak TLS on this port.
net-tls = The TLS handshake failed: { $why }
net-expired = The server’s certificate has expired.
net-not-yet-valid = The server’s certificate is not valid yet; check this machine’s clock too.
net-wrong-name = The server’s certificate is for another name.
net-unknown-issuer = The server’s certificate comes from an unknown issuer.
net-revoked = The server’s certificate was revoked.
net-bad-certificate = The server’s certificate was refused: { $why }
net-other = The request failed: { $why }
# entries, source: what a source gave, and why it gave nothing.
entries-no-input = Name an address or a file, or give a list of files on standard input with --json. More with --help.
entries-cannot-read = { $file } cannot be read: { $reason }.
entries-too-large = { $file } is larger than the { $mib } MiB that are read.
entries-not-read = { $file }: { $state } ({ $detail }).
entries-untitled = (no title)
entries-count = { $count ->
    [one] { $count } entry
   *[other] { $count } entries
}
source-state-unknown = not asked yet
source-state-ok = read
source-state-unreachable = no connection
source-state-timeout = no answer in time
source-state-refused = access refused
source-state-rate_limited = too many requests for this server
source-state-not_found = not found
source-state-gone = gone for good
source-state-server_error = the server fails
source-state-not_a_feed = something else in place of a feed
source-state-broken = a document that cannot be read
source-state-challenge = a page that asks for a human
source-state-soft_error = an error page
source-state-empty = no entries any more
source-state-selectors_stale = the selectors find nothing any more
source-state-silent = silent for longer than usual
source-state-certificate = certificate refused
source-state-too_large = too large
source-state-redirect_loop = redirects without end
source-state-forbidden_address = a private address that the configuration does not open
