# What users read, in English.

## net
net-address = Not an http or https address.
net-no-connection = No connection within { $seconds } s.
net-timeout = No complete answer within { $seconds } s.
net-too-large = The answer is larger than { $bytes } bytes.
net-redirect-loop = Redirected { $hops } times without an answer.
net-forbidden-address = { $host } is a private address ({ $address }). To allow it, add it with its port to allow_private.
net-no-proxy = The proxy { $proxy } cannot be reached: check `proxy` under `fetch:` in vigie.yaml.
net-proxy-password = The proxy { $proxy } asks for a name and a password: put its whole address, http://NAME:PASSWORD@HOST:PORT, in a file that only vigie reads, and write proxy: {"{"}file: …{"}"} under `fetch:` in vigie.yaml.
net-proxy-refused = The proxy { $proxy } does not reach this server, or may not pass requests on to it: ask who runs it.
net-downgraded = The server redirects from https: to plain http:, which is not followed: write an address that stays in https:.
net-credential = The credential { $name } cannot be read.
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
source-state-robots = robots.txt asks not to read it

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
status-state-robots = not allowed by robots.txt
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
status-do-robots = The site asks programs not to read this page. Look for its feed, or ask its owner to allow vigie in robots.txt.
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
mentions-story = story { $story }
mentions-reason-FirstMention = first mention
mentions-reason-GroupWindow = grouped with others
mentions-reason-EachMention = a message a mention
mentions-reason-AlreadySent = this channel was told already
mentions-reason-Baseline = was there before vigie watched: nobody is told
mentions-reason-NoRule = no rule takes it: nobody is told
mentions-reason-NotUnderstood = a language that vigie does not read
mentions-reason-NoChannel = this channel is no more
mentions-reason-QuietHours = outside of the rule’s hours: waits for the opening
mentions-reason-CapReached = the rule’s cap is reached: waits for the digest or the next message allowed
mentions-reason-Late = published long before it was found: left to the digest
mentions-reason-Muted = muted
mentions-reason-SameStory = this channel was told of this story
mentions-reason-Escalated = escalated, since nobody answered

## config: settings and watchlists

# notify: channels, mails and notices.

tone-negative = negative
tone-neutral = neutral
tone-positive = positive
tone-uncertain = uncertain
tone-unknown = unknown tone
tone-one-negative = negative
tone-one-neutral = neutral
tone-one-positive = positive
tone-one-uncertain = uncertain
tone-one-unknown = of unknown tone
tone-count-negative = { $number } negative
tone-count-neutral = { $number } neutral
tone-count-positive = { $number } positive
tone-count-uncertain = { $number } uncertain
tone-count-unknown = { $number } of unknown tone

mail-count = { $count ->
    [one] { $number } mention
   *[other] { $number } mentions
}
mail-verdict-one = { $brand }: one mention, { $tone }
mail-verdict-spreads = { $brand }: a story told before, now on { $count } sites
mail-headline = { $brand }: { $count }
mail-heading = Rule “{ $rule }”
mail-because = because
mail-deciding = tone set by { $words }
mail-word = “{ $word }” { $value }
mail-tags = tags: { $tags }
mail-found = found { $when }
mail-others = { $count ->
    [one] One more mention
   *[other] { $number } more mentions
}
mail-more-sites = { $count ->
    [one] and one more site
   *[other] and { $number } more sites
}
mail-attached = All { $number } mentions are in the attached mentions.csv.
# story: one story in several places is told once.
mail-and-copies = , { $count ->
    [one] one republication
   *[other] { $count } republications
}
mail-story-copies = { $count ->
    [one] Also published by { $sites }.
   *[other] { $count } republications: { $sites }.
}
mail-story-same-site = { $count ->
    [one] Another page of the same site has this text.
   *[other] { $count } other pages of the same site have this text.
}
mail-story-edited = Told before; the text was edited since.
mail-story-spreads = { $count ->
    [one] A story told before, published by { $sites }.
   *[other] A story told before, now on { $count } sites: { $sites }.
}
mail-story-turns = { $count ->
    [one] A story told before; its tone has changed.
   *[other] A story told before; its tone has changed. It is on { $count } sites: { $sites }.
}
mail-reason-first = Sent at once: the first mention since the last group.
mail-reason-window = It groups what came since the message before.
mail-reason-each = One message a mention.
mail-reason-hours = It groups what came outside of the rule’s hours.
mail-reason-cap = It groups what the rule’s cap held back.
mail-reason-escalated = Escalated: nobody answered within the rule’s time.
mail-foot-rule = Sent by the rule “{ $rule }”, { $place }.
mail-foot-well = { $well ->
    [0] No source has answered yet.
    [one] The source is well.
   *[other] All { $well } sources are well.
}
mail-foot-degraded = Sources: { $well } well, { $count } degraded: { $names }.
mail-more-sources = and { $number } more
mail-foot-partial = Seen in part only: { $names }.
mail-partial-strangers = { $name } (this site does not show everything to readers without an account)
mail-partial-crowded = { $name } ({ $sources } sources share the requests to this site: a round takes { $minutes } min, longer than the interval asked for)
mail-foot-change = To change or stop these mails, edit that rule and save the file: vigie reads it again at once.
mail-not-a-mail = an email channel sends mails only
notify-slow = no answer within { $seconds } s
mail-smtp-clear = without encryption only a server on this machine is accepted
mail-smtp-no-starttls = the server does not offer STARTTLS; nothing is sent in clear
mail-smtp-login-wanted = the server offers a login: write `username` and `password` under `smtp:`
mail-smtp-unknown-issuer = this machine does not know who signed the server’s certificate; update-ca-certificates adds an authority
mail-smtp-no-address = this name has no address

notify-not-a-hook = a webhook sends JSON only
notify-hook-gone = 410: the receiver wants nothing more
notify-hook-redirect = { $status }: redirects are not followed, write the final address
notify-hook-status = the receiver answered { $status }

notify-just-now = just now
notify-ago = { $span } ago
notify-span-minutes = { $count } min
notify-span-hours = { $count } h
notify-span-days = { $count } days
notify-hour = { $hour }:00
notify-day = { $day } { $month }
notify-weekday-1 = Mon
notify-weekday-2 = Tue
notify-weekday-3 = Wed
notify-weekday-4 = Thu
notify-weekday-5 = Fri
notify-weekday-6 = Sat
notify-weekday-7 = Sun
notify-month-1 = Jan
notify-month-2 = Feb
notify-month-3 = Mar
notify-month-4 = Apr
notify-month-5 = May
notify-month-6 = Jun
notify-month-7 = Jul
notify-month-8 = Aug
notify-month-9 = Sep
notify-month-10 = Oct
notify-month-11 = Nov
notify-month-12 = Dec

notify-state-unknown = not asked yet
notify-state-ok = well
notify-state-unreachable = unreachable
notify-state-timeout = too slow
notify-state-refused = access refused
notify-state-rate_limited = asks to wait
notify-state-not_found = page not found
notify-state-gone = gone
notify-state-server_error = server error
notify-state-not_a_feed = not a feed
notify-state-broken = unreadable
notify-state-challenge = behind a bot check
notify-state-soft_error = error page
notify-state-empty = empty
notify-state-selectors_stale = stale selectors
notify-state-silent = silent
notify-state-certificate = certificate refused
notify-state-too_large = too large
notify-state-redirect_loop = redirect loop
notify-state-forbidden_address = private address
notify-state-robots = not allowed by robots.txt

notify-heading-coverage = Coverage
notify-heading-refusal = Configuration
notify-heading-dead_letter = Not delivered
notify-heading-unwritable = Storage
notify-heading-test = Test
notify-coverage-subject = { $count ->
    [one] [vigie] { $name } silent for { $span }
   *[other] [vigie] { $count } sources silent for { $span }
}
notify-recovered-subject = { $count ->
    [one] [vigie] { $name } is back
   *[other] [vigie] { $count } sources are back
}
notify-coverage-verdict = { $count ->
    [one] vigie cannot see one source any more
   *[other] vigie cannot see { $count } sources any more
}
notify-recovered-verdict = { $count ->
    [one] One source is back
   *[other] { $count } sources are back
}
notify-coverage-line = { $sources ->
    [0] { $state } for { $span } ({ $date })
    [one] { $state } for { $span } ({ $date })
   *[other] { $state } for { $span } ({ $date }) · { $sources } sources
}
notify-recovered-line = well again, after { $span } of silence
notify-coverage-more = And { $count } more: “vigie status” shows them all.
notify-coverage-foot = The other sources go on. vigie keeps trying and will say when these are back; how it stands now: “vigie status”.
notify-recovered-foot = Nothing to do: what appeared meanwhile is caught up on, as far as the source still shows it.
notify-action-moved = Look for the new address and mend the line in the watchlist.
notify-action-refused = Open the address in a browser; ask the site for access or for another feed.
notify-action-robots = Look for the site’s feed, or ask it to allow vigie in robots.txt.
notify-action-read = Open the address in a browser; “vigie entries” shows what vigie reads there.
notify-action-selectors = The page changed: mend select, and verify with “vigie entries”.
notify-action-silent = See whether the site still publishes.
notify-action-certificate = Tell the site: its certificate has expired or is not its own.
notify-action-large = Look for a shorter feed, or raise fetch.max_bytes.
notify-action-loop = Open the address in a browser and write the final one.
notify-action-private = If it is meant, open it with fetch.allow_private.
notify-action-slower = Make every longer for this source.
notify-action-wait = Nothing to do if it passes; otherwise verify the address.
notify-refusal-subject = [vigie] { $file } refused, the old version stays
notify-refusal-verdict = { $file } is refused
notify-refusal-stays = The last good version stays in service. This is what “vigie check” says:
notify-refusal-foot = Mend it and save: vigie reads the file again at once. This message is not repeated for the same content.
notify-unwritable-subject = [vigie] The database cannot be written
notify-unwritable-verdict = vigie cannot write to its database any more
notify-unwritable-since = For { $span } ({ $date }) no alert has gone out: what was read waits, nothing is lost, and all goes on as soon as the database can be written.
notify-unwritable-action = Make room on the disk of { $store }, or look at the disk and at the folder’s rights; vigie tries again every 5 seconds. The system answers:
notify-unwritable-foot = Sent directly, past the outbox: it is repeated once a day while this lasts.
notify-dead-subject = [vigie] Message not delivered by channel { $channel }
notify-dead-verdict = A message could not be delivered to { $who }
notify-dead-about = “{ $subject }”, of { $date }.
notify-dead-tried = { $attempts ->
    [one] Channel { $channel }, one attempt. The last answer:
   *[other] Channel { $channel }, { $attempts } attempts. The last answer:
}
notify-dead-foot = The message is kept and will not be tried again; further failures of that day towards this recipient are not announced. Verify the channel’s address, then “vigie send-test { $channel }”.
notify-test-subject = [vigie] Test of channel { $channel }
notify-test-verdict = Channel { $channel } works
notify-test-fine = You are reading this: vigie can reach you. Alerts will come the same way.
notify-test-foot = Sent by “vigie send-test”.

## Sentiment

sentiment-positive = Positive ({ $score })
sentiment-negative = Negative ({ $score })
sentiment-neutral = Neutral ({ $score })
sentiment-irony = Uncertain: likely irony ({ $score })
sentiment-uncertain = Uncertain: a complaint between the lines ({ $score })
sentiment-uncertain-praise = Uncertain: praise between the lines ({ $score })
sentiment-rule-lexicon = lexicon
sentiment-rule-emphasis = emphasis
sentiment-rule-degree = degree
sentiment-rule-negation = negation
sentiment-rule-contrast = contrast
sentiment-rule-frame = framing
sentiment-rule-irony = irony
sentiment-rule-comparison = comparison
sentiment-rule-target = target
sentiment-event-beyond = more than expected
sentiment-event-contagion = others want it
sentiment-event-delay = delay
sentiment-event-demand = demand
sentiment-event-devoured = devoured
sentiment-event-easy = without effort
sentiment-event-failure = failure or loss
sentiment-event-forced = forced
sentiment-event-helped = help received
sentiment-event-imposed = without consent
sentiment-event-lack = lack
sentiment-event-lasting = lasting
sentiment-event-leaning = weak hints
sentiment-event-leave = leaving
sentiment-event-loyal = loyalty
sentiment-event-price = higher price
sentiment-event-promise = broken promise
sentiment-event-quick = quickly solved
sentiment-event-reaction = reaction of the body
sentiment-event-relief = relief
sentiment-event-repeated = repetition
sentiment-event-saved = gain
sentiment-event-stayed = wish to stay
sentiment-event-unsolved = unsolved
sentiment-unknown = Unknown: the text seems to be in “{ $language }”; vigie reads the tone of French and English.
sentiment-target = Towards “{ $target }”; the whole text: { $score }
sentiment-no-target = “{ $target }” is not in the text: this is the tone of the whole.
sentiment-words = The words that decided:
sentiment-no-words = No word of the lexicon stands in it.
sentiment-unreadable = Standard input cannot be read.
sentiment-too-long = The text is longer than 1 MiB: cut it, or give one text a line with --jsonl.

## try
try-no-text = no text: give a text, a file, or `-` for standard input
try-title = title
try-text = text
try-links = links
try-tags = tags: { $tags }
try-source = No source is named “{ $name }”; there are: { $known }.
try-words = deciding words:
try-no-words = no word of tone
try-not-found = { $brand }: not in this text
try-only = the words are in it, but `only` leaves this document out
try-found = { $brand }: in this text
try-too-large = query too large to be detailed
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
template-built-in = Until then vigie’s own template stands in for it.

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
demo-missing = the demo did not come to its end: { $count } expected mentions or outages were not told

## config, keys and values
config-write = write:
config-quoted = “{ $text }”
config-file-missing = This file does not exist.
config-file-forbidden = This file cannot be read: the permission is missing.
config-file-unreadable = This file cannot be read.
config-no-settings = There is no vigie.yaml here and no /etc/vigie/vigie.yaml. `vigie init` writes one; `--config FILE` names another.
config-folder-missing = The folder of watchlists, { $folder }, cannot be read: create it, or correct `watchlists:` in vigie.yaml.
config-folder-empty = The folder { $folder } holds no watchlist (*.yaml): `vigie init --brand NAME` writes one.
config-too-large = This file is over 4 MiB: spread the brands over several files.
config-utf16 = This file is saved as UTF-16: save it as UTF-8 (in the editor: “Save as”, encoding UTF-8).
config-latin1 = This file is not saved as UTF-8 (probably as Latin-1 or Windows-1252): this character cannot be read. Save the file as UTF-8.
config-control = An invisible character ({ $code }) stands here: delete it.
config-empty-file = This file is empty: it needs `brands:` or `sources:` at least.
config-sign = The sign { $sign } has a meaning of its own at the start of a text: put the text in quotes.
config-cut = After a space, # opens a comment: the rest of the text would be lost. Put the text in quotes (or a space after #, if it is a comment).
config-colon = A colon with a space after it separates a key from its value: put the whole text in quotes.
config-apostrophe = The apostrophe closes the single quotes here: use double quotes, or none.
config-quote = A quote closes the text here, and more words follow: put the whole text in quotes.
config-unclosed-quote = This quote is never closed.
config-unclosed-bracket = The sign { $sign } is never closed: add the closing one.
config-glued-dash = A space is missing after the dash.
config-tab = This line starts with a tab: indent with spaces.
config-no-break-space = A no-break space stands here: replace it with a plain space.
config-anchor = Anchors (&) are not accepted: name the list under `lists:`, then refer to it by list: NAME in braces.
config-alias = References (*) are not accepted: name the list under `lists:`, then refer to it here by list: NAME in braces.
config-merge = Merging (<<) is not accepted: write the keys themselves here.
config-list-on-key-line = A list with dashes starts on the line after its key; on the same line it is written in square brackets.
config-bracket = The sign { $sign } stands inside a text: put the text in quotes.
config-deep = More than 32 levels inside one another: this file is not read any further.
config-unreadable = The structure of the file cannot be read from here on: check the alignment (the spaces at the start of lines), the quotes and the brackets of this line and of the one before.
config-reference = Anchors, references and tags (& * !) are not accepted: put the text in quotes, or write the value itself.
config-documents = A file is one document: remove this `---` line.
config-complex-key = A key is a plain word, followed by a colon.
config-duplicate-key = “{ $key }” is already written on line { $line }: make them one.
config-unknown-key-near = `{ $key }` is not a known key here; probably `{ $near }`.
config-unknown-key-elsewhere = `{ $key }` is not written here but under `{ $under }`: check the alignment.
config-unknown-key = `{ $key }` is not a known key. Here one can write: { $keys }.
config-glued-colon = A space is missing after `{ $key }:`.
config-match-needs-any = Under `{ $key }` stands `any:` (one of the terms is enough) or `all:` (all are needed) first, then the list.
config-expected-block = Under `{ $under }` there must be keys, one a line and indented, such as `{ $first }:`.
config-expected-value = `{ $key }` takes one value here, no list and no keys below it.
config-expected-list = `{ $key }` takes a list, even for a single item.
config-expected-list-not-block = `{ $key }` takes a list: one line an item, each with a dash and a space in front.
config-expected-dash = `{ $key }` is a list: the first word of each item, such as `{ $first }:`, has a dash and a space in front, and the others are aligned below it.
config-expected-names = Under `{ $key }` there must be names of your choice, each followed by a colon and what it holds.
config-nothing-written = Nothing is written after `{ $key }:`; complete it, or remove the line.
config-empty-item = This item of `{ $key }` is empty: complete it, or remove it.
config-empty-list = The list `{ $key }` is empty: add an item, or remove the key.
config-empty-name = A name is missing under `{ $key }`.
config-list-in-list = A list stands directly inside another: write `any:` or `all:` before it, or make them one.
config-guillemets = The quotation marks around { $text } are not a part of the text; straight quotes say so more clearly.
config-missing-key = In `{ $block }`, `{ $key }:` is missing.
config-choice = “{ $word }” is not possible for `{ $key }`; choose from: { $choices }.
config-duration = “{ $text }” is not a duration: write a number and a unit without a space, such as 30s, 10m, 4h or 30d.
config-duration-range = `{ $key }` goes from { $least } to { $most }; “{ $text }” is outside.
config-number = `{ $key }` is a whole number from { $least } to { $most }; “{ $text }” is not.
config-size = “{ $text }” is not a possible size for `{ $key }`: write for example 8MiB (from 1KiB to 256MiB).
config-timezone = “{ $name }” is not a known time zone: write it like Europe/Paris.
config-language = “{ $language }” is not a language code: write fr, en, de…
config-one-line = `{ $key }` is one line of 200 characters at most, without invisible characters.
config-web-address = `{ $key }` takes a whole address without spaces that starts with https:// or http://.
config-private-address = This address is private. If it is meant, open it in vigie.yaml under `fetch:`, with allow_private: ["{ $entry }"]
config-allow-private = “{ $text }” is not an address to open: write ADDRESS:PORT, [IPv6]:PORT or NETWORK/BITS:PORT, such as "10.0.0.5:8888"; no names, and always a port.
config-proxy = `proxy` takes http://HOST:PORT or https://HOST:PORT and nothing else: no SOCKS, no configuration script.
config-proxy-password = The proxy’s password must not stand in this file: put the whole address, http://NAME:PASSWORD@HOST:PORT, in a file that only vigie reads, and write proxy: {"{"}file: …{"}"}
config-contact = `contact` goes into an HTTP header: a web or mail address without spaces, accents or parentheses.
config-no-contact = Without `contact:` under `fetch:`, the sites that are visited do not know whom to turn to: give a web page or a mail address.
config-literal-secret = A secret is not written into this file. Say where `{ $key }` is kept: {"{"}credential: NAME{"}"}, {"{"}file: PATH{"}"} or {"{"}env: VARIABLE{"}"}.
config-secret-one-way = `{ $key }` is kept in one place: `credential`, `file` or `env`.
config-credential-name = “{ $name }” is not the name of a credential: a plain file name, without /.
config-secret-no-credentials = The secret { $reference } cannot be read here: $CREDENTIALS_DIRECTORY is not set (systemd sets it, with LoadCredential=).
config-secret-missing = The secret { $reference } does not exist.
config-secret-unreadable = The secret { $reference } cannot be read.
config-secret-exposed = The secret { $reference } can be read by other users: `chmod 600` the file.
config-secret-empty = The secret { $reference } is empty.
config-secret-not-text = The secret { $reference } is not a line of text.
config-smtp-host = “{ $host }” is not the name of a server: write for example smtp.acme.example, without https:// or a port.
config-smtp-clear = `security: none` would send the password and the mails in clear to { $host }; it is accepted on this machine only.
config-email-needs-smtp = The channel “{ $channel }” sends mails: add an `smtp:` block with `host:` and `from:`.
config-channel-one-kind = The channel “{ $channel }” must be of one kind: `email:`, `webhook:`, `slack:`, `teams:`, `discord:`, `mattermost:`, `telegram:` or `ntfy:`.
config-mail-address = “{ $text }” is not a mail address: write name@domain, or "Name <name@domain>".
config-recipient-twice = { $address } already receives this channel.
config-webhook-clear = A webhook in clear (http:) is accepted only to a private address opened by `allow_private`; use https:.
config-brand-id = “{ $id }” cannot be an id: letters without accents, digits, - and _, 64 at most. The full name goes under `name:`.
config-brand-without-match = This brand does not say what to look for: add `match:` with `any:` and a list of terms.
config-empty-match = Nothing to look for here: write `any:` or `all:` with a list of terms.
config-none-alone = `none` alone would find nearly everything: add `any:` or `all:` beside it.
config-empty-term = This term is empty: it would find everything. Complete it, or remove it.
config-one-letter = One letter is found everywhere: make the term longer, or write =X for exactly this letter.
config-only-punctuation = “{ $term }” is only punctuation: there is nothing to look for.
config-lone-operator = The sign “{ $sign }” alone looks for nothing: write the word that is meant.
config-long-term = This term is too long: a phrase has at most 200 characters, a term with all its alternatives 256 KiB.
config-term-together = “{ $sign }” cannot stand together at the start of a term: choose one.
config-short-wildcard = Beside * or ?, a word needs three other characters at least, four after a leading *.
config-term-unbalanced = The sign “{ $sign }” misses its other: alternatives are written (a|b). Before a plain “{ $sign }”, write \.
config-term-deep = Parentheses are nested too deep: eight levels at most.
config-term-variants = These alternatives make more than 10,000 phrases: split the term.
config-term-language = After lang: stands a language’s code, such as fr or en.
config-term-domain = After site: stands a domain, such as example.org.
config-duplicate-brand = The brand “{ $id }” exists already ({ $place }): give this one another id.
config-example-missed = The example “{ $text }” should be found by “{ $brand }” and is not: { $reason }
config-example-found = The example “{ $text }” should not be found by “{ $brand }” and is: { $reason }
config-why-found = it holds { $terms }.
config-why-none-of = none of these terms is in it ({ $terms }).
config-why-none-of-many = none of the { $count } terms is in it ({ $terms }…).
config-why-missing = “{ $term }” (under `all`) is not in it.
config-why-excluded = “{ $term }” (under `none`) is in it.
config-why-masked = “{ $term }” is only inside masked passages (`mask`).
config-why-unknown = a condition of `match` is not met.
config-matcher = The terms do not fit into memory together: { $detail }.
config-source-kind = A source is one thing, under `feed:`, `forum:`, `page:`, `json:` or `search:`.
config-not-for-kind = `{ $key }` does not exist for a `{ $kind }` source: remove it.
config-select-missing = A `{ $kind }` source needs `select:` with at least { $keys }.
config-fields-without-text = `fields` does not say where the text is: add `title:` or `text:`.
config-selector = “{ $text }” is not a CSS selector: check the brackets, the parentheses and the quotes; the attribute that is wanted comes last, as in a @href.
config-pointer = “{ $text }” (under `{ $key }`) is neither a path in the JSON, which starts with /, nor a template with a field in braces.
config-every-short = Every { $text } is often for a site that is not yours: 5m or more is usual.
config-duplicate-source = This address is already written on line { $line }: once is enough.
config-no-sources = No source: nothing will be read for these brands. Add `sources:` with for example `- feed: https://…`.
config-no-alerts = No alert: mentions will be kept, and nobody will be told. Add `alerts:`.
config-rule-without-channel = This alert does not say whom to tell: add `to:` with the name of a channel.
config-unknown-channel = The channel “{ $channel }” does not exist in vigie.yaml; there are: { $channels }.
config-unknown-channel-near = The channel “{ $channel }” does not exist in vigie.yaml; probably “{ $near }”.
config-no-channels = The channel “{ $channel }” does not exist: vigie.yaml has no `channels:` yet.
config-unknown-brand = The brand “{ $id }” does not exist in this file.
config-unknown-brand-near = The brand “{ $id }” does not exist in this file; probably “{ $near }”.
config-unknown-tag = The tag “{ $tag }” is defined by no brand of this file (`tags:`).
config-unknown-tag-near = The tag “{ $tag }” is defined by no brand of this file; probably “{ $near }”.
config-unknown-source = No source is called “{ $name }”; give a source that name with `name:`.
config-unknown-source-near = No source is called “{ $name }”; probably “{ $near }”.
config-duplicate-rule = An alert is already called “{ $name }”, on line { $line }: give this one another name.
config-not-for-coverage = `{ $key }` does not go with `on: coverage`, which is about sources: remove it.
config-not-for-rule = `{ $key }` does not go with `on: { $on }`: remove it.
config-hours = “{ $text }” is not a time span: write days, then hours, like "mon-fri 08:00-20:00", or always.
config-cap = “{ $text }” is not a limit: write a number of messages per hour or day, like 12/h or 30/d.
config-length = `{ $key }` goes from { $least } to { $most }; “{ $text }” is not a duration in this range.
config-time = “{ $text }” is not a time of day: write it like "08:00".
config-days-of-week = “{ $text }” is not a list of days: write for example mon-fri.
config-spike-window = “{ $text }” is not possible for `window`: write 15m, 30m or 1h.
config-group = “{ $text }” is not a duration: write for example 10m, or off for a message a mention.
config-group-range = `group` goes from 1s to 7d, or off; “{ $text }” is outside.
config-score = “{ $text }” is not a condition on the score: a sign (<, <=, >, >=), then a number from -1 to 1, in quotes.
config-site = “{ $site }” is not the name of a site: write it like forum.example, without https:// or a path.
config-loaded =
    All is well: { $brands ->
        [one] { $brands } brand
       *[other] { $brands } brands
    }, { $terms ->
        [one] { $terms } term
       *[other] { $terms } terms
    }, { $sources ->
        [one] { $sources } source
       *[other] { $sources } sources
    }.
config-refused =
    { $errors ->
        [one] { $errors } mistake to correct.
       *[other] { $errors } mistakes to correct.
    }
config-init-exists = { $file } exists already and was left alone: remove it, or work in another folder.
config-init-failed = { $file } cannot be written: { $reason }
config-init-written = Written: { $file }
config-init-next = Complete these two files, then run: vigie check
config-init-brand = This brand name cannot be used: it takes at least a word of two letters, on one line.
config-webhook-secret = The secret { $reference } is not of the right form: whsec_ followed by base64 of 24 to 64 bytes, for example by `echo whsec_$(openssl rand -base64 32)`; while you exchange it, up to four, a line each.

# search — presets of forums and of search endpoints
search-preset-of-search = “{ $name }” is a search endpoint, not a forum engine: write it under `search:`.
search-preset-of-forum = “{ $name }” is a forum engine, not a search endpoint: write `forum: ADDRESS` and `preset: { $name }`.
search-preset-native = `{ $key }` has no effect here: the preset `{ $preset }` reads the forum’s own feed. Remove it.
search-preset-front = The preset `{ $preset }` reads the posts of the whole forum: write the address of its front page.
search-no-endpoint = `{ $preset }` has a single address, and vigie knows it: remove `endpoint:`.
search-no-query = `{ $preset }` takes no query, it is in the alert itself: remove `query:`.
search-endpoint-missing = `{ $preset }` needs `endpoint:`, the address of the site or instance to look in.
search-endpoint-site = `endpoint:` is the address of the site or instance, for example https://site.example, with nothing after ? or #.
search-endpoint-name = `endpoint:` is the site’s short name for `{ $preset }`, for example stackoverflow or french.stackexchange.
search-endpoint-start = `endpoint:` is an address here that starts with { $start }: that of the feed which the service gave you.
search-query-words = `{ $preset }` needs `query:`, words to look for, 256 characters at most.
search-query-tag = `{ $preset }` follows a tag: write `query:` with a single word, with or without #.
search-query-name = `{ $preset }` follows a channel or a list: write `query:` with its id (UC… or PL…).
search-query-label = `{ $preset }` follows a blog: write `query:` with its name (letters, digits, hyphens).
search-query-number = `{ $preset }` follows an app: write `query:` with its number, the one after “id” in its address.
search-query-path = `{ $preset }` follows a person or a board: write `query:` with NAME or NAME/BOARD.
search-query-missing = `{ $preset }` needs `query:`: this file has no brand to take terms from.
search-query-one = `{ $preset }` looks for one thing at a time, and the brands of this file have { $count } terms: write `query:`, and one source for each term.
search-query-long = The { $count } terms of the brands make a query that is too long for `{ $preset }`: write `query:`, in several sources if need be.
search-query-not-plain = Nothing in the brand “{ $brand }” can be looked for by a word: write `query:` for `{ $preset }`.
search-query-partial = `{ $preset }` is asked for { $query }. What is written only like this is missed there: { $missed }. For all of it, write `query:`, or add a source with `query:`.
search-walled-google-plus = Google+ closed in 2019: there is nothing left to look for. For the rest of the web: `search: google-alerts`.
search-walled-viadeo = Viadeo lets nobody search it. What is left: a Google alert on “site:viadeo.com YOUR BRAND”, read by `search: google-alerts`.
search-walled-xing = The groups of Xing closed in 2023, and the site lets nobody search it. What is left: a Google alert on “site:xing.com YOUR BRAND”, read by `search: google-alerts`.
search-walled-facebook = Facebook lets nobody search it by keyword (CrowdTangle closed in August 2024). What is left: a Google alert on “site:facebook.com YOUR BRAND”, read by `search: google-alerts`, and the notification mails of your own pages.
search-walled-instagram = Instagram lets nobody search it. What is left: a Google alert on “site:instagram.com YOUR BRAND”, read by `search: google-alerts`, and the notification mails of your own account.
search-walled-x = X (Twitter) can be read only by paying for each post. What is left: a Google alert on “site:x.com YOUR BRAND”, read by `search: google-alerts`, and the notification mails of your own account.
search-walled-linkedin = LinkedIn lets nobody search it. What is left: a Google alert on “site:linkedin.com YOUR BRAND”, read by `search: google-alerts`, and the notification mails of your own page.
search-login = `{ $preset }` asks for an account: write `auth:` with basic, username (the handle) and password, an app password.

# mail — mailboxes; json — addresses to fill in; dates
mail-one-of = `mail:` takes one mailbox: `maildir: FOLDER`, or `imap:` with host, username and password.
mail-folder = `maildir` wants the path of a folder, the one that has new and cur in it.
mail-host = `host` is the name of the mail server, such as imap.example.org, without https:// and without a path.
mail-security = Without protection the password would go in clear: `security: none` is for this machine alone. Write tls or starttls.
json-placeholder = “{"{"}{ $text }{"}"}” stands for nothing in an address. What is filled in: { $known }.
json-no-place = The address has no place for `query:`: write {"{"}query{"}"} in it, or remove `query:`.
json-place-elsewhere = “{"{"}{ $text }{"}"}” is filled in only in the address of a `json:` endpoint, not under `{ $kind }:`.
date-format-letter = “{ $letters }” stands for nothing in `date_format`: dd/MM/yyyy HH:mm or %d/%m/%Y, and fixed text between apostrophes.
date-format-incomplete = `date_format` says where at least the day and the month are, in at most 80 characters: dd/MM/yyyy HH:mm for example.

# discover — vigie discover
discover-asking = { $address } …
discover-engine = Engine: { $engine }.
discover-no-topics = The preset `{ $preset }` finds no list of topics on this page: give the address of a forum, that of the list of its topics.
discover-nothing = { $input }: no source found. A site without a feed is read by `page:` and selectors, or by `search: google-alerts` with “site:”.
discover-left-out = Left out, not a public http or https address: { $address }
discover-no-feed = Left out, not a feed that is open to all: { $address }
discover-cannot-read = { $file } cannot be read: { $reason }
discover-no-opml = { $file } is not an OPML list.

# watchlist: expressions, lists, limits, query lines
config-stands-alone = `{ $key }` stands alone in its block: put `{ $other }` into another item (one more dash), or both under `all:`.
config-within-what = `within` says where `{ $with }` must hold: write `{ $with }:` beside it, or remove it.
config-mask-unless = `unless` goes with `term`: write term: the passage to mask, then unless: what lets it count.
config-sequence-of-one = A sequence has two items at least.
config-no-lists = The list “{ $list }” does not exist: this file has no `lists:`.
config-unknown-list = The list “{ $list }” does not exist in this file; there are: { $lists }.
config-unknown-list-near = The list “{ $list }” does not exist in this file; probably “{ $near }”.
config-list-in-lists = A list of `lists:` does not name another: write its terms here.
config-listed = Lists bring more than { $most } terms into this file here: that is too many.
config-day = “{ $text }” is not a day: write it like 2026-11-20 (year-month-day).
config-days-order = `until` is before `from` ({ $from }): no day is left.
config-match-and-query = `query` and `match` say the same thing in two ways: keep one of them.
config-line-empty = A search is missing here: words, or parentheses that hold some.
config-line-unclosed = The sign { $word } is never closed in this query.
config-line-unopened = This parenthesis closes nothing.
config-line-operand = Something is missing beside “{ $word }”: a word, a "phrase" or parentheses.
config-line-mixed = AND and OR follow each other: tools do not agree on what that means. Use parentheses.
config-line-or-not = “OR NOT” would find nearly everything: write NOT alone, after parentheses.
config-line-only-not = NOT alone would find nearly everything: also write what is to be found.
config-line-lowercase = “{ $word }”: in capitals it is an operator; if it is a word to look for, put it in quotes.
config-line-separator = “{ $word }” between words is no operator: write OR for either of them, AND for both; if it belongs to a text, put the text in quotes.
config-line-field = The field “{ $word }” does not exist here; there are title: author: site: lang: source: company:. If it is a text, put it in quotes.
config-line-distance = “{ $word }” is not a number of words: write NEAR/5, ONEAR/5, "two words"~5 or ATLEAST/2, up to 1000.
config-line-deep = More than 64 parentheses or operators inside one another: this query is not read any further.
config-line-long = This query is over 100,000 characters: spread it, or use `match:` and `lists:`.
config-why-but = “{ $term }” is in it (at { $at }), but { $reason }
config-why-no-company = “{ $term }” does not act as a company in it (`company`).
config-why-apart = the two sides of `near` are too far apart (words: { $words }).
config-why-order = the items of `sequence` do not follow in this order (words: { $words }).
config-why-times = { $times } are needed (`at_least`), { $found } are there.
config-why-sentence = not in the same sentence (`within: sentence`).

# report, digest: reports and digests
report-weekday-1 = Monday
report-weekday-2 = Tuesday
report-weekday-3 = Wednesday
report-weekday-4 = Thursday
report-weekday-5 = Friday
report-weekday-6 = Saturday
report-weekday-7 = Sunday
report-month-1 = January
report-month-2 = February
report-month-3 = March
report-month-4 = April
report-month-5 = May
report-month-6 = June
report-month-7 = July
report-month-8 = August
report-month-9 = September
report-month-10 = October
report-month-11 = November
report-month-12 = December
report-period-hours = { $from } to { $to }
report-period-days = { $from } to { $to }
report-period-week = week of { $from } to { $to }
report-first-day = 1
report-before-day = the day before
report-before-week = the week before
report-before-month = the month before
report-before-period = the period before
report-mentions = { $count ->
    [one] { $number } mention
   *[other] { $number } mentions
}
report-verdict = { $name }: { $mentions }, net tone { $net }
report-verdict-toneless = { $name }: { $mentions }
report-verdict-none = { $name }: no mention
report-subject = { $period }: { $mentions }
report-subject-none = { $period }: no mention
report-others = { $count ->
    [one] one other brand
   *[other] { $count } other brands
}
report-net = net tone { $net }
report-card-mentions = Mentions
report-card-tone = Net tone
report-card-negative = Negative
report-card-voice = Share of voice
report-series-hour = Mentions by hour
report-series-day = Mentions by day
report-series-week = Mentions by week
report-series-alt = { $title }; at most { $count } ({ $at }).
report-tone-hour = Net tone by hour
report-tone-day = Net tone by day
report-tone-week = Net tone by week
report-hour = { $hour }:00
report-labelled = { $label }: { $value }
report-rhythm = Days and hours
report-table-objectives = Objectives
report-table-campaign = Before, during, after the campaign
report-table-voice = Share of voice
report-table-brands = By brand
report-table-tags = What it is about
report-table-stories = Stories told again
report-table-sites = Busiest sites
report-table-sources = Busiest sources
report-table-authors = Busiest authors
report-table-terms = Terms found
report-at-least = at least { $value }
report-at-most = at most { $value }
report-objective-met = met
report-objective-missed = missed
report-objective-none = nothing to measure
report-figure-tone = net tone
report-figure-negative = negative share
report-figure-positive = positive share
report-figure-voice = share of voice
report-figure-mentions = mentions a day
report-phase-before = Before
report-phase-during = During
report-phase-after = After
report-per-day = { $mean } a day
report-campaign-share = share of voice { $share }
report-sites = { $count ->
    [one] { $count } site
   *[other] { $count } sites
}
report-new-sites = Sites that speak of it for the first time
report-new-sites-how = The addresses of the feeds are guessed: the command above each finds the true one.
report-new-sites-paste = In a list that has “sources:” already, paste only the lines below that key.
report-unanswered = { $count ->
    [one] { $number } negative or uncertain mention that was told has no answer noted (“vigie handled”).
   *[other] { $number } negative or uncertain mentions that were told have no answer noted (“vigie handled”).
}
report-older = { $count ->
    [one] { $number } text was there before the watch began: it is not counted.
   *[other] { $number } texts were there before the watch began: they are not counted.
}
report-repeats = { $count ->
    [one] { $number } mention comes from a page that was counted already: it is not counted twice.
   *[other] { $number } mentions come from pages that were counted already: they are not counted twice.
}
report-foot-tone = Net tone: (positive − negative) ÷ mentions of a known tone × 100, from −100 to +100. A text counts on the day when vigie read it.
report-no-brand = The brand “{ $brand }” is in no watchlist; there are: { $brands }.
report-no-brands = No brand is watched: there is nothing to report.
report-no-days = The brand “{ $brand }” has no `from:`: a campaign needs its first day.
report-not-begun = The campaign “{ $brand }” begins on { $day }: there is nothing to report yet.
report-moment = “{ $text }” is not a moment: write 7d, 24h, 2026-11-20 or 2026-11-20T08:00.
report-order = The end comes before the beginning: there is nothing left to report.
report-written = Written: { $file }
report-unwritten = { $file } cannot be written: { $reason }
digest-heading = Rule “{ $rule }” · { $period }
digest-told = told already
digest-unanswered = No answer noted ({ $number })
digest-unanswered-how = Already handled? “vigie handled { $ids }” notes it.
digest-unanswered-more = { $count ->
    [one] One more: “vigie mentions --unanswered”.
   *[other] { $number } more: “vigie mentions --unanswered”.
}
digest-worst = The most negative
digest-waited = { $count ->
    [one] One mention that waited for this digest
   *[other] { $number } mentions that waited for this digest
}
digest-brands = { $count } brands
digest-silence = { $well ->
    [one] The source answers: this is silence, not an outage.
   *[other] All { $well } sources answer: this is silence, not an outage.
}
digest-well = { $well ->
    [one] All is well with the sources: the one there is answers.
   *[other] All is well with the sources: all { $well } answer.
}

# mentions, forget
mentions-head-date = date
mentions-head-brand = brand
mentions-head-tone = tone
mentions-head-site = site
mentions-head-title = title
mentions-more = … and others: --limit shows more.
mentions-bad-words = The search “{ $text }” has no word to look for.
forget-what = Say whom or what to forget, in one way: --author NAME, --url ADDRESS or --mention NUMBER.
forget-done = Erased: { $mentions ->
        [one] { $mentions } mention
       *[other] { $mentions } mentions
    }, { $texts ->
        [one] { $texts } kept text
       *[other] { $texts } kept texts
    }, { $messages ->
        [one] { $messages } undelivered message
       *[other] { $messages } undelivered messages
    }.
forget-nothing = Nothing to erase: the store has no trace of it. The request is on record.
forget-retention = Deleted past retention: { $mentions ->
        [one] { $mentions } mention
       *[other] { $mentions } mentions
    }, { $texts ->
        [one] { $texts } kept text
       *[other] { $texts } kept texts
    }, { $messages ->
        [one] { $messages } message
       *[other] { $messages } messages
    }.
forget-record = On record: { $time }, hash { $hash }
forget-record-retention = On record: { $time }
forget-no-records = Nothing was erased so far.
config-objective-bounds = This objective has no bound: add `at_least:` or `at_most:`.
config-objective-order = `at_least` is above `at_most`: nothing can meet this objective.
config-objective-number = “{ $text }” is not a possible value of `{ $figure }`: a number from { $least } to { $most }.

# sentiment: the key `sentiment:` and the thresholds

config-sentiment-valence = “{ $word }”: “{ $text }” is not a tone: write a number from -4 (very negative) to 4 (very positive), or 0 for no tone.
config-sentiment-word = “{ $word }”: a word, or an idiom of { $most } words at most, without a sign on its own.
config-sentiment-many = `{ $key }` has more than { $most } lines: keep those that correct the lexicon.
config-sentiment-threshold = “{ $text }” is not a threshold: write reviews, posts, news, or a number between 0 and 1 such as 0.3.

# correct, evaluate: vigie correct, vigie sentiment --evaluate

correct-done = Mention { $mention }: noted as { $tone }. `vigie sentiment --evaluate` will count it.
correct-no-mention = No mention { $mention }: `vigie mentions` shows the numbers.
evaluate-none = No corrected mention. Where a tone is wrong: vigie correct NUMBER --polarity negative (or neutral, positive).
evaluate-watchlists = The watchlists have errors: `vigie check` shows them.
evaluate-folder = The folder { $folder } cannot be read: { $error }
evaluate-right = { $team }: { $right } of { $all } corrected { $all ->
    [one] mention has
   *[other] mentions have
} the right tone now.
evaluate-corner = said ↓ found →
evaluate-wrong = Still wrong (found → said):
evaluate-more = and { $count } more
evaluate-words = Words to add to { $team }:
evaluate-gain = mends { $mended }{ $broken ->
    [0] {""}
   *[other] , breaks { $broken }
}

# backup, restore, doctor

backup-done = { $file }: { $kilobytes } kB, checked. Keep it somewhere else than on this machine.
backup-failed = { $file }: no backup was made: { $error }
restore-running = The daemon is running (process { $pid }): stop it first, for example with systemctl stop vigie.
run-store-damaged = { $path }: the database is damaged ({ $fault }). It is kept as it is; put the last backup in its place with `vigie restore BACKUP`, or move it away to begin anew.
restore-done = { $store }: restored.
restore-done-aside = { $store }: restored. The database that was there is kept: { $aside }
restore-failed = { $file }: nothing was restored: { $error }
doctor-files =
    { $file } and the watchlists are fine: { $brands ->
        [one] { $brands } brand
       *[other] { $brands } brands
    }, { $terms ->
        [one] { $terms } term
       *[other] { $terms } terms
    }, { $sources ->
        [one] { $sources } source
       *[other] { $sources } sources
    }.
doctor-files-refused = { $file } or a watchlist has errors: run `vigie check`.
doctor-credential = { $text }
doctor-no-store = { $path } does not exist yet: the first `vigie run` makes the database.
doctor-store = { $path }: the database is sound.
doctor-store-damaged = { $path }: the database is damaged ({ $fault }). Stop the daemon, then `vigie restore` with the last backup.
doctor-store-unread = { $path } cannot be read: { $error }
doctor-running = The daemon is running (process { $pid }).
doctor-not-running = The daemon is not running: systemctl start vigie, or vigie run.
doctor-dead-letters = { $count ->
    [one] One message was never sent
   *[other] { $count } messages were never sent
}: `vigie status` says why.
doctor-disk = { $folder }: { $megabytes } MB free.
doctor-disk-full = { $folder }: only { $megabytes } MB free. Make room, or lower `retention`.
doctor-disk-unread = { $folder }: the free space cannot be read: { $error }
doctor-clock = The clock is right.
doctor-clock-off = The clock is { $seconds } s off the web's: turn synchronisation on (timedatectl set-ntp true).
doctor-clock-back = The clock went back: sources were read “in the future”. Check the date (timedatectl).
doctor-names = { $count ->
    [one] The host name is found.
   *[other] All { $count } host names are found.
}
doctor-names-unknown = { $unknown ->
    [one] One host name of { $count } is not found
   *[other] { $unknown } host names of { $count } are not found
}: { $named }. Check the addresses of the sources.
doctor-names-none = None of the { $count } host names is found: check the network and /etc/resolv.conf.
doctor-names-slow = Host names are not found within { $seconds } s: check the network and /etc/resolv.conf.
doctor-mail = { $server }: the mail server lets vigie in. `vigie send-test CHANNEL` sends a real message.
doctor-mail-ill = The mail server does not let vigie in: { $error }
doctor-replies = { $mailbox }: answers to mails can be read.
doctor-replies-ill = { $mailbox }: answers to mails cannot be read: { $error }

## access: what a source sends of secrets

access-place = A secret stands in an address's path or parameters, as in /private.rss?token={"{"}secret:NAME{"}"}; for a name and a password there is `auth: {"{"}basic: …{"}"}`.
access-username = A user name has no colon and no line break.
access-auth = `auth` has either `basic: {"{"}username: NAME, password: {"{"}credential: NAME{"}"}{"}"}` or `bearer: {"{"}credential: NAME{"}"}`.
access-credential-only = In a watchlist, `{ $key }` is named alone as {"{"}credential: NAME{"}"}, and vigie.yaml lists that name under `watchlist_credentials`.
access-literal = A secret is not written into a watchlist. Name it: { $key }: {"{"}credential: NAME{"}"}, and list that name under `watchlist_credentials` in vigie.yaml.
access-not-listed = The credential “{ $name }” is not listed under `watchlist_credentials` in vigie.yaml: watchlists may name only those.
access-not-listed-near = The credential “{ $name }” is not listed under `watchlist_credentials` in vigie.yaml. Did you mean “{ $near }”?
access-header-name = “{ $name }” is not the name of a header: letters without accents, digits and hyphens.
access-header-reserved = vigie itself writes the header “{ $name }”: remove it. (The User-Agent names `fetch: contact`.)
access-header-twice = The header “{ $name }” is sent twice; `auth` is one way of writing Authorization.
access-header-value = The value of the header “{ $name }” has a line break or another control character, or is too long.

# policy: spikes, silences, escalations, moderation, mutes
spike-peak = SPIKE ×{ $factor }: { $count } mentions in { $span } (usually { $usual })
spike-peak-negative = SPIKE ×{ $factor }: { $count } negative in { $span } (usually { $usual })
spike-headline = { $brand }: { $peak }
spike-when = From { $from } to { $until }.
spike-when-day = On { $day } from { $from } to { $until }.
spike-share = { $share }% of the mentions are negative, usually { $usual }%.
spike-sites = By site
spike-foot = The usual is that of the last { $days } days, by hour of day and day of week.
notify-dry-subject = { $count ->
    [one] [vigie] { $name }: no mention for { $span }
   *[other] [vigie] { $count } brands without a mention for { $span }
}
notify-dry-verdict = { $count ->
    [one] Nothing comes any more of a brand that was spoken of all the time
   *[other] Nothing comes any more of { $count } brands that were spoken of all the time
}
notify-dry-line = no mention for { $span } ({ $date }), where { $usual } are usual
notify-dry-action = See whether its sources still answer as before: “vigie status”.
notify-heard-subject = { $count ->
    [one] [vigie] { $name }: mentions arrive again
   *[other] [vigie] { $count } brands: mentions arrive again
}
notify-heard-verdict = { $count ->
    [one] A brand that was silent is spoken of again
   *[other] { $count } brands that were silent are spoken of again
}
notify-heard-line = mentions arrive again, after { $span } of silence
notify-heard-foot = Nothing to do: mentions are told as before.
notify-dry-foot = This notice comes again daily while nothing arrives; the first mention ends it.
mute-story = story { $value }
mute-site = site { $value }
mute-author = author { $value }
mute-brand = brand { $value }
mute-done = Muted until { $until }: { $what }. To end it: vigie unmute { $id }
mute-line = { $id } · { $what } · until { $until }
mute-none = Nothing is muted.
mute-none-such = There is no mute { $id }: vigie mute --list shows them.
mute-ended = Mute { $id } ended.
mute-no-story = “{ $text }” is not a story: twelve hexadecimal digits, as vigie mentions --json shows them.
mute-until = “{ $text }” is not an end: a day (2026-12-01), a moment (2026-12-01T08:00) or a duration (7d).
mute-past = This end is over: { $until }.
handled-done = { $count ->
    [one] One mention is taken care of: it will not be escalated.
   *[other] { $count } mentions are taken care of: they will not be escalated.
}
handled-beside = { $count ->
    [one] And one republication of the same message.
   *[other] And { $count } republications of the same message.
}
handled-missing = { $count ->
    [one] One of these numbers is no mention’s: vigie mentions shows them.
   *[other] { $count } of these numbers are no mention’s: vigie mentions shows them.
}
mail-subject-escalation = No answer:
mail-verdict-escalation = Nobody answered for { $span } · { $verdict }
mail-verdict-moderation = To be moderated · { $verdict }
mail-foot-handled = Somebody takes care? “vigie handled { $ids }” stops the escalation.
moderation-subject = To moderate ({ $tags }):
moderation-tag-insult = insult
moderation-tag-hate = hate
moderation-tag-racism = racism
moderation-tag-threat = threat
moderation-tag-defamation = defamation
moderation-tags = Found: { $tags }
moderation-passage = “{ $text }”
moderation-copy = A copy is kept and attached: { $file }
moderation-seal = SHA-256 { $hash }

# cli::backtest
try-config-or-watchlist = --config and --watchlist go together with --backtest only.
backtest-since = --since { $written }: a number and a unit are expected, such as 7d or 12h.
backtest-off = `keep_entries` is 0: vigie keeps no texts, there is nothing to run over.
backtest-shorter = Texts are kept for { $kept } (`keep_entries`): the period asked for, { $asked }, is cut to that.
backtest-nothing = No text kept since { $since }. vigie keeps the texts of what it reads for { $kept }: let `vigie run` run, then try again.
backtest-read = { $entries ->
    [one] { $entries } entry read again since { $since }.
   *[other] { $entries } entries read again since { $since }.
}
backtest-brand = brand
backtest-before = before
backtest-after = after
backtest-gained = gained
backtest-lost = lost
backtest-more = and { $count } more (all with --json)
backtest-same = No mention gained or lost.

route-now = at once ({ $reason })
route-at = { $when } ({ $reason })
route-missed = no: it does not meet `{ $key }`
route-none = no: { $reason }
route-muted = no: muted until { $until }
route-digest = counts for the digest of { $when }
route-counted = counts for the spikes
route-escalation = ; without an answer, { $to } on { $when }
route-time = --at: write a moment such as 2026-11-20T21:00.

# chat: Slack, Teams, Discord, Mattermost, Telegram, ntfy
chat-url = What { $reference } holds is not a web address: copy the one that { $service } shows, whole, with https://.
chat-telegram-token = What { $reference } holds is no bot’s token: copy the whole one that @BotFather gives, such as 123456789:AAE….
chat-telegram-chat = “{ $text }” is no chat of Telegram: write its number, such as -1001234567890, or the "@name" of a public channel.
chat-ntfy-token = What { $reference } holds is no token of ntfy: no spaces, no accents.
chat-ntfy-topic = A topic of ntfy has 1 to 64 letters without accents, digits, - and _.
chat-ntfy-public = On ntfy.sh, whoever guesses this topic reads your alerts: make it long, give it by reference ({"{"}credential: NAME{"}"}), or reserve it and add `token:`.
chat-server = `server` takes the address of a server, such as { $usual }, without “?” and “#”.
chat-not-a-chat = this message was made for another service
chat-said = { $service } answered { $status }: { $said }
chat-said-nothing = { $service } answered { $status }
chat-moved = the chat has another number now: write chat: { $chat } into vigie.yaml
chat-copy = Copy kept by vigie, SHA-256 { $hash }
chat-id = Message { $id }
chat-quote = “{ $text }”
chat-untitled = (no title)

# atom: Atom files of mentions
atom-title = vigie: { $brand }
atom-because = { $tone } · { $site } · because { $terms }

# notify::answers
answer-mine = I take it
answer-handled = Handled
answer-not-us = Not us
answer-positive = Positive tone
answer-neutral = Neutral tone
answer-negative = Negative tone
answer-mute-story = Mute for 7 days
answer-forward = Forward to { $channel }
answer-all = For all:
answer-hint-links = Each action’s link opens a message ready to be sent.
answer-hint = To act, answer this mail with a word in its first line: “handled”, “mine”, “not us”, “positive”, “neutral”, “negative”, “mute”, “forward to” and a channel’s name.
answer-hint-several = To act, answer this mail with a word in its first line, for all these mentions: “handled”, “mine”, “forward to” and a channel’s name.
answer-escalates = Without an answer, others will be told.
mail-subject-forward = Forwarded:
mail-verdict-forward = Forwarded by { $by } · { $verdict }
mail-reason-forwarded = Sent here because a colleague asked for it.
mentions-reason-Forwarded = forwarded by a colleague
mentions-handled = Taken care of since { $time }
mentions-handled-by = Taken by { $by } on { $time }
mentions-reply = { $time } · { $by }: { $action } ({ $state })
mentions-reply-done = done
mentions-reply-waits = under way
mentions-reply-refused = refused: { $reason }
replies-action-handled = handled
replies-action-mine = takes it
replies-action-not_us = not us
replies-action-positive = positive tone
replies-action-neutral = neutral tone
replies-action-negative = negative tone
replies-action-mute_story = story muted
replies-action-forward = forward
status-spikes = Spikes
status-spike = { $time }: { $outcome } · { $count } mentions, usually { $usual }, from { $from } to { $until }
status-spike-negative = { $time }: { $outcome } · { $count } negative, usually { $usual }, from { $from } to { $until }
status-spike-Told = told
status-spike-QuietHours = waits for the rule’s hours
status-spike-Cooldown = not told, one was told a short while ago
status-spike-Muted = not told, none without what is muted
status-replies = Answers by mail: { $mailbox }
status-replies-counts = { $taken ->
    [one] { $taken } taken
   *[other] { $taken } taken
}, { $refused ->
    [one] { $refused } refused
   *[other] { $refused } refused
}
status-replies-refusal = last refusal: { $time }, { $from }, { $reason }
status-replies-which-tone = “wrong tone” leaves open which one is right: answer “positive”, “neutral” or “negative”.
status-replies-do = Check the mailbox and its rights: `vigie doctor`, then the log.

# config
replies-one-of = `replies:` takes one mailbox: `maildir: FOLDER`, or `imap:` with host, username and password.
replies-token = In “{ $text }” the token may stand once, before the @, with { $rest } other characters there at most: mail servers take 64. For example `vigie+{"{token}"}@acme.example`.
replies-need-smtp = `replies` is of no use without `smtp:`: no mail goes out, no answer will come.
config-template = A template that cannot be used: { $detail }. The built-in one stands in for it.
config-templates-near = “{ $name }” stands in for no template: did you mean “{ $near }”?
config-template-empty = This template does not show the mention: “{ $missing }” is missing.
config-template-long = This template makes a mail of { $bytes } bytes: past { $most }, mail programs cut it.
correct-stranger = Mention { $mention } does not speak of the brand: it counts no more, and its story is muted for 7 days.
correct-example = So that it does not come again, in the brand `{ $brand }`: examples: {"{"}ignore: [{ $text }]{"}"}
config-init-templates = None of the templates is needed: keep those that you change, delete the others, then `templates: { $folder }` in vigie.yaml.

# telemetry: how far a long command is
progress-sources = { $done } of { $all } sources asked, { $seconds } s
progress-entries = { $count } texts read again, { $seconds } s
progress-lines = Line { $count }, { $seconds } s
progress-source = The source is asked, { $seconds } s
progress-backup = The database is copied and checked: { $megabytes } MB, { $seconds } s
progress-restore = The backup is checked and put in its place, { $seconds } s
progress-report = The figures are counted, { $seconds } s
progress-forget = The database is searched for traces, { $seconds } s
progress-evaluate = Corrected mentions are scored again, { $seconds } s
progress-doctor = vigie looks at the database, the names, the clock and the mail server, { $seconds } s

# try: lines of --jsonl
try-line-object = This line is not a JSON object: write {"{"}"id": 1, "text": "…"{"}"} on one line.
try-line-json = This is not readable as JSON: the error is at character { $column } of the line.
try-line-encoding = This line is not in UTF-8.
try-line-number = A number of this line is too large.
try-line-text = `{ $field }` takes a text in quotes.
try-line-time = “{ $text }” is not a time for `published`: write it like "2026-11-20T08:00:00Z".
try-line-twice = A field is written twice in this object.
try-line-without-text = `title` or `text` is missing: one of the two is enough.
try-line-long = This line is over { $most } MiB.

# watchlist: terms and query lines
config-escape = Between double quotes a backslash has another meaning: use single quotes.
config-term-address = This address has no domain name: a term for an address is written orange.fr or orange.fr/page.
config-term-field = “{ $sign }:” is not a field here; there are title: author: site: lang: source:. An address is written without a field, like orange.fr/page; for the text itself, put \ before the colon.
config-term-company = `company:` is not a term here: write it as a key, for example {"{"}company: orange{"}"}.
config-company-name = `company` takes a plain name, without “{ $sign }”: it is looked for in all its spellings anyway.
config-term-inside = The sign “{ $sign }” inside a word means nothing: put spaces around the parenthesis, or the sign at the start of the term.
config-term-alternative = One of the alternatives is empty: it would find everything. Remove the “|” that is too many.
config-term-escape = “{ $sign }” needs no \: remove it.
config-term-joining = “{ $word }” joins nothing inside a term: write these words under `any:`, `all:` or `near:`, or the whole search under `query:` in place of `match:`. If it is the text itself, write “{ $word }” in small letters.
config-wildcard-domain = A domain includes its subdomains already: write it without *.
config-wildcard-words = * stands for letters of a word, not for words: for words between two others, use `near:` or `sequence:`.
config-wildcard-question = At the end of a word, ? stands for a letter: for the question mark itself, write \?.
config-line-operator = The operator “{ $word }” does not exist here; there are AND, OR, NOT, NEAR/5, ONEAR/5, SENTENCE and ATLEAST/2.
config-line-slop = After a parenthesis, ~5 goes only with words side by side, such as (a b)~5: use NEAR/5 here.

# config: the structure of a file
config-expected-top = At the top of the file stand keys without a space before them, such as `{ $first }:`, and what they hold below.
config-unknown-key-top = `{ $key }` is written at the top of the file, without a space before it, not here: check the alignment.
config-unknown-key-settings = `{ $key }` is written in vigie.yaml, not in a watchlist.
config-unknown-key-watchlist = `{ $key }` is written in a watchlist, not in vigie.yaml.
config-query-beside = `query:` is not a term: it is written under the brand, in place of `match:`. Here the same words are written under `any:`, `all:` or `near:`.
config-braces = Braces around a text make it a key: put the text in quotes, without braces.
config-decimal-comma = The comma parts two items here: write the number with a point.
config-missing-colon = A colon is missing after `{ $key }`.
config-contact-form = “{ $text }” does not say where to write: give a web page or a mail address.
config-channel-twice = The channel “{ $channel }” is named twice: it receives each message once.
config-source-name-twice = A source is already called “{ $name }”, on line { $line }: alerts and filters will not tell them apart.
config-hours-whole = “{ $text }” opens and closes at the same time: that is the whole day, and `always` says so more clearly.

# try: files
try-no-brands = No brand in { $files }: there is nothing to look for. Add `brands:`.
