//! The policy under chance: whatever comes, whoever answers or mutes, over restarts, clocks that are set and the nights
//! on which they change, nothing is lost, nothing is told twice, the cap and the hours hold.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use proptest::prelude::*;
use vigie::store::DeliveryRow;

use super::*;

/// The mentions of this author are muted now and then.
const LOUD: &str = "Pénible";
const CAP: Duration = HOUR;
const AFTER: Duration = Duration::from_mins(30);

#[derive(Debug, Clone)]
enum Step {
    /// Minutes pass.
    Wait(u16),
    /// Mentions come.
    Come { count: u8, bad: bool, loud: bool },
    /// The process ends and starts again.
    Restart,
    /// The clock is set by so many minutes.
    Jump(i16),
    /// The author is muted for so many hours.
    Mute(u8),
    /// Somebody takes care of all that was found so far.
    Handle,
}

#[derive(Debug, Clone)]
struct Plan {
    start: &'static str,
    group: &'static str,
    cap: Option<u32>,
    office: bool,
    digest: bool,
    steps: Vec<Step>,
}

fn plans() -> impl Strategy<Value = Plan> {
    let step = prop_oneof![
        6 => (1_u16..400).prop_map(Step::Wait),
        8 => (1_u8..6, any::<bool>(), prop::bool::weighted(0.3))
            .prop_map(|(count, bad, loud)| Step::Come { count, bad, loud }),
        1 => Just(Step::Restart),
        1 => prop_oneof![Just(-60), Just(60), Just(-1_440), Just(1_440), -120_i16..120].prop_map(Step::Jump),
        1 => (1_u8..30).prop_map(Step::Mute),
        1 => Just(Step::Handle),
    ];
    // Nights on which the hour from two to three comes twice, or not at all, and an ordinary one.
    let start = prop_oneof![
        Just("2026-10-24T16:00:00Z"),
        Just("2026-10-25T00:30:00Z"),
        Just("2027-03-27T16:00:00Z"),
        Just("2027-03-28T00:30:00Z"),
        Just("2026-11-20T16:00:00Z"),
    ];
    let group = prop_oneof![Just("off"), Just("10m"), Just("90m")];
    (start, group, prop::option::of(1_u32..4), any::<bool>(), any::<bool>(), prop::collection::vec(step, 4..24))
        .prop_map(|(start, group, cap, office, digest, steps)| Plan { start, group, cap, office, digest, steps })
}

impl Plan {
    fn rules(&self) -> String {
        let cap = self.cap.map_or_else(String::new, |cap| format!(", cap: {cap}/h"));
        let hours = if self.office { ", hours: \"mon-fri 08:00-20:00\"" } else { "" };
        let digest = if self.digest { "  - {name: matin, on: digest, at: \"08:00\", to: [team]}\n" } else { "" };
        format!(
            "  - {{name: urgent, on: mention, if: {{polarity: negative}}, to: [team], group: {}{cap}{hours}, \
             escalate: {{after: 30m, to: [boss]}}}}\n  - {{name: all, on: mention, to: [crisis]}}\n{digest}",
            self.group
        )
    }

    fn jumps(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::Jump(_)))
    }

    fn goes_back(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::Jump(minutes) if *minutes < 0))
    }
}

async fn pass(world: &mut World, minutes: u64) {
    for _ in 0..minutes / 10 {
        world.wait(10 * MINUTE).await;
    }
    world.wait(MINUTE * (minutes % 10) as u32).await;
}

/// What is known of a mention besides what the store says.
struct Came {
    bad: bool,
    loud: bool,
    handled: Option<Timestamp>,
}

async fn play(plan: &Plan) -> (World, Vec<Came>) {
    let mut world = World::new(&plan.rules(), plan.start).await;
    let mut came: Vec<Came> = Vec::new();
    for step in &plan.steps {
        let now = world.clock.now();
        match *step {
            Step::Wait(minutes) => pass(&mut world, minutes.into()).await,
            Step::Come { count, bad, loud } => {
                let change = |mention: &mut Mention| {
                    mention.polarity = if bad { Polarity::Negative } else { Polarity::Positive };
                    mention.author = Some(if loud { LOUD } else { "Zoé" }.into());
                };
                world.come(count.into(), change).await;
                came.extend((0..count).map(|_| Came { bad, loud, handled: None }));
                world.wait(3 * SECOND).await;
            }
            Step::Restart => world.restart().await,
            Step::Jump(minutes) => {
                world.clock.sleep_until(now + jiff::SignedDuration::from_mins(minutes.into())).await;
                world.alerter.decide(false).await.unwrap();
            }
            Step::Mute(hours) => {
                let until = now + HOUR * hours.into();
                world.store.mute(Muted::Author(LOUD.into()), until, None, now).await.unwrap();
            }
            Step::Handle => {
                let all: Vec<i64> =
                    world.store.mentions(10_000).await.unwrap().iter().map(|row| row.mention.id).collect();
                world.store.handle(&all, None, now).await.unwrap();
                for one in &mut came {
                    one.handled = one.handled.or(Some(now));
                }
            }
        }
    }
    // Past a week-end, and as long again as a clock was set back.
    for _ in 0..5 * 48 {
        world.wait(30 * MINUTE).await;
    }
    (world, came)
}

async fn sent(world: &World, channel: &str) -> Vec<(DeliveryRow, RenderedMail)> {
    let due = world.store.due(channel, Timestamp::MAX, 10_000).await.unwrap();
    let mails = due.into_iter().map(|row| match Rendered::unpack(&row.body).unwrap() {
        Rendered::Mail(mail) => (row, mail),
        Rendered::Webhook { .. } | Rendered::Chat { .. } => panic!("only mail is configured"),
    });
    mails.collect()
}

/// The entries that a mail lists.
fn listed(mail: &RenderedMail) -> Vec<u64> {
    let text = mail.csv.as_deref().unwrap_or(&mail.text);
    let ends = |c: char| !c.is_ascii_digit();
    let entries = text.split("Orange en panne, ").skip(1).map(|rest| rest.split(ends).next().unwrap().parse().unwrap());
    entries.collect()
}

async fn hold(plan: &Plan) -> Result<(), TestCaseError> {
    let zone = TimeZone::get("Europe/Paris").unwrap();
    let (world, came) = play(plan).await;
    let (team, crisis, boss) = (sent(&world, "team").await, sent(&world, "crisis").await, sent(&world, "boss").await);

    // Nothing is lost, nothing is told twice: a channel that a rule sends a mention to has it in exactly one message.
    let mut messages: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    for row in world.store.mentions(10_000).await.unwrap() {
        let entry = row.mention.mention.entry;
        let one = &came[usize::try_from(entry).unwrap()];
        let muted = row.decisions.iter().any(|(decision, _)| decision.reason == Reason::Muted);
        prop_assert!(one.loud || !muted, "{entry} is muted");
        for (channel, is_sent) in [("team", one.bad), ("crisis", true)] {
            let of = row.decisions.iter().filter(|(decision, _)| decision.channel.as_deref() == Some(channel));
            let told: Vec<String> = of.filter_map(|(decision, _)| decision.message.clone()).collect();
            prop_assert!(told.len() <= usize::from(is_sent), "{entry} on {channel}: {told:?}");
            prop_assert!(muted || told.len() == usize::from(is_sent), "{entry} on {channel}: {:?}", row.decisions);
            for message in told {
                messages.entry(message).or_default().insert(entry);
            }
        }
    }
    prop_assert_eq!(came.len() as u64, world.entries);

    // And what the mails list is what the store says.
    for (row, mail) in team.iter().chain(&crisis).filter(|(row, _)| row.kind == "mention") {
        let listed = listed(mail);
        let distinct: BTreeSet<u64> = listed.iter().copied().collect();
        prop_assert_eq!(listed.len(), distinct.len(), "twice in a mail");
        prop_assert_eq!(Some(&distinct), messages.get(&row.message));
    }

    // Each recipient has each message once.
    for recipient in ["cm@a.example", "adjointe@a.example"] {
        let of: Vec<&str> =
            team.iter().filter(|(row, _)| row.recipient == recipient).map(|(row, _)| row.message.as_str()).collect();
        let distinct: BTreeSet<&str> = of.iter().copied().collect();
        prop_assert_eq!(of.len(), distinct.len());
        prop_assert_eq!(2 * of.len(), team.len());
    }
    let team: Vec<&(DeliveryRow, RenderedMail)> =
        team.iter().filter(|(row, _)| row.recipient == "cm@a.example").collect();

    // Hours hold, on the wall's clock, for messages and for escalations.
    let alerts = || team.iter().copied().filter(|(row, _)| row.kind == "mention");
    if plan.office {
        for (row, _) in alerts().chain(&boss) {
            let local = row.created.to_zoned(zone.clone());
            let is_open = local.weekday().to_monday_zero_offset() < 5 && (8..20).contains(&local.hour());
            prop_assert!(is_open, "told on {local}");
        }
    }

    // The cap holds. A clock that went back lives some hours twice.
    if let (Some(cap), false) = (plan.cap, plan.goes_back()) {
        let at: Vec<Timestamp> = alerts().map(|(row, _)| row.created).collect();
        for last in &at {
            let within = at.iter().filter(|one| **one <= *last && **one + CAP > *last).count();
            prop_assert!(within <= cap as usize, "{within} in the hour up to {last}");
        }
    }

    // What nobody answered is brought up once, not before its time.
    let mut brought_up: BTreeMap<u64, Timestamp> = BTreeMap::new();
    for (row, mail) in &boss {
        prop_assert_eq!(&row.kind, "escalation");
        for entry in listed(mail) {
            prop_assert_eq!(brought_up.insert(entry, row.created), None, "{} again", entry);
        }
    }
    for (row, mail) in alerts() {
        for entry in listed(mail) {
            let one = &came[usize::try_from(entry).unwrap()];
            let told = brought_up.remove(&entry);
            prop_assert!(told.is_some() || one.handled.is_some() || one.loud, "{entry} was forgotten");
            if let Some(told) = told.filter(|_| !plan.goes_back()) {
                prop_assert!(told >= row.created + AFTER, "{entry} at {told}");
                prop_assert!(one.handled.is_none_or(|handled| handled >= told), "{entry} was answered");
            }
        }
    }
    prop_assert!(brought_up.is_empty(), "never told: {brought_up:?}");

    // One digest a morning; one that a clock jumped over goes out as soon as it is missed.
    let digests: Vec<_> = team.iter().filter(|(row, _)| row.kind == "digest").collect();
    let local = |row: &DeliveryRow| row.created.to_zoned(zone.clone());
    let mornings: BTreeSet<_> = digests.iter().map(|(row, _)| local(row).date()).collect();
    prop_assert_eq!(mornings.len(), digests.len());
    prop_assert!(plan.jumps() || digests.iter().all(|(row, _)| local(row).hour() == 8), "at another hour");
    prop_assert_eq!(digests.is_empty(), !plan.digest);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_nothing_is_told_twice_the_cap_and_the_hours_hold(plan in plans()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(hold(&plan))?;
    }
}
