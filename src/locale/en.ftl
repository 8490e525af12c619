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
