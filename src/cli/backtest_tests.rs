//! A changed watchlist against stored mentions, from kept texts.

use jiff::tz::TimeZone;

use super::*;
use crate::config::settings::UiLanguage;
use crate::health::SourceState;
use crate::mention::{Excerpt, Mention, Polarity};
use crate::store::{PollCommit, SourceHealth};

const SOURCES: &str = "sources:\n  - feed: https://blog.example/feed.xml\n";

/// Settings and a folder with one watchlist, on which the store's texts and mentions lie.
struct House {
    folder: tempfile::TempDir,
}

impl House {
    fn new(more: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("watchlists")).unwrap();
        std::fs::write(folder.path().join("vigie.yaml"), format!("language: en\ntimezone: UTC\n{more}")).unwrap();
        let house = Self { folder };
        house.write(
            "watchlists/team.yaml",
            &format!("brands:\n  - id: lune\n    match: {{any: [café lune]}}\n{SOURCES}"),
        );
        house
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    fn settings(&self) -> Settings {
        config::load_settings(&self.folder.path().join("vigie.yaml")).unwrap().0
    }

    fn args(&self, watchlist: Option<&str>) -> Args {
        Args {
            config: Some(self.folder.path().join("vigie.yaml")),
            watchlist: watchlist.map(|name| self.folder.path().join(name)).into_iter().collect(),
            backtest: true,
            ..Args::default()
        }
    }

    async fn report(&self, watchlist: Option<&str>) -> Report {
        let settings = self.settings();
        let (set, changed) = load(&self.args(watchlist), &settings).unwrap().unwrap();
        let store = Sqlite::open_read(&settings.store).unwrap();
        compare(&store, &set, &changed, &settings, minute(0)).await.unwrap()
    }

    /// Keeps one text an id; those of `told` are mentions of `lune` as well.
    async fn keep(&self, source: SourceKey, texts: &[(&str, &str)], told: &[&str]) {
        let kept = |(id, text): &(&str, &str)| KeptText {
            id: (*id).into(),
            title: format!("No. {id}"),
            text: (*text).into(),
            url: Some(format!("https://blog.example/{id}")),
            author: None,
            published: None,
            language: None,
            links: Vec::new(),
        };
        let texts: Vec<KeptText> = texts.iter().map(kept).collect();
        let mentions = texts.iter().filter(|text| told.contains(&text.id.as_str()));
        let mentions = mentions.map(|text| mention(source, &entry(text))).collect();
        let poll = PollCommit { health: health(source), state: None, seen: None, texts, mentions };
        Sqlite::open(&self.settings().store).unwrap().commit_poll(poll).await.unwrap();
    }
}

fn minute(minute: i64) -> Timestamp {
    Timestamp::from_second(1_772_352_000 + minute * 60).unwrap()
}

fn health(key: SourceKey) -> SourceHealth {
    SourceHealth {
        key,
        kind: "feed".into(),
        url: "https://blog.example/feed.xml".into(),
        state: SourceState::Ok,
        detail: None,
        failures: 0,
        since: None,
        failing_since: None,
        asked: Some(minute(1)),
        next: None,
        held: false,
        baseline: None,
        weekly: 0.0,
        told: 0,
        told_at: None,
    }
}

fn mention(source: SourceKey, entry: &Entry) -> Mention {
    Mention {
        team: "team.yaml".into(),
        brand: "lune".into(),
        source: source.0,
        source_name: "blog".into(),
        entry: Seen::default().entry_key(entry),
        revision: 1,
        url: entry.url.clone(),
        title: entry.title.clone(),
        site: "blog.example".into(),
        author: None,
        published: None,
        found: minute(1),
        language: None,
        polarity: Polarity::Neutral,
        score: None,
        document_score: None,
        hits: Vec::new(),
        tags: Vec::new(),
        excerpt: Excerpt { text: entry.text.clone(), hits: Vec::new() },
        why: vec!["café lune".into()],
        words: Vec::new(),
        baseline: false,
    }
}

fn feed(house: &House) -> SourceKey {
    let settings = house.settings();
    load(&house.args(None), &settings).unwrap().unwrap().0.sources[0].key
}

const TEXTS: [(&str, &str); 3] = [
    ("1", "Le café Lune ouvre samedi"),
    ("2", "Au café Lune, une soirée avec la mairie"),
    ("3", "Chez Lune, la carte change"),
];

#[tokio::test]
async fn a_changed_watchlist_says_what_it_would_gain_and_lose() {
    let house = House::new("");
    house.keep(feed(&house), &TEXTS, &["1", "2"]).await;
    let same = house.report(None).await;
    let [lune] = &same.brands[..] else { panic!("{same:?}") };
    assert_eq!((same.entries, lune.before, lune.after, lune.gained_count, lune.lost_count), (3, 2, 2, 0, 0));

    std::fs::create_dir(house.folder.path().join("draft")).unwrap();
    house.write(
        "draft/team.yaml",
        &format!("brands:\n  - id: lune\n    match: {{any: [café lune, chez lune], none: [mairie]}}\n{SOURCES}"),
    );
    let report = house.report(Some("draft/team.yaml")).await;
    let settings = house.settings();
    for (language, name) in [(UiLanguage::French, "french"), (UiLanguage::English, "english")] {
        insta::assert_snapshot!(format!("backtest_{name}"), shown(&report, Locale::of(language), &settings));
    }
    insta::assert_snapshot!("backtest_json", terminal::json(&report).unwrap());
    assert_eq!(settings.timezone, TimeZone::UTC);
}

#[tokio::test]
async fn a_brand_that_is_gone_loses_all_and_other_files_are_left_out() {
    let house = House::new("");
    house.keep(feed(&house), &TEXTS, &["1", "2"]).await;
    house.write("watchlists/other.yaml", "brands:\n  - id: mars\n    match: {any: [carte]}\n");
    house.write("team.yaml", &format!("brands:\n  - id: soleil\n    match: {{any: [chez lune]}}\n{SOURCES}"));
    let report = house.report(Some("team.yaml")).await;
    let figures: Vec<_> =
        report.brands.iter().map(|one| (&*one.brand, one.before, one.after, one.lost_count)).collect();
    assert_eq!(figures, [("lune", 2, 0, 2), ("soleil", 0, 1, 0)]);
}

#[tokio::test]
async fn a_team_sees_the_texts_of_its_sources_and_a_draft_without_sources_sees_all() {
    let house = House::new("");
    house.keep(SourceKey(7), &TEXTS, &[]).await;
    assert_eq!(house.report(None).await.brands[0].after, 0);
    house.write("draft.yaml", "brands:\n  - id: essai\n    match: {any: [lune]}\n");
    assert_eq!(house.report(Some("draft.yaml")).await.brands[0].gained_count, 3);
}

#[tokio::test]
async fn nothing_kept_and_a_period_that_is_none_are_said() {
    let house = House::new("");
    assert_eq!(run(house.args(None)).await.unwrap(), Exit::Failed, "no store");
    house.keep(feed(&house), &[], &[]).await;
    assert_eq!(run(house.args(None)).await.unwrap(), Exit::Failed, "no text");
    let args = Args { since: Some("a month".into()), ..house.args(None) };
    assert_eq!(run(args).await.unwrap(), Exit::Usage);
    let off = House::new("keep_entries: 0\n");
    assert_eq!(run(off.args(None)).await.unwrap(), Exit::Failed);
}
