//! `only`, `from` and `until` of a brand: which entries may be its mentions at all. Owns the values, their
//! reading and the decision; matches no term and knows no now.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::brand::choice;
use super::rule::host;
use crate::config::findings::Findings;
use crate::config::keys;
use crate::config::places::{Content, Node, Span};
use crate::source::Kind;
use crate::text::fold::fold_string;
use crate::text::language::{self, Language};

/// Letters from which on a detected language is sure enough to drop an entry.
const SURE: usize = 40;

const KINDS: [Kind; 6] = [Kind::Feed, Kind::Forum, Kind::Page, Kind::Json, Kind::Search, Kind::Mail];

/// One of some, none of others; an empty list asks nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection<T> {
    /// One of these.
    pub include: Vec<T>,
    /// None of these.
    pub exclude: Vec<T>,
}

impl<T> Default for Selection<T> {
    fn default() -> Self {
        Self { include: Vec::new(), exclude: Vec::new() }
    }
}

impl<T> Selection<T> {
    fn admits(&self, is: impl Fn(&T) -> bool) -> bool {
        (self.include.is_empty() || self.include.iter().any(&is)) && !self.exclude.iter().any(is)
    }
}

/// `only:` of a brand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Only {
    /// Of the text, stated or surely detected.
    pub languages: Selection<Language>,
    /// Hosts without `www.`; a subdomain belongs to its site.
    pub sites: Selection<String>,
    /// Whole names, folded, without `@`.
    pub authors: Selection<String>,
    /// Names of sources.
    pub sources: Selection<String>,
    /// Kinds of sources.
    pub kinds: Selection<Kind>,
}

/// `from` and `until`: days in the settings' zone, both inclusive.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Days {
    /// The first.
    pub from: Option<Date>,
    /// The last.
    pub until: Option<Date>,
}

/// What is known of an entry besides its words; what is unknown is `None`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Circumstances<'a> {
    /// See [`spoken`].
    pub language: Option<Language>,
    /// The host of the entry's own address, without `www.`.
    pub site: Option<&'a str>,
    /// As the source names the author.
    pub author: Option<&'a str>,
    /// The source's name on the line that the brand's team watches.
    pub source: Option<&'a str>,
    /// The source's kind.
    pub kind: Option<Kind>,
}

/// The language in which a document is searched: what people say of its source, then the text's own sure
/// evidence, then what the source claims, which templates often get wrong.
#[must_use]
pub fn spoken(stated: Option<Language>, title: &str, text: &str, claimed: Option<Language>) -> Option<Language> {
    stated.or_else(|| surely_detected(title, text)).or(claimed)
}

/// The language of a text that is long enough for its evidence to be more than a guess.
#[must_use]
pub fn surely_detected(title: &str, text: &str) -> Option<Language> {
    is_sure(title, text).then(|| language::detect_both(title, text)).flatten()
}

/// Whether there is enough text for its language to be more than a guess.
#[must_use]
pub fn is_sure(title: &str, text: &str) -> bool {
    title.chars().chain(text.chars()).filter(|c| c.is_alphabetic()).take(SURE).count() == SURE
}

impl Only {
    /// True when nothing is asked: then [`Only::admits`] need not be.
    #[must_use]
    pub fn asks_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// Whether such an entry may be a mention. An unknown language, address, source or kind passes; without
    /// an author, nobody on `authors: include` wrote it.
    #[must_use]
    pub fn admits(&self, entry: &Circumstances<'_>) -> bool {
        let Self { languages, sites, authors, sources, kinds } = self;
        entry.language.is_none_or(|language| languages.admits(|other| *other == language))
            && entry.site.is_none_or(|site| sites.admits(|other| is_within(site, other)))
            && match entry.author.map(author_key) {
                Some(author) => authors.admits(|other| *other == author),
                None => authors.include.is_empty(),
            }
            && entry.source.is_none_or(|source| sources.admits(|other| other == source))
            && entry.kind.is_none_or(|kind| kinds.admits(|other| *other == kind))
    }
}

impl Days {
    /// Whether a moment is on one of the days in a zone.
    #[must_use]
    pub fn contain(&self, moment: Timestamp, zone: &TimeZone) -> bool {
        if *self == Self::default() {
            return true;
        }
        let day = zone.to_datetime(moment).date();
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}

fn is_within(site: &str, other: &str) -> bool {
    site.strip_suffix(other).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// An author's name as it is compared.
fn author_key(name: &str) -> String {
    fold_string(name.trim().trim_start_matches('@')).trim().to_owned()
}

/// `only:` with the source names that it holds and their places.
pub(super) fn read(findings: &mut Findings, node: Option<&Node>) -> (Only, Vec<(String, Span)>) {
    let mut only = Only::default();
    let mut named = Vec::new();
    let Some(node) = node else { return (only, named) };
    only.languages = selection(node.get("languages"), |item| {
        let tag = item.text()?;
        let language = Language::known(tag);
        if language.is_none() {
            let near = Language::shorter(tag).or_else(|| keys::nearest_value(tag, ["fr", "en"].into_iter()));
            findings.error(item.span, "config-language", &[("language", tag)], near);
        }
        language
    });
    only.sites = selection(node.get("sites"), |item| site(findings, item.text()?, item.span));
    only.authors = selection(node.get("authors"), |item| item.text().map(author_key));
    only.sources = selection(node.get("sources"), |item| {
        let name = item.text()?;
        named.push((name.to_owned(), item.span));
        Some(name.to_owned())
    });
    only.kinds = selection(node.get("kinds"), |item| {
        let word = item.text()?;
        let kind = KINDS.into_iter().find(|kind| kind.word() == word);
        if kind.is_none() {
            choice(findings, item.span, "kinds", word, KINDS.iter().map(|kind| kind.word()));
        }
        kind
    });
    (only, named)
}

/// A site as it is compared; what is none is said.
pub(super) fn site(findings: &mut Findings, written: &str, span: Span) -> Option<String> {
    match host(written) {
        Some(host) if host == written.to_lowercase() => Some(host.trim_start_matches("www.").to_owned()),
        host => {
            findings.error(span, "config-site", &[("site", written)], host.as_deref());
            None
        }
    }
}

fn selection<T>(node: Option<&Node>, mut one: impl FnMut(&Node) -> Option<T>) -> Selection<T> {
    let mut list = |node: Option<&Node>| node.map_or(&[][..], Node::items).iter().filter_map(&mut one).collect();
    match node.map(|node| &node.content) {
        Some(Content::Mapping(_)) => Selection {
            include: list(node.and_then(|node| node.get("include"))),
            exclude: list(node.and_then(|node| node.get("exclude"))),
        },
        _ => Selection { include: list(node), exclude: Vec::new() },
    }
}

/// `from:` and `until:` of a brand.
pub(super) fn days(findings: &mut Findings, brand: &Node) -> Days {
    let mut day = |key: &str| {
        let node = brand.get(key)?;
        let text = node.text()?;
        let day = (text.len() == 10).then(|| text.parse::<Date>().ok()).flatten();
        if day.is_none() {
            findings.error(node.span, "config-day", &[("text", text)], french_day(text).as_deref());
        }
        day
    };
    let days = Days { from: day("from"), until: day("until") };
    if let (Some(from), Some(until), Some(node)) = (days.from, days.until, brand.get("until"))
        && until < from
    {
        findings.error(node.span, "config-days-order", &[("from", &from.to_string())], None);
    }
    days
}

/// `20/11/2026`, `20.11.2026` as a day.
fn french_day(text: &str) -> Option<String> {
    let mut parts = text.split(['/', '.', '-']).map(str::parse::<i16>);
    let (day, month, year) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    let day = Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()?;
    (parts.next().is_none() && year >= 1970).then(|| day.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen<T>(include: Vec<T>, exclude: Vec<T>) -> Selection<T> {
        Selection { include, exclude }
    }

    #[test]
    fn what_is_unknown_passes_and_what_is_another_does_not() {
        let only = Only {
            languages: chosen(vec![Language::FRENCH], vec![]),
            sites: chosen(vec!["orange.fr".to_owned()], vec!["newsroom.orange.fr".to_owned()]),
            authors: chosen(vec![], vec![author_key("@Éva Bot")]),
            ..Only::default()
        };
        let none = Circumstances::default();
        for (what, entry, expected) in [
            ("nothing is known", none, true),
            ("another language", Circumstances { language: Some(Language::ENGLISH), ..none }, false),
            ("a subdomain", Circumstances { site: Some("forum.orange.fr"), ..none }, true),
            ("the site", Circumstances { site: Some("orange.fr"), ..none }, true),
            ("an excluded subdomain", Circumstances { site: Some("newsroom.orange.fr"), ..none }, false),
            ("a longer name", Circumstances { site: Some("notorange.fr"), ..none }, false),
            ("an excluded author", Circumstances { author: Some("eva bot"), ..none }, false),
            ("another author", Circumstances { author: Some("Éva"), ..none }, true),
        ] {
            assert_eq!(only.admits(&entry), expected, "{what}");
        }
        let named = Only { authors: chosen(vec![author_key("zoé")], vec![]), ..Only::default() };
        assert!(!named.admits(&none), "nobody wrote it");
        assert!(Only::default().admits(&none) && Only::default().asks_nothing() && !named.asks_nothing());
    }

    #[test]
    fn a_source_and_its_kind_are_limits_only_where_they_are_known() {
        let only = Only {
            sources: chosen(vec!["forum".to_owned()], vec![]),
            kinds: chosen(vec![], vec![Kind::Json]),
            ..Only::default()
        };
        let of = |source, kind| Circumstances { source: Some(source), kind: Some(kind), ..Circumstances::default() };
        assert!(only.admits(&of("forum", Kind::Forum)));
        assert!(!only.admits(&of("forum", Kind::Json)));
        assert!(!only.admits(&of("presse", Kind::Feed)));
        assert!(only.admits(&Circumstances::default()));
    }

    #[test]
    fn both_days_of_a_campaign_belong_to_it_in_the_zone() {
        let days = Days { from: "2026-11-20".parse().ok(), until: "2027-01-06".parse().ok() };
        let paris = TimeZone::get("Europe/Paris").unwrap();
        for (moment, expected) in [
            ("2026-11-19T22:59:59Z", false),
            ("2026-11-19T23:00:00Z", true),
            ("2027-01-06T22:59:59Z", true),
            ("2027-01-06T23:00:00Z", false),
        ] {
            assert_eq!(days.contain(moment.parse().unwrap(), &paris), expected, "{moment}");
        }
        assert!(Days::default().contain(Timestamp::UNIX_EPOCH, &paris));
    }

    #[test]
    fn a_language_is_sure_from_a_sentence_on() {
        assert_eq!(surely_detected("great phone", ""), None);
        let english = surely_detected("", "The support line never answered and I had to cancel my contract.");
        assert_eq!(english, Some(Language::ENGLISH));
    }

    #[test]
    fn a_day_as_the_french_write_it_is_corrected() {
        assert_eq!(french_day("20/11/2026").as_deref(), Some("2026-11-20"));
        assert_eq!(french_day("1.2.2027").as_deref(), Some("2027-02-01"));
        for text in ["31/02/2026", "demain", "20/11", "1/2/3/2026"] {
            assert_eq!(french_day(text), None, "{text}");
        }
    }
}
