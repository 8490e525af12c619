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
## store, status, mentions
status-no-settings = No vigie.yaml here or in /etc/vigie. Name it with --config, or make one with vigie init.
status-no-store = No database yet: { $path }. The first vigie run makes it.
status-unreadable = The database { $path } cannot be read: { $error }
status-running = vigie is running (process { $pid }). Database: { $store }
status-stopped = vigie is not running. Database: { $store }
status-watchlists = { $brands ->
        [one] { $brands } brand
       *[other] { $brands } brands
    }, { $terms ->
        [one] { $terms } term
       *[other] { $terms } terms
    }, { $sources ->
        [one] { $sources } source
       *[other] { $sources } sources
    }, in use since { $time }.
status-never-loaded = No watchlist was loaded yet.
status-refused = The last change of the watchlists is refused, the old ones stay in use:
status-do-check = Mend the file; vigie check shows the line and what to write.
status-sources = Sources: { $ill ->
        [0] all are well
       *[other] { $ill } of { $count } failing
    }
status-head-state = state
status-head-source = source
status-head-asked = asked
status-head-next = next
status-failures = { $failures ->
        [one] { $failures } failure
       *[other] { $failures } failures in a row
    }, in this state since { $time }
status-more-well = … and { $count } more that { $count ->
        [one] is
       *[other] are
    } well (--json shows all)
status-channels = Channels
status-channel-ok = ok
status-channel-paused = paused
status-channel-disabled = disabled
status-do-paused = Mend what stands in the way (password, TLS, server), then try: vigie send-test { $channel }. Nothing is lost, deliveries wait.
status-do-disabled = The receiver wants nothing more (410). Change the channel’s address, or try: vigie send-test { $channel }
status-outbox = Deliveries: { $pending } to make, { $waiting ->
        [one] { $waiting } mention waits
       *[other] { $waiting } mentions wait
    } for the end of a group, { $dead } given up
status-oldest = the oldest has waited since { $time }
status-do-run = Nothing leaves while vigie is not running: start vigie run.
status-do-dead = What was given up was refused for good or tried for three days: check the recipients’ addresses.
status-state-unknown = not read yet
status-state-ok = ok
status-state-unreachable = unreachable
status-state-timeout = too slow
status-state-refused = refused
status-state-rate_limited = rate limited
status-state-not_found = not found
status-state-gone = gone
status-state-server_error = server error
status-state-not_a_feed = not a feed
status-state-broken = broken
status-state-challenge = bot guard
status-state-soft_error = error page
status-state-empty = empty
status-state-selectors_stale = stale selectors
status-state-silent = silent
status-state-certificate = certificate refused
status-state-too_large = too large
status-state-redirect_loop = redirect loop
status-state-forbidden_address = forbidden address
status-do-unreachable = vigie tries again. If it lasts, check the address and this machine’s network.
status-do-timeout = vigie tries again. If it lasts, raise timeout in fetch, or look for a lighter address.
status-do-refused = The site refuses vigie. Open the address in a browser; ask for access, or fill in contact in fetch.
status-do-rate_limited = The site asks to slow down; vigie waits. Lengthen every if it comes back.
status-do-not_found = Open the address in a browser; if it moved, correct it in the watchlist.
status-do-gone = The source is no more and is not asked again. Change its address, or take it off the watchlist.
status-do-server_error = The fault is the site’s; vigie tries again.
status-do-not_a_feed = The address leads to a page, not to a feed. Look for the RSS or Atom link on that page.
status-do-broken = The document is damaged. Tell the site; vigie entries shows what can be read.
status-do-challenge = The site demands a browser. Look for a feed, or ask for access.
status-do-soft_error = The address answers with an error page. Check it in a browser.
status-do-empty = There are no entries where there were some. Check the address in a browser.
status-do-selectors_stale = The page changed: adapt the selectors, vigie entries shows what they find.
status-do-silent = Nothing new for longer than usual. Check that the source is still alive.
status-do-certificate = The site’s certificate is not valid. Check the address and this machine’s clock.
status-do-too_large = The document is over max_bytes of fetch. Raise it, or look for a lighter address.
status-do-redirect_loop = The site redirects without end. Write the final address into the watchlist.
status-do-forbidden_address = The address leads to a private network. If you mean it, open it with its port in allow_private.
mentions-none = No mentions.
mentions-untitled = (no title)
mentions-undecided = not decided yet
mentions-polarity-negative = negative
mentions-polarity-neutral = neutral
mentions-polarity-positive = positive
mentions-polarity-uncertain = uncertain
mentions-polarity-unknown = unknown language
mentions-state-sent = sent
mentions-state-pending = being sent
mentions-state-waits = waiting
mentions-state-none = nothing sent
mentions-reason-FirstMention = first mention
mentions-reason-GroupWindow = grouped with others
mentions-reason-EachMention = a message a mention
mentions-reason-AlreadySent = this channel was told already
mentions-reason-Baseline = was there before vigie watched: nobody is told
mentions-reason-NoRule = no rule takes it: nobody is told
mentions-reason-NotUnderstood = a language that vigie does not read
mentions-reason-NoChannel = this channel is no more
