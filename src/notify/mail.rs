//! The mail about mentions: the verdict, the mentions with the negative ones first, the foot. Owns what
//! is shown and in which order; words are the locale's, looks are the templates'.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::answers::{Link, Much, Offer};
use super::content::{Coverage, MessageView, Occasion, Partial};
use super::render::{BYTES, Frame, RenderError};
use super::{RenderedMail, clean, csv, moderation, phrases};
use crate::alert::Reason;
use crate::alert::story::{Item, fold};
use crate::locale::{Locale, Value};
use crate::mention::{Mention, Polarity, StoredMention};
use crate::report::words;

/// Mentions shown in one mail; all of more are counted by site and attached.
const SHOWN: usize = 20;
/// Of a subject.
pub(super) const SUBJECT: usize = 70;
pub(super) const SITES: usize = 8;
const DEGRADED: usize = 5;
const WORDS: usize = 6;
const TERMS: usize = 8;
/// Characters of an excerpt, should the stored one be longer than it is made.
const EXCERPT: usize = 400;
const MARKS: usize = 20;

/// What asks for attention first.
pub(super) const ORDER: [Polarity; 5] =
    [Polarity::Negative, Polarity::Uncertain, Polarity::Unknown, Polarity::Neutral, Polarity::Positive];

/// What the templates `mention` show.
#[derive(Serialize)]
pub(super) struct Page {
    pub(super) language: &'static str,
    pub(super) subject: String,
    pub(super) heading: String,
    /// In one line, for the text part.
    pub(super) verdict: String,
    /// The same in two, for the HTML part: what, and how the tones spread.
    pub(super) headline: String,
    pub(super) tally: Vec<Tally>,
    /// Of a spike.
    pub(super) figures: Vec<String>,
    /// For all mentions at once, with the words before them.
    pub(super) actions_of_all: String,
    pub(super) actions: Vec<Link>,
    pub(super) mentions: Vec<Shown>,
    pub(super) others: Option<String>,
    pub(super) sites: Vec<String>,
    pub(super) attached: Option<String>,
    /// What the links of actions do.
    pub(super) links_hint: Option<String>,
    pub(super) foot: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct Tally {
    pub(super) polarity: &'static str,
    pub(super) text: String,
}

impl Tally {
    pub(super) fn of(polarity: Polarity, count: usize, locale: Locale) -> Self {
        Self { polarity: polarity.word(), text: words::toned(locale, polarity, count as u64) }
    }
}

#[derive(Serialize)]
pub(super) struct Shown {
    pub(super) polarity: &'static str,
    pub(super) sign: char,
    pub(super) tone: String,
    pub(super) score: Option<String>,
    pub(super) title: Vec<Piece>,
    pub(super) link: Option<String>,
    pub(super) host: String,
    pub(super) about: Vec<String>,
    pub(super) dates: [String; 2],
    pub(super) excerpt: Vec<Piece>,
    /// Where else it stands, and what was told of it before.
    pub(super) story: Vec<String>,
    pub(super) because: String,
    pub(super) terms: Vec<String>,
    pub(super) deciding: Option<String>,
    pub(super) tags: Option<String>,
    /// What is to be moderated, and the seal of its copy.
    evidence: Vec<String>,
    /// What can be answered with a click.
    pub(super) actions: Vec<Link>,
}

#[derive(Serialize)]
pub(super) struct Piece {
    pub(super) hit: bool,
    pub(super) text: String,
}

/// The mail of a message.
pub(super) fn render(view: &MessageView<'_>, frame: Frame<'_>) -> Result<RenderedMail, RenderError> {
    let items = items(view);
    let subject = subject(view, &items, frame.locale);
    let csv = (view.mentions.len() > SHOWN).then(|| csv::render(view.mentions, view.rule, view.timezone));
    let mut shown = SHOWN;
    let offer = frame.offer(view.id, view.channel, view.now);
    let mut much = Much::of(items.len());
    // Twenty usual mentions take half of the room; of monstrous ones, fewer are shown, and fewer links before that.
    let (text, html, csv) = loop {
        let page = page(view, &items, frame.locale, offer.as_ref().map(|offer| (offer, much)), subject.clone(), shown);
        let (text, html) = frame.style.templates.pages("mention", &page)?;
        let fits = text.len() + html.len() <= BYTES;
        if let Some(less) = much.less().filter(|_| !fits && offer.is_some()) {
            much = less;
            continue;
        }
        if fits || shown <= 1 {
            let cut = shown < items.len();
            break (text, html, csv.or_else(|| cut.then(|| csv::render(view.mentions, view.rule, view.timezone))));
        }
        shown -= shown.div_ceil(4);
    };
    let mut headers = frame.list_headers(view.brand_id, &format!("{}/{}", view.brand_id, view.rule), offer.as_ref());
    let polarities: Vec<&str> = ORDER
        .iter()
        .filter(|polarity| view.mentions.iter().any(|stored| stored.mention.polarity == **polarity))
        .map(|polarity| polarity.word())
        .collect();
    headers.extend(frame.thread_headers(thread(view), offer.as_ref()));
    headers.push(("X-Vigie-Brand".to_owned(), clean::line(view.brand_id, 200)));
    headers.push(("X-Vigie-Polarity".to_owned(), polarities.join(", ")));
    headers.push(("X-Vigie-Rule".to_owned(), clean::line(view.rule, 200)));
    if view.occasion != Occasion::Mention {
        headers.push(("X-Vigie-Kind".to_owned(), view.occasion.kind().to_owned()));
    }
    let evidence = if view.occasion == Occasion::Moderation { moderation::files(view) } else { Vec::new() };
    Ok(RenderedMail { subject, to: frame.to(), text, html, evidence, csv, headers, ..RenderedMail::default() })
}

/// A story is one item. Who moderates answers on every page, and sees each.
pub(super) fn items<'a>(view: &MessageView<'a>) -> Vec<Item<'a>> {
    if view.occasion == Occasion::Moderation {
        return view.mentions.iter().map(|shown| Item { shown, copies: Vec::new() }).collect();
    }
    fold(view.mentions)
}

/// The earlier message that told this channel of all that this one is about.
fn thread<'a>(view: &MessageView<'a>) -> Option<&'a str> {
    let first_of = |stored: &StoredMention| view.pasts.get(&stored.mention.story)?.first_message(view.channel);
    let first = first_of(view.mentions.first()?).filter(|message| *message != view.id)?;
    view.mentions.iter().all(|stored| first_of(stored) == Some(first)).then_some(first)
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
pub(super) fn subject(view: &MessageView<'_>, items: &[Item<'_>], locale: Locale) -> String {
    let head = format!("[vigie/{}]", clean::line(view.brand_id, 30));
    let occasion = match view.occasion {
        Occasion::Moderation => moderation::subject(view, locale),
        Occasion::Escalation { .. } => locale.text("mail-subject-escalation").replace('\u{a0}', " "),
        Occasion::Forward => locale.text("mail-subject-forward").replace('\u{a0}', " "),
        Occasion::Mention => String::new(),
    };
    let subject = match items {
        [item] => {
            let mention = &item.shown.mention;
            let sign = mention.polarity.sign().to_string();
            let head = format!("{head} {} ", if occasion.is_empty() { &sign } else { &occasion });
            let more = item.republications();
            let more = if more > 0 { format!(" (+{more})") } else { String::new() };
            let tail = format!(" · {}{more}", clean::clip(&site(mention), 25));
            let room = SUBJECT.saturating_sub(head.chars().count() + tail.chars().count());
            format!("{head}{}{tail}", clean::clip(&title(mention), room))
        }
        items => {
            // Mail filters are written with plain digits.
            let count = [("count", items.len().into()), ("number", items.len().to_string().into())];
            let count = locale.format("mail-count", &count);
            let negative = items.iter().filter(|item| item.shown.mention.polarity == Polarity::Negative).count();
            let negative = if negative > 0 { format!(" ({negative} \u{2212})") } else { String::new() };
            let found = || view.mentions.iter().map(|stored| stored.mention.found);
            let (first, last) = (found().min().unwrap_or(view.now), found().max().unwrap_or(view.now));
            let count = if occasion.is_empty() { count } else { format!("{occasion} {count}") };
            format!("{head} {count}{negative} · {}", phrases::hours(locale, first, last, view.timezone))
        }
    };
    clean::clip(&subject, SUBJECT)
}

/// The verdict in one line, and in a headline with a tally.
pub(super) fn verdict(view: &MessageView<'_>, items: &[Item<'_>], locale: Locale) -> (String, String, Vec<Tally>) {
    let (one, headline, tally) = plain_verdict(view, items, locale);
    let key = match view.occasion {
        Occasion::Moderation => "mail-verdict-moderation",
        Occasion::Escalation { .. } => "mail-verdict-escalation",
        Occasion::Forward => "mail-verdict-forward",
        Occasion::Mention => return (one, headline, tally),
    };
    let span = match view.occasion {
        Occasion::Escalation { after } => phrases::span(locale, after),
        _ => String::new(),
    };
    let by = clean::line(view.by.unwrap_or_default(), 80);
    let say = |verdict: String| {
        let arguments = [("verdict", verdict.into()), ("span", span.clone().into()), ("by", by.clone().into())];
        locale.format(key, &arguments)
    };
    (say(one), say(headline), tally)
}

fn plain_verdict(view: &MessageView<'_>, items: &[Item<'_>], locale: Locale) -> (String, String, Vec<Tally>) {
    let brand: Value<'_> = clean::line(view.brand_name, 100).into();
    let more: usize = items.iter().map(Item::republications).sum();
    let more =
        if more > 0 { locale.format("mail-and-copies", &[("count", (more as i64).into())]) } else { String::new() };
    if let [Item { shown: StoredMention { mention, .. }, .. }] = items {
        let sites = view.pasts.get(&mention.story).map_or(0, |past| past.sites.len());
        if sites > 1 && told_before(&items[0], view) == Told::Again {
            let one = locale.format("mail-verdict-spreads", &[("brand", brand), ("count", (sites as i64).into())]);
            return (one.clone(), one, Vec::new());
        }
        let tone = locale.text(&format!("tone-one-{}", mention.polarity.word()));
        let one = locale.format("mail-verdict-one", &[("brand", brand), ("tone", tone.into())]) + &more;
        return (one.clone(), one, Vec::new());
    }
    let tally = tally(items.iter().map(|item| item.shown.mention.polarity), locale);
    let tones: Vec<&str> = tally.iter().map(|tally| tally.text.as_str()).collect();
    let count = words::counted(locale, "mail-count", items.len() as u64) + &more;
    let headline = locale.format("mail-headline", &[("brand", brand), ("count", count.into())]);
    (format!("{headline} ({})", tones.join(", ")), headline, tally)
}

/// Of a flood the newest are shown; among those, what asks for attention first. The others apart.
pub(super) fn newest<'v, 'a>(items: &'v [Item<'a>], most: usize) -> (Vec<&'v Item<'a>>, Vec<&'v Item<'a>>) {
    let mut newest: Vec<&Item<'_>> = items.iter().collect();
    newest.sort_by_key(|item| (std::cmp::Reverse(when(&item.shown.mention)), item.shown.id));
    let rest = newest.split_off(most.min(newest.len()));
    newest.sort_by_key(|item| ORDER.iter().position(|polarity| *polarity == item.shown.mention.polarity));
    (newest, rest)
}

/// The busiest sites of items that are not shown, with their counts.
pub(super) fn sites(rest: &[&Item<'_>], locale: Locale) -> Vec<String> {
    let sites = by_site(rest.iter().map(|item| &item.shown.mention));
    let listed = sites.len().min(SITES);
    let mut told: Vec<String> = sites[..listed].iter().map(site_count).collect();
    if sites.len() > listed {
        told.push(words::counted(locale, "mail-more-sites", (sites.len() - listed) as u64));
    }
    told
}

fn page(
    view: &MessageView<'_>,
    items: &[Item<'_>],
    locale: Locale,
    offer: Option<(&Offer<'_>, Much)>,
    subject: String,
    most: usize,
) -> Page {
    let (newest, rest) = newest(items, most);
    let told = sites(&rest, locale);
    let (verdict, headline, tally) = verdict(view, items, locale);
    let is_attached = !rest.is_empty() || view.mentions.len() > SHOWN;
    Page {
        language: locale.language().code(),
        subject,
        heading: locale.format("mail-heading", &[("rule", clean::line(view.rule, 100).into())]),
        verdict,
        headline,
        tally,
        figures: Vec::new(),
        actions_of_all: locale.text("answer-all"),
        actions: offer.filter(|_| items.len() > 1).map(|(offer, _)| offer.of_all()).unwrap_or_default(),
        mentions: newest
            .iter()
            .map(|item| {
                let mut display = display(item, view, locale);
                display.actions = offer.map(|(offer, much)| offer.of_mention(item.shown, much)).unwrap_or_default();
                display
            })
            .collect(),
        others: (!rest.is_empty()).then(|| words::counted(locale, "mail-others", rest.len() as u64)),
        sites: told,
        attached: is_attached.then(|| words::counted(locale, "mail-attached", view.mentions.len() as u64)),
        links_hint: offer.map(|(offer, _)| offer.hint_of_links()),
        foot: foot(view, items, offer.map(|(offer, _)| offer), locale),
    }
}

pub(super) fn display(item: &Item<'_>, view: &MessageView<'_>, locale: Locale) -> Shown {
    let mut display = shown(&item.shown.mention, view.now, view.timezone, locale);
    let told = told_before(item, view);
    if told == Told::Again {
        display.excerpt.clear();
    }
    display.story = story(item, told, view, locale);
    if view.occasion == Occasion::Moderation {
        display.evidence = moderation::lines(item.shown, locale);
    }
    display
}

/// How many there are of each tone, what asks for attention first.
pub(super) fn tally(polarities: impl Iterator<Item = Polarity>, locale: Locale) -> Vec<Tally> {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for polarity in polarities {
        let place = ORDER.iter().position(|of| *of == polarity).unwrap_or(ORDER.len() - 1);
        *counts.entry(place).or_default() += 1;
    }
    counts.into_iter().map(|(place, count)| Tally::of(ORDER[place], count, locale)).collect()
}

/// A site and how often, on one line.
pub(super) fn site_count((site, count): &(String, usize)) -> String {
    format!("{site}\u{a0}{count}")
}

/// Sites with their counts, the busiest first.
pub(super) fn by_site<'a>(mentions: impl Iterator<Item = &'a Mention>) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for mention in mentions {
        *counts.entry(clean::line(&site(mention), 60)).or_default() += 1;
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
        story: Vec::new(),
        because: locale.text("mail-because"),
        terms: mention.why.iter().take(TERMS).map(|term| clean::line(term, 80).replace('`', "'")).collect(),
        deciding: deciding(mention, locale),
        evidence: Vec::new(),
        actions: Vec::new(),
        tags: (!mention.tags.is_empty()).then(|| {
            let tags: Vec<String> = mention.tags.iter().take(TERMS).map(|tag| clean::line(tag, 40)).collect();
            locale.format("mail-tags", &[("tags", tags.join(", ").into())])
        }),
    }
}

/// What the channel knows of an item's story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// Nothing, or all, but is asked again or by somebody to look: it is shown the whole.
    Never,
    /// The story, but not this: another tone, or an edit.
    Otherwise,
    /// All but how far it has come.
    Again,
}

fn told_before(item: &Item<'_>, view: &MessageView<'_>) -> Told {
    let mention = &item.shown.mention;
    let Some(past) = view.pasts.get(&mention.story) else { return Told::Never };
    let is_whole = matches!(view.occasion, Occasion::Escalation { .. } | Occasion::Forward);
    if is_whole || past.first_message(view.channel).is_none_or(|message| message == view.id) {
        return Told::Never;
    }
    let told = past.told.iter().filter(|telling| telling.channel == view.channel && !telling.waits);
    if mention.revision == 1 && told.into_iter().any(|telling| telling.polarity == mention.polarity) {
        Told::Again
    } else {
        Told::Otherwise
    }
}

/// Where else the story stands, in a line; and that it was told before.
fn story(item: &Item<'_>, told: Told, view: &MessageView<'_>, locale: Locale) -> Vec<String> {
    let own = site(&item.shown.mention);
    let mut sites: Vec<String> = Vec::new();
    let mut lines = Vec::new();
    if told == Told::Never {
        let copies = item.copies.iter().filter(|copy| !copy.mention.repeat);
        for site in copies.map(|copy| clean::line(&site(&copy.mention), 60)) {
            if site != own && !sites.contains(&site) {
                sites.push(site);
            }
        }
        let count = item.republications() as i64;
        if count > 0 {
            let names = names(&sites, locale);
            let key = if sites.is_empty() { "mail-story-same-site" } else { "mail-story-copies" };
            lines.push(locale.format(key, &[("count", count.into()), ("sites", names.into())]));
        }
        return lines;
    }
    let past = view.pasts.get(&item.shown.mention.story);
    sites.extend(past.into_iter().flat_map(|past| &past.sites).map(|(site, _)| clean::line(site, 60)));
    let arguments = [("count", (sites.len() as i64).into()), ("sites", names(&sites, locale).into())];
    let key = match (told, item.shown.mention.revision > 1) {
        (_, true) => "mail-story-edited",
        (Told::Again, _) => "mail-story-spreads",
        _ => "mail-story-turns",
    };
    lines.push(locale.format(key, &arguments));
    lines
}

/// The first names, and how many more there are.
fn names(sites: &[String], locale: Locale) -> String {
    let listed = sites.len().min(SITES);
    let mut names = sites[..listed].join(", ");
    if sites.len() > listed {
        names.push(' ');
        names.push_str(&words::counted(locale, "mail-more-sites", (sites.len() - listed) as u64));
    }
    names
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

fn foot(view: &MessageView<'_>, items: &[Item<'_>], offer: Option<&Offer<'_>>, locale: Locale) -> Vec<String> {
    let mut lines = why(view, offer.map(|offer| (offer, items.len() > 1)), locale);
    lines.push(coverage(view.coverage, locale));
    lines.push(locale.text("mail-foot-change"));
    lines
}

/// Which rule said so and why now; how to answer, with links where they are offered for one or for several.
pub(super) fn why(view: &MessageView<'_>, offer: Option<(&Offer<'_>, bool)>, locale: Locale) -> Vec<String> {
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
        Reason::Forwarded => Some("mail-reason-forwarded"),
        Reason::AlreadySent
        | Reason::Baseline
        | Reason::NoRule
        | Reason::NotUnderstood
        | Reason::NoChannel
        | Reason::Late
        | Reason::Muted
        | Reason::SameStory => None,
    };
    let mut said = locale.format("mail-foot-rule", &[("rule", rule), ("place", place)]);
    if let Some(reason) = reason {
        said.push(' ');
        said.push_str(&locale.text(reason));
    }
    lines.push(said);
    if let Some((offer, several)) = offer {
        let hint = offer.hint(several);
        let escalates = if view.escalates { locale.text("answer-escalates") } else { String::new() };
        lines.push(format!("{hint} {escalates}").trim_end().to_owned());
    } else if view.escalates {
        let ids: Vec<String> = view.mentions.iter().take(SHOWN).map(|stored| stored.id.to_string()).collect();
        lines.push(locale.format("mail-foot-handled", &[("ids", ids.join(" ").into())]));
    }
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
        names.push(words::counted(locale, "mail-more-sources", (degraded.len() - DEGRADED) as u64));
    }
    let count = degraded.len() as i64;
    let arguments = [("well", well.into()), ("count", count.into()), ("names", names.join(", ").into())];
    locale.format("mail-foot-degraded", &arguments)
}

/// The same for a report, and which sources answer and are seen in part only.
pub(super) fn whole_coverage(seen: &Coverage, locale: Locale) -> String {
    coverage(seen, locale) + &partial(seen, locale)
}

fn partial(seen: &Coverage, locale: Locale) -> String {
    if seen.partial.is_empty() {
        return String::new();
    }
    let mut names: Vec<String> = seen
        .partial
        .iter()
        .take(DEGRADED)
        .map(|(name, why)| {
            let name: Value<'_> = clean::line(name, 60).into();
            match *why {
                Partial::Strangers => locale.format("mail-partial-strangers", &[("name", name)]),
                Partial::Crowded { sources, minutes } => {
                    let (sources, minutes) = ((sources as i64).into(), (minutes as i64).into());
                    locale.format("mail-partial-crowded", &[("name", name), ("sources", sources), ("minutes", minutes)])
                }
            }
        })
        .collect();
    if seen.partial.len() > DEGRADED {
        names.push(words::counted(locale, "mail-more-sources", (seen.partial.len() - DEGRADED) as u64));
    }
    format!(" {}", locale.format("mail-foot-partial", &[("names", names.join(", ").into())]))
}
