//! The policy through store and alerter, on a clock that the test moves: from watchlist and mentions to the
//! messages of the outbox, over restarts.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use vigie::alert::Reason;
use vigie::alert::mute::Muted;
use vigie::alerter::{Alerter, Context};
use vigie::clock::Clock;
use vigie::config::load;
use vigie::config::settings::UiLanguage;
use vigie::distress::Plight;
use vigie::health::SourceState;
use vigie::live::{Live, Shared};
use vigie::mention::{Evidence, Excerpt, Mention, Polarity, StoryId};
use vigie::net::Client;
use vigie::notify::{Rendered, RenderedMail};
use vigie::source::SourceKey;
use vigie::store::spikes::SpikeState;
use vigie::store::sqlite::Sqlite;
use vigie::store::{Forget, PollCommit, SourceHealth, Store};
use vigie::systemd::Beat;
use vigie::text::language::Language;
use vigie::watchlist::{self, WatchlistFile};
use vigie::wishes::{self, Wish};

#[path = "policy/flood.rs"]
mod flood;
#[path = "policy/properties.rs"]
mod properties;
#[path = "policy/spikes.rs"]
mod spikes;

const SETTINGS: &str = r#"
language: fr
timezone: Europe/Paris
fetch: {contact: "https://a.example/"}
smtp: {host: localhost, security: none, from: vigie@a.example}
channels:
  comms: {email: {to: [cm@a.example]}}
  crisis: {email: {to: [crise@a.example]}}
  boss: {email: {to: [boss@a.example]}}
  team: {email: {to: [cm@a.example, adjointe@a.example]}}
"#;

#[derive(Debug, Clone)]
struct Hand(Arc<AtomicI64>);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst)).unwrap()
    }

    async fn sleep_until(&self, deadline: Timestamp) {
        self.0.store(deadline.as_second(), Ordering::SeqCst);
    }
}

/// A team, its store and its alerter.
struct World {
    folder: tempfile::TempDir,
    rules: String,
    clock: Hand,
    alerter: Alerter<Sqlite, Hand>,
    store: Sqlite,
    entries: u64,
}

fn live(rules: &str) -> Live {
    let bytes = SETTINGS.as_bytes();
    let (settings, _) = load::settings_of(Path::new("vigie.yaml"), bytes, None, UiLanguage::French).unwrap();
    // Rules may come with sources of their own.
    let sources = if rules.contains("\nsources:") { "" } else { "sources:\n  - feed: https://a.example/rss\n" };
    let text = format!(
        "brands:\n  - id: orange\n    name: Orange\n    match: {{any: [orange]}}\n  - id: sosh\n    match: {{any: [sosh]}}\n{sources}alerts:\n{rules}"
    );
    let file = WatchlistFile { name: "team.yaml".into(), path_shown: "team.yaml".into(), bytes: text.into_bytes() };
    let compiled = watchlist::compile(&[file], &watchlist::Context::of(&settings));
    let Ok(watchlists) = compiled.result else { panic!("{:?}", compiled.diagnostics) };
    let client = Client::new(&settings.fetch).unwrap();
    Live::new(settings, watchlists, client)
}

async fn alerter(store: &Sqlite, clock: &Hand, rules: &str) -> Alerter<Sqlite, Hand> {
    let context = Context {
        store: store.clone(),
        clock: clock.clone(),
        live: Shared::new(live(rules)),
        wake: Arc::new(Notify::new()),
        outbox: Arc::new(Notify::new()),
        stop: CancellationToken::new(),
        beat: Beat::default(),
        plight: Plight::default(),
    };
    Alerter::restore(context).await.unwrap()
}

impl World {
    async fn new(rules: &str, now: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::open(&folder.path().join("vigie.db")).unwrap();
        let now: Timestamp = now.parse().unwrap();
        let clock = Hand(Arc::new(AtomicI64::new(now.as_second())));
        let alerter = alerter(&store, &clock, rules).await;
        Self { folder, rules: rules.to_owned(), clock, alerter, store, entries: 0 }
    }

    /// The process ends and starts again.
    async fn restart(&mut self) {
        self.store = Sqlite::open(&self.folder.path().join("vigie.db")).unwrap();
        self.alerter = alerter(&self.store, &self.clock, &self.rules).await;
    }

    async fn wait(&mut self, span: Duration) {
        let until = self.clock.now() + span;
        self.clock.sleep_until(until).await;
        self.alerter.decide(false).await.unwrap();
    }

    /// What comes with one poll; decided at once, as ingest wakes the alerter.
    async fn come(&mut self, count: u64, change: impl Fn(&mut Mention)) {
        let now = self.clock.now();
        let mentions = (0..count)
            .map(|number| {
                let entry = self.entries + number;
                let mut mention = Mention {
                    team: "team.yaml".into(),
                    brand: "orange".into(),
                    source: 1,
                    source_name: "a.example".into(),
                    entry,
                    revision: 1,
                    url: Some(format!("https://forum.example/{entry}")),
                    title: format!("Orange en panne, {entry}"),
                    site: "forum.example".into(),
                    author: Some("Zoé".into()),
                    published: Some(now),
                    found: now,
                    language: Some(Language::FRENCH),
                    polarity: Polarity::Negative,
                    score: Some(-0.5),
                    document_score: Some(-0.5),
                    hits: Vec::new(),
                    tags: Vec::new(),
                    excerpt: Excerpt { text: "Orange en panne".into(), hits: vec![(0, 6)] },
                    why: vec!["orange".into()],
                    words: Vec::new(),
                    baseline: false,
                    story: StoryId(entry),
                    repeat: false,
                    evidence: None,
                };
                change(&mut mention);
                mention
            })
            .collect();
        self.entries += count;
        let health = SourceHealth {
            key: SourceKey(1),
            kind: "feed".into(),
            url: "https://a.example/rss".into(),
            state: SourceState::Ok,
            detail: None,
            failures: 0,
            since: None,
            failing_since: None,
            asked: Some(now),
            next: None,
            held: false,
            baseline: Some(now),
            weekly: 0.0,
            told: 0,
            told_at: None,
        };
        let poll = PollCommit { health, state: None, seen: None, texts: Vec::new(), prints: Vec::new(), mentions };
        self.store.commit_poll(poll).await.unwrap();
        self.alerter.decide(false).await.unwrap();
    }

    /// Kinds and mails of a channel's outbox, in order.
    async fn mails(&self, channel: &str) -> Vec<(String, RenderedMail)> {
        let due = self.store.due(channel, Timestamp::MAX, 1_000).await.unwrap();
        due.into_iter()
            .map(|row| match Rendered::unpack(&row.body).unwrap() {
                Rendered::Mail(mail) => (row.kind, mail),
                Rendered::Webhook { .. } | Rendered::Chat { .. } => panic!("only mail is configured"),
            })
            .collect()
    }

    async fn subjects(&self, channel: &str) -> Vec<String> {
        self.mails(channel).await.into_iter().map(|(_, mail)| mail.subject).collect()
    }

    /// How many decisions there are of each reason, with the state of what tells them.
    async fn reasons(&self) -> BTreeMap<(&'static str, &'static str), usize> {
        let mut counts = BTreeMap::new();
        for row in self.store.mentions(100_000).await.unwrap() {
            for (decision, state) in row.decisions {
                *counts.entry((decision.reason.name(), state)).or_default() += 1;
            }
        }
        counts
    }
}

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

#[tokio::test]
async fn what_comes_at_night_is_told_once_in_the_morning() {
    let rules = "  - {name: office, on: mention, to: [comms], hours: \"lun-ven 08:00-20:00\"}\n";
    let mut world = World::new(rules, "2026-11-20T21:00:00Z").await;
    world.come(3, |_| {}).await;
    world.wait(24 * HOUR).await;
    world.restart().await;
    world.come(2, |_| {}).await;
    world.wait(MINUTE).await;
    assert_eq!(world.subjects("comms").await, Vec::<String>::new());
    assert_eq!(world.reasons().await, BTreeMap::from([(("QuietHours", "waits"), 5)]));
    // Monday, 8:00 in Paris.
    world.clock.sleep_until("2026-11-23T07:00:00Z".parse().unwrap()).await;
    world.alerter.decide(false).await.unwrap();
    let subjects = world.subjects("comms").await;
    assert_eq!(subjects.len(), 1, "{subjects:?}");
    assert!(subjects[0].contains("5 mentions"), "{subjects:?}");
}

#[tokio::test]
async fn past_the_cap_mentions_wait_for_the_digest_and_are_in_it_once() {
    let rules = "  - {name: each, on: mention, to: [comms], group: off, cap: 2/h}\n  \
                 - {name: matin, on: digest, at: \"08:00\", to: [comms]}\n";
    let mut world = World::new(rules, "2026-11-20T10:00:00Z").await;
    world.wait(SECOND).await;
    world.come(5, |_| {}).await;
    world.wait(MINUTE).await;
    world.restart().await;
    world.come(1, |_| {}).await;
    assert_eq!(world.subjects("comms").await.len(), 2);
    let reasons = world.reasons().await;
    assert_eq!(reasons[&("CapReached", "waits")], 4, "{reasons:?}");
    world.clock.sleep_until("2026-11-21T07:00:00Z".parse().unwrap()).await;
    world.alerter.decide(false).await.unwrap();
    let mails = world.mails("comms").await;
    let digests: Vec<_> = mails.iter().filter(|(kind, _)| kind == "digest").collect();
    assert_eq!(digests.len(), 1, "{:?}", mails.iter().map(|(_, mail)| &mail.subject).collect::<Vec<_>>());
    for entry in 2..6 {
        assert!(digests[0].1.text.contains(&format!("Orange en panne, {entry}")), "{}", digests[0].1.text);
    }
    assert_eq!(world.reasons().await[&("CapReached", "pending")], 4);
    world.wait(HOUR).await;
    world.restart().await;
    world.wait(HOUR).await;
    assert_eq!(world.mails("comms").await.iter().filter(|(kind, _)| kind == "digest").count(), 1, "once a day");
}

#[tokio::test]
async fn a_digest_taken_out_of_the_file_loses_nothing_that_waited_for_it() {
    let mention = "  - {name: each, on: mention, to: [comms], group: off, cap: 1/h}\n";
    let digest = "  - {name: matin, on: digest, at: \"08:00\", to: [comms]}\n";
    let mut world = World::new(&format!("{mention}{digest}"), "2026-11-20T10:00:00Z").await;
    world.come(3, |_| {}).await;
    assert_eq!(world.reasons().await[&("CapReached", "waits")], 2);
    world.rules = mention.to_owned();
    world.restart().await;
    world.wait(2 * HOUR).await;
    world.wait(2 * HOUR).await;
    let reasons = world.reasons().await;
    assert!(reasons.keys().all(|(_, state)| *state == "pending"), "{reasons:?}");
}

#[tokio::test]
async fn nobody_answers_and_others_are_told_unless_it_is_handled() {
    let rules = "  - {name: urgent, on: mention, to: [comms], escalate: {after: 30m, to: [boss, comms]}}\n";
    let mut world = World::new(rules, "2026-11-20T10:00:00Z").await;
    world.come(2, |_| {}).await;
    world.wait(3 * SECOND).await;
    let told: Vec<i64> = world.store.mentions(10).await.unwrap().iter().map(|row| row.mention.id).collect();
    world.store.handle(&told[..1], None, world.clock.now()).await.unwrap();
    world.wait(20 * MINUTE).await;
    world.restart().await;
    assert_eq!(world.subjects("boss").await, Vec::<String>::new());
    world.wait(10 * MINUTE).await;
    let mails = world.mails("boss").await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].0, "escalation");
    assert!(mails[0].1.subject.starts_with("[vigie/orange] Sans réponse :"), "{}", mails[0].1.subject);
    assert!(!mails[0].1.text.contains("Orange en panne, 1"), "the handled one is left out");
    assert_eq!(world.mails("comms").await.len(), 2, "also to a channel that was told");
    world.wait(HOUR).await;
    world.restart().await;
    world.wait(HOUR).await;
    assert_eq!(world.mails("boss").await.len(), 1, "once");
}

#[tokio::test]
async fn who_takes_one_copy_of_a_story_takes_those_that_were_folded_into_it() {
    let rules = "  - {name: urgent, on: mention, to: [comms], escalate: {after: 30m, to: [boss]}}\n";
    let mut world = World::new(rules, "2026-11-20T10:00:00Z").await;
    world.come(3, |mention| mention.story = StoryId(7)).await;
    world.come(1, |_| {}).await;
    world.wait(3 * SECOND).await;
    world.wait(11 * MINUTE).await;
    let copies: Vec<i64> = world.store.mentions(10).await.unwrap().iter().map(|row| row.mention.id).collect();
    let told: Vec<String> = world.mails("comms").await.into_iter().map(|(_, mail)| mail.text).collect();
    assert!(told[0].contains("2 republications"), "{told:?}");
    let wish = Wish::Handled { mentions: vec![copies[2]], by: None };
    let answer = wish.grant(&world.store, &live(rules), world.clock.now()).await.unwrap();
    assert_eq!((answer.done, answer.beside), (1, 2));
    let again = wish.grant(&world.store, &live(rules), world.clock.now()).await.unwrap();
    assert_eq!(again, answer, "a wish that is granted again after a crash is the same");
    world.wait(HOUR).await;
    let mails = world.mails("boss").await;
    assert_eq!(mails.len(), 1, "another story waits on");
    assert!(mails[0].1.text.contains("Orange en panne, 3"), "{}", mails[0].1.text);
    for copy in 0..3 {
        assert!(!mails[0].1.text.contains(&format!("Orange en panne, {copy}")), "{}", mails[0].1.text);
    }
}

#[tokio::test]
async fn a_muted_story_is_stored_and_told_to_nobody_also_where_it_waited() {
    let rules = "  - {name: all, on: mention, to: [comms]}\n";
    let mut world = World::new(rules, "2026-11-20T10:00:00Z").await;
    let same = |mention: &mut Mention| mention.story = StoryId(7);
    world.come(1, |_| {}).await;
    world.wait(3 * SECOND).await;
    world.come(1, same).await;
    let now = world.clock.now();
    world.store.mute(Muted::Story(StoryId(7)), now + 24 * HOUR, Some("connu".into()), now).await.unwrap();
    world.come(1, same).await;
    world.wait(11 * MINUTE).await;
    assert_eq!(world.mails("comms").await.len(), 1);
    assert_eq!(world.reasons().await[&("Muted", "none")], 2);
    world.wait(24 * HOUR).await;
    world.come(1, same).await;
    world.wait(3 * SECOND).await;
    assert_eq!(world.mails("comms").await.len(), 2, "a mute ends");
}

#[tokio::test]
async fn what_is_to_be_moderated_goes_with_its_evidence() {
    let rules = "  - {name: tri, on: moderation, if: {tags: [threat]}, to: [crisis]}\n";
    let mut world = World::new(rules, "2026-11-20T10:00:00Z").await;
    world.come(1, |_| {}).await;
    world
        .come(1, |mention| {
            let passages = vec!["je sais où vous habitez".to_owned()];
            let evidence = Evidence::seal(vec!["threat".into()], passages, "address: x\n\nje sais où\n".into());
            mention.evidence = Some(Box::new(evidence));
        })
        .await;
    world.wait(3 * SECOND).await;
    let mails = world.mails("crisis").await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].0, "moderation");
    assert_eq!(mails[0].1.evidence[0].1, "address: x\n\nje sais où\n");
    assert_eq!(world.reasons().await[&("NoRule", "none")], 1);
}

#[tokio::test]
async fn an_escalation_and_a_forward_go_on_in_the_thread_of_the_mail_that_told_first() {
    let rules = "  - {name: urgent, on: mention, to: [comms], escalate: {after: 30m, to: [boss, comms]}}\n";
    let mut world = World::new(rules, "2026-11-20T10:00:00Z").await;
    world.come(2, |mention| mention.excerpt = Excerpt { text: "La box clignote".into(), hits: Vec::new() }).await;
    world.wait(3 * SECOND).await;
    world.wait(30 * MINUTE).await;
    let mentions = world.store.mentions(10).await.unwrap().iter().map(|row| row.mention.id).collect();
    let forward = Wish::Forward { channel: "comms".into(), rule: "urgent".into(), mentions, by: "Zoé".into() };
    forward.grant(&world.store, &live(rules), world.clock.now()).await.unwrap();
    let due = world.store.due("comms", Timestamp::MAX, 10).await.unwrap();
    assert_eq!(due.iter().map(|row| row.kind.as_str()).collect::<Vec<_>>(), ["mention", "escalation", "forward"]);
    let header = |mail: &RenderedMail, name: &str| {
        mail.headers.iter().find(|(of, _)| of == name).map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let mails = world.mails("comms").await;
    assert_eq!(header(&mails[0].1, "In-Reply-To"), "");
    for (kind, mail) in &mails[1..] {
        for name in ["In-Reply-To", "References"] {
            assert!(header(mail, name).contains(&due[0].message), "{kind}: {:?}", mail.headers);
        }
        assert!(mail.text.contains("La box clignote"), "{kind}: {}", mail.text);
    }
    assert_eq!(header(&world.mails("boss").await[0].1, "In-Reply-To"), "", "whose first mail it is");
}

#[tokio::test]
async fn nothing_that_waits_to_be_sent_shows_who_was_forgotten() {
    let rules = "  - {name: pic, on: spike, to: [crisis]}\n  - {name: matin, on: digest, at: \"08:00\", to: [comms]}\n";
    let mut world = World::new(rules, "2026-11-01T00:00:00Z").await;
    for _ in 0..80 {
        let from = world.clock.now();
        world
            .come(18, |mention| mention.published = Some(from - Duration::from_mins(9 + 10 * (mention.entry % 18))))
            .await;
        world.wait(3 * HOUR).await;
    }
    let first = world.entries;
    world
        .come(60, |mention| {
            if mention.entry == first {
                (mention.author, mention.score) = (Some("Léa".into()), Some(-0.9));
            }
        })
        .await;
    world.wait(15 * SECOND).await;
    world.clock.sleep_until("2026-11-12T07:00:00Z".parse().unwrap()).await;
    world.alerter.decide(false).await.unwrap();
    let showing = async |channel: &str| {
        let mails = world.mails(channel).await;
        let count = mails.len();
        let shows = |mail: &RenderedMail| format!("{}{}{:?}", mail.text, mail.html, mail.csv).contains("Léa");
        (count, mails.iter().filter(|(_, mail)| shows(mail)).count())
    };
    let (spikes, digests) = (showing("crisis").await, showing("comms").await);
    assert_eq!((spikes, digests.1), ((1, 1), 1));
    let last = world.subjects("comms").await.pop().unwrap();
    assert!(last.contains("204 mentions"), "two days of 18 each three hours, and the peak: {last}");

    let (live, now) = (live(rules), world.clock.now());
    let what = Forget::Author { name: "LÉA".into(), site: None };
    world.store.forget(&what, now).await.unwrap();
    assert_eq!(showing("crisis").await, (0, 0), "a spike is told no more");
    assert_eq!(showing("comms").await, (digests.0 - 1, 0));
    for wish in world.store.asked().await.unwrap() {
        let answer = wishes::grant(&world.store, &live, &wish.payload, now).await;
        assert_eq!((answer.done, answer.error), (1, None));
    }
    assert_eq!(showing("comms").await, (digests.0, 0), "the digest goes without her");
    let last = world.subjects("comms").await.pop().unwrap();
    assert!(last.contains("203 mentions"), "{last}");
}
