//! Answers to mails, from the links of a rendered mail to what they change: taken once, refused by name.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;
use vigie::action::{Action, Signer, Token, channel_tag, reference};
use vigie::alert::Reason;
use vigie::alert::story::Pasts;
use vigie::alert::windows::Key;
use vigie::config::load;
use vigie::config::settings::UiLanguage;
use vigie::live::Live;
use vigie::mention::{Excerpt, Mention, Polarity, StoryId};
use vigie::net::Client;
use vigie::notify::{Rendered, RenderedMail, Style};
use vigie::replies;
use vigie::source::SourceKey;
use vigie::store::replies::RepliesState;
use vigie::store::sqlite::Sqlite;
use vigie::store::{AlerterCommit, DecisionRow, PollCommit, SourceHealth, Store};
use vigie::watchlist::{self, WatchlistFile};
use vigie::{message, wishes};

#[path = "support/dovecot.rs"]
mod dovecot;

const SETTINGS: &str = r#"
language: fr
timezone: Europe/Paris
fetch: {contact: "https://a.example/"}
smtp: {host: localhost, security: none, from: vigie@a.example}
replies: {maildir: answers}
channels:
  comms: {email: {to: [CM@a.example, boss@a.example]}}
  crise: {email: {to: [crise@a.example]}}
"#;

const WATCHLIST: &str = "brands:\n  - id: orange\n    match: {any: [orange]}\nsources:\n  - feed: \
                         https://a.example/rss\nalerts:\n  - {name: tout, on: mention, to: [comms]}\n";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + seconds).unwrap()
}

fn mention(entry: u64, story: u64) -> Mention {
    Mention {
        team: "team.yaml".into(),
        brand: "orange".into(),
        source: 1,
        source_name: "a.example".into(),
        entry,
        revision: 1,
        url: Some(format!("https://forum.example/{entry}")),
        title: format!("Orange en panne, {entry}"),
        site: "forum.example".into(),
        author: None,
        published: Some(at(0)),
        found: at(0),
        language: None,
        polarity: Polarity::Negative,
        score: Some(-0.5),
        document_score: None,
        hits: Vec::new(),
        tags: Vec::new(),
        excerpt: Excerpt::default(),
        why: Vec::new(),
        words: Vec::new(),
        baseline: false,
        story: StoryId(story),
        repeat: false,
        evidence: None,
    }
}

/// A store with one told message, and the mailbox where its answers arrive.
struct World {
    folder: tempfile::TempDir,
    live: Live,
    store: Sqlite,
    signer: Signer,
    rows: Vec<i64>,
    message: String,
    mails: BTreeMap<String, RenderedMail>,
    letters: usize,
}

fn live(folder: &Path, settings: &str) -> Live {
    let at = folder.join("vigie.yaml");
    let (settings, _) = load::settings_of(&at, settings.as_bytes(), None, UiLanguage::French).unwrap();
    let file =
        WatchlistFile { name: "team.yaml".into(), path_shown: "team.yaml".into(), bytes: WATCHLIST.as_bytes().into() };
    let compiled = watchlist::compile(&[file], &watchlist::Context::of(&settings));
    let Ok(watchlists) = compiled.result else { panic!("{:?}", compiled.diagnostics) };
    let client = Client::new(&settings.fetch).unwrap();
    Live::new(settings, watchlists, client)
}

impl World {
    /// A message about mentions of these stories.
    async fn told(stories: &[u64]) -> Self {
        Self::by(SETTINGS, stories).await
    }

    /// By these settings.
    async fn by(settings: &str, stories: &[u64]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for part in ["answers/new", "answers/cur"] {
            std::fs::create_dir_all(folder.path().join(part)).unwrap();
        }
        let store = Sqlite::open(&folder.path().join("vigie.db")).unwrap();
        let signer = replies::signer(&store).await.unwrap();
        let live = live(folder.path(), settings);
        let answers = replies::answers(&live.settings, &signer);
        let live = live.with_style(Style { answers, ..Style::default() });
        let mentions: Vec<Mention> =
            stories.iter().enumerate().map(|(entry, story)| mention(entry as u64 + 1, *story)).collect();
        let health = SourceHealth {
            key: SourceKey(1),
            kind: "feed".into(),
            url: "https://a.example/rss".into(),
            state: vigie::health::SourceState::Ok,
            detail: None,
            failures: 0,
            since: None,
            failing_since: None,
            asked: Some(at(0)),
            next: None,
            held: false,
            baseline: Some(at(0)),
            weekly: 1.0,
            told: 0,
            told_at: None,
        };
        let poll = PollCommit { health, state: None, seen: None, texts: vec![], mentions, prints: vec![] };
        store.commit_poll(poll).await.unwrap();
        let told = store.undecided(0, 100).await.unwrap();
        let rows: Vec<i64> = told.iter().map(|one| one.id).collect();
        let key =
            Key { team: "team.yaml".into(), rule: "tout".into(), channel: "comms".into(), brand: "orange".into() };
        let message =
            message::of_mentions(&live, &key, Reason::FirstMention, &told, &Pasts::new(), std::iter::empty(), at(0))
                .unwrap();
        let mut mails = BTreeMap::new();
        for delivery in &message.deliveries {
            let Rendered::Mail(mail) = Rendered::unpack(&delivery.body).unwrap() else { panic!("a mail") };
            mails.insert(delivery.recipient.clone(), mail);
        }
        let id = message.id.clone();
        let decision = |row: &i64| DecisionRow {
            mention: *row,
            rule: Some("tout".into()),
            channel: Some("comms".into()),
            reason: Reason::FirstMention,
            message: None,
        };
        let decisions = rows.iter().map(decision).collect();
        let commit =
            AlerterCommit { decided: rows.clone(), decisions, messages: vec![message], ..AlerterCommit::default() };
        store.commit_decisions(commit).await.unwrap();
        Self { folder, live, store, signer, rows, message: id, mails, letters: 0 }
    }

    /// The subjects of a recipient's links, by their label.
    fn links(&self, recipient: &str) -> Vec<(String, String)> {
        let html = &self.mails[recipient].html;
        let links = html.split("href=\"mailto:").skip(1).map(|rest| {
            let (href, rest) = rest.split_once('"').unwrap();
            let label = rest.split_once('>').unwrap().1.split_once('<').unwrap().0;
            let url = url::Url::parse(&format!("mailto:{href}")).unwrap();
            assert_eq!(url.path(), "vigie@a.example");
            let subject = url.query_pairs().find(|(key, _)| key == "subject").unwrap().1.into_owned();
            (label.replace('\u{a0}', " "), subject)
        });
        links.collect()
    }

    fn subject(&self, recipient: &str, label: &str) -> String {
        let links = self.links(recipient);
        links.iter().find(|(of, _)| of == label).unwrap_or_else(|| panic!("{label}: {links:?}")).1.clone()
    }

    /// The header that a plain answer carries back.
    fn references(&self, recipient: &str) -> String {
        let headers = &self.mails[recipient].headers;
        headers.iter().find(|(name, _)| name == "References").unwrap().1.clone()
    }

    fn letter(&mut self, text: &str) {
        self.letters += 1;
        let path = self.folder.path().join(format!("answers/new/{:04}.M1.host", self.letters));
        std::fs::write(path, text.replace('\n', "\r\n")).unwrap();
    }

    fn click(&mut self, from: &str, subject: &str) {
        self.letter(&format!("From: <{from}>\nTo: vigie@a.example\nSubject: {subject}\n\n"));
    }

    fn plain(&mut self, from: &str, references: &str, words: &str) {
        self.letter(&format!(
            "From: Zo <{from}>\nSubject: Re: [vigie/orange] Panne\nReferences: {references}\n\n{words}\n"
        ));
    }

    async fn read(&self, now: Timestamp) {
        let replies = self.live.settings.replies.as_ref().unwrap();
        let read = replies::read_once(&self.store, &self.live, replies, &self.signer, 60, now).await.unwrap();
        assert!(read.is_some());
    }

    async fn grant(&self, now: Timestamp) {
        for row in self.store.asked().await.unwrap() {
            let answer = wishes::grant(&self.store, &self.live, &row.payload, now).await;
            self.store.answer(row.id, serde_json::to_string(&answer).unwrap()).await.unwrap();
        }
    }

    async fn state(&self) -> RepliesState {
        let text = self.store.value(RepliesState::VALUE).await.unwrap().unwrap();
        serde_json::from_str(&text).unwrap()
    }

    fn token(&self, action: Option<Action>, mention: Option<i64>, to: &str, now: Timestamp) -> String {
        self.signer.sign(&Token::new(action, &self.message, mention, to, now), to)
    }

    /// What the last letter was refused for; nothing when it was taken.
    async fn refused(&self, now: Timestamp) -> Option<String> {
        let before = self.state_or_default().await;
        self.read(now).await;
        let after = self.state().await;
        if after.refused > before.refused { after.last_refusal.map(|(.., reason)| reason) } else { None }
    }

    async fn state_or_default(&self) -> RepliesState {
        let text = self.store.value(RepliesState::VALUE).await.unwrap();
        text.map(|text| serde_json::from_str(&text).unwrap()).unwrap_or_default()
    }
}

const CM: &str = "CM@a.example";

#[tokio::test]
async fn each_link_of_a_mail_does_what_it_says_and_once() {
    let mut world = World::told(&[7]).await;
    let labels: Vec<String> = world.links(CM).into_iter().map(|(label, _)| label).collect();
    let expected =
        ["Je m’en occupe", "Traité", "Pas nous", "Ton positif", "Ton neutre", "Sourdine 7 jours", "Transférer à crise"];
    assert_eq!(labels, expected);
    world.read(at(1)).await;
    for _ in 0..2 {
        for label in expected {
            let subject = world.subject(CM, label);
            world.click("cm@a.example", &subject);
        }
        world.read(at(60)).await;
        world.grant(at(61)).await;
    }
    let row = world.store.mentions(1).await.unwrap().remove(0);
    assert_eq!(row.handled, Some((at(61), Some("cm@a.example".to_owned()))));
    let done: Vec<(&str, bool)> = row
        .replies
        .iter()
        .map(|one| (one.action.as_str(), one.answer.as_deref().is_some_and(|answer| answer.contains("\"error\":null"))))
        .collect();
    let actions = ["mine", "handled", "not_us", "positive", "neutral", "mute_story", "forward"];
    assert_eq!(done, actions.map(|action| (action, true)));
    assert_eq!(row.mention.mention.polarity, Polarity::Neutral, "the last word on the tone");
    let mutes = world.store.mutes().await.unwrap();
    assert_eq!(mutes.len(), 1, "not us and mute agree: {mutes:?}");
    assert_eq!(mutes[0].until, at(60) + Duration::from_hours(7 * 24));
    assert_eq!(mutes[0].reason.as_deref(), Some("cm@a.example"));
    let forwards: Vec<_> = row.decisions.iter().filter(|(one, _)| one.reason == Reason::Forwarded).collect();
    assert_eq!(forwards.len(), 1);
    assert_eq!((forwards[0].0.channel.as_deref(), forwards[0].1), (Some("crise"), "pending"));
    let due = world.store.due("crise", at(100), 10).await.unwrap();
    let Rendered::Mail(mail) = Rendered::unpack(&due[0].body).unwrap() else { panic!("a mail") };
    assert!(mail.text.contains("Transmis par cm@a.example"), "{}", mail.text);
    assert!(mail.subject.contains("Transmis"), "{}", mail.subject);
}

#[tokio::test]
async fn a_plain_answer_with_a_word_does_it_too() {
    let mut world = World::told(&[7]).await;
    let references = world.references("boss@a.example");
    world.plain("boss@a.example", &references, "Bonjour,\n\nc’est vu avec eux");
    world.plain(
        "boss@a.example",
        &references,
        "Je m’en occupe.\n\nLe 20 nov. 2026 à 14:32, Vigie a écrit :\n> pas nous",
    );
    world.plain("boss@a.example", &references, "je m'en occupe");
    world.plain("boss@a.example", &references, "transférer à crise");
    world.plain("boss@a.example", &references, "transférer à la lune");
    world.plain("boss@a.example", &references, "transférer à lune");
    world.read(at(60)).await;
    world.grant(at(61)).await;
    let row = world.store.mentions(1).await.unwrap().remove(0);
    let actions: Vec<&str> = row.replies.iter().map(|one| one.action.as_str()).collect();
    assert_eq!(actions, ["mine", "forward"], "a word said twice is done once");
    let state = world.state().await;
    assert_eq!((state.taken, state.ignored, state.refused), (3, 2, 1));
    assert_eq!(state.last_refusal.map(|(.., reason)| reason).as_deref(), Some("NoChannel"));
}

#[tokio::test]
async fn an_answer_to_a_mails_own_address_needs_no_more_than_the_address() {
    let settings = SETTINGS.replacen("replies: {", "replies: {address: \"vigie+{token}@a.example\", ", 1);
    let mut world = World::by(&settings, &[1]).await;
    let own = |world: &World, recipient: &str| {
        let headers = &world.mails[recipient].headers;
        let address = &headers.iter().find(|(name, _)| name == "Reply-To").unwrap().1;
        address.trim_matches(['<', '>']).to_owned()
    };
    let (mine, other) = (own(&world, CM), own(&world, "boss@a.example"));
    assert!(mine.starts_with("vigie+") && mine.split('@').next().unwrap().len() <= 64, "{mine}");
    assert_ne!(mine, other, "each recipient has another");
    assert!(world.mails[CM].html.contains(&format!("mailto:{mine}?subject=")), "links lead there too");
    world.letter(&format!("From: <{CM}>\nTo: {other}\nSubject: Re: Panne\n\ntraité\n"));
    assert_eq!(world.refused(at(10)).await.as_deref(), Some("WrongSender"));
    // As a server notes the address of which To is another spelling.
    let letter = format!("From: <{CM}>\nTo: vigie@a.example\nDelivered-To: {mine}\nSubject: Re: Panne\n\ntraité\n");
    world.letter(&letter);
    world.letter(&letter);
    world.read(at(20)).await;
    world.grant(at(21)).await;
    let row = world.store.mentions(1).await.unwrap().remove(0);
    let actions: Vec<&str> = row.replies.iter().map(|one| one.action.as_str()).collect();
    assert_eq!(actions, ["handled"], "once: {:?}", world.state().await);
}

#[tokio::test]
async fn a_wrong_tone_is_refused_with_the_words_that_say_which() {
    let mut world = World::told(&[7]).await;
    world.read(at(1)).await;
    let references = world.references("boss@a.example");
    for words in ["Mauvais ton", "wrong tone"] {
        world.plain("boss@a.example", &references, words);
        assert_eq!(world.refused(at(60)).await.as_deref(), Some(replies::WHICH_TONE), "{words}");
    }
    assert!(world.store.asked().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_is_not_the_senders_to_ask_is_refused_by_name() {
    let mut world = World::told(&[7, 8]).await;
    world.read(at(1)).await;
    let handled = world.subject(CM, "Traité");
    let day = 86_400;
    let foreign = Signer::new([9; 32]).sign(&Token::new(Some(Action::Handled), &world.message, None, CM, at(0)), CM);
    let outsider = world.token(Some(Action::Handled), None, "pirate@evil.example", at(0));
    let lost = world.signer.sign(&Token::new(Some(Action::Handled), "ffffffffffffffffffff", None, CM, at(0)), CM);
    let nowhere = world.token(Some(Action::Forward(channel_tag("lune"))), None, CM, at(0));
    let gone = world.token(Some(Action::NotUs), Some(999_999), CM, at(0));
    let several = world.token(Some(Action::NotUs), None, CM, at(0));
    let altered = {
        let (head, tail) = handled.split_at(handled.len() - 3);
        let other = if tail.starts_with('a') { "b" } else { "a" };
        format!("{head}{other}{}", &tail[1..])
    };
    for (from, subject, seconds, reason) in [
        ("boss@a.example", handled.clone(), 60, Some("WrongSender")),
        ("pirate@evil.example", handled.clone(), 60, Some("WrongSender")),
        ("cm@a.example", altered, 60, Some("Forged")),
        ("cm@a.example", format!("vigie [{foreign}]"), 60, Some("Forged")),
        ("pirate@evil.example", format!("vigie [{outsider}]"), 60, Some("NotOnChannel")),
        ("cm@a.example", format!("vigie [{lost}]"), 60, Some("NoMessage")),
        ("cm@a.example", format!("vigie [{nowhere}]"), 60, Some("NoChannel")),
        ("cm@a.example", format!("vigie [{gone}]"), 60, Some("NoMention")),
        ("cm@a.example", format!("vigie [{several}]"), 60, Some("Several")),
        ("cm@a.example", handled.clone(), 32 * day, Some("Expired")),
        ("cm@a.example", handled, 29 * day, None),
    ] {
        world.click(from, &subject);
        assert_eq!(world.refused(at(seconds)).await.as_deref(), reason, "{from} {subject}");
    }
    // Nothing but the token counts: not a Sender, not an In-Reply-To that anybody can guess.
    world.letter(&format!(
        "From: <pirate@evil.example>\nSender: cm@a.example\nIn-Reply-To: <{}@a.example>\nSubject: Re: x\n\ntraité\n",
        world.message
    ));
    assert_eq!(world.refused(at(60)).await, None);
    assert_eq!(world.store.asked().await.unwrap().len(), 1, "the last one of the table alone");
}

#[tokio::test]
async fn a_story_that_was_folded_is_taken_whole_and_another_is_not() {
    let mut world = World::told(&[7, 7, 8]).await;
    let token = world.token(Some(Action::Mine), Some(world.rows[0]), CM, at(0));
    world.click("cm@a.example", &format!("vigie [{token}]"));
    world.read(at(60)).await;
    world.grant(at(61)).await;
    assert_eq!(world.store.handled(&world.rows).await.unwrap(), world.rows[..2]);
    let all = world.subject(CM, "Traité");
    world.click("cm@a.example", &all);
    world.read(at(62)).await;
    world.grant(at(63)).await;
    assert_eq!(world.store.handled(&world.rows).await.unwrap(), world.rows, "the link for all");
}

#[tokio::test]
async fn programs_that_answer_are_not_heard_and_what_they_quote_does_nothing() {
    let mut world = World::told(&[7]).await;
    let subject = world.subject(CM, "Traité");
    for header in ["Auto-Submitted: auto-replied", "Precedence: bulk", "Return-Path: <>", "X-Vigie-Rule: tout"] {
        world.letter(&format!("From: <cm@a.example>\n{header}\nSubject: {subject}\n\n"));
    }
    world.letter("not a letter at all");
    world.read(at(60)).await;
    let state = world.state().await;
    assert_eq!((state.ignored, state.taken, state.refused), (5, 0, 0));
    assert!(world.store.asked().await.unwrap().is_empty());
    let files = std::fs::read_dir(world.folder.path().join("answers/new")).unwrap().count();
    assert_eq!(files, 5, "the mailbox is left as it lies");
}

#[tokio::test]
async fn a_mailbox_that_cannot_be_read_is_said_and_read_when_it_is_back() {
    let mut world = World::told(&[7]).await;
    let folder = world.folder.path().join("answers");
    std::fs::rename(&folder, world.folder.path().join("away")).unwrap();
    let replies = world.live.settings.replies.as_ref().unwrap();
    let read = replies::read_once(&world.store, &world.live, replies, &world.signer, 60, at(1)).await.unwrap();
    assert_eq!(read, None);
    assert_eq!(world.state().await.state, "not_found");
    std::fs::rename(world.folder.path().join("away"), &folder).unwrap();
    let subject = world.subject(CM, "Traité");
    world.click("cm@a.example", &subject);
    world.read(at(2)).await;
    assert_eq!((world.state().await.state.as_str(), world.state().await.taken), ("ok", 1));
}

#[tokio::test]
async fn the_key_is_made_once() {
    let world = World::told(&[7]).await;
    assert_eq!(replies::signer(&world.store).await.unwrap(), world.signer);
    let other = World::told(&[7]).await;
    assert_ne!(other.signer, world.signer);
    let id = reference(&world.token(None, None, CM, at(0)), "a.example");
    assert!(world.references(CM).contains(&id), "{}", world.references(CM));
}

#[tokio::test]
#[ignore = "needs dovecot: tests/all.sh"]
async fn an_answer_in_a_folder_of_a_real_server_is_done_once_and_left_as_it_lies() {
    let (server, port) = (tempfile::tempdir().unwrap(), dovecot::port());
    let _running = dovecot::start(server.path(), port);
    let secret = server.path().join("secret");
    std::fs::write(&secret, "gwenn-ha-du\n").unwrap();
    dovecot::output("chmod", &["600", &secret.display().to_string()]);
    let imap = format!(
        "replies: {{imap: {{host: 127.0.0.1, port: {port}, security: none, username: vigie, folder: Alertes, password: \
         {{file: \"{}\"}}}}}}",
        secret.display()
    );
    let fetch = format!("fetch: {{allow_private: [\"127.0.0.1:{port}\"], contact");
    let settings = SETTINGS.replace("replies: {maildir: answers}", &imap).replace("fetch: {contact", &fetch);
    let world = World::by(&settings, &[7]).await;
    let folder = server.path().join("mail/.Alertes");
    // As a filter of the mail server puts them there: complete at once, some of them read by people already.
    let deliver = |name: &str, letter: &str| {
        std::fs::write(folder.join("tmp").join(name), letter.replace('\n', "\r\n")).unwrap();
        let (place, flags) = if name.ends_with('S') { ("cur", ":2,S") } else { ("new", "") };
        std::fs::rename(folder.join("tmp").join(name), folder.join(place).join(format!("{name}{flags}"))).unwrap();
    };
    let click = |from: &str, subject: &str| format!("From: <{from}>\nTo: vigie@a.example\nSubject: {subject}\n\n");
    world.read(at(1)).await;
    assert_eq!(world.state().await.ignored, 1, "what lay there before is looked at, and is no answer");
    let [handled, mute] = ["Traité", "Sourdine 7 jours"].map(|label| world.subject(CM, label));
    let forged = Signer::new([9; 32]).sign(&Token::new(Some(Action::NotUs), &world.message, None, CM, at(0)), CM);
    deliver("1800000001.M1P1.host", &click("cm@a.example", &handled));
    deliver("1800000002.M1P1.hostS", &click("cm@a.example", &mute));
    deliver("1800000003.M1P1.host", &click("cm@a.example", &format!("vigie [{forged}]")));
    deliver("1800000004.M1P1.host", &click("boss@a.example", &handled));
    let references = world.references("boss@a.example");
    deliver(
        "1800000005.M1P1.host",
        &format!("From: <boss@a.example>\nSubject: Re: Panne\nReferences: {references}\n\nsourdine\n"),
    );
    world.read(at(60)).await;
    let lies = dovecot::names(&folder);
    let state = world.state().await;
    assert_eq!((state.state.as_str(), state.taken, state.refused), ("ok", 3, 2), "{state:?}");
    // The same letters again: sent once more, and by a mailbox that was numbered anew.
    deliver("1800000006.M1P1.host", &click("cm@a.example", &handled));
    world.read(at(61)).await;
    for (name, _) in world.store.values("replies-cursor/").await.unwrap() {
        world.store.keep_value(&name, None).await.unwrap();
    }
    world.read(at(62)).await;
    world.grant(at(63)).await;
    let row = world.store.mentions(1).await.unwrap().remove(0);
    assert_eq!(row.handled, Some((at(63), None)));
    let done: Vec<(&str, &str)> = row.replies.iter().map(|one| (one.action.as_str(), one.sender.as_str())).collect();
    let expected = [("handled", "cm@a.example"), ("mute_story", "cm@a.example"), ("mute_story", "boss@a.example")];
    assert_eq!(done, expected, "each once, by whoever asked");
    assert!(!world.store.mutes().await.unwrap().is_empty());
    let after = dovecot::names(&folder);
    assert!(lies.iter().all(|name| after.contains(name)), "nothing is moved, marked or deleted: {lies:?} {after:?}");
}

/// What may happen between two letters.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// The letter of this link comes, perhaps again.
    Letter(usize),
    Read,
    Grant,
    /// The first wish is granted and the process ends before it is answered.
    Crash,
    /// The mailbox forgets how far it was read.
    Forgotten,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..7_usize).prop_map(Step::Letter),
        2 => Just(Step::Read),
        2 => Just(Step::Grant),
        1 => Just(Step::Crash),
        1 => Just(Step::Forgotten),
    ];
    proptest::collection::vec(step, 1..24)
}

async fn played(steps: &[Step]) {
    let mut world = World::told(&[7]).await;
    let subjects: Vec<String> = world.links(CM).into_iter().map(|(_, subject)| subject).collect();
    let mut sent: Vec<usize> = Vec::new();
    let mut clock = 60;
    for step in steps.iter().copied().chain([Step::Read, Step::Grant]) {
        clock += 1;
        match step {
            Step::Letter(link) => {
                world.click("cm@a.example", &subjects[link]);
                if !sent.contains(&link) {
                    sent.push(link);
                }
            }
            Step::Read => world.read(at(clock)).await,
            Step::Grant => world.grant(at(clock)).await,
            Step::Crash => {
                if let Some(row) = world.store.asked().await.unwrap().first() {
                    wishes::grant(&world.store, &world.live, &row.payload, at(clock)).await;
                }
                world.store = Sqlite::open(&world.folder.path().join("vigie.db")).unwrap();
            }
            Step::Forgotten => {
                for (name, _) in world.store.values("replies-cursor/").await.unwrap() {
                    world.store.keep_value(&name, None).await.unwrap();
                }
            }
        }
    }
    let row = world.store.mentions(1).await.unwrap().remove(0);
    let asked: Vec<&str> = row.replies.iter().map(|one| one.action.as_str()).collect();
    let words = ["mine", "handled", "not_us", "positive", "neutral", "mute_story", "forward"];
    let wanted: HashSet<&str> = sent.iter().map(|link| words[*link]).collect();
    assert_eq!(asked.len(), wanted.len(), "each once: {asked:?}");
    assert_eq!(asked.iter().copied().collect::<HashSet<_>>(), wanted, "none lost");
    assert!(row.replies.iter().all(|one| one.answer.is_some()), "all answered");
    assert_eq!(row.handled.is_some(), asked.contains(&"mine") || asked.contains(&"handled"));
    let mutes = world.store.mutes().await.unwrap().len();
    let quiet = asked.iter().filter(|word| matches!(**word, "not_us" | "mute_story")).count();
    // Both of them in one reading end at the same moment, and are one.
    assert!(mutes <= quiet && (mutes > 0) == (quiet > 0), "{mutes} of {quiet}");
    let forwarded = row.decisions.iter().filter(|(one, _)| one.reason == Reason::Forwarded).count();
    assert_eq!(forwarded, usize::from(asked.contains(&"forward")));
    let tone = asked.iter().rev().find(|word| matches!(**word, "positive" | "neutral"));
    assert_eq!(row.mention.mention.polarity.word(), *tone.unwrap_or(&"negative"), "the last word: {asked:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn whatever_comes_again_or_breaks_off_each_action_is_done_once(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(played(&steps));
    }
}
