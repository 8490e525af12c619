//! The mail about mentions: the verdict, the mentions with the negative ones first, the foot. Owns what
//! is shown and in which order; words are the locale's, looks are the templates'.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::content::{Coverage, MessageView, Occasion};
use super::render::{BYTES, Frame, RenderError, pages};
use super::{RenderedMail, clean, csv, moderation, phrases};
use crate::alert::Reason;
use crate::locale::{Locale, Value};
use crate::mention::{Mention, Polarity, StoredMention};

/// Mentions shown in one mail; all of more are counted by site and attached.
const SHOWN: usize = 20;
/// Of a subject.
pub(super) const SUBJECT: usize = 70;
const SITES: usize = 8;
const DEGRADED: usize = 5;
const WORDS: usize = 6;
const TERMS: usize = 8;
/// Characters of an excerpt, should the stored one be longer than it is made.
const EXCERPT: usize = 400;
const MARKS: usize = 20;

/// What asks for attention first.
pub(super) const ORDER: [Polarity; 5] =
    [Polarity::Negative, Polarity::Uncertain, Polarity::Unknown, Polarity::Neutral, Polarity::Positive];

#[derive(Serialize)]
struct Page {
    language: &'static str,
    subject: String,
    heading: String,
    /// In one line, for the text part.
    verdict: String,
    /// The same in two, for the HTML part: what, and how the tones spread.
    headline: String,
    tally: Vec<Tally>,
    mentions: Vec<Shown>,
    others: Option<String>,
    sites: Vec<String>,
    attached: Option<String>,
    foot: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct Tally {
    polarity: &'static str,
    text: String,
}

impl Tally {
    pub(super) fn of(polarity: Polarity, count: usize, locale: Locale) -> Self {
        Self { polarity: polarity.word(), text: phrases::toned(locale, polarity, count) }
    }
}

#[derive(Serialize)]
pub(super) struct Shown {
    polarity: &'static str,
    sign: char,
    tone: String,
    score: Option<String>,
    title: Vec<Piece>,
    link: Option<String>,
    host: String,
    about: Vec<String>,
    dates: [String; 2],
    excerpt: Vec<Piece>,
    because: String,
    terms: Vec<String>,
    deciding: Option<String>,
    tags: Option<String>,
    /// What is to be moderated, and the seal of its copy.
    evidence: Vec<String>,
}

#[derive(Serialize)]
struct Piece {
    hit: bool,
    text: String,
}

/// The mail of a message.
pub(super) fn render(view: &MessageView<'_>, frame: Frame<'_>) -> Result<RenderedMail, RenderError> {
    let subject = subject(view, frame.locale);
    let csv = (view.mentions.len() > SHOWN).then(|| csv::render(view.mentions, view.rule, view.timezone));
    let mut shown = SHOWN;
    // Twenty usual mentions take half of the room; of monstrous ones, fewer are shown.
    let (text, html, csv) = loop {
        let page = page(view, frame.locale, subject.clone(), shown);
        let (text, html) = pages("mention", &page)?;
        if text.len() + html.len() <= BYTES || shown <= 1 {
            let cut = shown < view.mentions.len();
            break (text, html, csv.or_else(|| cut.then(|| csv::render(view.mentions, view.rule, view.timezone))));
        }
        shown -= shown.div_ceil(4);
    };
    let mut headers = frame.list_headers(view.brand_id, &format!("{}/{}", view.brand_id, view.rule));
    let polarities: Vec<&str> = ORDER
        .iter()
        .filter(|polarity| view.mentions.iter().any(|stored| stored.mention.polarity == **polarity))
        .map(|polarity| polarity.word())
        .collect();
    headers.push(("X-Vigie-Brand".to_owned(), clean::line(view.brand_id, 200)));
    headers.push(("X-Vigie-Polarity".to_owned(), polarities.join(", ")));
    headers.push(("X-Vigie-Rule".to_owned(), clean::line(view.rule, 200)));
    if view.occasion != Occasion::Mention {
        headers.push(("X-Vigie-Kind".to_owned(), view.occasion.kind().to_owned()));
    }
    let evidence = if view.occasion == Occasion::Moderation { moderation::files(view) } else { Vec::new() };
    Ok(RenderedMail { subject, to: frame.to(), text, html, evidence, csv, headers })
}

fn when(mention: &Mention) -> Timestamp {
    mention.published.unwrap_or(mention.found)
}

fn site(mention: &Mention) -> String {
    let host = mention.url.as_deref().and_then(clean::link).map(|link| link.host);
    let host = host.unwrap_or_else(|| clean::line(&mention.site, 60));
    host.strip_prefix("www.").map_or_else(|| host.clone(), str::to_owned)
}

fn title(mention: &Mention) -> String {
    let title = clean::line(&mention.title, 300);
    if title.is_empty() { clean::line(&mention.excerpt.text, 80) } else { title }
}

/// At most 70 characters, always: the title gives way first, then the site.
fn subject(view: &MessageView<'_>, locale: Locale) -> String {
    let head = format!("[vigie/{}]", clean::line(view.brand_id, 30));
    let occasion = match view.occasion {
        Occasion::Moderation => moderation::subject(view, locale),
        Occasion::Escalation { .. } => locale.text("mail-subject-escalation").replace('\u{a0}', " "),
        Occasion::Mention | Occasion::Digest => String::new(),
    };
    let subject = match view.mentions {
        [StoredMention { mention, .. }] => {
            let sign = mention.polarity.sign().to_string();
            let head = format!("{head} {} ", if occasion.is_empty() { &sign } else { &occasion });
            let tail = format!(" · {}", clean::clip(&site(mention), 25));
            let room = SUBJECT.saturating_sub(head.chars().count() + tail.chars().count());
            format!("{head}{}{tail}", clean::clip(&title(mention), room))
        }
        mentions => {
            let count = locale.format("mail-count", &[("count", (mentions.len() as i64).into())]);
            let negative = mentions.iter().filter(|stored| stored.mention.polarity == Polarity::Negative).count();
            let negative = if negative > 0 { format!(" ({negative} \u{2212})") } else { String::new() };
            let found = || mentions.iter().map(|stored| stored.mention.found);
            let (first, last) = (found().min().unwrap_or(view.now), found().max().unwrap_or(view.now));
            let count = if occasion.is_empty() { count } else { format!("{occasion} {count}") };
            format!("{head} {count}{negative} · {}", phrases::hours(locale, first, last, view.timezone))
        }
    };
    clean::clip(&subject, SUBJECT)
}

/// The verdict in one line, and in a headline with a tally.
fn verdict(view: &MessageView<'_>, locale: Locale) -> (String, String, Vec<Tally>) {
    let (one, headline, tally) = plain_verdict(view, locale);
    let key = match view.occasion {
        Occasion::Moderation => "mail-verdict-moderation",
        Occasion::Escalation { .. } => "mail-verdict-escalation",
        Occasion::Mention | Occasion::Digest => return (one, headline, tally),
    };
    let span = match view.occasion {
        Occasion::Escalation { after } => phrases::span(locale, after),
        _ => String::new(),
    };
    let say = |verdict: String| locale.format(key, &[("verdict", verdict.into()), ("span", span.clone().into())]);
    (say(one), say(headline), tally)
}

fn plain_verdict(view: &MessageView<'_>, locale: Locale) -> (String, String, Vec<Tally>) {
    let brand: Value<'_> = clean::line(view.brand_name, 100).into();
    if let [StoredMention { mention, .. }] = view.mentions {
        let tone = locale.text(&format!("tone-one-{}", mention.polarity.word()));
        let one = locale.format("mail-verdict-one", &[("brand", brand), ("tone", tone.into())]);
        return (one.clone(), one, Vec::new());
    }
    let tally: Vec<Tally> = ORDER
        .iter()
        .filter_map(|polarity| {
            let count = view.mentions.iter().filter(|stored| stored.mention.polarity == *polarity).count();
            (count > 0).then(|| Tally::of(*polarity, count, locale))
        })
        .collect();
    let tones: Vec<&str> = tally.iter().map(|tally| tally.text.as_str()).collect();
    let count = locale.format("mail-count", &[("count", (view.mentions.len() as i64).into())]);
    let headline = locale.format("mail-headline", &[("brand", brand), ("count", count.into())]);
    (format!("{headline} ({})", tones.join(", ")), headline, tally)
}

fn page(view: &MessageView<'_>, locale: Locale, subject: String, most: usize) -> Page {
    // Of a flood the newest are shown; among those, what asks for attention first.
    let mut newest: Vec<&StoredMention> = view.mentions.iter().collect();
    newest.sort_by_key(|stored| (std::cmp::Reverse(when(&stored.mention)), stored.id));
    let rest = newest.split_off(most.min(newest.len()));
    newest.sort_by_key(|stored| ORDER.iter().position(|polarity| *polarity == stored.mention.polarity));
    let sites = by_site(&rest);
    let listed = sites.len().min(SITES);
    let mut told: Vec<String> = sites[..listed].iter().map(|(site, count)| format!("{site}\u{a0}{count}")).collect();
    if sites.len() > listed {
        let count = (sites.len() - listed) as i64;
        told.push(locale.format("mail-more-sites", &[("count", count.into())]));
    }
    let count = |count: usize| [("count", Value::from(count as i64))];
    let (verdict, headline, tally) = verdict(view, locale);
    Page {
        language: if locale.language() == crate::config::settings::UiLanguage::French { "fr" } else { "en" },
        subject,
        heading: locale.format("mail-heading", &[("rule", clean::line(view.rule, 100).into())]),
        verdict,
        headline,
        tally,
        mentions: newest.iter().map(|stored| display(stored, view, locale)).collect(),
        others: (!rest.is_empty()).then(|| locale.format("mail-others", &count(rest.len()))),
        sites: told,
        attached: (!rest.is_empty()).then(|| locale.format("mail-attached", &count(view.mentions.len()))),
        foot: foot(view, locale),
    }
}

fn display(stored: &StoredMention, view: &MessageView<'_>, locale: Locale) -> Shown {
    let mut told = shown(&stored.mention, view.now, view.timezone, locale);
    if view.occasion == Occasion::Moderation {
        told.evidence = moderation::lines(stored, locale);
    }
    told
}

/// Sites with their counts, the busiest first.
pub(super) fn by_site(mentions: &[&StoredMention]) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for stored in mentions {
        *counts.entry(clean::line(&site(&stored.mention), 60)).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

pub(super) fn shown(mention: &Mention, now: Timestamp, timezone: &TimeZone, locale: Locale) -> Shown {
    let link = mention.url.as_deref().and_then(clean::link);
    let host = link.as_ref().map_or_else(|| clean::line(&mention.site, 60), |link| clean::line(&link.host, 100));
    let date = phrases::absolute(locale, when(mention), now, timezone);
    let relative = phrases::relative(locale, when(mention), now);
    let mut about = Vec::new();
    let site = clean::line(&mention.site, 60);
    if host != site && host.strip_prefix("www.") != Some(&site) {
        about.push(site);
    }
    about.extend(mention.author.as_deref().map(|author| clean::line(author, 60)).filter(|author| !author.is_empty()));
    let published = mention.published.is_some();
    let relative = if published { relative } else { locale.format("mail-found", &[("when", relative.into())]) };
    let (title, excerpt) = pieces(mention);
    Shown {
        polarity: mention.polarity.word(),
        sign: mention.polarity.sign(),
        tone: phrases::tone(locale, mention.polarity),
        score: mention.score.map(|score| phrases::signed(locale, score, 2)),
        title,
        link: link.map(|link| link.href),
        host,
        about,
        dates: [relative, date],
        excerpt,
        because: locale.text("mail-because"),
        terms: mention.why.iter().take(TERMS).map(|term| clean::line(term, 80).replace('`', "'")).collect(),
        deciding: deciding(mention, locale),
        evidence: Vec::new(),
        tags: (!mention.tags.is_empty()).then(|| {
            let tags: Vec<String> = mention.tags.iter().take(TERMS).map(|tag| clean::line(tag, 40)).collect();
            locale.format("mail-tags", &[("tags", tags.join(", ").into())])
        }),
    }
}

/// The words that decided the tone, strongest first.
fn deciding(mention: &Mention, locale: Locale) -> Option<String> {
    let words: Vec<String> = mention
        .words
        .iter()
        .take(WORDS)
        .map(|word| {
            let value = phrases::signed(locale, word.valence, 1);
            locale.format("mail-word", &[("word", clean::line(&word.text, 60).into()), ("value", value.into())])
        })
        .collect();
    (!words.is_empty()).then(|| locale.format("mail-deciding", &[("words", words.join(" · ").into())]))
}

/// The title and the excerpt, with the hits apart. An excerpt that only repeats the title is not shown
/// twice: the title shows its hits.
fn pieces(mention: &Mention) -> (Vec<Piece>, Vec<Piece>) {
    let whole = title(mention);
    let excerpt = marked(mention);
    let text: String = excerpt.iter().map(|piece| piece.text.as_str()).collect();
    if text.trim() == whole { (excerpt, Vec::new()) } else { (vec![Piece { hit: false, text: whole }], excerpt) }
}

fn marked(mention: &Mention) -> Vec<Piece> {
    let text = &mention.excerpt.text;
    let mut pieces = Vec::new();
    let mut at = 0;
    let mut room = EXCERPT;
    let mut push = |hit: bool, part: &str| {
        let text = clean::clip(&clean::segment(part), room);
        room -= text.chars().count();
        if !text.is_empty() {
            pieces.push(Piece { hit, text });
        }
    };
    for &(start, end) in mention.excerpt.hits.iter().take(MARKS) {
        let (start, end) = (start as usize, end as usize);
        // Offsets come from the store: a range that does not fit is not marked, and the text still shows.
        let (Some(before), Some(hit)) = (text.get(at..start), text.get(start..end)) else { break };
        push(false, before);
        push(true, hit);
        at = end;
    }
    push(false, &text[at..]);
    pieces
}

fn foot(view: &MessageView<'_>, locale: Locale) -> Vec<String> {
    let place: Value<'_> = clean::line(view.place, 300).into();
    let rule: Value<'_> = clean::line(view.rule, 100).into();
    let mut lines = Vec::new();
    let reason = match view.reason {
        Reason::FirstMention => Some("mail-reason-first"),
        Reason::GroupWindow => Some("mail-reason-window"),
        Reason::EachMention => Some("mail-reason-each"),
        Reason::QuietHours => Some("mail-reason-hours"),
        Reason::CapReached => Some("mail-reason-cap"),
        Reason::Escalated => Some("mail-reason-escalated"),
        Reason::AlreadySent
        | Reason::Baseline
        | Reason::NoRule
        | Reason::NotUnderstood
        | Reason::NoChannel
        | Reason::Late
        | Reason::Muted
        | Reason::SameStory
        | Reason::Cooldown => None,
    };
    let mut said = locale.format("mail-foot-rule", &[("rule", rule), ("place", place)]);
    if let Some(reason) = reason {
        said.push(' ');
        said.push_str(&locale.text(reason));
    }
    lines.push(said);
    if view.occasion != Occasion::Digest && view.escalates {
        let ids: Vec<String> = view.mentions.iter().take(SHOWN).map(|stored| stored.id.to_string()).collect();
        lines.push(locale.format("mail-foot-handled", &[("ids", ids.join(" ").into())]));
    }
    lines.push(coverage(view.coverage, locale));
    lines.push(locale.text("mail-foot-change"));
    lines
}

/// How many sources are well, and which are not.
pub(super) fn coverage(seen: &Coverage, locale: Locale) -> String {
    let well = seen.well as i64;
    let degraded = &seen.degraded;
    if degraded.is_empty() {
        return locale.format("mail-foot-well", &[("well", well.into())]);
    }
    let mut names: Vec<String> = degraded
        .iter()
        .take(DEGRADED)
        .map(|(name, state)| {
            format!("{} ({})", clean::line(name, 60), locale.text(&format!("notify-state-{}", state.word())))
        })
        .collect();
    if degraded.len() > DEGRADED {
        let count = (degraded.len() - DEGRADED) as i64;
        names.push(locale.format("mail-more-sources", &[("count", count.into())]));
    }
    let count = degraded.len() as i64;
    let arguments = [("well", well.into()), ("count", count.into()), ("names", names.join(", ").into())];
    locale.format("mail-foot-degraded", &arguments)
}
