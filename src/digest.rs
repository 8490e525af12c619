//! From a due digest, or a period that is asked for, to figures and a message. Owns who is counted with whom;
//! the arithmetic and the words are `report`'s, the mail is `notify`'s, when it is due is `alert`'s.

use jiff::Timestamp;

use crate::alert::digest::Due;
use crate::alert::rule::{BrandKind, Rule, RuleKind};
use crate::config::settings::OpenedAddress;
use crate::health::SourceState;
use crate::live::Live;
use crate::mention::StoredMention;
use crate::message::{self, Envelope};
use crate::notify::content::DigestView;
use crate::notify::{Content, message_id};
use crate::report::{BrandLine, Frame, Report, Scope};
use crate::source::SourceKey;
use crate::store::{AlerterCommit, DigestWait, NewMessage, Shown, Store, StoreError, TakenBack};
use crate::text::url;
use crate::watchlist::{Brand, Team, Watchlists};

/// The figures of a due digest, for all its channels.
#[derive(Debug)]
pub struct Figures {
    frame: Frame,
    report: Report,
    brands: Vec<(String, String)>,
}

/// Counts what a due digest tells.
///
/// # Errors
/// The store's.
pub async fn figures<S: Store>(store: &S, live: &Live, due: &Due) -> Result<Figures, StoreError> {
    let frame = Frame::new(due.from, due.to, &live.settings.timezone);
    let (since, opened) = (since(store).await?, &live.settings.fetch.allow_private);
    let scope = scope(&live.watchlists, |_, brand| due.brands.contains(&brand.id), frame, since, opened);
    let rows = store.figures(&scope.ask()).await?;
    Ok(Figures {
        report: Report::of(&scope, rows),
        brands: scope.lead.into_iter().map(|line| (line.id, line.name)).collect(),
        frame: scope.frame,
    })
}

/// The digest for one channel, which tells `waited` along; nothing when it could not be written, which is
/// logged.
#[must_use]
pub fn message(
    live: &Live,
    due: &Due,
    figures: &Figures,
    channel: &str,
    waited: &[StoredMention],
    ill: impl Iterator<Item = (SourceKey, SourceState)>,
    now: Timestamp,
) -> Option<NewMessage> {
    let identity = format!("digest/{}/{}", due.from.as_second(), due.to.as_second());
    let id = message_id(&[&due.team, &due.rule, channel, &identity]);
    let place = live.rule(&due.team, &due.rule).map_or_else(|| due.team.clone(), |rule| rule.place.to_string());
    let view = DigestView {
        id: &id,
        brands: &figures.brands,
        rule: &due.rule,
        place: &place,
        channel,
        period: due.period,
        report: &figures.report,
        frame: &figures.frame,
        mentions: waited,
        coverage: &message::coverage(live, &due.team, ill),
        now,
    };
    let brand = match figures.brands.as_slice() {
        [(id, _)] => Some(id.as_str()),
        _ => None,
    };
    let mentions = waited.iter().map(|one| one.id).collect();
    let brands = figures.brands.iter().map(|(id, _)| id.clone()).collect();
    let shows = Shown::Period { brands, from: due.from, to: due.to };
    let envelope = Envelope { team: &due.team, rule: &due.rule, brand, mentions, shows };
    message::said(channel, message::close(live, channel, &Content::Digest(view), envelope, now))
}

/// The brands that a digest rule is about, in the file's order.
#[must_use]
pub fn brands(team: &Team, rule: &Rule) -> Vec<String> {
    let of = team.brands.iter().filter(|brand| rule.is_about(&brand.id, brand.kind));
    of.map(|brand| brand.id.clone()).collect()
}

/// The mentions that waited for a due digest on a channel.
///
/// # Errors
/// The store's.
pub async fn waited<S: Store>(
    store: &S,
    due: &Due,
    channel: &str,
    waits: &[DigestWait],
) -> Result<Vec<StoredMention>, StoreError> {
    let waited =
        waits.iter().filter(|one| one.team == due.team && one.channel == channel && due.brands.contains(&one.brand));
    let ids: Vec<i64> = waited.map(|one| one.mention).collect();
    store.stored(&ids).await
}

/// Writes a digest again that was taken back, as things are now; false when its rule tells that channel no more.
///
/// # Errors
/// The store's.
pub async fn again<S: Store>(store: &S, live: &Live, what: &TakenBack, now: Timestamp) -> Result<bool, StoreError> {
    let (team, rule) = (live.team(&what.team), live.rule(&what.team, &what.rule));
    let (Some(team), Some(rule)) = (team, rule) else { return Ok(false) };
    let RuleKind::Digest(schedule) = rule.on else { return Ok(false) };
    if !rule.to.contains(&what.channel) {
        return Ok(false);
    }
    let due = Due {
        team: what.team.clone(),
        rule: what.rule.clone(),
        channels: vec![what.channel.clone()],
        brands: brands(team, rule),
        period: schedule.period,
        from: what.from,
        to: what.to,
    };
    let figures = figures(store, live, &due).await?;
    let waited = waited(store, &due, &what.channel, &store.digest_waits().await?).await?;
    let ill = store
        .each_source(|row| (!row.state.is_well()).then_some((row.key, row.state)))
        .await?
        .into_iter()
        .filter(|(key, _)| live.source(*key).is_some());
    let Some(message) = message(live, &due, &figures, &what.channel, &waited, ill, now) else { return Ok(false) };
    store.commit_decisions(AlerterCommit { messages: vec![message], ..AlerterCommit::default() }).await?;
    Ok(true)
}

/// Since when vigie watches: its first baseline.
///
/// # Errors
/// The store's.
pub async fn since<S: Store>(store: &S) -> Result<Option<Timestamp>, StoreError> {
    Ok(store.each_source(|source| source.baseline).await?.into_iter().min())
}

/// Who is counted: the wanted brands lead, the competitors of their teams are heard beside them. Where only
/// competitors are wanted, they lead. `opened` are the private addresses that may be watched.
pub fn scope(
    watchlists: &Watchlists,
    is_wanted: impl Fn(&Team, &Brand) -> bool,
    frame: Frame,
    since: Option<Timestamp>,
    opened: &[OpenedAddress],
) -> Scope {
    let mut scope = Scope {
        frame,
        lead: Vec::new(),
        competitors: Vec::new(),
        since,
        objectives: Vec::new(),
        watched: watchlists.sources.iter().filter_map(|source| url::site(&source.url)).collect(),
        opened: opened.to_vec(),
        phases: Vec::new(),
    };
    for team in &watchlists.teams {
        let wanted: Vec<&Brand> = team.brands.iter().filter(|brand| is_wanted(team, brand)).collect();
        if wanted.is_empty() {
            continue;
        }
        let own = |brand: &&Brand| brand.kind != BrandKind::Competitor;
        let only_rivals = !wanted.iter().any(&own);
        scope.lead.extend(wanted.iter().filter(|brand| only_rivals || own(brand)).map(|brand| line(brand)));
        let rivals = team.brands.iter().filter(|brand| !only_rivals && !own(brand));
        scope.competitors.extend(rivals.map(line));
        let led = |brand: &str| scope.lead.iter().any(|line| line.id == brand);
        scope.objectives.extend(team.objectives.iter().filter(|objective| led(&objective.brand)).cloned());
    }
    scope
}

fn line(brand: &Brand) -> BrandLine {
    BrandLine { id: brand.id.clone(), name: brand.name.clone(), kind: brand.kind }
}
