//! Tokens: an action on a message's mentions, for one recipient and some weeks, signed. Owns their form, 55
//! letters and digits that no mail program changes, and what makes one good.
//!
//! Fifteen bytes (action, message, recipient, last day), the mention's row and for `Forward` the channel, then
//! 128 bits of HMAC-SHA256 over a name of this form, those bytes and the recipient's address; in base32 (RFC
//! 4648, lower case, no padding), since subjects are folded and sometimes change their case.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;

use super::{Action, folded, recipient_tag};
use crate::mention::Polarity;

/// How long a token is good.
pub const VALID: std::time::Duration = std::time::Duration::from_hours(30 * 24);

/// Binds a signature to this form: the key signs nothing else by accident.
const FORM: &[u8] = b"vigie action 1\0";
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
/// Bytes of the signature.
const SEAL: usize = 16;
/// Bytes before the mention's row.
const HEAD: usize = 15;
/// Bytes of a token: of the shortest row, and of the longest with a channel.
const BYTES: std::ops::RangeInclusive<usize> = HEAD + 1 + SEAL..=HEAD + 10 + 4 + SEAL;
/// The local part of a Message-ID that is a token begins so.
const REFERENCE: &str = "vigie.";
const DAY: i64 = 86_400;

/// What a token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// What is asked for; absent: a word of the answer says it.
    pub action: Option<Action>,
    /// The first 64 bits of the message's id.
    pub message: [u8; 8],
    /// The mention's row; absent: all of the message.
    pub mention: Option<i64>,
    /// The day after the last one on which it is good, in days since 1970, UTC.
    expires: u16,
    recipient: [u8; 4],
}

/// Why a token is none, or none for whoever sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not of this form.
    #[error("the token is none")]
    Unreadable,
    /// It was made for somebody else.
    #[error("the token was sent to somebody else")]
    WrongSender,
    /// Not signed by this key, or changed since.
    #[error("the signature is wrong")]
    Forged,
    /// Too old.
    #[error("the token is older than 30 days")]
    Expired,
}

impl Refused {
    /// The word of the log.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "Unreadable",
            Self::WrongSender => "WrongSender",
            Self::Forged => "Forged",
            Self::Expired => "Expired",
        }
    }
}

/// The first 64 bits of a message's id, which is hexadecimal.
#[must_use]
pub fn message_tag(id: &str) -> [u8; 8] {
    let mut tag = [0; 8];
    for (place, byte) in tag.iter_mut().enumerate() {
        *byte = id.get(2 * place..2 * place + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok()).unwrap_or(0);
    }
    tag
}

impl Token {
    /// A token made `now`.
    #[must_use]
    pub fn new(action: Option<Action>, message: &str, mention: Option<i64>, recipient: &str, now: Timestamp) -> Self {
        let last = now.as_second().div_euclid(DAY) + VALID.as_secs().cast_signed() / DAY + 1;
        Self {
            action,
            message: message_tag(message),
            mention: mention.filter(|row| *row > 0),
            expires: u16::try_from(last).unwrap_or(u16::MAX),
            recipient: recipient_tag(recipient),
        }
    }

    /// From when on it is not good any more.
    #[must_use]
    pub fn expires(&self) -> Timestamp {
        Timestamp::from_second(i64::from(self.expires) * DAY).unwrap_or(Timestamp::MAX)
    }

    fn pack(&self) -> Vec<u8> {
        let mut bytes = vec![code(self.action)];
        bytes.extend(self.message);
        bytes.extend(self.recipient);
        bytes.extend(self.expires.to_be_bytes());
        let mut row = self.mention.unwrap_or(0).cast_unsigned();
        while row >= 0x80 {
            bytes.push(row as u8 | 0x80);
            row >>= 7;
        }
        bytes.push(row as u8);
        if let Some(Action::Forward(channel)) = self.action {
            bytes.extend(channel.to_be_bytes());
        }
        bytes
    }

    fn unpack(bytes: &[u8]) -> Option<Self> {
        let (head, rest) = bytes.split_at_checked(HEAD)?;
        let (mut row, mut used) = (0_u64, 0);
        for (place, byte) in rest.iter().enumerate().take(10) {
            row |= u64::from(byte & 0x7f).checked_shl(7 * place as u32)?;
            if byte & 0x80 == 0 {
                used = place + 1;
                break;
            }
        }
        let channel = rest.get(used..).filter(|_| used > 0)?;
        let row = i64::try_from(row).ok()?;
        Some(Self {
            action: action(head[0], channel).ok()?,
            message: head[1..9].try_into().ok()?,
            mention: (row > 0).then_some(row),
            recipient: head[9..13].try_into().ok()?,
            expires: u16::from_be_bytes([head[13], head[14]]),
        })
    }
}

const fn code(action: Option<Action>) -> u8 {
    match action {
        None => 0,
        Some(Action::Handled) => 1,
        Some(Action::Mine) => 2,
        Some(Action::NotUs) => 3,
        Some(Action::Tone(Polarity::Positive)) => 4,
        Some(Action::Tone(Polarity::Neutral)) => 5,
        Some(Action::Tone(_)) => 6,
        Some(Action::MuteStory) => 7,
        Some(Action::Forward(_)) => 8,
    }
}

fn action(code: u8, channel: &[u8]) -> Result<Option<Action>, Refused> {
    let action = match code {
        0 => None,
        1 => Some(Action::Handled),
        2 => Some(Action::Mine),
        3 => Some(Action::NotUs),
        4 => Some(Action::Tone(Polarity::Positive)),
        5 => Some(Action::Tone(Polarity::Neutral)),
        6 => Some(Action::Tone(Polarity::Negative)),
        7 => Some(Action::MuteStory),
        8 => {
            let channel = channel.try_into().map_err(|_| Refused::Unreadable)?;
            return Ok(Some(Action::Forward(u32::from_be_bytes(channel))));
        }
        _ => return Err(Refused::Unreadable),
    };
    if channel.is_empty() { Ok(action) } else { Err(Refused::Unreadable) }
}

/// Signs tokens and tells its own from others.
#[derive(Clone, PartialEq, Eq)]
pub struct Signer([u8; 32]);

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer(•••)")
    }
}

impl Signer {
    /// With a key that nobody else knows.
    #[must_use]
    pub const fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    fn mac(&self, payload: &[u8], address: &str) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(FORM);
        mac.update(payload);
        mac.update(folded(address).as_bytes());
        mac
    }

    /// The token as text, for the recipient that it was made for.
    #[must_use]
    pub fn sign(&self, token: &Token, recipient: &str) -> String {
        let mut bytes = token.pack();
        let seal = self.mac(&bytes, recipient).finalize().into_bytes();
        bytes.extend(&seal[..SEAL]);
        encode(&bytes)
    }

    /// Reads a token that came from an address.
    ///
    /// # Errors
    /// [`Refused`]: anything but a token of this key, for this address, that is still good.
    pub fn read(&self, text: &str, from: &str, now: Timestamp) -> Result<Token, Refused> {
        let bytes = decode(text).filter(|bytes| BYTES.contains(&bytes.len())).ok_or(Refused::Unreadable)?;
        let (payload, seal) = bytes.split_at(bytes.len() - SEAL);
        let token = Token::unpack(payload).ok_or(Refused::Unreadable)?;
        if token.recipient != recipient_tag(from) {
            return Err(Refused::WrongSender);
        }
        self.mac(payload, from).verify_truncated_left(seal).map_err(|_| Refused::Forged)?;
        if now >= token.expires() {
            return Err(Refused::Expired);
        }
        Ok(token)
    }
}

fn encode(bytes: &[u8]) -> String {
    let (mut text, mut held, mut bits) = (String::new(), 0_u32, 0);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(ALPHABET[(held >> bits & 31) as usize]));
        }
    }
    if bits > 0 {
        text.push(char::from(ALPHABET[(held << (5 - bits) & 31) as usize]));
    }
    text
}

/// Nothing where another text would mean the same bytes: the bits behind the last byte are nought.
fn decode(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    for byte in text.bytes() {
        let value = ALPHABET.iter().position(|letter| *letter == byte.to_ascii_lowercase())?;
        held = held << 5 | value as u32;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits & 255) as u8);
        }
    }
    (encode(&bytes).len() == text.len() && held & ((1 << bits) - 1) == 0).then_some(bytes)
}

/// True for what may be a token by its looks.
fn looks_right(text: &str) -> bool {
    let length = |bytes: usize| (8 * bytes).div_ceil(5);
    (length(*BYTES.start())..=length(*BYTES.end())).contains(&text.len())
        && text.bytes().all(|byte| ALPHABET.contains(&byte.to_ascii_lowercase()))
}

/// The token between brackets in a subject; of several the last. White space in it is a fold.
#[must_use]
pub fn in_subject(subject: &str) -> Option<String> {
    subject
        .rsplit('[')
        .take(8)
        .filter_map(|rest| rest.split_once(']'))
        .map(|(inside, _)| inside.split_whitespace().collect::<String>())
        .find(|inside| looks_right(inside))
}

/// The Message-ID, without its brackets, that an answer carries among its References: how a plain answer
/// shows that its sender got the mail.
#[must_use]
pub fn reference(token: &str, domain: &str) -> String {
    format!("{REFERENCE}{token}@{domain}")
}

/// The token that a Message-ID is made of.
#[must_use]
pub fn in_reference(id: &str) -> Option<&str> {
    let local = id.trim().trim_start_matches('<').split('@').next()?;
    let start = local.get(..REFERENCE.len()).filter(|start| start.eq_ignore_ascii_case(REFERENCE))?;
    Some(&local[start.len()..]).filter(|token| looks_right(token))
}

/// Characters of a token that stands for a whole message and no action, as a mail's own address carries it.
pub const WHOLE: usize = (8 * (HEAD + 1 + SEAL)).div_ceil(5);

/// The token in the part of an address before its `@`; a plus, a hyphen or an equals sign part it from the rest.
#[must_use]
pub fn in_address(address: &str) -> Option<&str> {
    let (local, _) = address.rsplit_once('@')?;
    local.rsplit(['+', '-', '=', '.', '_', '#']).find(|part| looks_right(part))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ID: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
    const CM: &str = "cm@acme.example";

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + seconds).unwrap()
    }

    fn signer() -> Signer {
        Signer::new([7; 32])
    }

    fn actions() -> impl Strategy<Value = Option<Action>> {
        prop_oneof![
            Just(None),
            Just(Some(Action::Handled)),
            Just(Some(Action::Mine)),
            Just(Some(Action::NotUs)),
            Just(Some(Action::Tone(Polarity::Negative))),
            Just(Some(Action::Tone(Polarity::Neutral))),
            Just(Some(Action::Tone(Polarity::Positive))),
            Just(Some(Action::MuteStory)),
            any::<u32>().prop_map(|channel| Some(Action::Forward(channel))),
        ]
    }

    #[test]
    fn a_usual_token_fits_a_line_and_its_key_is_never_shown() {
        let token = Token::new(Some(Action::Mine), ID, Some(1204), CM, at(0));
        let text = signer().sign(&token, CM);
        assert_eq!(text.len(), 53, "{text}");
        assert!(!format!("{:?}", signer()).contains('7'));
    }

    #[test]
    fn a_token_is_refused_by_name() {
        let token = Token::new(Some(Action::Handled), ID, Some(12), CM, at(0));
        let text = signer().sign(&token, CM);
        let day = 86_400;
        for (text, from, seconds, expected) in [
            (text.as_str(), CM, 0, Ok(token)),
            (&text.to_uppercase(), "CM@Acme.example", 30 * day, Ok(token)),
            (&text, CM, 31 * day, Err(Refused::Expired)),
            (&text, "boss@acme.example", 0, Err(Refused::WrongSender)),
            (&text[1..], CM, 0, Err(Refused::Unreadable)),
            ("", CM, 0, Err(Refused::Unreadable)),
            (&"a".repeat(500), CM, 0, Err(Refused::Unreadable)),
            (&Signer::new([8; 32]).sign(&token, CM), CM, 0, Err(Refused::Forged)),
            // The sender's tag is right, the address that was signed is not.
            (&signer().sign(&token, "boss@acme.example"), CM, 0, Err(Refused::Forged)),
        ] {
            assert_eq!(signer().read(text, from, at(seconds)), expected, "{text} {from} {seconds}");
        }
    }

    #[test]
    fn a_token_is_found_where_answers_carry_it() {
        let token = signer().sign(&Token::new(None, ID, None, CM, at(0)), CM);
        let folded = format!("{} {}", &token[..20], &token[20..]);
        for (subject, found) in [
            (format!("vigie : traité [{token}]"), true),
            (format!("Re: [vigie/orange] − Panne [{token}] (fwd)"), true),
            (format!("RE: [EXTERNE] [{folded}]"), true),
            (format!("vigie: traité {token}"), false),
            ("[vigie/orange] − Panne · lafibre.info".to_owned(), false),
            (format!("[{token}"), false),
        ] {
            assert_eq!(in_subject(&subject), found.then(|| token.clone()), "{subject}");
        }
        let id = reference(&token, "acme.example");
        assert_eq!(in_reference(&format!("<{id}>")), Some(token.as_str()));
        assert_eq!(in_reference(&format!("<{}>", id.to_uppercase())), Some(token.to_uppercase().as_str()));
        for id in [ID, "vigie.@acme.example", "vigie.short@acme.example", "", "é"] {
            assert_eq!(in_reference(id), None, "{id}");
        }
    }

    proptest! {
        #[test]
        fn a_signed_token_is_read_back(action in actions(), row in 0..i64::MAX, key in any::<[u8; 32]>()) {
            let token = Token::new(action, ID, Some(row), CM, at(0));
            let signer = Signer::new(key);
            let text = signer.sign(&token, CM);
            prop_assert!(looks_right(&text), "{}", text);
            prop_assert_eq!(in_subject(&format!("x [{text}]")), Some(text.clone()));
            prop_assert_eq!(signer.read(&text, CM, at(0)), Ok(token));
        }

        /// One letter changed, taken out, put in, or two swapped: none is taken.
        #[test]
        fn any_change_of_a_token_is_refused(
            action in actions(),
            row in 0..100_000_i64,
            at_letter in any::<prop::sample::Index>(),
            letter in "[a-zA-Z0-9=+ é-]",
            kind in 0..4_u8,
        ) {
            let text = signer().sign(&Token::new(action, ID, Some(row), CM, at(0)), CM);
            let place = at_letter.index(text.len());
            let mut changed: Vec<char> = text.chars().collect();
            let new = letter.chars().next().unwrap();
            match kind {
                0 => changed[place] = new,
                1 => drop(changed.remove(place)),
                2 => changed.insert(place, new),
                _ => changed.swap(place, (place + 1) % text.len()),
            }
            let changed: String = changed.into_iter().collect();
            prop_assume!(changed.to_lowercase() != text);
            prop_assert!(signer().read(&changed, CM, at(0)).is_err(), "{} for {}", changed, text);
        }

        #[test]
        fn nothing_makes_the_reader_fail(text in "\\PC{0,120}", from in "\\PC{0,20}") {
            let _ = signer().read(&text, &from, at(0));
            let _ = (in_subject(&text), in_reference(&text));
        }
    }
}
