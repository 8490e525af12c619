//! Whether a page may be read: robots.txt of its origin, asked for once a day and remembered, over restarts in
//! the source's own state. Owns that memory and what an absent or failing file means; its rules are `robots`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Mutex as Turn;
use url::{Position, Url};

use super::robots::Rules;
use super::verdict::Fault;
use crate::health::SourceState;
use crate::net::Client;
use crate::source::kept::Robots;

/// vigie's product token.
const READER: &str = "vigie";

/// How long a file holds (RFC 9309, section 2.4).
const HOLDS: Duration = Duration::from_hours(24);

/// How long the last one still holds while the server fails to give it (section 2.3.1.4).
const OUTLASTS: Duration = Duration::from_hours(30 * 24);

/// Origins that are remembered before old ones are forgotten.
const REMEMBERED: usize = 4_096;

/// More rules are not kept over a restart: the file is asked for again.
const MOST_KEPT: usize = 200;

#[derive(Debug, Clone)]
struct Known {
    at: Timestamp,
    rules: Arc<Rules>,
}

/// What is known of one origin; whoever asks for its file holds it.
type Origin = Arc<Turn<Option<Known>>>;

/// What is known of each origin. Cheap to clone; clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Permissions {
    origins: Arc<Mutex<HashMap<String, Origin>>>,
}

impl Permissions {
    /// What `url` asks to have between two requests, where it may be read. `kept` is the memory of a source of
    /// the same origin, `None` for a page elsewhere.
    pub(super) async fn look(
        &self,
        client: &Client,
        url: &str,
        kept: Option<&mut Option<Robots>>,
        now: Timestamp,
    ) -> Result<Duration, Fault> {
        let Ok(url) = Url::parse(url) else { return Ok(Duration::ZERO) };
        let origin = url.origin().ascii_serialization();
        let turn = self.turn(&origin, now);
        let mut known = turn.lock().await;
        let holds = |at: Timestamp, time: Duration| at <= now && at + time > now;
        if known.is_none() {
            *known = kept.as_ref().and_then(|kept| kept.as_ref()).and_then(Known::of_kept);
        }
        let rules = match &*known {
            Some(known) if holds(known.at, HOLDS) => Arc::clone(&known.rules),
            before => match ask(client, &origin, now).await {
                Ok(rules) => {
                    let rules = Arc::new(rules);
                    *known = Some(Known { at: now, rules: Arc::clone(&rules) });
                    rules
                }
                Err(fault) => match before {
                    Some(known) if holds(known.at, OUTLASTS) => Arc::clone(&known.rules),
                    _ => return Err(fault),
                },
            },
        };
        if let (Some(kept), Some(known)) = (kept, &*known) {
            known.keep(kept);
        }
        drop(known);
        match rules.forbids(&url[Position::BeforePath..Position::AfterQuery]) {
            None => Ok(rules.delay().unwrap_or_default()),
            Some(pattern) => Err(Fault::of_robots(&origin, pattern)),
        }
    }

    fn turn(&self, origin: &str, now: Timestamp) -> Origin {
        let mut origins = self.origins.lock().unwrap_or_else(PoisonError::into_inner);
        if origins.len() >= REMEMBERED && !origins.contains_key(origin) {
            origins.retain(|_, turn| {
                Arc::strong_count(turn) > 1
                    || turn.try_lock().is_ok_and(|known| known.as_ref().is_some_and(|known| known.at + HOLDS > now))
            });
        }
        Arc::clone(origins.entry(origin.to_owned()).or_default())
    }
}

impl Known {
    fn of_kept(kept: &Robots) -> Option<Self> {
        let delay = kept.delay.map(|seconds| Duration::from_secs(seconds.into()));
        let at = Timestamp::from_second(kept.at).ok()?;
        Some(Self { at, rules: Arc::new(Rules::of_lines(&kept.rules, delay)) })
    }

    fn keep(&self, kept: &mut Option<Robots>) {
        let at = self.at.as_second();
        if kept.as_ref().is_some_and(|kept| kept.at == at) {
            return;
        }
        let rules = self.rules.lines();
        *kept = (rules.len() <= MOST_KEPT).then(|| Robots {
            at,
            delay: self.rules.delay().map(|delay| delay.as_secs_f64().ceil() as u32),
            rules,
        });
    }
}

/// Asks for the file. What is not there rules nothing out; a server that fails is not read meanwhile.
async fn ask(client: &Client, origin: &str, now: Timestamp) -> Result<Rules, Fault> {
    let located = |mut fault: Fault| {
        fault.detail = format!("{origin}/robots.txt: {}", fault.detail);
        fault
    };
    let answer = match client.get(&format!("{origin}/robots.txt"), None).await {
        Ok(answer) => answer,
        Err(error) => {
            let fault = Fault::from(error);
            // Redirects without end are an absent file.
            return if fault.state == SourceState::RedirectLoop { Ok(Rules::default()) } else { Err(located(fault)) };
        }
    };
    match answer.status {
        200..=299 => Ok(Rules::read(&answer.body, READER)),
        429 | 500.. => Err(located(Fault::of_status(&answer, now))),
        _ => Ok(Rules::default()),
    }
}
