//! Mails and a report about nothing real, to try own templates on. Owns the samples; whether a template can be
//! used is `notify::templates`'s.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::action::Signer;
use crate::alert::Reason;
use crate::alert::digest::Period;
use crate::alert::rule::{BrandKind, Of};
use crate::alert::story::Pasts;
use crate::config::diagnostic::Diagnostic;
use crate::config::findings::Findings;
use crate::config::keys;
use crate::config::places::Span;
use crate::config::settings::{Mailbox, Recipient, UiLanguage};
use crate::health::SourceState;
use crate::locale::Locale;
use crate::mention::{DecidingWord, Evidence, Excerpt, Mention, Polarity, StoredMention, StoryId};
use crate::notify::content::{
    Blind, Coverage, CoverageView, DigestView, MessageView, Occasion, Recovered, RefusalView, SpikeView,
};
use crate::notify::templates::{BUILT_IN, Failure};
use crate::notify::{Answers, Audience, Content, Rendered, Style, Templates, page, report_foot};
use crate::report::{BrandLine, Frame, Report, Scope, Sheet};
use crate::store::figures::{Count, FiguresRows, NewSite, Top};

/// Text and HTML of a mail, before mail programs cut it.
const LONGEST: usize = 72_000;
const ID: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
/// The title of a sample: what a mail about mentions has to show.
const TITLE: &str = "Exemple : la box & le « café » ne s’entendent plus";
/// The templates that show mentions.
const SHOWING: [&str; 2] = ["mention.html", "mention.txt"];

/// Renders every kind of mail and a report with the templates of a folder; what stands in their way, in `language`.
/// Blocks on the disk.
#[must_use]
pub fn check(folder: &Path, language: UiLanguage) -> Vec<Diagnostic> {
    try_on(&Templates::read(folder), folder, language)
}

/// The same of templates that were read.
pub(crate) fn try_on(templates: &Templates, folder: &Path, language: UiLanguage) -> Vec<Diagnostic> {
    let locale = Locale::of(language);
    let names: Vec<String> = templates.texts().into_keys().collect();
    let mut found = Vec::new();
    for language in [UiLanguage::French, UiLanguage::English] {
        each(|content| render(content, templates, language, &mut found));
        report(templates, language);
    }
    let mut diagnostics: Vec<Diagnostic> = templates
        .failures()
        .iter()
        .map(|failure| said(failure, locale, |detail| vec![("detail", detail)], "config-template"))
        .collect();
    for name in names.iter().filter(|name| BUILT_IN.iter().all(|(known, _)| known != name)) {
        if let Some(near) = keys::nearest(name, BUILT_IN.iter().map(|(known, _)| *known)) {
            let mut findings = Findings::new(folder.join(name).display().to_string().into(), "", locale);
            findings.notice(FIRST, "config-templates-near", &[("name", name), ("near", near)], None);
            diagnostics.extend(findings.all);
        }
    }
    for (name, fault) in found {
        // What is too long is so in both halves together; what is missing may be missing in the frame.
        let stem = name.split('.').next().unwrap_or(name);
        let is_own = |own: &&String| **own == name || (matches!(fault, Fault::Long(_)) && own.starts_with(stem));
        let own = names.iter().find(is_own);
        let own = own.or_else(|| names.iter().find(|own| *own == "frame.html"));
        if let Some(own) = own.filter(|_| diagnostics.is_empty()) {
            diagnostics.push(fault.said(&folder.join(own), locale));
        }
    }
    diagnostics
}

const FIRST: Span = Span { line: 1, column: 1, end: 2 };

fn said<'a>(
    failure: &'a Failure,
    locale: Locale,
    arguments: impl Fn(&'a str) -> Vec<(&'static str, &'a str)>,
    key: &str,
) -> Diagnostic {
    let text = std::fs::read_to_string(&failure.file).unwrap_or_default();
    let line = (failure.line as u32).max(1);
    let mut findings = Findings::new(failure.file.display().to_string().into(), &text, locale);
    let end = findings.line(line).chars().count() as u32 + 1;
    findings.error(Span { line, column: 1, end: end.max(2) }, key, &arguments(&failure.detail), None);
    findings.all.remove(0)
}

/// What is wrong with a mail that could be rendered.
enum Fault {
    Empty,
    Long(usize),
}

impl Fault {
    fn said(&self, file: &Path, locale: Locale) -> Diagnostic {
        let failure = Failure { file: file.to_owned(), line: 1, detail: String::new() };
        match self {
            Self::Empty => said(&failure, locale, |_| vec![("missing", "m.title")], "config-template-empty"),
            Self::Long(bytes) => {
                let (bytes, most) = (bytes.to_string(), LONGEST.to_string());
                let mut findings = Findings::new(file.display().to_string().into(), "", locale);
                findings.error(FIRST, "config-template-long", &[("bytes", &bytes), ("most", &most)], None);
                findings.all.remove(0)
            }
        }
    }
}

fn render(content: &Content<'_>, templates: &Templates, language: UiLanguage, found: &mut Vec<(&'static str, Fault)>) {
    let mailbox = |address: &str| Mailbox { name: None, address: address.to_owned() };
    let answers = Answers::new(Signer::new([0; 32]), "vigie@acme.example".to_owned(), vec!["crise".to_owned()]);
    let audience = Audience::Mail {
        from: mailbox("vigie@acme.example"),
        to: vec![Recipient { mailbox: mailbox("cm@acme.example"), language: None }],
        language,
        style: Style { templates: templates.clone(), answers: Some(answers) },
    };
    // The built-in templates cannot fail: what could not be rendered is among the failures.
    for (_, rendered) in audience.render(content).unwrap_or_default() {
        let Rendered::Mail(mail) = rendered else { continue };
        if matches!(content, Content::Mentions(_)) {
            // Escaped in HTML: a piece without signs.
            let shown = [mail.html.contains("ne s’entendent plus"), mail.text.contains(TITLE)];
            found.extend(
                SHOWING.into_iter().zip(shown).filter(|(_, shown)| !shown).map(|(name, _)| (name, Fault::Empty)),
            );
        }
        let bytes = mail.text.len() + mail.html.len();
        if bytes > LONGEST {
            let name = match content {
                Content::Mentions(_) | Content::Spike(_) => "mention.html",
                Content::Digest(_) => "digest.html",
                _ => "notice.html",
            };
            found.push((name, Fault::Long(bytes)));
        }
    }
}

fn now() -> Timestamp {
    Timestamp::from_second(1_795_000_000).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn mention(id: i64, polarity: Polarity) -> StoredMention {
    StoredMention {
        id,
        mention: Mention {
            team: "exemple.yaml".to_owned(),
            brand: "acme".to_owned(),
            source: 1,
            source_name: "forum".to_owned(),
            entry: id.unsigned_abs(),
            revision: 1,
            url: Some(format!("https://forum.example/t/{id}")),
            title: TITLE.to_owned(),
            site: "forum.example".to_owned(),
            author: Some("auteur".to_owned()),
            published: Some(now() - Duration::from_mins(20)),
            found: now() - Duration::from_mins(10),
            language: None,
            polarity,
            score: (polarity != Polarity::Unknown).then_some(-0.4),
            document_score: None,
            hits: Vec::new(),
            tags: vec!["exemple".to_owned()],
            excerpt: Excerpt { text: "Chez Acme, plus rien ne va.".to_owned(), hits: vec![(5, 9)] },
            why: vec!["acme".to_owned()],
            words: vec![DecidingWord { text: "plus rien".to_owned(), valence: -1.2 }],
            baseline: false,
            story: StoryId(id.unsigned_abs()),
            repeat: false,
            evidence: Some(Box::new(Evidence::seal(
                vec!["insult".to_owned()],
                vec!["exemple".to_owned()],
                "exemple\n".to_owned(),
            ))),
        },
    }
}

/// Every template with something behind every name in it.
fn each(mut try_on: impl FnMut(&Content<'_>)) {
    let (zone, now) = (TimeZone::UTC, now());
    let tones = [Polarity::Negative, Polarity::Positive, Polarity::Neutral, Polarity::Uncertain, Polarity::Unknown];
    let many: Vec<StoredMention> = (0..25).map(|n| mention(n + 1, tones[n as usize % 5])).collect();
    let coverage =
        Coverage { well: 3, degraded: vec![("forum".to_owned(), SourceState::Timeout)], partial: Vec::new() };
    let pasts = Pasts::new();
    let message = |occasion, mentions| MessageView {
        id: ID,
        occasion,
        brand_id: "acme",
        brand_name: "Acme",
        rule: "urgent",
        place: "exemple.yaml:1",
        reason: Reason::FirstMention,
        by: None,
        escalates: true,
        mentions,
        channel: "comms",
        pasts: &pasts,
        coverage: &coverage,
        timezone: &zone,
        now,
    };
    try_on(&Content::Mentions(message(Occasion::Mention, &many[..1])));
    try_on(&Content::Mentions(message(Occasion::Moderation, &many)));
    try_on(&Content::Spike(SpikeView {
        id: ID,
        brand_id: "acme",
        brand_name: "Acme",
        rule: "pics",
        place: "exemple.yaml:1",
        channel: "comms",
        of: Of::Negative,
        from: now - Duration::from_hours(1),
        until: now,
        count: 42,
        usual: 10.0,
        negative_share: Some((0.5, 0.2)),
        days: 28,
        mentions: &many,
        listed: &[],
        first: None,
        coverage: &coverage,
        timezone: &zone,
        now,
    }));
    let since = now - Duration::from_hours(6);
    let blind = [Blind {
        name: "forum".to_owned(),
        sources: 2,
        state: SourceState::Timeout,
        detail: Some("30 s".to_owned()),
        since,
    }];
    let recovered = [Recovered { name: "presse".to_owned(), since }];
    let view =
        CoverageView { id: ID, blind: &blind, recovered: &recovered, dry: &[], heard: &[], timezone: &zone, now };
    try_on(&Content::Coverage(view));
    try_on(&Content::Refusal(RefusalView { id: ID, file: "exemple.yaml", diagnostics: "exemple.yaml:1:1" }));
    let (scope, rows) = figures();
    let report = Report::of(&scope, rows);
    try_on(&Content::Digest(DigestView {
        id: ID,
        brands: &[("acme".to_owned(), "Acme".to_owned())],
        rule: "matin",
        place: "exemple.yaml:1",
        channel: "comms",
        period: Period::Day,
        report: &report,
        frame: &scope.frame,
        mentions: &many,
        coverage: &coverage,
        now,
    }));
}

fn figures() -> (Scope, FiguresRows) {
    let (to, zone) = (now(), TimeZone::UTC);
    let from = to - Duration::from_hours(24);
    let brand = BrandLine { id: "acme".to_owned(), name: "Acme".to_owned(), kind: BrandKind::Brand };
    let other = BrandLine { id: "autre".to_owned(), name: "Autre".to_owned(), kind: BrandKind::Competitor };
    let scope = Scope {
        frame: Frame::new(from, to, &zone),
        lead: vec![brand],
        competitors: vec![other],
        since: Some(from - Duration::from_hours(24 * 60)),
        objectives: Vec::new(),
        watched: Vec::new(),
        opened: Vec::new(),
        phases: Vec::new(),
    };
    let count = |brand: &str, hour: u64, polarity, mentions| Count {
        brand: brand.to_owned(),
        at: from + Duration::from_hours(hour),
        polarity,
        mentions,
    };
    let top = |name: &str| Top { name: name.to_owned(), about: None, mentions: 3, negative: 1, positive: 1 };
    let rows = FiguresRows {
        counts: vec![
            count("acme", 3, Polarity::Negative, 4),
            count("acme", 9, Polarity::Positive, 2),
            count("autre", 9, Polarity::Neutral, 3),
        ],
        older: 1,
        repeats: 1,
        unanswered: 2,
        sites: vec![top("forum.example")],
        authors: vec![top("auteur")],
        terms: vec![top("acme")],
        new_sites: vec![NewSite { site: "blog.example".to_owned(), mentions: 2, url: None }],
        worst: vec![(mention(90, Polarity::Negative), true)],
        waiting: vec![mention(91, Polarity::Negative)],
        ..FiguresRows::default()
    };
    (scope, rows)
}

fn report(templates: &Templates, language: UiLanguage) {
    let (scope, rows) = figures();
    let report = Report::of(&scope, rows);
    let locale = Locale::of(language);
    let sheet = Sheet::of(&report, &scope.frame, "Acme", locale, now());
    let foot = report_foot(&Coverage { well: 3, degraded: Vec::new(), partial: Vec::new() }, locale);
    // What fails is among the failures; the built-in page cannot.
    let _ = page(&report, &scope.frame, &sheet, foot, templates, locale, now());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Severity;

    fn told(files: &[(&str, &str)]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let start = folder.path().display().to_string();
        let said = check(folder.path(), UiLanguage::English);
        said.iter()
            .map(|one| {
                let place = one.place.to_string().replace(&start, "");
                format!("{place} {}", if one.severity == Severity::Error { "error" } else { "notice" })
            })
            .collect()
    }

    #[test]
    fn the_built_in_templates_pass_as_own_ones() {
        assert_eq!(told(BUILT_IN), Vec::<String>::new());
    }

    #[test]
    fn a_template_that_cannot_be_used_is_named_with_its_line() {
        for (name, text, expected) in [
            ("notice.txt", "a\n{% if x", "/notice.txt:2 error"),
            ("digest.html", "{{ headline }}\n{{ sheet.nosuch }}", "/digest.html:2 error"),
            ("report.html", "{{ title }}\n\n{{ title | shout }}", "/report.html:3 error"),
            ("mention.txt", "{{ verdict }}", "/mention.txt:1 error"),
            ("frame.html", "<p>{{ headline }}</p>", "/frame.html:1 error"),
            ("mentions.html", "x", "/mentions.html:1 notice"),
        ] {
            assert_eq!(told(&[(name, text)]), [expected], "{name}");
        }
        let long = format!(
            "{}{{% for m in mentions %}}{{% for p in m.title %}}{{{{ p.text }}}}{{% endfor %}}{{% endfor %}}",
            "x".repeat(80_000)
        );
        assert_eq!(told(&[("mention.txt", &long)]), ["/mention.txt:1 error"]);
        assert_eq!(told(&[("logo.html", "x")]), Vec::<String>::new());
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        assert_eq!(check(Path::new("/nowhere/templates"), UiLanguage::French).len(), 1);
    }
}
