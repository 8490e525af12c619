//! Hides literal secrets in lines that are shown. Works on text, because a line is shown also when the
//! file cannot be parsed; hides too much rather than too little.

use super::keys;

/// What stands in a secret's place.
const HIDDEN: &str = "•••";

/// Keys whose value is a secret, also where another word ends so.
const KEYS: [&str; 14] = [
    "password",
    "secret",
    "token",
    "bearer",
    "mot_de_passe",
    "mot de passe",
    "motdepasse",
    "passwd",
    "passphrase",
    "authorization",
    "cookie",
    "-key",
    "_key",
    "apikey",
];

/// Those that other words end with too: keys only where a key starts.
const SHORT: [&str; 3] = ["pass", "passe", "pwd"];

/// Parameters of an address whose value is a secret.
const PARAMETERS: [&str; 9] = ["token=", "key=", "auth=", "password=", "passwd=", "pass=", "pwd=", "secret=", "sig="];

/// Keys behind which an address is a secret: who knows it can post.
const CHATS: [&str; 4] = ["slack:", "teams:", "discord:", "mattermost:"];

/// What shows such an address wherever it stands.
const HOOKS: [&str; 3] = ["://hooks.slack.", "/api/webhooks/", "/webhookb2/"];

/// Digits and letters that Mattermost's hooks are named by, at least.
const HOOK_NAME: usize = 20;

/// A line as it may be shown, and for each of its characters (and the end) its place in what is shown.
#[must_use]
pub fn mask(line: &str) -> (String, Vec<u32>) {
    let chars: Vec<char> = line.chars().collect();
    let mut hidden = vec![false; chars.len()];
    let lower: Vec<char> = chars.iter().map(char::to_ascii_lowercase).collect();
    for from in 0..lower.len() {
        for key in KEYS {
            if let Some(value) = value_of_key(&lower, from, key) {
                let end = end_of_value(&chars, from, value);
                hidden[value..end].fill(true);
            }
        }
        if let Some(key) = secret_word(&lower, from)
            && let Some(value) = value_of_key(&lower, from, &key)
        {
            let end = end_of_value(&chars, from, value);
            hidden[value..end].fill(true);
        }
        for parameter in PARAMETERS {
            if starts_with(&lower, from, parameter) && from > 0 && matches!(lower[from - 1], '?' | '&' | ';') {
                let value = from + parameter.len();
                if chars.get(value) != Some(&'{') {
                    let end = end_of(&chars, value, &['&', '#', '"', '\'', ' ', ',', '}', ']']);
                    hidden[value..end].fill(true);
                }
            }
        }
        if starts_with(&lower, from, "://") {
            let host = from + 3;
            let end = end_of(&chars, host, &['/', '?', '#', '"', '\'', ' ', ',']);
            if let Some(at) = chars[host..end].iter().rposition(|c| *c == '@') {
                hidden[host..host + at].fill(true);
            }
            let all = end_of(&chars, host, &['"', '\'', ' ', ',', '}']);
            if is_hook(&lower, from, all) {
                // A brace ends the one and not the other.
                hidden[end..all.max(end)].fill(true);
            }
        }
    }
    let mut shown = String::with_capacity(line.len());
    let mut places = Vec::with_capacity(chars.len() + 1);
    let mut column = 0;
    for (i, c) in chars.iter().enumerate() {
        places.push(column);
        if !hidden[i] {
            shown.push(*c);
            column += 1;
        } else if hidden.get(i + 1) != Some(&true) {
            shown.push_str(HIDDEN);
            column += HIDDEN.chars().count() as u32;
        }
    }
    places.push(column);
    (shown, places)
}

/// True for a line that ends at a secret's key: its value stands on the lines below.
#[must_use]
pub fn opens_secret(line: &str) -> bool {
    let before = line.split(" #").next().unwrap_or_default().trim_end();
    let key = before.strip_suffix([':', '|', '>']).unwrap_or_default().trim_end_matches([':', ' ', '|', '>', '-', '+']);
    let key = key.trim_end_matches(['"', '\'']).to_ascii_lowercase();
    let chars: Vec<char> = key.chars().collect();
    let is_last = |at: usize| secret_word(&chars, at).is_some_and(|word| at + word.chars().count() == chars.len());
    KEYS.iter().any(|name| key.ends_with(name)) || (0..chars.len()).any(is_last)
}

/// The word that starts at `from` where a key may, when a secret's key was probably meant by it.
fn secret_word(lower: &[char], from: usize) -> Option<String> {
    let of_word = |c: &char| c.is_alphanumeric() || matches!(c, '_' | '-');
    lower.get(from).filter(|c| c.is_alphabetic())?;
    let before = lower[..from].iter().rfind(|c| !matches!(c, ' ' | '\t' | '"' | '\''));
    let starts = before.is_none_or(|c| matches!(c, '-' | '{' | ',' | '[' | '?'));
    if !starts || from > 0 && lower[from - 1] != '-' && of_word(&lower[from - 1]) {
        return None;
    }
    let word: String = lower[from..].iter().take_while(|c| of_word(c)).collect();
    let last = word.rsplit(['_', '-']).next().unwrap_or_default();
    let meant = [word.as_str(), last].into_iter().any(|word| SHORT.contains(&word) || is_misspelt(word));
    meant.then_some(word)
}

/// Whether the key that is nearest to a word which is none is a secret's.
fn is_misspelt(word: &str) -> bool {
    let distance = |key: &str| {
        let length = key.chars().count();
        let farthest = (length / 3).max(1);
        // People seldom miss a word's first letter: `décret` is none of these.
        let starts = key.chars().take(2).any(|c| word.starts_with(c));
        let near = starts && word.chars().count().abs_diff(length) <= farthest;
        near.then(|| strsim::damerau_levenshtein(word, key)).filter(|distance| *distance <= farthest)
    };
    let secret = KEYS.iter().filter_map(|key| distance(key)).min();
    secret.is_some_and(|secret| keys::all().filter_map(distance).all(|other| secret <= other))
        || keys::synonyms(word).any(|key| KEYS.contains(&key))
}

/// A line below a secret's key, all of it hidden unless it holds a reference.
#[must_use]
pub fn mask_below(line: &str) -> Option<String> {
    let value = line.trim_start();
    let reference = ["credential:", "file:", "env:", "{", "#"].iter().any(|start| value.starts_with(start));
    if value.is_empty() || reference {
        return None;
    }
    Some(format!("{}{HIDDEN}", &line[..line.len() - value.len()]))
}

/// Whether the address whose `://` stands at `from`, and which ends at `end`, is a webhook of a chat.
fn is_hook(lower: &[char], from: usize, end: usize) -> bool {
    let before: String = lower[..from].iter().collect();
    let address: String = lower[from..end].iter().collect();
    let named = address
        .split("/hooks/")
        .nth(1)
        .is_some_and(|name| name.chars().take_while(char::is_ascii_alphanumeric).count() >= HOOK_NAME);
    named || CHATS.iter().any(|key| before.contains(key)) || HOOKS.iter().any(|form| address.contains(form))
}

fn starts_with(chars: &[char], from: usize, word: &str) -> bool {
    word.chars().enumerate().all(|(i, c)| chars.get(from + i) == Some(&c))
}

/// Where the value starts of a key that stands at `from`.
fn value_of_key(lower: &[char], from: usize, key: &str) -> Option<usize> {
    if !starts_with(lower, from, key) {
        return None;
    }
    let braced = from > 0 && lower[from - 1] == '{';
    let mut at = from + key.len();
    while matches!(lower.get(at), Some('"' | '\'' | ' ' | '\t' | '\u{a0}' | '\u{202f}')) {
        at += 1;
    }
    if !matches!(lower.get(at), Some(':' | '=')) || (lower[at] == '=' && from > 0 && lower[from - 1] != ' ') {
        return None;
    }
    let spaced = lower.get(at + 1).is_some_and(|c| c.is_whitespace());
    at += 1;
    while lower.get(at).is_some_and(|c| c.is_whitespace()) {
        at += 1;
    }
    // `{secret:NAME}` in an address names a secret and is none; a block's `{` opens a reference.
    if (braced && !spaced) || matches!(lower.get(at), None | Some('{')) {
        return None;
    }
    Some(at)
}

fn end_of_value(chars: &[char], key: usize, value: usize) -> usize {
    let quote = chars[value];
    if matches!(quote, '"' | '\'') {
        let close = chars[value + 1..].iter().rposition(|c| *c == quote);
        return close.map_or(chars.len(), |close| value + 1 + close + 1);
    }
    if chars[..key].contains(&'{') { end_of(chars, value, &['}']) } else { chars.len() }
}

fn end_of(chars: &[char], from: usize, stops: &[char]) -> usize {
    chars[from..].iter().position(|c| stops.contains(c)).map_or(chars.len(), |at| from + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_brace_in_a_host_is_no_end_of_the_world() {
        for line in ["https://hooks.slack.com}x/services/T0", "url: https://discord.com}/api/webhooks/1/x"] {
            let (shown, places) = mask(line);
            assert_eq!(places.len(), line.chars().count() + 1, "{shown}");
        }
    }

    #[test]
    fn a_literal_secret_never_shows() {
        for line in [
            "  password: hunter2",
            "  password: \"hunter2 # x",
            "  \"password\" : 'hunter2'",
            "  Password:hunter2",
            "smtp: {host: x, password: hunter2, prot: 3}",
            "  password:\u{a0}hunter2",
            "  secret: whsec_hunter2",
            "  password: !x hunter2 'a' b",
            "  - feed: https://bob:hunter2@forum.example/x?a=1",
            "  - feed: https://forum.example/rss?token=hunter2&a=1",
            "  password = hunter2",
            "  crisis: {slack: {url: \"https://chat.acme.example/hunter2\"}}",
            "    url: https://hooks.slack.com/services/T0/B0/hunter2",
            "    url: 'https://discord.com/api/webhooks/1/hunter2'",
            "    url: https://chat.acme.example/hooks/hunter2hunter2hunter2",
            "    url: https://x.azure.example:443/workflows/a?api-version=1&sig=hunter2",
        ] {
            let (shown, _) = mask(line);
            assert!(!shown.contains("hunter2") && shown.contains(HIDDEN), "{line} → {shown}");
        }
    }

    #[test]
    fn a_misspelt_key_hides_its_value_too() {
        for key in [
            "pasword",
            "passwd",
            "passwrod",
            "pass",
            "Pass",
            "pwd",
            "apssword",
            "secert",
            "tokn",
            "tokens",
            "toekn",
            "baerer",
            "jeton",
            "motdepasse",
            "mot_de_passe",
            "mot de passe",
            "mot-de-passe",
            "smtp_pasword",
            "smtp-passwd",
        ] {
            for line in [
                format!("  {key}: hunter2secret"),
                format!("  - {key} : 'hunter2secret'"),
                format!("smtp: {{host: x, {key}: hunter2secret, port: 3}}"),
                format!("  \"{key}\": hunter2secret # x"),
            ] {
                let (shown, _) = mask(&line);
                assert!(!shown.contains("hunter2") && shown.contains(HIDDEN), "{line} → {shown}");
            }
            assert!(opens_secret(&format!("  {key}:")), "{key}");
        }
    }

    #[test]
    fn references_and_other_lines_stay_as_they_are() {
        for line in [
            "  password: {credential: smtp_password}",
            "  - feed: https://x.example/private.rss?token={secret:forum_token}",
            "  password:",
            "      - orange secret",
            "    select: {topic: li, post: div, pages: 2, next: a}",
            "  topics: 30",
            "    near: {of: [a], with: [b], words: 6}",
            "  - le pays : France",
            "  header: x",
            "  score: 2",
            "      - Note secrète : 5 étoiles",
            "      - Compass : 5 étoiles",
            "      - Décret : 5 étoiles",
            "  from: \"Vigie <vigie@acme.example>\"",
            "  support: {webhook: {url: \"http://desk.acme.example/hooks/vigie\"}}",
        ] {
            assert_eq!(mask(line).0, line);
        }
    }

    #[test]
    fn columns_after_a_hidden_value_move_with_it() {
        let (shown, places) = mask("{password: hunter2, prot: 3}");
        assert_eq!(shown, "{password: •••}");
        assert_eq!(places.len(), 29);
        assert_eq!(places[1], 1);
    }

    #[test]
    fn a_value_below_its_key_is_hidden() {
        assert!(opens_secret("  password:") && opens_secret("  password: |") && opens_secret("  'secret':  # x"));
        assert!(!opens_secret("  host:") && !opens_secret("  password: {file: x}"));
        assert_eq!(mask_below("    hunter2").as_deref(), Some("    •••"));
        assert_eq!(mask_below("    credential: x"), None);
    }
}
