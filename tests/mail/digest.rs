//! Digests as people and programs get them.

use std::path::Path;

use vigie::alert::digest::Period;
use vigie::alert::rule::BrandKind;
use vigie::config::load;
use vigie::notify::content::{DigestView, Partial};
use vigie::report::period::written;
use vigie::report::{BrandLine, Figure, Frame, Objective, Report, Scope, Sheet, csv, text};
use vigie::store::figures::{Count, FiguresRows, NewSite, TagCount, Top};
use vigie::watchlist::{self, WatchlistFile};

use super::*;

fn local(text: &str) -> Timestamp {
    written(text, &paris()).unwrap()
}

fn line(id: &str, name: &str, kind: BrandKind) -> BrandLine {
    BrandLine { id: id.into(), name: name.into(), kind }
}

fn scope(from: &str, to: &str) -> Scope {
    let objective = |figure, at_least, at_most| Objective {
        brand: "orange".into(),
        figure,
        at_least,
        at_most,
        place: Place { file: "orange.yaml".into(), line: 30, column: 3 },
    };
    Scope {
        frame: Frame::new(local(from), local(to), &paris()),
        lead: vec![line("orange", "Orange (opérateur)", BrandKind::Brand)],
        competitors: vec![
            line("free", "Free", BrandKind::Competitor),
            line("sfr", "SFR", BrandKind::Competitor),
            line("bouygues", "Bouygues Telecom", BrandKind::Competitor),
        ],
        since: Some(local("2026-01-01")),
        objectives: vec![
            objective(Figure::NetTone, Some(10.0), None),
            objective(Figure::ShareOfVoice, Some(40.0), None),
            objective(Figure::NegativeShare, None, Some(35.0)),
        ],
        watched: Vec::new(),
        opened: Vec::new(),
        phases: Vec::new(),
    }
}

/// Days of counts with a rhythm: mornings and evenings, one bad afternoon.
fn counts(first: &str, days: i64) -> Vec<Count> {
    let start = local(first);
    let mut counts = Vec::new();
    for hour in 0..days * 24 {
        let at = start + Duration::from_secs(hour.unsigned_abs() * 3600);
        let (day, clock) = (hour / 24, hour % 24);
        let busy = u64::from((8..22).contains(&clock));
        let mut add = |brand: &str, polarity: Polarity, mentions: u64| {
            if mentions > 0 {
                counts.push(Count { brand: brand.into(), at, polarity, mentions });
            }
        };
        add("orange", Polarity::Neutral, busy * u64::from(clock % 3 == 0));
        add("orange", Polarity::Positive, busy * u64::from((clock + day) % 4 == 1));
        add("orange", Polarity::Negative, busy * u64::from((clock + day) % 5 == 2));
        add("orange", Polarity::Uncertain, u64::from(clock == 19));
        if day % 7 == 3 && (14..17).contains(&clock) {
            add("orange", Polarity::Negative, 4);
        }
        add("orange", Polarity::Unknown, u64::from(clock == 11 && day % 2 == 0));
        add("free", Polarity::Neutral, busy * u64::from(clock % 2 == 0));
        add("sfr", Polarity::Negative, busy * u64::from(clock % 5 == 0));
        add("bouygues", Polarity::Positive, u64::from(clock == 12));
    }
    counts
}

fn top(name: &str, about: Option<&str>, mentions: u64, negative: u64, positive: u64) -> Top {
    Top { name: name.into(), about: about.map(str::to_owned), mentions, negative, positive }
}

fn rows(first: &str, days: i64) -> FiguresRows {
    let tag = |tag: &str, polarity, mentions| TagCount { tag: tag.into(), polarity, mentions };
    let mut praise = mention(
        31,
        Polarity::Uncertain,
        -0.1,
        "Encore une belle journée sans réseau",
        "https://social.example/@zoe/31",
        "Bravo *Orange*, encore une belle journée sans réseau",
    );
    praise.mention.author = Some("@zoe".into());
    FiguresRows {
        counts: counts(first, days),
        older: 1,
        repeats: 2,
        unanswered: 4,
        tags: vec![
            tag("panne", Polarity::Negative, 11),
            tag("panne", Polarity::Neutral, 2),
            tag("prix", Polarity::Negative, 4),
            tag("prix", Polarity::Positive, 5),
            tag("boutique", Polarity::Positive, 3),
            tag("boutique", Polarity::Neutral, 1),
        ],
        sites: vec![
            top("lafibre.example", None, 14, 9, 1),
            top("forum.example", None, 8, 2, 3),
            top("presse.example", None, 3, 0, 0),
        ],
        sources: vec![top("lafibre", None, 14, 9, 1), top("Google Actualités", None, 11, 2, 3)],
        authors: vec![
            top("titi59", Some("lafibre.example"), 5, 5, 0),
            top("=HYPERLINK(\"https://x.example\")", Some("forum.example"), 2, 0, 1),
        ],
        terms: vec![top("=Orange", None, 21, 9, 4), top("livebox", None, 9, 5, 1)],
        stories: vec![top("Panne géante dans le Nord : la fibre Orange coupée depuis ce matin", Some("5"), 7, 6, 0)],
        new_sites: vec![
            NewSite {
                site: "blog-du-nord.example".into(),
                mentions: 3,
                url: Some("http://www.blog-du-nord.example:8080/2026/panne".into()),
            },
            NewSite { site: "192.168.7.4".into(), mentions: 2, url: Some("http://192.168.7.4/x".into()) },
            NewSite { site: "voisins.example".into(), mentions: 1, url: None },
            NewSite { site: "not a host\n".into(), mentions: 1, url: None },
        ],
        worst: vec![(outage(), true), (praise, false)],
        waiting: vec![outage()],
    }
}

struct Digest {
    scope: Scope,
    report: Report,
    brands: Vec<(String, String)>,
    waited: Vec<StoredMention>,
    coverage: Coverage,
    period: Period,
    now: Timestamp,
}

impl Digest {
    fn of(scope: Scope, rows: FiguresRows, period: Period) -> Self {
        let now = scope.frame.span.to + Duration::from_hours(8);
        Self {
            report: Report::of(&scope, rows),
            brands: vec![("orange".into(), "Orange (opérateur)".into())],
            scope,
            waited: Vec::new(),
            coverage: Coverage { well: 12, ..Coverage::default() },
            period,
            now,
        }
    }

    fn day() -> Self {
        let mut day = Self::of(scope("2026-11-19", "2026-11-20"), rows("2026-11-12", 9), Period::Day);
        let foreign = mention(
            40,
            Polarity::Unknown,
            0.0,
            "Orange stellt neue Tarife vor",
            "https://nachrichten.example/40",
            "*Orange* stellt neue Tarife vor, gültig ab Januar.",
        );
        day.waited = vec![foreign];
        day.coverage.degraded.push(("presse.example".into(), SourceState::Refused));
        day.coverage.partial.push(("reddit".into(), Partial::Strangers));
        day.coverage.partial.push(("gdelt fibre".into(), Partial::Crowded { sources: 200, minutes: 17 }));
        day
    }

    fn week() -> Self {
        Self::of(scope("2026-11-16", "2026-11-23"), rows("2026-11-09", 14), Period::Week)
    }

    fn month() -> Self {
        Self::of(scope("2026-11-01", "2026-12-01"), rows("2026-10-02", 60), Period::Month)
    }

    /// After days on which it could not be sent.
    fn missed() -> Self {
        Self::of(scope("2026-11-19", "2026-11-23"), rows("2026-11-12", 11), Period::Day)
    }

    fn empty() -> Self {
        Self::of(scope("2026-11-19", "2026-11-20"), FiguresRows::default(), Period::Day)
    }

    fn view(&self) -> Content<'_> {
        Content::Digest(DigestView {
            id: ID,
            brands: &self.brands,
            rule: "matin",
            place: "orange.yaml:21",
            channel: "comms",
            period: self.period,
            report: &self.report,
            frame: &self.scope.frame,
            mentions: &self.waited,
            coverage: &self.coverage,
            now: self.now,
        })
    }
}

/// The page without what the text half says already: what it looks like.
fn pages(mail: &RenderedMail) -> String {
    let headers: Vec<String> = mail.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    format!("{}\n{}\n\n===== text\n{}\n===== html\n{}", mail.subject, headers.join("\n"), mail.text, mail.html)
}

#[test]
fn digests_of_a_day_a_week_a_month_of_days_missed_and_of_silence_read_as_they_should() {
    for (name, digest) in [
        ("day", Digest::day()),
        ("week", Digest::week()),
        ("month", Digest::month()),
        ("missed", Digest::missed()),
        ("empty", Digest::empty()),
    ] {
        for (code, language) in [("fr", UiLanguage::French), ("en", UiLanguage::English)] {
            let mail = mail_of(&digest.view(), language);
            assert!(mail.subject.chars().count() <= 70, "{}", mail.subject);
            assert_small(&mail);
            insta::assert_snapshot!(format!("digest_{name}.{code}"), pages(&mail));
            assert!(!mail.html.contains("report-") && !mail.html.contains("digest-"), "a key without words");
            assert_eq!(mail.pictures.len(), usize::from(name != "empty"));
        }
    }
}

#[test]
fn what_waits_for_an_answer_can_be_answered_from_the_digest() {
    let mut digest = Digest::day();
    let Audience::Mail { from, to, .. } = audience(UiLanguage::French) else { panic!() };
    let answers = Answers::new(Signer::new([7; 32]), "vigie@acme.example".to_owned(), vec!["comms".to_owned()]);
    let style = Style { answers: Some(answers), ..Style::default() };
    for (language, code) in [(UiLanguage::French, "fr"), (UiLanguage::English, "en")] {
        let audience = Audience::Mail { from: from.clone(), to: to.clone(), language, style: style.clone() };
        let Rendered::Mail(mail) = audience.render(&digest.view()).unwrap().remove(0).1 else { panic!("a mail") };
        assert_small(&mail);
        insta::assert_snapshot!(format!("digest_answers.{code}"), pages(&mail));
        // What waits for an answer, and what waited for this digest: to take, done, not us, mute.
        assert_eq!(mail.html.matches("href=\"mailto:").count(), 8, "{}", mail.html);
        assert!(!mail.text.contains("vigie handled"), "{}", mail.text);
        assert!(mail.headers.iter().any(|(name, value)| name == "References" && value.starts_with("<vigie.")));
    }
    digest.waited.clear();
    let audience = Audience::Mail { from, to, language: UiLanguage::French, style };
    let Rendered::Mail(mail) = audience.render(&digest.view()).unwrap().remove(0).1 else { panic!("a mail") };
    assert_eq!(mail.html.matches("href=\"mailto:").count(), 4);
    assert!(mail.headers.iter().all(|(name, _)| name != "References"), "a word alone would be about nothing");
    let plain = mail_of(&digest.view(), UiLanguage::French);
    assert!(plain.text.contains("«\u{a0}vigie handled 12\u{a0}»"), "{}", plain.text);
    assert!(plain.text.contains("3 autres"), "four wait, one is shown: {}", plain.text);
    assert_eq!(plain.text.matches("Livebox en panne à Lille").count(), 1, "what waits is not shown twice");
}

#[test]
fn a_digest_for_programs_has_the_figures_and_what_waited() {
    let digest = Digest::day();
    let Content::Digest(_) = digest.view() else { unreachable!() };
    let rendered = Audience::Webhook.render(&digest.view()).unwrap();
    let [(_, Rendered::Webhook { body })] = rendered.as_slice() else { panic!("one body") };
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!((&body["version"], &body["type"], &body["id"]), (&1.into(), &"digest".into(), &ID.into()));
    assert_eq!(body["mentions"][0]["title"], "Orange stellt neue Tarife vor");
    assert_eq!(body["report"]["total"]["now"]["mentions"], digest.report.total.now.total());
    insta::assert_snapshot!("digest_report.json", serde_json::to_string_pretty(&body["report"]["voice"]).unwrap());
}

#[test]
fn the_picture_travels_inside_the_mail() {
    let digest = Digest::day();
    let mail = mail_of(&digest.view(), UiLanguage::French);
    let smtp = SmtpSettings {
        host: "127.0.0.1".into(),
        port: 25,
        security: Security::None,
        username: None,
        password: None,
        from: mailbox(Some("Vigie"), "vigie@acme.example"),
        place: Place { file: "vigie.yaml".into(), line: 1, column: 1 },
    };
    let email = Email::new(&smtp, None, Locale::of(UiLanguage::French)).unwrap();
    let wire = email.wire(ID, &mail, at("2026-11-20T07:00:00Z")).unwrap();
    assert_eq!(wire, email.wire(ID, &mail, at("2026-11-20T07:00:00Z")).unwrap());
    let parsed = mail_parser::MessageParser::default().parse(&wire).unwrap();
    let picture = parsed.attachment(0).unwrap();
    let cid = mail_parser::MimeHeaders::content_id(picture).unwrap();
    assert!(parsed.body_html(0).unwrap().contains(&format!("cid:{cid}")), "{cid}");
    assert!(picture.contents().starts_with(b"\x89PNG\r\n"));
    assert!(parsed.body_text(0).unwrap().contains("Part de voix"));
}

#[test]
fn new_sites_can_be_pasted_as_a_file_or_below_the_sources_of_one() {
    let settings = "fetch: {contact: \"https://a.example/\"}\n";
    let (settings, _) =
        load::settings_of(Path::new("vigie.yaml"), settings.as_bytes(), None, UiLanguage::French).unwrap();
    let digest = Digest::week();
    for language in [UiLanguage::French, UiLanguage::English] {
        let sheet = Sheet::of(&digest.report, &digest.scope.frame, "Orange", Locale::of(language), digest.now);
        let sites = sheet.new_sites.unwrap();
        assert_eq!(sites.lines.len(), 2, "a private address is nobody's to watch: {:?}", sites.lines);
        let items: Vec<&str> = sites.yaml.lines().skip(2).collect();
        let below = format!("sources:\n  - feed: https://lafibre.example/rss\n{}\n", items.join("\n"));
        for (text, sources) in [(sites.yaml.clone(), 2), (below, 3)] {
            let file = WatchlistFile { name: "new.yaml".into(), path_shown: "new.yaml".into(), bytes: text.into() };
            let compiled = watchlist::compile(&[file], &watchlist::Context::of(&settings));
            assert!(compiled.diagnostics.iter().all(|(_, of)| of.is_empty()), "{:?}", compiled.diagnostics);
            let Ok(watchlists) = compiled.result else { panic!("refused") };
            assert_eq!(watchlists.sources.len(), sources);
            let urls: Vec<&str> = watchlists.sources.iter().map(|source| source.url.as_str()).collect();
            assert!(urls.contains(&"http://www.blog-du-nord.example:8080/feed"), "{urls:?}");
        }
    }
}

#[test]
fn sources_are_told_where_they_are_not_the_sites() {
    let mut digest = Digest::week();
    let is_told = |digest: &Digest| {
        let locale = Locale::of(UiLanguage::French);
        let sheet = Sheet::of(&digest.report, &digest.scope.frame, "Orange", locale, digest.now);
        sheet.tables.iter().any(|table| table.kind == "sources")
    };
    assert!(is_told(&digest));
    digest.report.sources.clone_from(&digest.report.sites);
    assert!(!is_told(&digest));
}

#[test]
fn programs_get_the_mentions_of_a_report_and_the_bounds_of_its_objectives() {
    let digest = Digest::week();
    let body = serde_json::to_value(vigie::notify::ReportBody::of(&digest.report)).unwrap();
    assert_eq!((&body["version"], &body["unanswered"]), (&1.into(), &4.into()));
    assert_eq!(body["total"]["now"]["mentions"], digest.report.total.now.total());
    assert_eq!((&body["waiting"][0]["id"], &body["worst"][1]["id"]), (&12.into(), &31.into()));
    let table = csv::render(&digest.report);
    let mut lines = table.lines().map(|line| line.split(',').collect::<Vec<_>>());
    assert_eq!(lines.next().unwrap()[12..], ["value", "at_least", "at_most"]);
    let bounds: Vec<Vec<&str>> =
        lines.filter(|line| line[0].starts_with("objective")).map(|line| line[13..].to_vec()).collect();
    assert_eq!(bounds, [["10", ""], ["40", ""], ["", "35"]]);
}

#[test]
fn many_that_waited_are_attached_and_the_mail_stays_small() {
    let mut digest = Digest::week();
    digest.waited = (100..400)
        .map(|id| {
            let long = "Très long titre ".repeat(30);
            mention(
                id,
                Polarity::Negative,
                -0.5,
                &long,
                &format!("https://forum.example/{}", "x".repeat(1500)),
                "*Orange*",
            )
        })
        .collect();
    let mail = mail_of(&digest.view(), UiLanguage::French);
    assert_small(&mail);
    assert_eq!(mail.csv.unwrap().lines().count(), 301);
}

#[test]
fn a_report_is_the_same_on_a_page_a_terminal_and_a_spreadsheet() {
    let mut digest = Digest::week();
    digest.scope.objectives.clear();
    let Digest { scope, report, now, .. } = &digest;
    for (code, language) in [("fr", UiLanguage::French), ("en", UiLanguage::English)] {
        let locale = Locale::of(language);
        let sheet = Sheet::of(report, &scope.frame, "Orange (opérateur)", locale, *now);
        let foot = vigie::notify::report_foot(&digest.coverage, locale);
        let lists = vigie::notify::lists(report, &scope.frame, locale, *now);
        let shown = text::render(&sheet, &lists, &foot);
        assert!(shown.contains("Livebox en panne à Lille") && shown.contains("sans réseau"), "{shown}");
        insta::assert_snapshot!(format!("report.{code}"), shown);
        let page =
            vigie::notify::page(report, &scope.frame, &sheet, foot, &vigie::notify::Templates::default(), locale, *now)
                .unwrap();
        insta::assert_snapshot!(format!("report_page.{code}"), page);
        assert!(page.contains("<svg") && page.contains(&sheet.verdict), "{page}");
        assert!(page.contains("vigie handled 12"), "what waits can be noted: {page}");
        for outside in ["src=", "url(", "@import", "<link", "<script", "=HYPERLINK(\""] {
            assert!(!page.contains(outside), "{outside}");
        }
    }
    let table = csv::render(report);
    assert!(table.contains("\"'=HYPERLINK(\"\"https://x.example\"\")\""), "{table}");
    let cells = table.lines().next().unwrap().matches(',').count();
    let plain = table.lines().filter(|line| !line.contains('"'));
    assert!(plain.clone().all(|line| line.matches(',').count() == cells), "{table}");
    assert!(plain.count() > 20);
}
