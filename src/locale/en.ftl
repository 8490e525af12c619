# What users read, in English.

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
