# What users read, in English.

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
