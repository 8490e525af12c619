//! Mails about vigie itself: blind sources, refused watchlists, dead letters, a full disk,
//! tests. Owns what they say.

use serde::Serialize;

use super::content::{CoverageView, DeadLetterView, RefusalView, TestView, UnwritableView};
use super::mail::SUBJECT;
use super::render::{BYTES, Frame, RenderError};
use super::{RenderedMail, clean, phrases};
use crate::health::SourceState;
use crate::locale::{Locale, Value};

/// Hosts shown in one mail.
const HOSTS: usize = 40;

#[derive(Serialize)]
struct Page {
    language: &'static str,
    subject: String,
    heading: String,
    verdict: String,
    headline: String,
    items: Vec<Item>,
    paragraphs: Vec<String>,
    verbatim: Option<String>,
    foot: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct Item {
    /// `bad` or `good`: the colour of its bar.
    pub(super) class: &'static str,
    pub(super) name: String,
    pub(super) state: String,
    pub(super) detail: Option<String>,
    pub(super) action: Option<String>,
}

/// What is said, before it has a form.
pub(super) struct Notice {
    pub(super) kind: &'static str,
    /// Not cut yet; its spaces may be no-break ones.
    pub(super) subject: String,
    pub(super) verdict: String,
    pub(super) items: Vec<Item>,
    pub(super) paragraphs: Vec<String>,
    pub(super) verbatim: Option<String>,
    pub(super) foot: Vec<String>,
}

impl Notice {
    /// At most 70 characters; mail filters are written with plain spaces.
    pub(super) fn subject(&self) -> String {
        clean::line(&self.subject.replace('\u{a0}', " "), SUBJECT)
    }

    pub(super) fn mail(self, frame: Frame<'_>) -> Result<RenderedMail, RenderError> {
        let subject = self.subject();
        let page = Page {
            language: frame.locale.language().code(),
            subject: subject.clone(),
            heading: frame.locale.text(&format!("notify-heading-{}", self.kind)),
            headline: self.verdict.clone(),
            verdict: self.verdict,
            items: self.items,
            paragraphs: self.paragraphs,
            verbatim: self.verbatim,
            foot: self.foot,
        };
        let (text, html) = frame.style.templates.pages("notice", &page)?;
        let mut headers = frame.list_headers("", self.kind, None);
        headers.push(("X-Vigie-Kind".to_owned(), self.kind.to_owned()));
        Ok(RenderedMail { subject, to: frame.to(), text, html, headers, ..RenderedMail::default() })
    }
}

/// Sources that went blind, and those that see again.
pub(super) fn coverage(view: &CoverageView<'_>, locale: Locale) -> Notice {
    let blind: usize = view.blind.iter().map(|host| host.sources.max(1)).sum();
    let subject = if let ([dry, ..], [], []) = (view.dry, view.blind, view.recovered) {
        let since = view.dry.iter().map(|brand| brand.since).min().unwrap_or(dry.since);
        let since = phrases::span(locale, phrases::elapsed(since, view.now));
        let count = Value::from(view.dry.len() as i64);
        let arguments = [("count", count), ("name", clean::line(&dry.name, 35).into()), ("span", since.into())];
        locale.format("notify-dry-subject", &arguments)
    } else if let (Some(since), [first, ..]) = (view.blind.iter().map(|host| host.since).min(), view.blind) {
        let span = phrases::span(locale, phrases::elapsed(since, view.now));
        let name = clean::line(&first.name, 35);
        let arguments = [("count", Value::from(blind as i64)), ("name", name.into()), ("span", span.into())];
        locale.format("notify-coverage-subject", &arguments)
    } else if let ([heard, ..], []) = (view.heard, view.recovered) {
        let count = Value::from(view.heard.len() as i64);
        locale.format("notify-heard-subject", &[("count", count), ("name", clean::line(&heard.name, 35).into())])
    } else {
        let name = view.recovered.first().map_or_else(String::new, |host| clean::line(&host.name, 35));
        let count = view.recovered.len() as i64;
        locale.format("notify-recovered-subject", &[("count", count.into()), ("name", name.into())])
    };
    let mut items: Vec<Item> = Vec::new();
    for host in view.blind.iter().take(HOSTS) {
        let state = locale.text(&format!("notify-state-{}", host.state.word()));
        let since = phrases::span(locale, phrases::elapsed(host.since, view.now));
        let date = phrases::absolute(locale, host.since, view.now, view.timezone);
        let arguments = [
            ("state", state.into()),
            ("span", since.into()),
            ("date", date.into()),
            ("sources", Value::from(host.sources as i64)),
        ];
        items.push(Item {
            class: "bad",
            name: clean::line(&host.name, 100),
            state: locale.format("notify-coverage-line", &arguments),
            detail: host.detail.as_deref().map(|detail| clean::line(detail, 300)).filter(|detail| !detail.is_empty()),
            action: Some(locale.text(action(host.state))),
        });
    }
    for brand in view.dry.iter().take(HOSTS) {
        let since = phrases::span(locale, phrases::elapsed(brand.since, view.now));
        let date = phrases::absolute(locale, brand.since, view.now, view.timezone);
        let usual = Value::from(brand.usual.round() as i64);
        let arguments = [("span", since.into()), ("date", date.into()), ("usual", usual)];
        items.push(Item {
            class: "bad",
            name: clean::line(&brand.name, 100),
            state: locale.format("notify-dry-line", &arguments),
            detail: None,
            action: Some(locale.text("notify-dry-action")),
        });
    }
    let recovered = view.recovered.iter().take(HOSTS).map(|host| (host, "notify-recovered-line"));
    let heard = view.heard.iter().take(HOSTS).map(|brand| (brand, "notify-heard-line"));
    for (back, line) in recovered.chain(heard) {
        let span = phrases::span(locale, phrases::elapsed(back.since, view.now));
        items.push(Item {
            class: "good",
            name: clean::line(&back.name, 100),
            state: locale.format(line, &[("span", span.into())]),
            detail: None,
            action: None,
        });
    }
    let lists = [view.blind.len(), view.dry.len(), view.recovered.len(), view.heard.len()];
    let hidden: usize = lists.iter().map(|length| length.saturating_sub(HOSTS)).sum();
    let mut foot = Vec::new();
    if hidden > 0 {
        foot.push(locale.format("notify-coverage-more", &[("count", (hidden as i64).into())]));
    }
    foot.push(locale.text(match (view.blind, view.recovered, view.dry) {
        ([], [], []) => "notify-heard-foot",
        ([], [], _) => "notify-dry-foot",
        ([], ..) => "notify-recovered-foot",
        _ => "notify-coverage-foot",
    }));
    let (verdict, count) = match (blind, view.dry.len()) {
        (0, 0) if view.recovered.is_empty() => ("notify-heard-verdict", view.heard.len()),
        (0, 0) => ("notify-recovered-verdict", view.recovered.len()),
        (0, dry) => ("notify-dry-verdict", dry),
        (blind, _) => ("notify-coverage-verdict", blind),
    };
    let count = count as i64;
    let verdict = locale.format(verdict, &[("count", count.into())]);
    Notice { kind: "coverage", subject, verdict, items, paragraphs: Vec::new(), verbatim: None, foot }
}

/// What the operator can do about a state.
const fn action(state: SourceState) -> &'static str {
    match state {
        SourceState::Gone | SourceState::NotFound => "notify-action-moved",
        SourceState::Refused | SourceState::Challenge => "notify-action-refused",
        SourceState::Robots => "notify-action-robots",
        SourceState::NotAFeed | SourceState::Broken | SourceState::SoftError | SourceState::Empty => {
            "notify-action-read"
        }
        SourceState::SelectorsStale => "notify-action-selectors",
        SourceState::Silent => "notify-action-silent",
        SourceState::Certificate => "notify-action-certificate",
        SourceState::TooLarge => "notify-action-large",
        SourceState::RedirectLoop => "notify-action-loop",
        SourceState::ForbiddenAddress => "notify-action-private",
        SourceState::RateLimited => "notify-action-slower",
        SourceState::Unreachable
        | SourceState::Timeout
        | SourceState::ServerError
        | SourceState::Unknown
        | SourceState::Ok => "notify-action-wait",
    }
}

/// A watchlist that was refused.
pub(super) fn refusal(view: &RefusalView<'_>, locale: Locale) -> Notice {
    let file = clean::line(view.file, 200);
    let short = clean::line(view.file.rsplit('/').next().unwrap_or_default(), 40);
    Notice {
        kind: "refusal",
        subject: locale.format("notify-refusal-subject", &[("file", short.into())]),
        verdict: locale.format("notify-refusal-verdict", &[("file", file.into())]),
        items: Vec::new(),
        paragraphs: vec![locale.text("notify-refusal-stays")],
        // Escaped it may grow fivefold, and it stands in both parts.
        verbatim: Some(clean::block(view.diagnostics, BYTES / 8)),
        foot: vec![locale.text("notify-refusal-foot")],
    }
}

/// A message that could not be delivered.
pub(super) fn dead_letter(view: &DeadLetterView<'_>, locale: Locale) -> Notice {
    let channel = clean::line(view.channel, 60);
    let who = if view.recipient.is_empty() { channel.clone() } else { clean::line(view.recipient, 200) };
    let created = phrases::absolute(locale, view.created, view.now, view.timezone);
    let about = [("subject", Value::from(clean::line(view.subject, 100))), ("date", created.into())];
    let tried = [("channel", Value::from(channel.clone())), ("attempts", Value::from(i64::from(view.attempts)))];
    Notice {
        kind: "dead_letter",
        subject: locale.format("notify-dead-subject", &[("channel", clean::clip(&channel, 20).into())]),
        verdict: locale.format("notify-dead-verdict", &[("who", who.into())]),
        items: Vec::new(),
        paragraphs: vec![locale.format("notify-dead-about", &about), locale.format("notify-dead-tried", &tried)],
        verbatim: Some(clean::line(view.error, 500)),
        foot: vec![locale.format("notify-dead-foot", &[("channel", channel.into())])],
    }
}

/// The store cannot be written.
pub(super) fn unwritable(view: &UnwritableView<'_>, locale: Locale) -> Notice {
    let span = phrases::span(locale, phrases::elapsed(view.since, view.now));
    let date = phrases::absolute(locale, view.since, view.now, view.timezone);
    let since = [("span", Value::from(span)), ("date", date.into())];
    let store = clean::line(view.store, 300);
    Notice {
        kind: "unwritable",
        subject: locale.text("notify-unwritable-subject"),
        verdict: locale.text("notify-unwritable-verdict"),
        items: Vec::new(),
        paragraphs: vec![
            locale.format("notify-unwritable-since", &since),
            locale.format("notify-unwritable-action", &[("store", store.into())]),
        ],
        verbatim: Some(clean::line(view.error, 500)),
        foot: vec![locale.text("notify-unwritable-foot")],
    }
}

/// `vigie send-test`.
pub(super) fn test(view: &TestView<'_>, locale: Locale) -> Notice {
    let channel = clean::line(view.channel, 60);
    Notice {
        kind: "test",
        subject: locale.format("notify-test-subject", &[("channel", clean::clip(&channel, 30).into())]),
        verdict: locale.format("notify-test-verdict", &[("channel", channel.into())]),
        items: Vec::new(),
        paragraphs: vec![locale.text("notify-test-fine")],
        verbatim: None,
        foot: vec![locale.text("notify-test-foot")],
    }
}
