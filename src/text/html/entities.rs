//! Character references of HTML (WHATWG HTML, section 13.5, the names of HTML 4 and the common ones
//! of HTML 5). Owns the names; where text begins and ends is `html`'s.

use std::collections::HashMap;
use std::sync::OnceLock;

/// U+00A0 to U+00FF, in order. The only names that may stand without their semicolon.
const LATIN: &str = "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn \
    sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde \
    Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde \
    Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil \
    egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave \
    uacute ucirc uuml yacute thorn yuml";

const OTHERS: &str = "apos ' OElig Œ oelig œ Scaron Š scaron š Yuml Ÿ fnof ƒ circ ˆ tilde ˜ Alpha Α Beta Β Gamma Γ \
    Delta Δ Epsilon Ε Zeta Ζ Eta Η Theta Θ Iota Ι Kappa Κ Lambda Λ Mu Μ Nu Ν Xi Ξ Omicron Ο Pi Π Rho Ρ Sigma Σ \
    Tau Τ Upsilon Υ Phi Φ Chi Χ Psi Ψ Omega Ω alpha α beta β gamma γ delta δ epsilon ε zeta ζ eta η theta θ iota ι \
    kappa κ lambda λ mu μ nu ν xi ξ omicron ο pi π rho ρ sigmaf ς sigma σ tau τ upsilon υ phi φ chi χ psi ψ omega ω \
    thetasym ϑ upsih ϒ piv ϖ ndash – mdash — horbar ― lsquo ‘ rsquo ’ sbquo ‚ ldquo “ rdquo ” bdquo „ dagger † \
    Dagger ‡ bull • hellip … permil ‰ prime ′ Prime ″ lsaquo ‹ rsaquo › oline ‾ frasl ⁄ euro € image ℑ weierp ℘ real ℜ \
    trade ™ alefsym ℵ larr ← uarr ↑ rarr → darr ↓ harr ↔ crarr ↵ lArr ⇐ uArr ⇑ rArr ⇒ dArr ⇓ hArr ⇔ forall ∀ part ∂ \
    exist ∃ empty ∅ nabla ∇ isin ∈ notin ∉ ni ∋ prod ∏ sum ∑ minus − lowast ∗ radic √ prop ∝ infin ∞ ang ∠ and ∧ or ∨ \
    cap ∩ cup ∪ int ∫ there4 ∴ sim ∼ cong ≅ asymp ≈ ne ≠ equiv ≡ le ≤ ge ≥ sub ⊂ sup ⊃ nsub ⊄ sube ⊆ supe ⊇ oplus ⊕ \
    otimes ⊗ perp ⊥ sdot ⋅ lceil ⌈ rceil ⌉ lfloor ⌊ rfloor ⌋ lang ⟨ rang ⟩ loz ◊ spades ♠ clubs ♣ hearts ♥ diams ♦ \
    check ✓ star ☆ starf ★ phone ☎ excl ! num # dollar $ percnt % lpar ( rpar ) ast * plus + comma , period . sol / \
    colon : semi ; equals = quest ? commat @ lsqb [ rsqb ] lbrack [ rbrack ] bsol \\ Hat ^ lowbar _ grave ` lcub { \
    rcub } lbrace { rbrace } verbar | vert | hyphen ‐ dash ‐ rsquor ’ ldquor „ numero № copysr ℗ half ½ inodot ı \
    lstrok ł Lstrok Ł dstrok đ Dstrok Đ ccaron č Ccaron Č zcaron ž Zcaron Ž ecaron ě Ecaron Ě rcaron ř Rcaron Ř \
    cacute ć Cacute Ć nacute ń Nacute Ń sacute ś Sacute Ś zacute ź Zacute Ź aogon ą Aogon Ą eogon ę Eogon Ę \
    gbreve ğ Gbreve Ğ scedil ş Scedil Ş abreve ă Abreve Ă amacr ā emacr ē imacr ī omacr ō umacr ū uring ů Uring Ů";

/// White space and joiners, which cannot be written in a list that white space separates.
const INVISIBLE: &[(&str, char)] = &[
    ("ensp", '\u{2002}'),
    ("emsp", '\u{2003}'),
    ("thinsp", '\u{2009}'),
    ("hairsp", '\u{200a}'),
    ("zwnj", '\u{200c}'),
    ("zwj", '\u{200d}'),
    ("lrm", '\u{200e}'),
    ("rlm", '\u{200f}'),
    ("NoBreak", '\u{2060}'),
    ("Tab", '\t'),
    ("NewLine", '\n'),
];

/// What Windows-1252 has at 0x80 to 0x9F; references to these numbers mean it (WHATWG HTML, 13.2.5.80).
const WINDOWS_1252: [u16; 32] = [
    0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D, 0x017D,
    0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,
    0x017E, 0x0178,
];

/// The character that Windows-1252 has at 0x80 to 0x9F; but for 0x85, which is a line's end elsewhere.
pub(super) fn windows_1252(byte: u8) -> Option<char> {
    if byte == 0x85 {
        return None;
    }
    let code = *WINDOWS_1252.get(usize::from(byte.checked_sub(0x80)?))?;
    char::from_u32(code.into()).filter(|character| !character.is_control())
}

/// The longest name taken for one, in bytes.
const LONGEST: usize = 12;

/// Reads the reference at the start of `text`, which starts with `&`: the character and the bytes read.
/// Nothing when it is a plain ampersand.
#[must_use]
pub fn decode(text: &str) -> Option<(char, usize)> {
    let rest = text.strip_prefix('&')?;
    if let Some(number) = rest.strip_prefix('#') {
        return numeric(number).map(|(character, read)| (character, read + 2));
    }
    let end = rest.bytes().take(LONGEST + 1).take_while(u8::is_ascii_alphanumeric).count();
    let name = rest.get(..end).filter(|name| !name.is_empty())?;
    match rest.as_bytes().get(end) {
        Some(b';') => names().get(name).map(|(character, _)| (*character, end + 2)),
        Some(b'=') => None,
        _ => names().get(name).filter(|(_, legacy)| *legacy).map(|(character, _)| (*character, end + 1)),
    }
}

/// Decodes all references of an attribute's value.
#[must_use]
pub fn decode_all(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.contains('&') {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        let read = if let Some((character, read)) = decode(&rest[at..]) {
            out.push(character);
            read
        } else {
            out.push('&');
            1
        };
        rest = &rest[at + read..];
    }
    out.push_str(rest);
    out.into()
}

fn numeric(number: &str) -> Option<(char, usize)> {
    let (digits, radix, prefix) = match number.strip_prefix(['x', 'X']) {
        Some(hex) => (hex, 16, 1),
        None => (number, 10, 0),
    };
    let len = digits.bytes().take(9).take_while(|b| char::from(*b).is_digit(radix)).count();
    let code = u32::from_str_radix(digits.get(..len)?, radix).ok()?;
    let code = match code {
        0x80..=0x9F => u32::from(WINDOWS_1252[code as usize - 0x80]),
        code => code,
    };
    let semicolon = usize::from(digits.as_bytes().get(len) == Some(&b';'));
    Some((char::from_u32(code).filter(|c| *c != '\0').unwrap_or('\u{FFFD}'), prefix + len + semicolon))
}

/// Characters by name, and whether the name may stand without its semicolon.
fn names() -> &'static HashMap<&'static str, (char, bool)> {
    static NAMES: OnceLock<HashMap<&'static str, (char, bool)>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let mut names = HashMap::with_capacity(512);
        for (name, character) in [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"')] {
            names.insert(name, (character, true));
        }
        for (name, character) in [("AMP", '&'), ("LT", '<'), ("GT", '>'), ("QUOT", '"')] {
            names.insert(name, (character, true));
        }
        names.extend(LATIN.split_ascii_whitespace().zip('\u{A0}'..).map(|(name, character)| (name, (character, true))));
        names.extend(INVISIBLE.iter().map(|(name, character)| (*name, (*character, false))));
        let mut others = OTHERS.split_ascii_whitespace();
        while let (Some(name), Some(written)) = (others.next(), others.next()) {
            names.extend(written.chars().next().map(|character| (name, (character, false))));
        }
        names
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_give_their_character_and_length() {
        for (text, wanted) in [
            ("&eacute;t&eacute;", Some(('é', 8))),
            ("&eacute t", Some(('é', 7))),
            ("&copy=1", None),
            ("&amp;", Some(('&', 5))),
            ("&yuml;", Some(('ÿ', 6))),
            ("&oelig;", Some(('œ', 7))),
            ("&rsquo;", Some(('’', 7))),
            ("&#39;", Some(('\'', 5))),
            ("&#x2019;s", Some(('’', 8))),
            ("&#146;", Some(('’', 6))),
            ("&#0;", Some(('\u{FFFD}', 4))),
            ("&#99999999;", Some(('\u{FFFD}', 11))),
            ("&#;", None),
            ("&nosuchname;", None),
            ("& co", None),
            ("&", None),
            ("&é;", None),
        ] {
            assert_eq!(decode(text), wanted, "{text}");
        }
    }

    #[test]
    fn the_latin_names_end_where_latin_1_ends() {
        assert_eq!(LATIN.split_ascii_whitespace().count(), 96);
        assert_eq!(OTHERS.split_ascii_whitespace().count() % 2, 0);
    }

    #[test]
    fn attribute_values_are_decoded_whole() {
        assert_eq!(decode_all("?a=1&amp;b=2&c=3"), "?a=1&b=2&c=3");
        assert_eq!(decode_all("plain"), "plain");
    }
}
