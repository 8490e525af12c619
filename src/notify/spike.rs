//! The mail of a spike: how many against how many are usual, when, in what tone, where, and some of the
//! mentions. Owns what is shown; the figures are `alert::spike`'s.

use super::answers::{Much, Offer};
use super::content::SpikeView;
use super::mail::{ORDER, Page, SITES, SUBJECT, by_site, coverage, shown, site_count, tally};
use super::render::{Frame, RenderError};
use super::{RenderedMail, clean, phrases};
use crate::alert::rule::Of;
use crate::config::settings::UiLanguage;
use crate::locale::{Locale, Value};
use crate::mention::StoredMention;

/// Mentions that are shown: enough to see what it is about.
const SHOWN: usize = 5;

/// The mail of a spike.
pub(super) fn render(view: &SpikeView<'_>, frame: Frame<'_>) -> Result<RenderedMail, RenderError> {
    let offer = frame.offer(view.id, view.channel, view.now);
    let page = page(view, frame.locale, offer.as_ref());
    let (text, html) = frame.style.templates.pages("mention", &page)?;
    let mut headers = frame.list_headers(view.brand_id, &format!("{}/{}", view.brand_id, view.rule), offer.as_ref());
    headers.extend(frame.thread_headers(view.first, offer.as_ref()));
    headers.push(("X-Vigie-Brand".to_owned(), clean::line(view.brand_id, 200)));
    headers.push(("X-Vigie-Rule".to_owned(), clean::line(view.rule, 200)));
    headers.push(("X-Vigie-Kind".to_owned(), "spike".to_owned()));
    Ok(RenderedMail { subject: page.subject, to: frame.to(), text, html, headers, ..RenderedMail::default() })
}

/// What is shown of a spike.
pub(super) fn page(view: &SpikeView<'_>, locale: Locale, offer: Option<&Offer<'_>>) -> Page {
    let peak = peak(view, locale);
    let subject = clean::clip(
        &format!("[vigie/{}] {peak}", clean::line(view.brand_id, 30)).replace(['\u{a0}', '\u{202f}'], " "),
        SUBJECT,
    );
    let brand = clean::line(view.brand_name, 100);
    let headline = locale.format("spike-headline", &[("brand", brand.into()), ("peak", peak.into())]);
    let mentions = view.mentions.iter().map(|one| &one.mention);
    let mut newest: Vec<&StoredMention> = view.news().collect();
    newest.sort_by_key(|one| {
        let place = ORDER.iter().position(|polarity| *polarity == one.mention.polarity);
        (place, std::cmp::Reverse(one.mention.found), one.id)
    });
    newest.truncate(SHOWN);
    let sites: Vec<String> = by_site(mentions.clone()).iter().take(SITES).map(site_count).collect();
    let rule = clean::line(view.rule, 100);
    let place = clean::line(view.place, 300);
    Page {
        language: locale.language().code(),
        subject,
        heading: locale.format("mail-heading", &[("rule", rule.clone().into())]),
        verdict: headline.clone(),
        headline,
        tally: tally(mentions.map(|one| one.polarity), locale),
        figures: figures(view, locale),
        actions_of_all: String::new(),
        actions: Vec::new(),
        mentions: newest
            .iter()
            .map(|one| {
                let mut shown = shown(&one.mention, view.now, view.timezone, locale);
                shown.actions = offer.map(|offer| offer.of_mention(one, Much::Some)).unwrap_or_default();
                shown
            })
            .collect(),
        others: (!sites.is_empty()).then(|| locale.text("spike-sites")),
        sites,
        attached: None,
        links_hint: offer.map(Offer::hint_of_links),
        foot: vec![
            locale.format("mail-foot-rule", &[("rule", rule.into()), ("place", place.into())]),
            locale.format("spike-foot", &[("days", Value::from(i64::from(view.days)))]),
            coverage(view.coverage, locale),
            locale.text("mail-foot-change"),
        ],
    }
}

/// `PIC ×4,2 : 42 mentions en 1 h (d’habitude 10)`.
fn peak(view: &SpikeView<'_>, locale: Locale) -> String {
    let key = if view.of == Of::Volume { "spike-peak" } else { "spike-peak-negative" };
    let span = phrases::span(locale, view.until.duration_since(view.from).unsigned_abs());
    let arguments = [
        ("factor", Value::from(number(locale, f64::from(view.count) / view.usual.max(0.1)))),
        ("count", Value::from(i64::from(view.count))),
        ("span", span.into()),
        ("usual", Value::from(number(locale, view.usual))),
    ];
    locale.format(key, &arguments)
}

/// When, and the share of negative ones against the usual.
fn figures(view: &SpikeView<'_>, locale: Locale) -> Vec<String> {
    let until = view.until.min(view.now);
    let [from_day, until_day] = [view.from, until].map(|at| phrases::date(locale, at, view.now, view.timezone));
    let mut lines = if from_day == until_day {
        let [from, until] = [view.from, until].map(|at| Value::from(phrases::clock(at, view.timezone)));
        vec![locale.format("spike-when-day", &[("day", from_day.into()), ("from", from), ("until", until)])]
    } else {
        let whole = |at| Value::from(phrases::absolute(locale, at, view.now, view.timezone));
        vec![locale.format("spike-when", &[("from", whole(view.from)), ("until", whole(until))])]
    };
    if let Some((share, usual)) = view.negative_share {
        let percent = |share: f64| Value::from((share * 100.0).round() as i64);
        let arguments = [("share", percent(share)), ("usual", percent(usual))];
        lines.push(locale.format("spike-share", &arguments));
    }
    lines
}

/// A number as people say it: a digit behind the comma below ten, where it is not nought.
fn number(locale: Locale, number: f64) -> String {
    let tenths = (number * 10.0).round() / 10.0;
    if tenths >= 10.0 || tenths.fract() == 0.0 {
        return format!("{tenths:.0}");
    }
    let digits = format!("{tenths:.1}");
    if locale.language() == UiLanguage::French { digits.replace('.', ",") } else { digits }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_said_with_a_digit_where_it_matters() {
        let (fr, en) = (Locale::of(UiLanguage::French), Locale::of(UiLanguage::English));
        for (value, french, english) in
            [(4.21, "4,2", "4.2"), (10.04, "10", "10"), (42.7, "43", "43"), (3.0, "3", "3"), (0.05, "0,1", "0.1")]
        {
            assert_eq!((number(fr, value).as_str(), number(en, value).as_str()), (french, english));
        }
    }
}
