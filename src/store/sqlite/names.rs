//! Names, sites and addresses as they are compared, in Rust and, by functions of the connection, in SQL: SQLite
//! folds ASCII letters alone. Owns what is the same name.

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use unicode_normalization::UnicodeNormalization;

use crate::store::Result;
use crate::text::url;

/// Of `vigie_name(m.author)`: one value, whichever way the name was written.
const NAME: &str = "vigie_name";
/// Of `vigie_address(m.url)`.
const ADDRESS: &str = "vigie_address";

/// Makes the functions known to a connection.
pub(super) fn register(conn: &Connection) -> Result<()> {
    for (function, fold) in [(NAME, name as fn(&str) -> String), (ADDRESS, address)] {
        let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
        conn.create_scalar_function(function, 1, flags, move |context| {
            Ok(context.get::<Option<String>>(0)?.map(|text| fold(&text)))
        })?;
    }
    Ok(())
}

/// A name without `@` at its beginning, in lower case, composed, with plain spaces. Accents stay: `Zoe` is
/// somebody else than `Zoé`.
pub(super) fn name(text: &str) -> String {
    let plain = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // Upper case first: `ß` is `SS`, and both sigmas are one.
    let folded = plain.trim_start_matches('@').nfd().flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    folded.nfc().collect()
}

/// A site as mentions have it, from a host or an address on it.
pub(super) fn site(text: &str) -> String {
    let text = text.trim().trim_end_matches('.');
    let of_host = || url::site(&format!("https://{text}"));
    url::site(text).or_else(of_host).unwrap_or_else(|| text.to_lowercase())
}

/// What all forms of an address have in common; of what is no address, itself.
pub(super) fn address(text: &str) -> String {
    url::canonical_place(text).unwrap_or_else(|| text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_however_it_is_written() {
        let same = [
            ("@Zoé", "ZOÉ"),
            ("Zo\u{e9}", "zoe\u{301}"),
            ("Strauß", "STRAUSS"),
            ("Σωκράτης", "ΣΩΚΡΆΤΗΣ"),
            ("Łukasz", "łUKASZ"),
            ("Zoé\u{a0}Martin ", "zoé martin"),
        ];
        for (one, other) in same {
            assert_eq!(name(one), name(other));
        }
        for (one, other) in [("Zoe", "Zoé"), ("Zoé", "Zoé M."), ("a@b", "ab")] {
            assert_ne!(name(one), name(other));
        }
    }

    #[test]
    fn a_site_is_the_same_however_it_is_written() {
        let cases = [
            ("WWW.Blog.Example", "blog.example"),
            ("blog.example.", "blog.example"),
            ("https://www.blog.example/a/b", "blog.example"),
            ("Café.example", "xn--caf-dma.example"),
            ("", ""),
        ];
        for (asked, stored) in cases {
            assert_eq!(site(asked), stored);
        }
    }
}
