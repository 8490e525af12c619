//! The mails and webhook bodies as people and programs get them (golden files), and how the two channels
//! behave before servers that misbehave.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use vigie::action::Signer;
use vigie::alert::Reason;
use vigie::alert::rule::Of;
use vigie::alert::story::{Past, Pasts, Telling};
use vigie::config::settings::{Mailbox, Recipient, Security, SmtpSettings, UiLanguage};
use vigie::config::signing::SigningKeys;
use vigie::config::{Place, Secret, SecretRef};
use vigie::demo::smtp::{Fault, SmtpServer, Step};
use vigie::health::SourceState;
use vigie::locale::Locale;
use vigie::mention::{DecidingWord, Evidence, Excerpt, Field, Hit, Mention, Polarity, StoredMention};
use vigie::notify::content::{
    Blind, Coverage, CoverageView, DeadLetterView, Dry, MessageView, Occasion, Recovered, RefusalView, SpikeView,
    TestView, UnwritableView,
};
use vigie::notify::email::Deadlines;
use vigie::notify::webhook::{Post, PostFailure, Posted, signature};
use vigie::notify::{
    Answers, Audience, Channel, Content, Email, Message, Rendered, RenderedMail, SendError, Style, Webhook,
};

const ID: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn paris() -> TimeZone {
    TimeZone::get("Europe/Paris").unwrap()
}

fn mailbox(name: Option<&str>, address: &str) -> Mailbox {
    Mailbox { name: name.map(str::to_owned), address: address.to_owned() }
}

fn audience(language: UiLanguage) -> Audience {
    Audience::Mail {
        from: mailbox(Some("Vigie"), "vigie@acme.example"),
        to: vec![
            Recipient { mailbox: mailbox(Some("Équipe \"réseaux\""), "cm@acme.example"), language: None },
            Recipient { mailbox: mailbox(None, "boss@acme.example"), language: None },
        ],
        language,
        style: Style::default(),
    }
}

/// An excerpt whose hits stand between asterisks.
fn excerpt(marked: &str) -> Excerpt {
    let mut excerpt = Excerpt::default();
    for (at, part) in marked.split('*').enumerate() {
        let start = excerpt.text.len() as u32;
        excerpt.text.push_str(part);
        if at % 2 == 1 {
            excerpt.hits.push((start, excerpt.text.len() as u32));
        }
    }
    excerpt
}

fn mention(id: i64, polarity: Polarity, score: f32, title: &str, url: &str, marked: &str) -> StoredMention {
    let host = url.split('/').nth(2).unwrap_or_default();
    let published = at("2026-11-20T13:20:00Z") - Duration::from_secs(60 * id as u64);
    StoredMention {
        id,
        mention: Mention {
            team: "orange.yaml".to_owned(),
            brand: "orange".to_owned(),
            source: 7,
            source_name: "lafibre".to_owned(),
            entry: id as u64,
            revision: 1,
            url: Some(url.to_owned()),
            title: title.to_owned(),
            site: host.strip_prefix("www.").unwrap_or(host).to_owned(),
            author: Some("titi59".to_owned()),
            published: Some(published),
            found: published + Duration::from_secs(40),
            language: None,
            polarity,
            score: (polarity != Polarity::Unknown).then_some(score),
            document_score: None,
            hits: vec![Hit {
                term: "=Orange".to_owned(),
                field: Field::Text,
                start: 21,
                end: 27,
                text: "Orange".to_owned(),
            }],
            tags: Vec::new(),
            excerpt: excerpt(marked),
            why: vec!["=Orange".to_owned()],
            words: Vec::new(),
            baseline: false,
            story: vigie::mention::StoryId(id.unsigned_abs()),
            repeat: false,
            evidence: None,
        },
    }
}

fn outage() -> StoredMention {
    let mut outage = mention(
        12,
        Polarity::Negative,
        -0.62,
        "Livebox en panne à Lille",
        "https://lafibre.example/orange/livebox-en-panne-a-lille/?utm=1&page=2",
        "Depuis ce matin, plus rien chez *Orange* dans tout le quartier : la Livebox clignote, et le service client \
         répond que la *panne* est « en cours d’analyse ». Troisième fois en un mois, c’est inadmissible…",
    );
    outage.mention.words = vec![
        DecidingWord { text: "inadmissible".to_owned(), valence: -3.0 },
        DecidingWord { text: "en panne".to_owned(), valence: -2.1 },
    ];
    outage.mention.why.push("panne".to_owned());
    outage.mention.tags = vec!["panne".to_owned(), "réseau".to_owned()];
    outage
}

fn several() -> Vec<StoredMention> {
    let mut several = vec![
        mention(
            3,
            Polarity::Positive,
            0.55,
            "Fibre : le raccordement s’est très bien passé",
            "https://forum.example/t/raccordement-fibre/4812",
            "Technicien *Orange* à l’heure, propre, et il a tout expliqué. Merci !",
        ),
        outage(),
        mention(
            5,
            Polarity::Neutral,
            0.02,
            "Orange ouvre une boutique à Nantes",
            "https://www.journal-nantais.example/economie/boutique-orange",
            "L’opérateur *Orange* ouvrira jeudi sa deuxième boutique du centre, rue de la Paix.",
        ),
        mention(
            8,
            Polarity::Uncertain,
            -0.2,
            "Bravo Orange, encore une belle réussite",
            "https://social.example/@nina/1123",
            "Bravo *Orange*, deux heures d’attente pour s’entendre dire de rappeler demain.",
        ),
        mention(
            9,
            Polarity::Unknown,
            0.0,
            "Orange in Spanien",
            "https://xn--frum-5qa.example/orange",
            "Hat jemand Erfahrung mit *Orange* in Spanien?",
        ),
    ];
    several[4].mention.author = None;
    several[4].mention.published = None;
    several[1].mention.words.push(DecidingWord { text: "plus rien".to_owned(), valence: -1.2 });
    several
}

fn coverage() -> Coverage {
    Coverage {
        well: 11,
        degraded: vec![
            ("lafibre".to_owned(), SourceState::Timeout),
            ("Forum mobile".to_owned(), SourceState::NotAFeed),
        ],
        partial: Vec::new(),
    }
}

/// Nothing is known of any story.
fn no_past() -> &'static Pasts {
    static NONE: std::sync::LazyLock<Pasts> = std::sync::LazyLock::new(Pasts::new);
    &NONE
}

fn view<'a>(mentions: &'a [StoredMention], coverage: &'a Coverage, zone: &'a TimeZone) -> MessageView<'a> {
    MessageView {
        occasion: Occasion::Mention,
        by: None,
        escalates: false,
        id: ID,
        brand_id: "orange",
        brand_name: "Orange (opérateur)",
        rule: "urgent",
        place: "watchlists/orange.yaml:42",
        reason: if mentions.len() == 1 { Reason::FirstMention } else { Reason::GroupWindow },
        mentions,
        channel: "comms",
        pasts: no_past(),
        coverage,
        timezone: zone,
        now: at("2026-11-20T13:32:10Z"),
    }
}

fn mail_of(content: &Content<'_>, language: UiLanguage) -> RenderedMail {
    let mut rendered = audience(language).render(content).unwrap();
    assert_eq!(rendered.len(), 2, "one a recipient");
    match rendered.remove(0).1 {
        Rendered::Mail(mail) => mail,
        Rendered::Webhook { .. } | Rendered::Chat { .. } => panic!("a mail channel got another body"),
    }
}

/// The mail that `cm` gets where answers are read.
fn answerable(content: &Content<'_>, language: UiLanguage) -> RenderedMail {
    let Audience::Mail { from, to, .. } = audience(language) else { panic!() };
    let channels = ["comms", "crise", "support"].map(str::to_owned).into();
    let answers = Answers::new(Signer::new([7; 32]), "vigie@acme.example".to_owned(), channels);
    let style = Style { answers: Some(answers), ..Style::default() };
    let mut rendered = Audience::Mail { from, to, language, style }.render(content).unwrap();
    assert_ne!(rendered[0].1, rendered[1].1, "the tokens are each recipient's own");
    let Rendered::Mail(mail) = rendered.remove(0).1 else { panic!("a mail") };
    assert_hygiene(&mail);
    mail
}

fn json_of(content: &Content<'_>) -> serde_json::Value {
    match Audience::Webhook.render(content).unwrap().remove(0) {
        (recipient, Rendered::Webhook { body }) => {
            assert_eq!(recipient, "");
            serde_json::from_str(&body).unwrap()
        }
        (_, Rendered::Mail(_) | Rendered::Chat { .. }) => panic!("a webhook got another form"),
    }
}

/// Headers, text and HTML in one golden file a language.
fn golden(name: &str, content: &Content<'_>) {
    for (language, code) in [(UiLanguage::French, "fr"), (UiLanguage::English, "en")] {
        let mail = mail_of(content, language);
        let mut all = format!("Subject: {}\nTo: {}\n", mail.subject, mail.to.join(", "));
        for (header, value) in &mail.headers {
            writeln!(all, "{header}: {value}").unwrap();
        }
        write!(all, "\n===== text\n{}\n===== html\n{}", mail.text, mail.html).unwrap();
        if let Some(csv) = &mail.csv {
            write!(all, "\n===== csv\n{}", csv.replace("\r\n", "\n")).unwrap();
        }
        insta::assert_snapshot!(format!("{name}.{code}"), all);
        assert_hygiene(&mail);
    }
}

/// Text and HTML as they go over the wire: base64 in lines of 76, below the 100 KB that the contract asks for.
fn assert_small(mail: &RenderedMail) {
    let wire: usize = [&mail.text, &mail.html].iter().map(|part| part.len().div_ceil(3) * 4 * 78 / 76).sum();
    assert!(wire < 100_000, "{wire} bytes");
}

fn assert_hygiene(mail: &RenderedMail) {
    assert!(mail.subject.chars().count() <= 70, "{}", mail.subject);
    assert_small(mail);
    let treacherous = |c: char| (c.is_control() && c != '\n') || ('\u{202A}'..='\u{202E}').contains(&c);
    for part in [&mail.subject, &mail.text, &mail.html] {
        assert!(!part.contains(treacherous), "{part}");
    }
    for key in ["mail-", "notify-", "tone-", "{ $"] {
        assert!(!mail.text.contains(key) && !mail.subject.contains(key), "a text is missing: {}", mail.text);
    }
    let html = mail.html.to_lowercase();
    for banned in ["<script", "<img", "<link", "<iframe", "url(", "javascript:", "onload", "@import"] {
        assert!(!html.contains(banned), "{banned}");
    }
}

#[test]
fn the_mail_about_one_mention() {
    let (mentions, coverage, zone) = ([outage()], coverage(), paris());
    golden("one", &Content::Mentions(view(&mentions, &coverage, &zone)));
}

#[test]
fn a_mail_can_be_answered_by_links_and_by_words() {
    let (mentions, several, coverage, zone) = ([outage()], several(), coverage(), paris());
    let one = MessageView { escalates: true, ..view(&mentions, &coverage, &zone) };
    for (name, content) in
        [("one", Content::Mentions(one)), ("several", Content::Mentions(view(&several, &coverage, &zone)))]
    {
        for (language, code) in [(UiLanguage::French, "fr"), (UiLanguage::English, "en")] {
            let mail = answerable(&content, language);
            let headers: Vec<_> = mail.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
            let all = format!("{}\n\n===== text\n{}\n===== html\n{}", headers.join("\n"), mail.text, mail.html);
            insta::assert_snapshot!(format!("answers_{name}.{code}"), all);
        }
    }
}

/// So many mentions of usual length, each a story of its own.
fn flood(count: i64) -> Vec<StoredMention> {
    let one = |id: i64| {
        let mut one = outage();
        one.id = id;
        one.mention.story = vigie::mention::StoryId(id.unsigned_abs());
        one.mention.url = Some(format!("https://lafibre.example/orange/livebox-en-panne-a-lille-{id}/"));
        one
    };
    (1..=count).map(one).collect()
}

#[test]
fn a_full_mail_with_its_links_shows_as_many_mentions_as_one_without() {
    let (mentions, coverage, zone) = (flood(47), coverage(), paris());
    let content = Content::Mentions(view(&mentions, &coverage, &zone));
    for language in [UiLanguage::French, UiLanguage::English] {
        let (with, without) = (answerable(&content, language), mail_of(&content, language));
        let shown = |mail: &RenderedMail| mail.html.matches("<h2 ").count();
        assert_eq!((shown(&with), shown(&without)), (20, 20));
    }
}

#[test]
fn an_answer_goes_where_answers_are_read_and_keeps_its_thread() {
    let (mentions, coverage, zone) = ([outage()], coverage(), paris());
    let pasts = told_before(&mentions[0], Polarity::Negative, 20);
    let again = MessageView { pasts: &pasts, ..view(&mentions, &coverage, &zone) };
    let mail = answerable(&Content::Mentions(again), UiLanguage::French);
    let header = |name: &str| mail.headers.iter().find(|(of, _)| of == name).map(|(_, value)| value.as_str());
    let first = "<0123456789abcdef0123456789abcdef@acme.example>";
    assert_eq!(header("In-Reply-To"), Some(first));
    let references = header("References").unwrap();
    assert!(references.starts_with(&format!("{first} <vigie.")) && references.ends_with("@acme.example>"));
    assert_eq!(header("Reply-To"), None, "the sender reads them");
    let Audience::Mail { from, to, language, .. } = audience(UiLanguage::French) else { panic!() };
    let answers = Answers::new(Signer::new([7; 32]), "reponses@acme.example".to_owned(), Vec::new());
    let style = Style { answers: Some(answers), ..Style::default() };
    let mut rendered = Audience::Mail { from, to, language, style }
        .render(&Content::Test(TestView { id: ID, channel: "comms" }))
        .unwrap();
    let Rendered::Mail(mail) = rendered.remove(0).1 else { panic!("a mail") };
    assert!(mail.headers.contains(&("Reply-To".to_owned(), "<reponses@acme.example>".to_owned())));
}

#[test]
fn the_mail_of_a_forward_says_who_sent_it_on() {
    let (mentions, coverage, zone) = ([outage()], coverage(), paris());
    let forward = MessageView {
        occasion: Occasion::Forward,
        reason: Reason::Forwarded,
        by: Some("zoe@acme.example"),
        channel: "crise",
        ..view(&mentions, &coverage, &zone)
    };
    golden("forward", &Content::Mentions(forward));
}

#[test]
fn the_mail_of_a_spike_shows_its_figures() {
    let (mentions, coverage, zone) = (several(), coverage(), paris());
    let spike = SpikeView {
        id: ID,
        brand_id: "orange",
        brand_name: "Orange (opérateur)",
        rule: "pics",
        place: "watchlists/orange.yaml:57",
        channel: "comms",
        first: None,
        of: Of::Volume,
        from: at("2026-11-20T13:00:00Z"),
        until: at("2026-11-20T14:00:00Z"),
        count: 42,
        usual: 10.0,
        negative_share: None,
        days: 28,
        mentions: &mentions,
        listed: &[],
        coverage: &coverage,
        timezone: &zone,
        now: at("2026-11-20T13:32:10Z"),
    };
    let mail = mail_of(&Content::Spike(spike), UiLanguage::French);
    assert_eq!(mail.subject, "[vigie/orange] PIC ×4,2 : 42 mentions en 1 h (d’habitude 10)");
    golden("spike", &Content::Spike(spike));
    let mail = answerable(&Content::Spike(SpikeView { first: Some("0123456789abcdef"), ..spike }), UiLanguage::French);
    let (_, references) = mail.headers.iter().find(|(name, _)| name == "References").unwrap();
    assert!(references.starts_with("<0123456789abcdef@acme.example> <vigie."), "{references}");
    let negative = SpikeView { of: Of::Negative, count: 12, usual: 1.4, negative_share: Some((0.6, 0.25)), ..spike };
    golden("spike_negative", &Content::Spike(negative));
    let body = json_of(&Content::Spike(spike));
    assert_eq!((&body["type"], &body["count"], &body["usual"]), (&json!("spike"), &json!(42), &json!(10.0)));
}

#[test]
fn the_mail_of_an_escalation_says_that_nobody_answered_and_how_to() {
    let (mentions, coverage, zone) = ([outage()], coverage(), paris());
    let escalation = MessageView {
        occasion: Occasion::Escalation { after: Duration::from_mins(30) },
        reason: Reason::Escalated,
        escalates: true,
        ..view(&mentions, &coverage, &zone)
    };
    golden("escalation", &Content::Mentions(escalation));
    let mail = mail_of(&Content::Mentions(escalation), UiLanguage::English);
    assert!(mail.text.contains("vigie handled 12"), "{}", mail.text);
    assert!(mail.headers.contains(&("X-Vigie-Kind".to_owned(), "escalation".to_owned())));
}

#[test]
fn the_mail_of_what_is_to_be_moderated_carries_the_sealed_copy() {
    let mut abusive = outage();
    let copy = "address: https://forum.example/42\nfound: 2026-11-20T13:00:00Z\n\nBande d’escrocs !\n";
    let seal = Evidence::seal(
        vec!["defamation".to_owned(), "threat".to_owned()],
        vec!["Bande d’escrocs".to_owned(), "je sais où vous habitez".to_owned()],
        copy.to_owned(),
    );
    abusive.mention.evidence = Some(Box::new(seal.clone()));
    let (mentions, coverage, zone) = ([abusive], coverage(), paris());
    let moderation = MessageView { occasion: Occasion::Moderation, ..view(&mentions, &coverage, &zone) };
    golden("moderation", &Content::Mentions(moderation));
    let mail = mail_of(&Content::Mentions(moderation), UiLanguage::French);
    assert_eq!(mail.evidence, [("evidence-12.txt".to_owned(), copy.to_owned())]);
    assert!(mail.text.contains(&seal.sha256) && mail.html.contains(&seal.sha256));
    let body = json_of(&Content::Mentions(moderation));
    assert_eq!(body["mentions"][0]["evidence"]["sha256"], json!(seal.sha256));
    assert_eq!(json_of(&Content::Mentions(view(&mentions, &coverage, &zone)))["mentions"][0].get("evidence"), None);
}

#[test]
fn the_mail_about_a_brand_that_went_silent() {
    let (zone, now) = (paris(), at("2026-11-20T13:32:10Z"));
    let dry = [Dry { name: "Orange (opérateur)".to_owned(), usual: 23.4, since: at("2026-11-20T08:05:00Z") }];
    let silence = CoverageView { id: ID, blind: &[], recovered: &[], dry: &dry, heard: &[], timezone: &zone, now };
    golden("silence", &Content::Coverage(silence));
    let heard = [Recovered { name: "Orange (opérateur)".to_owned(), since: at("2026-11-20T08:05:00Z") }];
    let again = CoverageView { dry: &[], heard: &heard, ..silence };
    golden("heard", &Content::Coverage(again));
    assert_eq!(json_of(&Content::Coverage(again))["heard"][0]["name"], "Orange (opérateur)");
}

#[test]
fn the_mail_about_several_mentions_has_the_negative_ones_first() {
    let (mentions, coverage, zone) = (several(), Coverage { well: 12, ..Coverage::default() }, paris());
    golden("several", &Content::Mentions(view(&mentions, &coverage, &zone)));
    let mail = mail_of(&Content::Mentions(view(&mentions, &coverage, &zone)), UiLanguage::English);
    let place = |title: &str| mail.text.find(title).unwrap();
    assert!(place("Livebox en panne") < place("Bravo Orange"));
    assert!(place("boutique à Nantes") < place("raccordement s’est"));
}

/// An outage, its copies on other sites and the page itself found again.
fn dispatch(copies: i64) -> Vec<StoredMention> {
    let mut mentions = vec![outage()];
    for n in 0..copies {
        let mut copy = outage();
        copy.id = 100 + n;
        copy.mention.url = Some(format!("https://journal{n}.example/depeche/livebox"));
        copy.mention.site = format!("journal{n}.example");
        mentions.push(copy);
    }
    let mut again = outage();
    again.id = 500;
    again.mention.repeat = true;
    mentions.push(again);
    mentions
}

#[test]
fn the_mail_about_a_story_folds_its_republications() {
    let (coverage, zone) = (coverage(), paris());
    let mut mentions = dispatch(19);
    mentions.push(several().swap_remove(2));
    golden("story", &Content::Mentions(view(&mentions, &coverage, &zone)));
    let few = dispatch(1);
    let mail = mail_of(&Content::Mentions(view(&few, &coverage, &zone)), UiLanguage::English);
    assert!(mail.text.contains("Also published by journal0.example."), "{}", mail.text);
    assert!(mail.subject.ends_with("· lafibre.example (+1)"), "{}", mail.subject);
    let none = dispatch(0);
    let mail = mail_of(&Content::Mentions(view(&none, &coverage, &zone)), UiLanguage::English);
    assert!(!mail.text.contains("ublished by") && !mail.subject.contains("(+"), "{}", mail.text);
}

/// A story of which `comms` was told in this tone, on so many sites.
fn told_before(story: &StoredMention, polarity: Polarity, sites: i64) -> Pasts {
    let past = Past {
        sites: (0..sites).map(|n| (format!("journal{n}.example"), n)).collect(),
        told: vec![Telling { rule: "urgent".to_owned(), channel: "comms".to_owned(), polarity, waits: false, last: 1 }],
        first: vec![("comms".to_owned(), "0123456789abcdef0123456789abcdef".to_owned())],
    };
    Pasts::from([(story.mention.story, past)])
}

#[test]
fn the_mail_about_a_story_that_spreads_answers_its_first_mail() {
    let (mentions, coverage, zone) = ([outage()], coverage(), paris());
    let pasts = told_before(&mentions[0], Polarity::Negative, 20);
    let spreads = Content::Mentions(MessageView { pasts: &pasts, ..view(&mentions, &coverage, &zone) });
    golden("story_spreads", &spreads);
    let mail = mail_of(&spreads, UiLanguage::French);
    let verdict = mail.text.lines().next().unwrap();
    assert!(verdict.ends_with("une histoire déjà signalée, désormais sur 20 sites"), "verdict first: {verdict}");
}

#[test]
fn what_is_new_in_a_story_is_said_and_another_story_opens_its_own_thread() {
    let (coverage, zone) = (coverage(), paris());
    let mut mentions = vec![outage()];
    let pasts = told_before(&mentions[0], Polarity::Neutral, 3);
    let text = |mentions: &[StoredMention]| {
        let view = MessageView { pasts: &pasts, ..view(mentions, &coverage, &zone) };
        let mail = mail_of(&Content::Mentions(view), UiLanguage::French);
        let answers = mail.headers.iter().any(|(name, _)| name == "In-Reply-To");
        (mail.text, answers)
    };
    let (turned, answers) = text(&mentions);
    assert!(turned.contains("le ton a changé") && turned.contains("Troisième fois"), "{turned}");
    assert!(answers);
    mentions[0].mention.revision = 2;
    assert!(text(&mentions).0.contains("le texte a été modifié depuis"));
    mentions.push(several().swap_remove(0));
    assert!(!text(&mentions).1, "a message about two stories belongs to no thread");
    let other = MessageView { pasts: &pasts, channel: "crisis", ..view(&mentions[..1], &coverage, &zone) };
    let mail = mail_of(&Content::Mentions(other), UiLanguage::French);
    assert!(mail.headers.iter().all(|(name, _)| name != "References"), "another channel was not told");
}

#[test]
fn who_moderates_sees_every_page_of_a_story() {
    let (mentions, coverage, zone) = (dispatch(3), coverage(), paris());
    let view = MessageView { occasion: Occasion::Moderation, ..view(&mentions, &coverage, &zone) };
    let mail = mail_of(&Content::Mentions(view), UiLanguage::English);
    for n in 0..3 {
        assert!(mail.text.contains(&format!("https://journal{n}.example/depeche/livebox")), "{}", mail.text);
    }
}

#[test]
fn the_mail_about_a_flood_shows_twenty_and_attaches_all() {
    let mentions: Vec<StoredMention> = (1..=53)
        .map(|id| {
            let url = format!("https://site{}.example/{id}", id % 11);
            let polarity = if id % 10 == 0 { Polarity::Negative } else { Polarity::Neutral };
            mention(id, polarity, -0.1, &format!("=Message {id}"), &url, "Un mot sur *Orange*, rien de plus.")
        })
        .collect();
    let (coverage, zone) = (coverage(), paris());
    let content = Content::Mentions(view(&mentions, &coverage, &zone));
    golden("flood", &content);
    let mail = mail_of(&content, UiLanguage::French);
    // The newest twenty are shown; of those, the two negative ones first.
    for id in 1..=53 {
        assert_eq!(mail.text.contains(&format!("=Message {id}\n")), id <= 20, "{id}");
    }
    assert!(mail.text.find("=Message 20\n").unwrap() < mail.text.find("=Message 1\n").unwrap());
    let csv = mail.csv.unwrap();
    assert!(csv.starts_with("\u{FEFF}date,brand,polarity,score,title,site,author,url,excerpt,rule\r\n"));
    assert_eq!(csv.lines().count(), 54);
    assert!(csv.contains(",'=Message 53,"), "a formula is defused");
}

#[test]
fn mails_about_vigie_itself() {
    let zone = paris();
    let now = at("2026-11-20T13:32:10Z");
    let blind = [
        Blind {
            name: "lafibre".to_owned(),
            sources: 1,
            state: SourceState::Timeout,
            detail: Some("30 s without a last byte".to_owned()),
            since: at("2026-11-20T07:20:00Z"),
        },
        Blind {
            name: "forum.example".to_owned(),
            sources: 3,
            state: SourceState::Challenge,
            detail: None,
            since: at("2026-11-20T09:00:00Z"),
        },
    ];
    let recovered = [Recovered { name: "Journal".to_owned(), since: at("2026-11-18T09:00:00Z") }];
    let coverage =
        CoverageView { id: ID, blind: &blind, recovered: &recovered, dry: &[], heard: &[], timezone: &zone, now };
    golden("coverage", &Content::Coverage(coverage));
    golden("blind", &Content::Coverage(CoverageView { blind: &blind[..1], recovered: &[], ..coverage }));
    golden("recovered", &Content::Coverage(CoverageView { blind: &[], ..coverage }));
    let diagnostics = "watchlists/orange.yaml:12:7: cette clé n’existe pas\n   12 |     mtach:\n      |     ^^^^^ écrivez « match »\n";
    golden("refusal", &Content::Refusal(RefusalView { id: ID, file: "watchlists/orange.yaml", diagnostics }));
    let dead = DeadLetterView {
        id: ID,
        message: "aa11",
        channel: "comms",
        recipient: "gone@acme.example",
        subject: "[vigie/orange] \u{2212} Livebox en panne à Lille · lafibre.example",
        error: "smtp.acme.example:587, RCPT: 550 5.1.1 no such user",
        attempts: 1,
        created: at("2026-11-20T13:20:00Z"),
        timezone: &zone,
        now,
    };
    golden("dead_letter", &Content::DeadLetter(dead));
    let unwritable = UnwritableView {
        id: ID,
        store: "/var/lib/vigie/vigie.db",
        error: "database or disk is full (SQLite code 13)",
        since: at("2026-11-20T13:30:00Z"),
        timezone: &zone,
        now,
    };
    golden("unwritable", &Content::Unwritable(unwritable));
    golden("test", &Content::Test(TestView { id: ID, channel: "comms" }));
    for content in [Content::Coverage(coverage), Content::DeadLetter(dead), Content::Unwritable(unwritable)] {
        insta::assert_snapshot!(
            format!("{}.json", content.kind()),
            serde_json::to_string_pretty(&json_of(&content)).unwrap()
        );
    }
    assert_eq!(
        json_of(&Content::Test(TestView { id: ID, channel: "comms" })),
        serde_json::json!({"version": 1, "type": "test", "id": ID, "channel": "comms"})
    );
    let refusal = json_of(&Content::Refusal(RefusalView { id: ID, file: "a.yaml", diagnostics }));
    assert_eq!(refusal["diagnostics"], diagnostics);
}

#[test]
fn every_state_of_a_source_has_its_words_and_its_advice() {
    let zone = paris();
    let now = at("2026-11-20T13:32:10Z");
    for state in SourceState::ALL {
        let blind = [Blind {
            name: "lafibre".to_owned(),
            sources: 1,
            state: *state,
            detail: None,
            since: at("2026-11-20T13:00:00Z"),
        }];
        let view = CoverageView { id: ID, blind: &blind, recovered: &[], dry: &[], heard: &[], timezone: &zone, now };
        for language in [UiLanguage::French, UiLanguage::English] {
            assert_hygiene(&mail_of(&Content::Coverage(view), language));
        }
    }
}

#[test]
fn the_webhook_body_is_that_of_the_contract() {
    let (mentions, coverage, zone) = ([outage()], coverage(), paris());
    let content = Content::Mentions(view(&mentions, &coverage, &zone));
    let (_, Rendered::Webhook { body }) = Audience::Webhook.render(&content).unwrap().remove(0) else { panic!() };
    // Keys in the contract's order, byte for byte.
    insta::assert_snapshot!("mention.json", body);
    let again = Audience::Webhook.render(&content).unwrap().remove(0).1;
    assert_eq!(again, Rendered::Webhook { body });
}

#[test]
fn each_recipient_reads_their_own_language_and_sees_all_addresses() {
    let Audience::Mail { from, mut to, language, style } = audience(UiLanguage::French) else { panic!() };
    to[1].language = Some(UiLanguage::English);
    let rendered = Audience::Mail { from, to, language, style }
        .render(&Content::Test(TestView { id: ID, channel: "comms" }))
        .unwrap();
    let [(first, Rendered::Mail(french)), (second, Rendered::Mail(english))] = rendered.as_slice() else { panic!() };
    assert_eq!((first.as_str(), second.as_str()), ("cm@acme.example", "boss@acme.example"));
    assert!(french.text.contains("fonctionne") && english.text.contains("works"));
    assert_eq!(french.to, english.to);
    assert_eq!(french.to, ["\"Équipe \\\"réseaux\\\"\" <cm@acme.example>", "boss@acme.example"]);
}

#[test]
fn subjects_keep_to_seventy_characters_and_give_up_the_title_first() {
    let (coverage, zone) = (coverage(), paris());
    let subject = |title: &str, url: &str, polarity: Polarity| {
        let mentions = [mention(1, polarity, 0.0, title, url, "x *Orange*")];
        mail_of(&Content::Mentions(view(&mentions, &coverage, &zone)), UiLanguage::French).subject
    };
    let lille = subject("Livebox en panne à Lille", "https://www.lafibre.info/1", Polarity::Negative);
    assert_eq!(lille, "[vigie/orange] \u{2212} Livebox en panne à Lille · lafibre.info");
    let long = subject(&"Livebox en panne à Lille ".repeat(9), "https://lafibre.info/1", Polarity::Positive);
    assert_eq!(long, "[vigie/orange] + Livebox en panne à Lille Livebox en… · lafibre.info");
    let hostile = subject(
        "a\r\nBcc: victim@example.org\u{202E}",
        &format!("https://{}.example/", "x".repeat(60)),
        Polarity::Unknown,
    );
    assert!(hostile.starts_with("[vigie/orange] ? a Bcc:") && hostile.chars().count() <= 70, "{hostile}");
    assert!(!hostile.contains(['\r', '\n', '\u{202E}']));
    let mentions = several();
    let many = mail_of(&Content::Mentions(view(&mentions, &coverage, &zone)), UiLanguage::French).subject;
    assert_eq!(many, "[vigie/orange] 5 mentions (1 \u{2212}) · 14h-15h");
}

#[test]
fn a_hit_in_the_title_alone_is_marked_there_and_shown_once() {
    let title = "Panne chez Orange à Lille";
    let one = mention(1, Polarity::Negative, -0.4, title, "https://a.example/1", "Panne chez *Orange* à Lille");
    let (mentions, coverage, zone) = ([one], coverage(), paris());
    let mail = mail_of(&Content::Mentions(view(&mentions, &coverage, &zone)), UiLanguage::French);
    assert_eq!(mail.text.matches("Panne chez *Orange* à Lille").count(), 1);
    assert_eq!(mail.text.matches("Lille").count(), 1);
    assert_eq!(mail.html.matches(">Orange</b>").count(), 1);
}

#[test]
fn text_from_the_web_is_shown_and_never_obeyed() {
    let mut hostile = outage();
    let html = "<script>alert(1)</script><img src=x onerror=y>{{ 7*7 }}{% raw %}\u{202E}\u{0}";
    hostile.mention.title = html.to_owned();
    hostile.mention.author = Some(html.to_owned());
    hostile.mention.url = Some("javascript:alert(1)".to_owned());
    hostile.mention.excerpt = Excerpt { text: html.to_owned(), hits: vec![(0, 8), (4, 9000)] };
    hostile.mention.why = vec![html.to_owned()];
    hostile.mention.tags = vec![html.to_owned()];
    hostile.mention.words = vec![DecidingWord { text: html.to_owned(), valence: -1.0 }];
    hostile.mention.site = html.to_owned();
    let (mentions, coverage, zone) = ([hostile], coverage(), paris());
    let mut view = view(&mentions, &coverage, &zone);
    (view.rule, view.brand_name, view.brand_id) = (html, html, "a\r\nBcc: x");
    let mail = mail_of(&Content::Mentions(view), UiLanguage::French);
    assert_hygiene(&mail);
    assert!(mail.html.contains("{{ 7*7 }}") && !mail.html.contains("49"));
    assert!(mail.headers.iter().all(|(_, value)| !value.contains(['\r', '\n'])), "{:?}", mail.headers);
}

#[test]
fn monstrous_mentions_stay_under_the_limit_and_lose_nothing() {
    let mentions: Vec<StoredMention> = (1..=20)
        .map(|id| {
            let url = format!("https://a.example/{}", "é".repeat(300));
            let mut one = mention(id, Polarity::Negative, -0.9, &"&".repeat(5000), &url, &"<*\"*>".repeat(500));
            one.mention.why = vec!["&".repeat(400); 30];
            one.mention.tags = vec!["<".repeat(400); 30];
            one.mention.words = vec![DecidingWord { text: "é".repeat(400), valence: -6.0 }; 30];
            one
        })
        .collect();
    let (coverage, zone) =
        (Coverage { well: 0, degraded: vec![("&".repeat(400), SourceState::Gone); 500], partial: Vec::new() }, paris());
    let mail = mail_of(&Content::Mentions(view(&mentions, &coverage, &zone)), UiLanguage::French);
    assert!(mail.text.len() + mail.html.len() < 75_000, "{}", mail.text.len() + mail.html.len());
    assert_eq!(mail.csv.unwrap().lines().count(), 21, "what is not shown is attached");
}

// ---- over the wire

fn smtp_settings(port: u16, security: Security) -> SmtpSettings {
    SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port,
        security,
        username: Some("vigie".to_owned()),
        password: Some(SecretRef::Env("SMTP_PASSWORD".to_owned())),
        from: mailbox(Some("Vigie\r\nBcc: x"), "vigie@acme.example"),
        place: Place { file: "vigie.yaml".into(), line: 1, column: 1 },
    }
}

const SHORT: Duration = Duration::from_millis(300);

fn channel(port: u16, security: Security, password: Option<&str>) -> Email {
    let password = password.map(|password| Secret::new(password.to_owned()));
    Email::new(&smtp_settings(port, security), password.as_ref(), Locale::of(UiLanguage::English))
        .unwrap()
        .with_deadlines(Deadlines { connect: SHORT, greet: SHORT, command: SHORT, message: SHORT })
}

fn message(recipient: &str) -> Message {
    let (mentions, coverage, zone) = (several(), coverage(), paris());
    let mut mail = mail_of(&Content::Mentions(view(&mentions, &coverage, &zone)), UiLanguage::French);
    mail.csv = Some("\u{FEFF}date\r\nx\r\n".to_owned());
    Message {
        id: ID.to_owned(),
        recipient: recipient.to_owned(),
        body: Rendered::Mail(mail),
        now: at("2026-11-20T13:32:11Z"),
    }
}

#[tokio::test]
async fn a_mail_arrives_whole_for_one_recipient() {
    let server = SmtpServer::start().await.unwrap();
    server.demand("vigie", "s3cret");
    let email = channel(server.address().port(), Security::None, Some("s3cret"));
    email.send(&message("boss@acme.example")).await.unwrap();
    let mails = server.mails();
    let [mail] = mails.as_slice() else { panic!("{} mails", mails.len()) };
    assert_eq!(mail.from, "vigie@acme.example");
    assert_eq!(mail.to, ["boss@acme.example"], "the envelope is the delivery's, To is everybody's");
    assert!(mail.authenticated);
    for (name, value) in [
        ("Message-ID", "<0f1e2d3c4b5a69788796a5b4c3d2e1f0@acme.example>"),
        ("Date", "Fri, 20 Nov 2026 13:32:11 +0000"),
        ("From", &format!("=?utf-8?b?{}?= <vigie@acme.example>", STANDARD.encode("Vigie Bcc: x"))),
        ("List-Id", "<orange.vigie.acme.example>"),
        ("List-Unsubscribe", "<mailto:vigie@acme.example?subject=vigie%20stop%20orange%2Furgent>"),
        ("Auto-Submitted", "auto-generated"),
        ("X-Vigie-Brand", "orange"),
        ("X-Vigie-Polarity", "negative, uncertain, unknown, neutral, positive"),
        ("X-Vigie-Rule", "urgent"),
    ] {
        assert_eq!(mail.header(name).as_deref(), Some(value), "{name}");
    }
    assert!(mail.header("To").unwrap().ends_with("<cm@acme.example>, boss@acme.example"));
    assert!(mail.header("Bcc").is_none());
    assert!(mail.header("Content-Type").unwrap().starts_with("multipart/mixed"));
    assert!(mail.raw.is_ascii(), "no 8BITMIME is needed");
    let text = mail.text();
    assert!(text.lines().all(|line| line.len() <= 998), "RFC 5322");
    let bom = STANDARD.encode("\u{FEFF}date\r\nx\r\n");
    for part in ["multipart/alternative", "text/plain; charset=utf-8", "text/html; charset=utf-8", "mentions.csv", &bom]
    {
        assert!(text.contains(part), "{part}");
    }
}

#[tokio::test]
async fn a_repeat_differs_in_its_date_alone() {
    let email = channel(25, Security::None, None);
    let Message { id, body: Rendered::Mail(mail), now, .. } = message("boss@acme.example") else { panic!() };
    let wire = |now| String::from_utf8(email.wire(&id, &mail, now).unwrap()).unwrap();
    let (first, later) = (wire(now), wire(now + Duration::from_hours(1)));
    assert_eq!(first, wire(now));
    let differing: Vec<_> = first.lines().zip(later.lines()).filter(|(a, b)| a != b).collect();
    assert!(matches!(differing.as_slice(), [(a, _)] if a.starts_with("Date: ")), "{differing:?}");
}

#[tokio::test]
async fn both_mechanisms_of_login_work_and_a_line_of_dots_survives() {
    let server = SmtpServer::start().await.unwrap();
    server.demand("vigie", "s3cret");
    server.offer("LOGIN");
    let mut message = message("boss@acme.example");
    if let Rendered::Mail(mail) = &mut message.body {
        mail.text = ".\n..\n.point\n".to_owned();
    }
    channel(server.address().port(), Security::None, Some("s3cret")).send(&message).await.unwrap();
    assert!(server.mails()[0].text().contains("\r\n.\r\n..\r\n.point\r\n"));
}

#[tokio::test]
async fn every_refusal_is_somebodys_fault() {
    #[derive(Debug, PartialEq)]
    enum Whose {
        Retry,
        Permanent,
        Channel,
    }
    use Whose::{Channel as C, Permanent as P, Retry as R};
    let cases = [
        (Step::Banner, Fault::Reply(421, "4.3.2 busy"), R),
        (Step::Banner, Fault::Reply(554, "5.3.2 no service"), C),
        (Step::Ehlo, Fault::Reply(550, "5.7.1 blocked"), C),
        (Step::Auth, Fault::Reply(535, "5.7.8 wrong"), C),
        (Step::Auth, Fault::Reply(454, "4.7.0 later"), R),
        (Step::Mail, Fault::Reply(530, "5.7.0 log in"), C),
        (Step::Mail, Fault::Reply(451, "4.3.0 later"), R),
        (Step::Rcpt, Fault::Reply(450, "4.2.1 greylisted"), R),
        (Step::Rcpt, Fault::Reply(550, "5.1.1 no such user"), P),
        (Step::Rcpt, Fault::Reply(530, "5.7.0 TLS first"), C),
        (Step::Data, Fault::Reply(554, "5.6.0 no"), P),
        (Step::Dot, Fault::Reply(452, "4.3.1 full"), R),
        (Step::Dot, Fault::Reply(554, "5.7.1 spam"), P),
        (Step::Dot, Fault::Reply(552, "5.3.4 large"), P),
        (Step::Banner, Fault::Drop, C),
        (Step::Ehlo, Fault::Drop, C),
        (Step::Rcpt, Fault::Drop, R),
        (Step::Data, Fault::Drop, R),
        (Step::Dot, Fault::Drop, R),
        (Step::Banner, Fault::Hang, C),
        (Step::Ehlo, Fault::Hang, C),
        (Step::Auth, Fault::Hang, C),
        (Step::Mail, Fault::Hang, R),
        (Step::Rcpt, Fault::Hang, R),
        (Step::Data, Fault::Hang, R),
        (Step::Dot, Fault::Hang, R),
        (Step::Dot, Fault::Drip, R),
        (Step::Banner, Fault::Flood, C),
        (Step::Rcpt, Fault::Flood, R),
    ];
    for (step, fault, expected) in cases {
        let server = SmtpServer::start().await.unwrap();
        server.demand("vigie", "s3cret");
        server.fail_once(step, fault.clone());
        let email = channel(server.address().port(), Security::None, Some("s3cret"));
        let started = Instant::now();
        let error = email.send(&message("boss@acme.example")).await.unwrap_err();
        assert!(started.elapsed() < Duration::from_secs(5), "{step:?} {fault:?} took {:?}", started.elapsed());
        let found = match &error {
            SendError::Retry { .. } => R,
            SendError::Permanent { .. } => P,
            SendError::Channel { .. } => C,
            SendError::Disabled { .. } => panic!("{error}"),
        };
        assert_eq!(found, expected, "{step:?} {fault:?}: {error}");
        if let Fault::Reply(code, text) = fault {
            let said = error.to_string();
            assert!(said.contains(&code.to_string()) && said.contains(&text[6..]), "{said}");
        }
        assert!(server.mails().is_empty());
        email.send(&message("boss@acme.example")).await.unwrap();
    }
}

#[tokio::test]
async fn one_refused_recipient_is_no_fault_of_the_others() {
    let server = SmtpServer::start().await.unwrap();
    server.refuse("gone@acme.example", 550, "5.1.1 no such user");
    let email = channel(server.address().port(), Security::None, None);
    let gone = email.send(&message("gone@acme.example")).await;
    assert!(matches!(gone, Err(SendError::Permanent { .. })), "{gone:?}");
    email.send(&message("boss@acme.example")).await.unwrap();
    let nonsense = email.send(&message("no address\r\nRCPT TO:<x@y.example>")).await;
    assert!(matches!(nonsense, Err(SendError::Permanent { .. })), "{nonsense:?}");
    assert_eq!(server.mails().len(), 1);
}

#[tokio::test]
async fn a_server_that_floods_fills_no_memory() {
    let long = Duration::from_mins(1);
    for step in [Step::Banner, Step::Rcpt, Step::Dot] {
        let server = SmtpServer::start().await.unwrap();
        server.fail_always(step, Fault::Flood);
        let email = channel(server.address().port(), Security::None, None).with_deadlines(Deadlines {
            connect: long,
            greet: long,
            command: long,
            message: long,
        });
        // Its own limit stops it, not a deadline.
        let sent = tokio::time::timeout(Duration::from_secs(10), email.send(&message("boss@acme.example"))).await;
        let error = sent.expect("read without end").unwrap_err();
        assert!(error.to_string().contains("without end"), "{error}");
    }
}

#[tokio::test]
async fn a_wrong_password_stops_the_channel_and_is_not_shown() {
    let server = SmtpServer::start().await.unwrap();
    server.demand("vigie", "s3cret");
    let error = channel(server.address().port(), Security::None, Some("wr0ng")).send(&message("a@b.example")).await;
    let Err(SendError::Channel { passing: false, detail }) = error else { panic!("{error:?}") };
    assert!(detail.contains("535") && !detail.contains("wr0ng"), "{detail}");
}

#[tokio::test]
async fn a_refusal_by_policy_is_the_channels_where_a_login_is_offered_and_none_given() {
    let strangers = "5.7.1 Client host rejected: Access denied";
    let cases = [
        (true, None, strangers, true),
        (true, None, "5.1.1 no such user", false),
        (true, Some("s3cret"), strangers, false),
        (false, None, strangers, false),
    ];
    for (offers, password, text, is_the_channels) in cases {
        let server = SmtpServer::start().await.unwrap();
        if offers {
            server.demand("vigie", "s3cret");
            // Postfix says it at RCPT, whoever asks.
            server.fail_once(Step::Mail, Fault::Reply(250, "2.1.0 ok"));
        }
        server.fail_once(Step::Rcpt, Fault::Reply(554, text));
        let sent = channel(server.address().port(), Security::None, password).send(&message("a@b.example")).await;
        match sent {
            Err(SendError::Channel { passing: false, detail }) if is_the_channels => {
                assert!(detail.contains("554 5.7.1") && detail.contains("`username`"), "{detail}");
            }
            Err(SendError::Permanent { .. }) if !is_the_channels => {}
            other => panic!("{offers} {text}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_server_that_is_away_pauses_the_channel_for_a_while() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let refused = channel(closed, Security::None, None).send(&message("a@b.example")).await;
    assert!(matches!(refused, Err(SendError::Channel { passing: true, .. })), "{refused:?}");
}

// ---- webhooks

/// An HTTP client of one request, enough for a server of our own.
struct Tcp(String);

impl Post for Tcp {
    async fn post(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
        deadline: Duration,
    ) -> Result<Posted, PostFailure> {
        assert!(url.starts_with("https://desk.example/"));
        let mut stream =
            TcpStream::connect(&self.0).await.map_err(|error| PostFailure::NoConnection(error.to_string()))?;
        let mut request = format!("POST /hook HTTP/1.1\r\ncontent-length: {}\r\n", body.len());
        for (name, value) in headers {
            write!(request, "{name}: {value}\r\n").unwrap();
        }
        let exchange = async {
            stream.write_all([request.as_bytes(), b"\r\n", &body].concat().as_slice()).await?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await?;
            Ok::<_, std::io::Error>(answer)
        };
        let answer = tokio::time::timeout(deadline, exchange).await.map_err(|_| PostFailure::Cut("slow".to_owned()))?;
        let answer = answer.map_err(|error| PostFailure::Cut(error.to_string()))?;
        let status =
            answer.get(9..12).and_then(|code| code.parse().ok()).ok_or(PostFailure::Cut("empty".to_owned()))?;
        let retry_after = answer.lines().find_map(|line| line.strip_prefix("retry-after: ")?.parse().ok());
        Ok(Posted { status, retry_after: retry_after.map(Duration::from_secs), body: String::new() })
    }
}

/// Answers one request with these lines; returns what it was sent.
async fn receiver(answer: &'static str) -> (String, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        let mut buffer = [0; 8192];
        loop {
            let read = stream.read(&mut buffer).await.unwrap();
            request.extend_from_slice(&buffer[..read]);
            let text = String::from_utf8_lossy(&request).into_owned();
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
            if body.len() >= length.parse().unwrap() {
                stream.write_all(answer.as_bytes()).await.unwrap();
                return text;
            }
        }
    });
    (address, task)
}

fn hook(address: String) -> Webhook<Tcp> {
    let keys = SigningKeys::of(&Secret::new(format!("whsec_{}", STANDARD.encode([7; 32])))).unwrap();
    Webhook::new(Tcp(address), "https://desk.example/hook".to_owned(), keys, Locale::of(UiLanguage::English))
        .with_deadline(SHORT)
}

fn hook_message() -> Message {
    Message {
        id: ID.to_owned(),
        recipient: String::new(),
        body: Rendered::Webhook { body: r#"{"version":1}"#.to_owned() },
        now: at("2026-11-20T13:32:11Z"),
    }
}

#[tokio::test]
async fn a_webhook_is_signed_over_id_time_and_body() {
    let (address, task) = receiver("HTTP/1.1 204 No Content\r\n\r\n").await;
    hook(address).send(&hook_message()).await.unwrap();
    let request = task.await.unwrap();
    let header = |name: &str| {
        request.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")[..])).unwrap_or_default().to_owned()
    };
    assert_eq!(header("webhook-id"), ID);
    assert_eq!(header("webhook-timestamp"), at("2026-11-20T13:32:11Z").as_second().to_string());
    assert_eq!(header("content-type"), "application/json");
    let keys = SigningKeys::of(&Secret::new(format!("whsec_{}", STANDARD.encode([7; 32])))).unwrap();
    let signed = signature(&keys, ID, at("2026-11-20T13:32:11Z").as_second(), r#"{"version":1}"#);
    assert_eq!(header("webhook-signature"), signed);
    assert!(request.ends_with(r#"{"version":1}"#));
}

#[tokio::test]
async fn each_status_of_a_webhook_has_its_meaning() {
    let s = Duration::from_secs;
    for (answer, after) in [
        ("HTTP/1.1 429 Slow\r\nretry-after: 120\r\n\r\n", Some(s(120))),
        ("HTTP/1.1 503 Down\r\nretry-after: 7\r\n\r\n", Some(s(7))),
        ("HTTP/1.1 502 Bad\r\n\r\n", None),
        ("HTTP/1.1 504 Late\r\n\r\n", None),
        ("HTTP/1.1 500 Oops\r\n\r\n", None),
        ("HTTP/1.1 404 Where\r\n\r\n", None),
        ("HTTP/1.1 401 Who\r\n\r\n", None),
        ("HTTP/1.1 302 There\r\nlocation: https://elsewhere.example/\r\n\r\n", None),
        ("HTTP/1.1 199 Odd\r\n\r\n", None),
    ] {
        let (address, _task) = receiver(answer).await;
        let error = hook(address).send(&hook_message()).await.unwrap_err();
        let SendError::Retry { after: found, detail } = error else { panic!("{answer}: {error}") };
        assert_eq!(found, after, "{answer}");
        assert!(detail.contains(&answer[9..12]), "{detail}");
    }
    let (address, _task) = receiver("HTTP/1.1 410 Gone\r\n\r\n").await;
    let error = hook(address).send(&hook_message()).await.unwrap_err();
    assert!(matches!(error, SendError::Disabled { .. }), "{error}");
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = hook(closed.to_string()).send(&hook_message()).await.unwrap_err();
    assert!(matches!(error, SendError::Channel { passing: true, .. }), "{error}");
}

#[path = "mail/digest.rs"]
mod digest;
