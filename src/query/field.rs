//! What stands before a colon: the fields of a term, the words that other tools and languages have for them,
//! and the fields of those tools that mean nothing here. Owns the spellings alone.

/// The prefix of a name that acts as a company; no term has it.
pub(super) const COMPANY: &str = "company:";

/// A word, in lower case, and the sign or field of a term that it is.
const FIELDS: [(&str, &str); 39] = [
    ("title", "title:"),
    ("intitle", "title:"),
    ("titre", "title:"),
    ("headline", "title:"),
    ("author", "author:"),
    ("authors", "author:"),
    ("auteur", "author:"),
    ("auteurs", "author:"),
    ("from", "author:"),
    ("site", "site:"),
    ("domain", "site:"),
    ("domaine", "site:"),
    ("sitename", "site:"),
    ("lang", "lang:"),
    ("language", "lang:"),
    ("langue", "lang:"),
    ("source", "source:"),
    ("raw", "="),
    ("intext", ""),
    ("text", ""),
    ("texte", ""),
    ("content", ""),
    ("contenu", ""),
    ("body", ""),
    ("hashtag", "#"),
    ("hashtags", "#"),
    ("at_mention", "@"),
    ("at_mentions", "@"),
    ("company", COMPANY),
    ("entreprise", COMPANY),
    ("fulltext", ""),
    ("titles", "title:"),
    ("titres", "title:"),
    ("domains", "site:"),
    ("domaines", "site:"),
    ("languages", "lang:"),
    ("langues", "lang:"),
    ("sources", "source:"),
    ("headlines", "title:"),
];

/// Fields of other tools that mean nothing here.
const OTHERS: &[&str] = &[
    "inurl",
    "allintitle",
    "allinurl",
    "allintext",
    "url",
    "urls",
    "link",
    "links",
    "country",
    "location",
    "region",
    "city",
    "continent",
    "sourcetype",
    "engagement",
    "engagementtype",
    "engagingwith",
    "reach",
    "impressions",
    "followers",
    "authorfollowers",
    "authorgender",
    "authorverified",
    "list",
    "tag",
    "filetype",
    "to",
    "date",
    "since",
    "until",
    "sentiment",
    "rating",
    "has",
    "filter",
    "pagetype",
    "parentauthor",
    "images",
    "ingress",
    "sourcename",
    "sourcecountry",
    "sourcegeo",
    "source_type",
    "post_type",
    "root_url",
    "domain_url",
    "host_url",
    "parent_url",
    "guid",
    "engagingwithguid",
    "blogname",
    "subreddit",
    "authorverifiedtype",
    "tags",
    "before",
    "after",
    "related",
    "cache",
];

/// What a word before a colon is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    /// The prefix of a term that means the same.
    Known(&'static str),
    /// Nothing here.
    Other,
}

/// A word in any case.
pub(super) fn named(word: &str) -> Option<Field> {
    let lower = word.to_lowercase();
    let known = FIELDS.iter().find(|(name, _)| *name == lower).map(|(_, prefix)| Field::Known(prefix));
    known.or_else(|| OTHERS.contains(&lower.as_str()).then_some(Field::Other))
}

/// The field that a term starts with, and what follows it. A text such as `text : x` or `to: all` is none: only
/// words for the term's own fields take a space.
pub(super) fn of_term(written: &str) -> Option<(Field, &str)> {
    let (name, rest) = written.split_once(':')?;
    let field = named(name)?;
    let takes_space =
        name != "from" && matches!(field, Field::Known("title:" | "author:" | "site:" | "lang:" | "source:"));
    (takes_space || rest.starts_with(|c: char| !c.is_whitespace())).then(|| (field, rest.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_known_in_any_case_and_in_the_words_of_other_tools() {
        for (written, expected) in [
            ("title:x", Some((Field::Known("title:"), "x"))),
            ("TITRE:x", Some((Field::Known("title:"), "x"))),
            ("Auteur: x", Some((Field::Known("author:"), "x"))),
            ("text:x", Some((Field::Known(""), "x"))),
            ("text: x", None),
            ("inurl:x", Some((Field::Other, "x"))),
            ("url : x", None),
            ("to: x", None),
            ("Note:5", None),
            ("12:30", None),
        ] {
            assert_eq!(of_term(written), expected, "{written}");
        }
        let mut names: Vec<&str> = FIELDS.iter().map(|(name, _)| *name).chain(OTHERS.iter().copied()).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
    }
}
