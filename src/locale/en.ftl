# What users read, in English.

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
tone-count-negative = { $count } negative
tone-count-neutral = { $count } neutral
tone-count-positive = { $count } positive
tone-count-uncertain = { $count } uncertain
tone-count-unknown = { $count } of unknown tone

mail-count = { $count ->
    [one] { $count } mention
   *[other] { $count } mentions
}
mail-verdict-one = { $brand }: one mention, { $tone }
mail-headline = { $brand }: { $count }
mail-heading = Rule “{ $rule }”
mail-because = because
mail-deciding = tone set by { $words }
mail-word = “{ $word }” { $value }
mail-tags = tags: { $tags }
mail-found = found { $when }
mail-others = { $count ->
    [one] One more mention
   *[other] { $count } more mentions
}
mail-more-sites = { $count ->
    [one] and one more site
   *[other] and { $count } more sites
}
mail-attached = All { $count } mentions are in the attached mentions.csv.
mail-reason-first = Sent at once: the first mention since the last group.
mail-reason-window = It groups what came since the message before.
mail-reason-each = One message a mention.
mail-foot-rule = Sent by the rule “{ $rule }”, { $place }.
mail-foot-well = { $well ->
    [0] No source has answered yet.
    [one] The source is well.
   *[other] All { $well } sources are well.
}
mail-foot-degraded = Sources: { $well } well, { $count } degraded: { $names }.
mail-more-sources = and { $count } more
mail-foot-change = To change or stop these mails, edit that rule and save the file: vigie reads it again at once.
mail-not-a-mail = an email channel sends mails only
notify-slow = no answer within { $seconds } s
mail-smtp-clear = without encryption only a server on this machine is accepted
mail-smtp-no-starttls = the server does not offer STARTTLS; nothing is sent in clear
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

notify-heading-coverage = Coverage
notify-heading-refusal = Configuration
notify-heading-dead_letter = Not delivered
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
notify-action-moved = Look for the new address and mend the line in the watchlist.
notify-action-refused = Open the address in a browser; ask the site for access or for another feed.
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
notify-test-foot = Sent by vigie send-test.
