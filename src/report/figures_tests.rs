//! The arithmetic of a report, on counts written by hand and on drawn ones.

use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::place::Place;
use crate::report::period::written;
use crate::store::figures::{NewSite, TagCount};

fn zone() -> TimeZone {
    TimeZone::get("Europe/Paris").unwrap()
}

fn at(text: &str) -> Timestamp {
    written(text, &zone()).unwrap()
}

fn line(id: &str, kind: BrandKind) -> BrandLine {
    BrandLine { id: id.into(), name: id.to_uppercase(), kind }
}

fn scope(from: &str, to: &str) -> Scope {
    let objective = |figure, at_least| Objective {
        brand: "orange".into(),
        figure,
        at_least: Some(at_least),
        at_most: None,
        place: Place { file: "team.yaml".into(), line: 1, column: 1 },
    };
    Scope {
        frame: Frame::new(at(from), at(to), &zone()),
        lead: vec![line("orange", BrandKind::Brand)],
        competitors: vec![line("free", BrandKind::Competitor)],
        since: Some(at("2026-01-01")),
        objectives: vec![objective(Figure::NetTone, -20.0), objective(Figure::ShareOfVoice, 90.0)],
        watched: vec!["lafibre.example".into()],
        opened: Vec::new(),
        phases: Vec::new(),
    }
}

fn count(brand: &str, when: &str, polarity: Polarity, mentions: u64) -> Count {
    Count { brand: brand.into(), at: at(when), polarity, mentions }
}

fn rows() -> FiguresRows {
    use Polarity::{Negative, Neutral, Positive, Unknown};
    FiguresRows {
        counts: vec![
            count("orange", "2026-11-20T00:00", Negative, 3),
            count("orange", "2026-11-20T14:00", Positive, 2),
            count("orange", "2026-11-20T23:00", Neutral, 4),
            count("orange", "2026-11-20T23:00", Unknown, 1),
            // The next day and the day before do not count.
            count("orange", "2026-11-21T00:00", Negative, 100),
            count("orange", "2026-11-19T10:00", Positive, 4),
            count("orange", "2026-11-13T10:00", Negative, 2),
            count("free", "2026-11-20T10:00", Neutral, 10),
            count("free", "2026-11-19T10:00", Neutral, 12),
        ],
        tags: vec![
            TagCount { tag: "prix".into(), polarity: Positive, mentions: 1 },
            TagCount { tag: "panne".into(), polarity: Negative, mentions: 3 },
            TagCount { tag: "panne".into(), polarity: Neutral, mentions: 1 },
        ],
        new_sites: vec![
            NewSite { site: "www2.lafibre.example".into(), mentions: 2, url: None },
            NewSite { site: "blog.example".into(), mentions: 1, url: None },
        ],
        ..FiguresRows::default()
    }
}

#[test]
fn a_day_is_compared_with_the_day_before_and_the_same_weekday() {
    let report = Report::of(&scope("2026-11-20", "2026-11-21"), rows());
    let Compared { now, before, week_before } = report.total;
    assert_eq!((now.total(), now.known(), now.negative), (10, 9, 3));
    assert_eq!(now.net().map(f64::round), Some(-11.0));
    assert_eq!(before.map(|tones| (tones.total(), tones.net())), Some((4, Some(100.0))));
    assert_eq!(week_before.map(|tones| (tones.total(), tones.net())), Some((2, Some(-100.0))));
    assert_eq!(report.series.len(), 24);
    assert_eq!((report.series[0].tones.total(), report.series[14].tones.total()), (3, 2));
    assert_eq!(report.series[23].tones.total(), 5);
    assert_eq!(report.rhythm, None);
}

#[test]
fn the_teams_own_share_is_told_however_loud_the_others_are() {
    let mut report = Report::of(&scope("2026-11-20", "2026-11-21"), rows());
    let voice = |brand: &str, own, mentions| Voice { brand: brand.into(), own, mentions, ..report.voice[0].clone() };
    report.voice = vec![
        voice("a", false, 9),
        voice("b", false, 8),
        voice("c", false, 7),
        voice("own", true, 1),
        voice("second", true, 0),
        voice("silent", false, 0),
    ];
    for (room, told, others) in [
        (9, &["a", "b", "c", "own", "second"][..], &[][..]),
        (4, &["a", "b", "own", "second"], &["c"]),
        (1, &["own", "second"], &["a", "b", "c"]),
    ] {
        let names = |all: Vec<&Voice>| all.iter().map(|voice| voice.brand.clone()).collect::<Vec<_>>();
        let (shown, rest) = report.loudest(room);
        assert_eq!(
            (names(shown), names(rest)),
            (
                told.iter().map(|name| (*name).to_owned()).collect(),
                others.iter().map(|name| (*name).to_owned()).collect()
            ),
            "{room}"
        );
    }
}

#[test]
fn shares_tags_sites_and_objectives_are_those_of_the_period() {
    let report = Report::of(&scope("2026-11-20", "2026-11-21"), rows());
    let voice: Vec<_> = report.voice.iter().map(|voice| (&*voice.brand, voice.own, voice.share)).collect();
    assert_eq!(voice, [("orange", true, Some(50.0)), ("free", false, Some(50.0))]);
    assert_eq!(report.own_share(), (Some(50.0), Some(25.0)));
    let tags: Vec<_> = report.tags.iter().map(|tag| (&*tag.tag, tag.tones.total())).collect();
    assert_eq!(tags, [("panne", 4), ("prix", 1)]);
    let sites: Vec<_> = report.new_sites.iter().map(|new| &*new.site).collect();
    assert_eq!(sites, ["blog.example"], "what is watched is no news");
    let held: Vec<_> = report.objectives.iter().map(|held| held.met).collect();
    assert_eq!(held, [Some(true), Some(false)]);
}

#[test]
fn a_time_before_the_watch_began_is_not_compared_with() {
    let mut scope = scope("2026-11-20", "2026-11-21");
    scope.since = Some(at("2026-11-19"));
    let report = Report::of(&scope, rows());
    assert!(report.total.before.is_some());
    assert_eq!(report.total.week_before, None);
    scope.since = None;
    assert_eq!(Report::of(&scope, rows()).total.before, None);
}

#[test]
fn nothing_said_is_a_report_all_the_same() {
    let report = Report::of(&scope("2026-11-20", "2026-11-21"), FiguresRows::default());
    assert!(report.is_empty());
    assert_eq!(report.total.now.net(), None);
    assert_eq!(report.objectives[0].met, None);
    assert_eq!(report.own_share(), (None, None));
}

#[test]
fn a_week_has_its_hours() {
    let report = Report::of(&scope("2026-11-16", "2026-11-23"), rows());
    let rhythm = report.rhythm.unwrap();
    // Friday is the fifth day, Saturday the sixth.
    assert_eq!((rhythm[4][14], rhythm[5][0], rhythm[3][10]), (2, 100, 4));
    assert_eq!(report.series.len(), 7);
}

#[test]
fn a_campaign_has_three_times() {
    let mut scope = scope("2026-11-20", "2026-11-21");
    let span = |from: &str, to: &str| Span { from: at(from), to: at(to) };
    scope.phases = vec![
        (Phase::Before, span("2026-11-19", "2026-11-20")),
        (Phase::During, span("2026-11-20", "2026-11-21")),
        (Phase::After, span("2026-11-21", "2026-11-22")),
    ];
    let report = Report::of(&scope, rows());
    let phases: Vec<_> =
        report.campaign.iter().map(|phase| (phase.phase, phase.tones.total(), phase.share.map(f64::round))).collect();
    assert_eq!(
        phases,
        [(Phase::Before, 4, Some(25.0)), (Phase::During, 10, Some(50.0)), (Phase::After, 100, Some(100.0))]
    );
    let asked = scope.ask();
    assert!(asked.spans.iter().any(|(from, to)| *from <= at("2026-11-21") && *to >= at("2026-11-22")), "{asked:?}");
}

proptest! {
    /// Whatever is counted: points, hours and brands add up to the total, and no tone leaves its range.
    #[test]
    fn parts_add_up_to_the_whole(
        counts in prop::collection::vec((0_i64..40 * 24, 0_usize..5, 0_u64..50, any::<bool>()), 0..200),
        first in 0_i64..20,
        days in 1_i64..20,
    ) {
        let tones =
            [Polarity::Negative, Polarity::Neutral, Polarity::Positive, Polarity::Uncertain, Polarity::Unknown];
        let start = at("2026-10-15");
        let hour = |hours: i64| start + std::time::Duration::from_secs(hours as u64 * 3600);
        let counts = counts
            .into_iter()
            .map(|(hours, tone, mentions, own)| Count {
                brand: if own { "orange" } else { "free" }.into(),
                at: hour(hours),
                polarity: tones[tone],
                mentions,
            })
            .collect();
        let mut scope = scope("2026-11-20", "2026-11-21");
        scope.frame = Frame::new(hour(first * 24), hour((first + days) * 24), &zone());
        let report = Report::of(&scope, FiguresRows { counts, ..FiguresRows::default() });
        let total = report.total.now.total();
        prop_assert_eq!(report.series.iter().map(|point| point.tones.total()).sum::<u64>(), total);
        prop_assert_eq!(report.brands.iter().map(|brand| brand.tones.now.total()).sum::<u64>(), total);
        if let Some(rhythm) = &report.rhythm {
            prop_assert_eq!(rhythm.iter().flatten().sum::<u64>(), total);
        }
        for point in &report.series {
            prop_assert!(point.tones.net().is_none_or(|net| (-100.0..=100.0).contains(&net)));
        }
        let shares: f64 = report.voice.iter().filter_map(|voice| voice.share).sum();
        prop_assert!(shares == 0.0 || (shares - 100.0).abs() < 1e-6, "{shares}");
    }
}
