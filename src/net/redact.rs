//! Addresses as people may see them: without user info and without secret parameters. Works on the text,
//! so that an address as written, with placeholders or mistakes, is shown as written.

/// Stands for what is not shown.
const HIDDEN: &str = "•••";

/// Words that make a parameter's value a secret.
const SECRET_WORDS: &[&str] = &["token", "key", "auth", "password", "secret"];

/// Endings that do so where the words are run together: `accesstoken`, `apikey`.
const SECRET_ENDINGS: &[&str] = &["token", "apikey", "password", "secret"];

/// The address with its user info and the values of `token`, `key`, `auth`, `password` and `secret`
/// parameters (`api_key`, `accessToken` too) as `•••`.
#[must_use]
pub fn redact(address: &str) -> String {
    let (start, end) = authority(address);
    let mut shown = String::with_capacity(address.len());
    shown.push_str(&address[..start]);
    // The last @ ends the user info: parsers take earlier ones for a part of the password.
    match address[start..end].rfind('@') {
        Some(at) => {
            shown.push_str(HIDDEN);
            shown.push_str(&address[start + at..end]);
        }
        None => shown.push_str(&address[start..end]),
    }
    let rest = &address[end..];
    let query = rest.find(['?', '#']).map_or(rest.len(), |at| at + 1);
    shown.push_str(&rest[..query]);
    for part in rest[query..].split_inclusive(['&', ';', '#', '?']) {
        match part.split_once('=') {
            Some((name, value)) if is_secret(name) => {
                shown.push_str(name);
                shown.push('=');
                shown.push_str(HIDDEN);
                if let Some(separator) = value.chars().last().filter(|last| ['&', ';', '#', '?'].contains(last)) {
                    shown.push(separator);
                }
            }
            _ => shown.push_str(part),
        }
    }
    shown
}

/// Where the authority stands: after the scheme and its slashes (either way round, as browsers read them),
/// up to the path.
fn authority(address: &str) -> (usize, usize) {
    let scheme = address.find("://").or_else(|| {
        // `https:\\`, `https:/`: mended by URL parsers, so an address as well.
        let colon = address.find(':')?;
        address[colon + 1..].starts_with(['/', '\\']).then_some(colon)
    });
    let Some(colon) = scheme else { return (0, 0) };
    let after = &address[colon + 1..];
    let start = colon + 1 + (after.len() - after.trim_start_matches(['/', '\\']).len());
    let end = address[start..].find(['/', '\\', '?', '#']).map_or(address.len(), |at| start + at);
    (start, end)
}

fn is_secret(name: &str) -> bool {
    let name = decode(name);
    let folded = name.to_ascii_lowercase();
    SECRET_ENDINGS.iter().any(|ending| folded.ends_with(ending))
        || words(&name).any(|word| SECRET_WORDS.contains(&&*word))
}

/// The words of `api_key`, `accessToken`, `x-auth[0]`, in lower case.
fn words(name: &str) -> impl Iterator<Item = String> + '_ {
    let mut parted = String::with_capacity(name.len() + 4);
    let mut small = false;
    for c in name.chars() {
        if small && c.is_ascii_uppercase() {
            parted.push(' ');
        }
        small = c.is_ascii_lowercase();
        parted.push(if c.is_alphanumeric() { c.to_ascii_lowercase() } else { ' ' });
    }
    parted.split_whitespace().map(str::to_owned).collect::<Vec<_>>().into_iter()
}

/// Percent-encoded ASCII made plain: `t%6Fken` is a token to the server.
fn decode(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(at) = rest.find('%') {
        plain.push_str(&rest[..at]);
        let code = rest.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(u8::is_ascii);
        if let Some(byte) = code {
            plain.push(char::from(byte));
            rest = &rest[at + 3..];
        } else {
            plain.push('%');
            rest = &rest[at + 1..];
        }
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn secrets_are_not_shown_and_the_rest_is_shown_as_written() {
        for (written, shown) in [
            ("https://acme.example/rss.xml", "https://acme.example/rss.xml"),
            ("https://u:p@acme.example/rss", "https://•••@acme.example/rss"),
            ("https://u@p@acme.example/rss", "https://•••@acme.example/rss"),
            ("https:\\\\u:p@acme.example\\rss", "https:\\\\•••@acme.example\\rss"),
            ("https:/u:p@acme.example", "https:/•••@acme.example"),
            ("https://acme.example/@user/feed", "https://acme.example/@user/feed"),
            ("https://acme.example/?token=abc", "https://acme.example/?token=•••"),
            ("https://acme.example/?a=1&API_Key=abc&b=2", "https://acme.example/?a=1&API_Key=•••&b=2"),
            ("https://acme.example/?accessToken=a%20b;x=1", "https://acme.example/?accessToken=•••;x=1"),
            ("https://acme.example/?t%6Fken=abc#top", "https://acme.example/?t%6Fken=•••#top"),
            ("https://acme.example/#access_token=abc", "https://acme.example/#access_token=•••"),
            ("https://acme.example/?auth=a=b&password=&secret", "https://acme.example/?auth=•••&password=•••&secret"),
            ("https://acme.example/?keyword=x&author=y&monkey=z", "https://acme.example/?keyword=x&author=y&monkey=z"),
            ("https://acme.example/r?token={secret:forum}", "https://acme.example/r?token=•••"),
            ("https://acme.example/%zz?q=é%&key=é", "https://acme.example/%zz?q=é%&key=•••"),
            ("not an address", "not an address"),
            ("", ""),
        ] {
            assert_eq!(redact(written), shown, "{written}");
        }
    }

    proptest! {
        #[test]
        fn no_address_makes_it_panic_or_changes_twice(text in "\\PC{0,60}") {
            let once = redact(&text);
            prop_assert_eq!(redact(&once), once);
        }

        #[test]
        fn a_canary_never_survives(user in "[a-z]{0,4}", path in "[a-z/]{0,9}", name in "(token|api_key|Auth|password|client-secret)") {
            let shown = redact(&format!("https://{user}:CANARY@h.example/{path}?x=1&{name}=CANARY&y=2"));
            prop_assert!(!shown.contains("CANARY"), "{}", shown);
            prop_assert!(shown.ends_with("&y=2"));
        }
    }
}
