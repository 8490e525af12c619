//! `vigie mute` and `vigie unmute`: what nobody wants to hear of for a while. Owns the commands' forms; what a
//! mute holds back is `alert::mute`'s.

use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde_json::json;

use super::{Exit, status, terminal, wish};
use crate::alert::mute::{Mute, Muted};
use crate::config::{Settings, quantity};
use crate::locale::Locale;
use crate::reload;
use crate::store::Store;
use crate::wishes::Wish;

/// Mute a story, a site, an author or a brand for a while.
///
/// What is muted is stored, counted and reported as before, and alerts nobody.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  vigie mute --story 3f9a01c2d4e5 --until 2026-12-01 --reason \"known outage\"
  vigie mute --site forum.example --until 7d
  vigie mute --list

`vigie mentions --json` shows the stories. A day counts to its end.")]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(false))]
pub struct Args {
    /// vigie.yaml; otherwise ./vigie.yaml, then /etc/vigie/vigie.yaml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// All that tells this story
    #[arg(long, value_name = "ID", group = "what")]
    story: Option<String>,
    /// A site and its subdomains
    #[arg(long, value_name = "HOST", group = "what")]
    site: Option<String>,
    /// An author, by the whole name
    #[arg(long, value_name = "NAME", group = "what")]
    author: Option<String>,
    /// All of the brand with this id
    #[arg(long, value_name = "BRAND", group = "what")]
    brand: Option<String>,
    /// List the mutes
    #[arg(long, group = "what", conflicts_with_all = ["until", "reason"])]
    list: bool,
    /// A day (to its end), a moment such as 2026-12-01T08:00, or a time from now such as 7d
    #[arg(long, value_name = "WHEN", required_unless_present = "list")]
    until: Option<String>,
    /// Why, for whoever reads the list
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// With --list: one JSON object a line
    #[arg(long, requires = "list")]
    json: bool,
}

/// End a mute before its time.
#[derive(Debug, clap::Args)]
pub struct UnmuteArgs {
    /// vigie.yaml; otherwise ./vigie.yaml, then /etc/vigie/vigie.yaml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Its number, as `vigie mute --list` shows it
    #[arg(value_name = "MUTE")]
    id: i64,
}

/// Longer reasons are letters.
const LONGEST_REASON: usize = 500;

/// Runs the command.
pub async fn run(args: Args) -> anyhow::Result<Exit> {
    let settings = match status::settings(args.config.as_deref()) {
        Ok(settings) => settings,
        Err(exit) => return Ok(exit),
    };
    let (locale, zone) = (Locale::of(settings.language), settings.timezone.clone());
    if args.list {
        return list(&settings.store, args.json, locale, &zone).await;
    }
    let (word, value) = match (&args.story, &args.site, &args.author, &args.brand) {
        (Some(story), ..) => ("story", story),
        (_, Some(site), ..) => ("site", site),
        (_, _, Some(author), _) => ("author", author),
        (.., Some(brand)) => ("brand", brand),
        // clap lets no call through without one of them.
        _ => return Ok(Exit::Usage),
    };
    let Some(what) = Muted::read(word, value.trim()).filter(|what| !what.value().is_empty()) else {
        eprintln!("{}", locale.format("mute-no-story", &[("text", terminal::line(value, 60).into())]));
        return Ok(Exit::Usage);
    };
    if let Muted::Brand(id) = &what
        && let Some(sentence) = unknown(&settings, id, locale).await?
    {
        eprintln!("{sentence}");
        return Ok(Exit::Usage);
    }
    let now = Timestamp::now();
    let text = args.until.unwrap_or_default();
    let Some(until) = moment(text.trim(), now, &zone) else {
        eprintln!("{}", locale.format("mute-until", &[("text", terminal::line(&text, 60).into())]));
        return Ok(Exit::Usage);
    };
    if until <= now {
        eprintln!("{}", locale.format("mute-past", &[("until", terminal::time(until, &zone).into())]));
        return Ok(Exit::Usage);
    }
    let reason = args.reason.map(|reason| reason.chars().take(LONGEST_REASON).collect());
    let shown = shown(&what, locale);
    let answer = wish::grant(settings, &Wish::Mute { what, until, reason }).await?;
    if let Some(error) = answer.error {
        eprintln!("{error}");
        return Ok(Exit::Failed);
    }
    let arguments = [
        ("what", shown.into()),
        ("until", terminal::time(until, &zone).into()),
        ("id", answer.done.to_string().into()),
    ];
    println!("{}", locale.format("mute-done", &arguments));
    Ok(Exit::Fine)
}

/// That no watchlist has a brand of this id, and which there are. Nothing where the watchlists cannot be read: they
/// have their own command.
async fn unknown(settings: &Settings, id: &str, locale: Locale) -> anyhow::Result<Option<String>> {
    let store = status::open(&settings.store, locale).ok();
    let Ok(watchlists) = reload::in_force(store.as_ref(), settings).await? else { return Ok(None) };
    let brands: Vec<&str> =
        watchlists.teams.iter().flat_map(|team| &team.brands).map(|brand| brand.id.as_str()).collect();
    if brands.is_empty() || brands.contains(&id) {
        return Ok(None);
    }
    let arguments = [("brand", terminal::line(id, 80).into()), ("brands", brands.join(", ").into())];
    Ok(Some(locale.format("report-no-brand", &arguments)))
}

/// Ends a mute.
pub async fn end(args: UnmuteArgs) -> anyhow::Result<Exit> {
    let settings = match status::settings(args.config.as_deref()) {
        Ok(settings) => settings,
        Err(exit) => return Ok(exit),
    };
    let locale = Locale::of(settings.language);
    let answer = wish::grant(settings, &Wish::Unmute { id: args.id }).await?;
    let id = [("id", args.id.to_string().into())];
    if let Some(error) = answer.error {
        eprintln!("{error}");
        return Ok(Exit::Failed);
    }
    if answer.done == 0 {
        eprintln!("{}", locale.format("mute-none-such", &id));
        return Ok(Exit::Failed);
    }
    println!("{}", locale.format("mute-ended", &id));
    Ok(Exit::Fine)
}

/// `7d`, `2026-12-01` (to its end), `2026-12-01T08:00` in the settings' zone, or with a zone of its own.
fn moment(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    if let Some(span) = quantity::duration(text) {
        return now.checked_add(span).ok();
    }
    if let Ok(date) = text.parse::<Date>()
        && !text.contains(['T', ' '])
    {
        return date.tomorrow().ok()?.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp());
    }
    let exact = text.parse::<Timestamp>().ok();
    exact.or_else(|| text.parse::<DateTime>().ok()?.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp()))
}

fn shown(what: &Muted, locale: Locale) -> String {
    let value = terminal::line(&what.value(), 80);
    locale.format(&format!("mute-{}", what.word()), &[("value", value.into())])
}

async fn list(store: &std::path::Path, json: bool, locale: Locale, zone: &TimeZone) -> anyhow::Result<Exit> {
    let store = match status::open(store, locale) {
        Ok(store) => store,
        Err(sentence) => {
            eprintln!("{sentence}");
            return Ok(Exit::Failed);
        }
    };
    let mutes = store.mutes().await?;
    terminal::print(&text(&mutes, json, locale, zone, Timestamp::now())?)?;
    Ok(Exit::Fine)
}

/// The running mutes, the next to end first.
fn text(mutes: &[Mute], json: bool, locale: Locale, zone: &TimeZone, now: Timestamp) -> serde_json::Result<String> {
    let mut running: Vec<&Mute> = mutes.iter().filter(|mute| now < mute.until).collect();
    running.sort_by_key(|mute| (mute.until, mute.id));
    let mut text = String::new();
    for mute in &running {
        if json {
            let (what, value) = (mute.what.word(), mute.what.value());
            let line =
                json!({"id": mute.id, what: value, "since": mute.since, "until": mute.until, "reason": mute.reason});
            text.push_str(&terminal::json(&line)?);
        } else {
            let arguments = [
                ("id", mute.id.to_string().into()),
                ("what", shown(&mute.what, locale).into()),
                ("until", terminal::time(mute.until, zone).into()),
            ];
            text.push_str(&locale.format("mute-line", &arguments));
            if let Some(reason) = &mute.reason {
                text.push_str(" · ");
                text.push_str(&terminal::line(reason, 200));
            }
        }
        text.push('\n');
    }
    if running.is_empty() && !json {
        text.push_str(&locale.text("mute-none"));
        text.push('\n');
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::settings::UiLanguage;
    use crate::mention::StoryId;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn an_end_is_a_day_a_moment_or_a_time_from_now() {
        let paris = TimeZone::get("Europe/Paris").unwrap();
        let now = at("2026-11-20T10:00:00Z");
        for (text, until) in [
            ("7d", "2026-11-27T10:00:00Z"),
            ("90m", "2026-11-20T11:30:00Z"),
            ("2026-12-01", "2026-12-01T23:00:00Z"),
            ("2026-12-01T08:00", "2026-12-01T07:00:00Z"),
            ("2026-12-01T08:00:00Z", "2026-12-01T08:00:00Z"),
        ] {
            assert_eq!(moment(text, now, &paris), Some(at(until)), "{text}");
        }
        for text in ["", "tomorrow", "2026-13-01", "7", "1w"] {
            assert_eq!(moment(text, now, &paris), None, "{text}");
        }
    }

    #[test]
    fn the_list_shows_what_still_runs_in_words_and_in_json() {
        let mute = |id, what, until: &str, reason: Option<&str>| Mute {
            id,
            what,
            until: at(until),
            reason: reason.map(str::to_owned),
            since: at("2026-11-20T08:00:00Z"),
        };
        let mutes = [
            mute(1, Muted::Brand("orange".into()), "2026-11-20T09:00:00Z", None),
            mute(2, Muted::Story(StoryId(42)), "2026-12-01T00:00:00Z", Some("panne\u{1b}[31m connue")),
            mute(3, Muted::Site("forum.example".into()), "2026-11-21T00:00:00Z", None),
        ];
        let show = |json, language| {
            text(&mutes, json, Locale::of(language), &TimeZone::UTC, at("2026-11-20T10:00:00Z")).unwrap()
        };
        let french = show(false, UiLanguage::French);
        assert!(french.starts_with("3 · site forum.example"), "{french}");
        assert!(french.contains("histoire 00000000002a") && !french.contains('\u{1b}'), "{french}");
        assert_eq!(french.lines().count(), 2, "{french}");
        let first: serde_json::Value =
            serde_json::from_str(show(true, UiLanguage::English).lines().next().unwrap()).unwrap();
        assert_eq!((&first["id"], &first["site"]), (&json!(3), &json!("forum.example")));
        assert!(
            text(&[], false, Locale::of(UiLanguage::English), &TimeZone::UTC, at("2026-11-20T10:00:00Z"))
                .unwrap()
                .len()
                > 5
        );
    }
}
