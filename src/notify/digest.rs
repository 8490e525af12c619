//! The mail of a digest and the page of a report: the sheet in its frame, with the mentions that it tells.
//! Owns their order and the picture; figures and their words are `report`'s.

use std::collections::HashSet;

use jiff::Timestamp;
use serde::Serialize;

use super::answers::{Much, Offer};
use super::content::{Coverage, DigestView, MentionBody};
use super::mail::{Piece, SUBJECT, Shown, shown, whole_coverage};
use super::render::{BYTES, Frame, RenderError};
use super::templates::Templates;
use super::{Picture, RenderedMail, clean, csv};
use crate::alert::digest::Period;
use crate::locale::{Locale, Value};
use crate::mention::StoredMention;
use crate::report::text::List;
use crate::report::{Report, Sheet, period, picture, sheet, words};

/// Mentions that are shown; all of more are attached.
const SHOWN: usize = 20;
/// Lines of a table in a mail.
const LINES: usize = 5;

#[derive(Serialize)]
struct Page<'a> {
    language: &'static str,
    subject: &'a str,
    heading: &'a str,
    headline: &'a str,
    sheet: &'a Sheet,
    lines: usize,
    picture: Option<&'a str>,
    health: Option<String>,
    waiting_title: String,
    waiting: Vec<Shown>,
    /// How to say that they were answered, and how many more there are.
    waiting_how: Option<String>,
    worst_title: String,
    worst: Vec<Shown>,
    waited_title: String,
    mentions: Vec<Shown>,
    others: Option<String>,
    attached: Option<String>,
    /// What the links of actions do.
    links_hint: Option<String>,
    foot: Vec<String>,
}

/// The mail of a digest.
pub(super) fn render(view: &DigestView<'_>, frame: Frame<'_>) -> Result<RenderedMail, RenderError> {
    let locale = frame.locale;
    let subject = subject(view, locale);
    let sheet = Sheet::of(view.report, view.frame, &name(view, locale), locale, view.now);
    let heading = locale.format(
        "digest-heading",
        &[("rule", clean::line(view.rule, 100).into()), ("period", sheet.period.clone().into())],
    );
    let cid = format!("volume.{}@vigie", view.id);
    let mut csv = (view.mentions.len() > SHOWN).then(|| csv::render(view.mentions, view.rule, &view.frame.zone));
    let (mut most, mut worst, mut lines) = (SHOWN, usize::MAX, LINES);
    let offer = frame.offer(view.id, view.channel, view.now);
    let waiting: Vec<&StoredMention> = waiting(view).collect();
    let mut much = Much::of(waiting.len() + view.mentions.len());
    let (text, html) = loop {
        let acted = |one: &StoredMention| {
            let mut shown = show(view, one, locale);
            shown.actions = offer.as_ref().map(|offer| offer.of_waiting(one, much)).unwrap_or_default();
            shown
        };
        let others = view.mentions.len().saturating_sub(most);
        let counted = |key: &str, count: usize| words::counted(locale, key, count as u64);
        let page = Page {
            language: sheet.language,
            subject: &subject,
            heading: &heading,
            headline: &sheet.verdict,
            sheet: &sheet,
            lines,
            picture: sheet.series.is_some().then_some(cid.as_str()),
            health: health(view, locale),
            waiting_title: counted("digest-unanswered", view.report.unanswered as usize),
            waiting: waiting.iter().take(worst).map(|one| acted(one)).collect(),
            waiting_how: unanswered(view.report, &waiting[..waiting.len().min(worst)], offer.is_some(), locale),
            worst_title: locale.text("digest-worst"),
            worst: told_elsewhere(view)
                .filter(|(one, _)| waiting.iter().all(|other| other.id != one.id))
                .take(worst)
                .map(|(one, told)| bad(show(view, one, locale), *told, locale))
                .collect(),
            waited_title: counted("digest-waited", view.mentions.len()),
            mentions: newest(view.mentions, most).iter().map(|one| acted(one)).collect(),
            others: (others > 0).then(|| counted("mail-others", others)),
            attached: (others > 0).then(|| counted("mail-attached", view.mentions.len())),
            links_hint: offer.as_ref().filter(|_| can_act(view)).map(Offer::hint_of_links),
            foot: foot(view, locale),
        };
        let (text, html) = frame.style.templates.pages("digest", &page)?;
        if text.len() + html.len() <= BYTES || most <= 1 {
            break (text, html);
        }
        if let Some(less) = much.less().filter(|_| offer.is_some()) {
            much = less;
            continue;
        }
        // Of monstrous mentions fewer are shown; the figures stay as long as they can.
        most -= most.div_ceil(4);
        (worst, lines) = (most.min(6), if most < 5 { 3 } else { LINES });
        csv = csv.or_else(|| {
            let cut = most < view.mentions.len();
            cut.then(|| csv::render(view.mentions, view.rule, &view.frame.zone))
        });
    };
    // A digest opens a thread of its own and answers none: a month of them in one thread would show the last alone
    // on a phone, and hide under it what waited in the others; their subjects begin alike, which sorts them.
    let list = list_id(view);
    // A plain answer is about the mentions whose message this is; without any, it would be about nothing.
    let offer = offer.as_ref().filter(|_| !view.mentions.is_empty());
    let mut headers =
        frame.list_headers(list, &format!("{}/{}", if list.is_empty() { "vigie" } else { list }, view.rule), offer);
    headers.extend(frame.thread_headers(None, offer));
    if !list.is_empty() {
        headers.push(("X-Vigie-Brand".to_owned(), clean::line(list, 200)));
    }
    headers.push(("X-Vigie-Rule".to_owned(), clean::line(view.rule, 200)));
    headers.push(("X-Vigie-Kind".to_owned(), "digest".to_owned()));
    let pictures = if sheet.series.is_some() {
        let tones: Vec<_> = view.report.series.iter().map(|point| point.tones).collect();
        vec![Picture::png(cid, &picture::bars(&tones))]
    } else {
        Vec::new()
    };
    Ok(RenderedMail { subject, to: frame.to(), text, html, csv, pictures, headers, ..RenderedMail::default() })
}

/// The one brand that it is about; of several, none.
fn list_id<'a>(view: &DigestView<'a>) -> &'a str {
    match view.brands {
        [(id, _)] => id,
        _ => "",
    }
}

/// Who it is about, for people.
pub(super) fn name(view: &DigestView<'_>, locale: Locale) -> String {
    match view.brands {
        [(_, name)] => name.clone(),
        brands => locale.format("digest-brands", &[("count", Value::from(brands.len() as i64))]),
    }
}

/// At most 70 characters; mail filters are written with plain spaces.
pub(super) fn subject(view: &DigestView<'_>, locale: Locale) -> String {
    let list = list_id(view);
    let tag = if list.is_empty() { "[vigie]".to_owned() } else { format!("[vigie/{}]", clean::line(list, 30)) };
    let subject = format!("{tag} {}", sheet::subject(view.report, view.frame, locale, view.now));
    clean::clip(&subject.replace(['\u{a0}', '\u{202f}'], " "), SUBJECT)
}

/// The worst that this digest does not tell anyway.
pub(super) fn told_elsewhere<'a>(view: &DigestView<'a>) -> impl Iterator<Item = &'a (StoredMention, bool)> {
    let told: HashSet<i64> = view.mentions.iter().map(|one| one.id).collect();
    view.report.worst.iter().filter(move |(one, _)| !told.contains(&one.id))
}

/// What waits for an answer, and is not told by this digest.
fn waiting<'a>(view: &DigestView<'a>) -> impl Iterator<Item = &'a StoredMention> {
    let told: HashSet<i64> = view.mentions.iter().map(|one| one.id).collect();
    view.report.waiting.iter().filter(move |one| !told.contains(&one.id))
}

/// Whether it shows mentions that something can be done about.
fn can_act(view: &DigestView<'_>) -> bool {
    !view.mentions.is_empty() || waiting(view).next().is_some()
}

/// Where no link says that a mention was answered, the command that does; and how many are not shown.
fn unanswered(report: &Report, shown: &[&StoredMention], links: bool, locale: Locale) -> Option<String> {
    if shown.is_empty() {
        return None;
    }
    let mut lines = Vec::new();
    if !links {
        let ids: Vec<String> = shown.iter().map(|one| one.id.to_string()).collect();
        let arguments = [("count", Value::from(shown.len() as i64)), ("ids", ids.join(" ").into())];
        lines.push(locale.format("digest-unanswered-how", &arguments));
    }
    let hidden = (report.unanswered as usize).saturating_sub(shown.len());
    if hidden > 0 {
        lines.push(words::counted(locale, "digest-unanswered-more", hidden as u64));
    }
    (!lines.is_empty()).then(|| lines.join(" "))
}

/// The newest, and among them what asks for attention first.
pub(super) fn newest(mentions: &[StoredMention], most: usize) -> Vec<&StoredMention> {
    let mut newest: Vec<&StoredMention> = mentions.iter().collect();
    newest.sort_by_key(|one| (std::cmp::Reverse(one.mention.found), one.id));
    newest.truncate(most);
    newest.sort_by_key(|one| super::mail::ORDER.iter().position(|polarity| *polarity == one.mention.polarity));
    newest
}

pub(super) fn show(view: &DigestView<'_>, one: &StoredMention, locale: Locale) -> Shown {
    shown(&one.mention, view.now, &view.frame.zone, locale)
}

/// Marks what somebody was told already.
pub(super) fn bad(mut shown: Shown, told: bool, locale: Locale) -> Shown {
    if told {
        shown.about.push(locale.text("digest-told"));
    }
    shown
}

/// That silence is silence and no blindness: on empty days, and once a week.
pub(super) fn health(view: &DigestView<'_>, locale: Locale) -> Option<String> {
    let well = view.coverage.well as i64;
    if well == 0 || !view.coverage.degraded.is_empty() {
        return None;
    }
    let arguments = [("well", Value::from(well))];
    if view.report.is_empty() {
        return Some(locale.format("digest-silence", &arguments));
    }
    let weekly = view.period != Period::Day || view.frame.span.days(&view.frame.zone) > 2;
    weekly.then(|| locale.format("digest-well", &arguments))
}

fn foot(view: &DigestView<'_>, locale: Locale) -> Vec<String> {
    let place: Value<'_> = clean::line(view.place, 300).into();
    let rule: Value<'_> = clean::line(view.rule, 100).into();
    vec![
        locale.format("mail-foot-rule", &[("rule", rule), ("place", place)]),
        whole_coverage(view.coverage, locale),
        locale.text("report-foot-tone"),
        locale.text("mail-foot-change"),
    ]
}

#[derive(Serialize)]
struct ReportPage<'a> {
    title: String,
    sheet: &'a Sheet,
    #[serde(flatten)]
    told: Told,
    foot: Vec<String>,
}

/// The mentions of a report, as a digest shows them.
#[derive(Serialize)]
struct Told {
    waiting_title: String,
    waiting: Vec<Shown>,
    waiting_how: Option<String>,
    worst_title: String,
    worst: Vec<Shown>,
}

impl Told {
    fn of(report: &Report, frame: &period::Frame, locale: Locale, now: Timestamp) -> Self {
        let show = |one: &StoredMention| shown(&one.mention, now, &frame.zone, locale);
        let waiting: Vec<&StoredMention> = report.waiting.iter().collect();
        let worst = report.worst.iter().filter(|(one, _)| waiting.iter().all(|other| other.id != one.id));
        Self {
            waiting_title: words::counted(locale, "digest-unanswered", report.unanswered),
            waiting_how: unanswered(report, &waiting, false, locale),
            waiting: waiting.iter().map(|one| show(one)).collect(),
            worst_title: locale.text("digest-worst"),
            worst: worst.map(|(one, told)| bad(show(one), *told, locale)).collect(),
        }
    }
}

/// The page of `vigie report`: one file, with its styles and drawings in it.
///
/// # Errors
/// [`RenderError`] when the template fails.
pub fn page(
    report: &Report,
    frame: &period::Frame,
    sheet: &Sheet,
    foot: Vec<String>,
    templates: &Templates,
    locale: Locale,
    now: Timestamp,
) -> Result<String, RenderError> {
    let title = format!("{} · {}", sheet.verdict, sheet.period);
    let told = Told::of(report, frame, locale, now);
    templates.page("report.html", &ReportPage { title, sheet, told, foot })
}

/// The mentions of a report for a terminal: what waits for an answer, then the worst besides.
#[must_use]
pub fn lists(report: &Report, frame: &period::Frame, locale: Locale, now: Timestamp) -> Vec<List> {
    let told = Told::of(report, frame, locale, now);
    let of = |title, mentions: Vec<Shown>, note| List { title, mentions: mentions.iter().map(lines).collect(), note };
    let lists = [of(told.waiting_title, told.waiting, told.waiting_how), of(told.worst_title, told.worst, None)];
    lists.into_iter().filter(|list| !list.mentions.is_empty()).collect()
}

fn lines(shown: &Shown) -> Vec<String> {
    let plain = |pieces: &[Piece]| pieces.iter().map(|piece| piece.text.as_str()).collect::<String>();
    let [_, date] = &shown.dates;
    let about: Vec<&str> = [&shown.host].into_iter().chain(&shown.about).chain([date]).map(String::as_str).collect();
    let lines = [format!("{} {}", shown.sign, plain(&shown.title)), about.join(" · "), plain(&shown.excerpt)];
    let link = shown.link.iter().cloned();
    lines.into_iter().chain(link).filter(|line| !line.is_empty()).collect()
}

/// A report for programs: its figures, and the mentions that the other forms show.
#[derive(Debug, Serialize)]
pub struct ReportBody<'a> {
    #[serde(flatten)]
    report: &'a Report,
    /// The worst mentions, each as in a webhook.
    worst: Vec<MentionBody<'a>>,
    /// Those of `unanswered`, one of a story, the worst first, each as in a webhook.
    waiting: Vec<MentionBody<'a>>,
}

impl<'a> ReportBody<'a> {
    /// Of a report.
    #[must_use]
    pub fn of(report: &'a Report) -> Self {
        Self {
            report,
            worst: report.worst.iter().map(|(one, _)| MentionBody::of(one)).collect(),
            waiting: report.waiting.iter().map(MentionBody::of).collect(),
        }
    }
}

/// How well the sources are, what the net tone is: the foot of every report.
#[must_use]
pub fn report_foot(seen: &Coverage, locale: Locale) -> Vec<String> {
    vec![whole_coverage(seen, locale), locale.text("report-foot-tone")]
}
