//! Answers to mails: letters of the mailbox of `replies:` become wishes, each once. Owns the reading's pace, who may
//! ask for what, and what is told of a refusal; what a token or a word means is `action`'s, doing it `wishes`'s.
//!
//! The mailbox is left as it lies. How far it was read is committed with the wishes of what was read, and each
//! signed token with the wish that it became: a crash loses no letter and has none granted twice, also where a
//! mailbox forgets its numbers.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::action::letter::{self, Letter};
use crate::action::{Action, MUTED, Refused, Said, Signer, Token, channel_tag, said};
use crate::alert::mute::Muted;
use crate::clock::Clock;
use crate::config::Settings;
use crate::config::settings::{ChannelKind, RepliesSettings};
use crate::exchange::{Cursor, Inbox};
use crate::fetch::mailbox::{self, Limits};
use crate::live::{Live, Shared};
use crate::net::{NoChance, key};
use crate::notify::{Answers, clean};
use crate::store::replies::{NewReply, RepliesCommit, RepliesState, ToldMessage};
use crate::store::{Store, StoreError};
use crate::systemd::Beat;
use crate::text::fold::fold_string;
use crate::wishes::Wish;

/// Between two looks at a folder of this machine.
const FOLDER: Duration = Duration::from_secs(5);
/// Between two looks at a server's.
const SERVER: Duration = Duration::from_mins(1);
/// After a failure; twice as long after each further one, up to the longest.
const PAUSE: Duration = Duration::from_secs(30);
const LONGEST_PAUSE: Duration = Duration::from_mins(30);
/// The loop turns at least so often.
const TURN: Duration = Duration::from_secs(5);
/// Letters a minute: more is no answer of people, and the rest waits.
const A_MINUTE: usize = 60;
/// Of a letter, and of one reading, in bytes.
const LETTER: usize = 256 << 10;
const READING: usize = 4 << 20;
/// The name under which the store keeps the key.
const KEY: &str = "replies-key";
/// The refusal of a word that leaves open which tone is meant.
pub const WHICH_TONE: &str = "WhichTone";
/// The name under which the store keeps how far a mailbox was read.
const CURSOR: &str = "replies-cursor/";

/// What the stage needs.
#[derive(Debug, Clone)]
pub struct Context<S, C> {
    /// The store.
    pub store: S,
    /// The clock.
    pub clock: C,
    /// Settings, with the key in the style of mails.
    pub live: Shared,
    /// Ends the task.
    pub stop: CancellationToken,
    /// Shows that the loop turns.
    pub beat: Beat,
}

/// The key that signs tokens: the store's, or a new one that it keeps from now on.
///
/// # Errors
/// The store's; a system without chance.
pub async fn signer<S: Store>(store: &S) -> Result<Signer, StoreError> {
    let kept = store.value(KEY).await?.and_then(|text| STANDARD_NO_PAD.decode(text).ok());
    if let Some(kept) = kept.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()) {
        return Ok(Signer::new(kept));
    }
    let new = key().map_err(|error: NoChance| StoreError::Other(error.to_string()))?;
    store.keep_value(KEY, Some(STANDARD_NO_PAD.encode(new))).await?;
    Ok(Signer::new(new))
}

/// How mails can be answered; not at all without `replies:`.
#[must_use]
pub fn answers(settings: &Settings, signer: &Signer) -> Option<Answers> {
    let replies = settings.replies.as_ref()?;
    let from = &settings.smtp.as_ref()?.from.address;
    let address = replies.address.clone().unwrap_or_else(|| from.clone());
    let channels = settings.channels.iter().map(|channel| channel.name.clone()).collect();
    Some(Answers::new(signer.clone(), address, channels))
}

/// Reads answers until it is told to stop.
///
/// # Errors
/// The store's error when it is damaged; one that may pass is waited for.
pub async fn run<S: Store, C: Clock>(context: Context<S, C>, signer: Signer) -> Result<(), StoreError> {
    let (mut next, mut pause) = (Timestamp::MIN, Duration::ZERO);
    let mut budget = Budget::default();
    while !context.stop.is_cancelled() {
        context.beat.now();
        let (live, now) = (context.live.load(), context.clock.now());
        // A clock that was set back stops nothing.
        if let Some(replies) = live.settings.replies.as_ref().filter(|_| now >= next || next > now + LONGEST_PAUSE) {
            let usual = if matches!(replies.inbox, Inbox::Maildir(_)) { FOLDER } else { SERVER };
            let letters = budget.left(now);
            let read = read_once(&context.store, &live, replies, &signer, letters, now).await;
            pause = match read {
                Ok(Some(read)) => {
                    budget.spend(read);
                    Duration::ZERO
                }
                Ok(None) => (pause * 2).clamp(PAUSE, LONGEST_PAUSE),
                Err(error @ StoreError::Corrupt(_)) => return Err(error),
                Err(error) => {
                    tracing::error!(event = "store", %error, "answers cannot be kept; trying again");
                    PAUSE
                }
            };
            next = now + pause.max(usual);
        }
        let turn = context.clock.sleep_until(context.clock.now() + TURN);
        tokio::select! {
            () = turn => {}
            () = context.stop.cancelled() => {}
        }
    }
    Ok(())
}

/// Letters that may be read in the running minute.
#[derive(Debug, Default)]
struct Budget {
    minute: i64,
    spent: usize,
}

impl Budget {
    fn left(&mut self, now: Timestamp) -> usize {
        let minute = now.as_second().div_euclid(60);
        if minute != self.minute {
            *self = Self { minute, spent: 0 };
        }
        A_MINUTE.saturating_sub(self.spent)
    }

    const fn spend(&mut self, letters: usize) {
        self.spent += letters;
    }
}

/// Reads what came to a mailbox, at most so many letters; how many it was, or nothing where it could not be read.
///
/// # Errors
/// The store's.
pub async fn read_once<S: Store>(
    store: &S,
    live: &Live,
    replies: &RepliesSettings,
    signer: &Signer,
    letters: usize,
    now: Timestamp,
) -> Result<Option<usize>, StoreError> {
    if letters == 0 {
        return Ok(Some(0));
    }
    let mailbox = replies.inbox.to_string();
    let name = format!("{CURSOR}{mailbox}");
    let cursor: Option<Cursor> = store.value(&name).await?.and_then(|text| serde_json::from_str(&text).ok());
    // Of a mailbox never read before all that fits is looked at: answers may wait there.
    let letters = if cursor.is_some() { letters } else { Limits::default().letters };
    let limits = Limits { letters, letter_bytes: LETTER, bytes: READING };
    let mut state = state(store, &mailbox).await?;
    let before = state.state.clone();
    state.asked = Some(now);
    let batch = match mailbox::read(&live.client, &replies.inbox, cursor.as_ref(), limits).await {
        Ok(batch) => batch,
        Err(error) => {
            let word = error.state().word();
            if before != word {
                tracing::warn!(event = "replies", mailbox, state = word, %error, "answers cannot be read");
            }
            (state.state, state.detail) = (word.to_owned(), Some(clean::line(&error.to_string(), 300)));
            store.keep_value(RepliesState::VALUE, Some(json(&state))).await?;
            return Ok(None);
        }
    };
    if before != "ok" {
        tracing::info!(event = "replies", mailbox, state = "ok", "answers are read");
    }
    let has_news = before != "ok" || !batch.letters.is_empty() || batch.cursor != cursor;
    (state.state, state.detail) = ("ok".to_owned(), None);
    let read = batch.letters.len();
    let taken_apart = tokio::task::spawn_blocking(move || {
        let apart = |one: crate::exchange::Letter| (one.name, letter::read(&one.bytes));
        batch.letters.into_iter().map(apart).collect::<Vec<_>>()
    });
    let Ok(apart) = taken_apart.await else {
        return Err(StoreError::Other("a letter made its parser fail".to_owned()));
    };
    let mut commit = RepliesCommit { values: Vec::new(), replies: Vec::new(), now };
    for (letter, apart) in apart {
        match apart {
            Err(unasked) => {
                tracing::debug!(letter, reason = unasked.name(), "a letter is no answer");
                state.ignored += 1;
            }
            Ok(answer) => match asked(store, live, signer, &answer, now).await? {
                Outcome::Taken(reply) => commit.replies.push(reply),
                Outcome::Nothing => {
                    tracing::debug!(letter, reason = "NoWord", "a letter is no answer");
                    state.ignored += 1;
                }
                Outcome::Refused(reason) => {
                    let from = clean::line(&answer.from, 100);
                    tracing::warn!(event = "reply_refused", letter, from, reason, "an answer was refused");
                    state.refused += 1;
                    state.last_refusal = Some((now, from, reason.to_owned()));
                }
            },
        }
    }
    if has_news {
        state.taken += commit.replies.len() as u64;
        if let Some(cursor) = &batch.cursor {
            commit.values.push((name, json(cursor)));
        }
        commit.values.push((RepliesState::VALUE.to_owned(), json(&state)));
        let shown: Vec<_> = commit.replies.iter().map(|one| (one.sender.clone(), one.action.clone())).collect();
        let new = store.commit_replies(commit).await?;
        for ((from, action), is_new) in shown.into_iter().zip(new) {
            if is_new {
                tracing::info!(event = "reply", from, action, "an answer was taken");
            } else {
                tracing::info!(event = "reply", from, action, "an answer came again; it was done already");
            }
        }
    }
    Ok(Some(read))
}

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// How the mailbox was; anew where it is another one.
async fn state<S: Store>(store: &S, mailbox: &str) -> Result<RepliesState, StoreError> {
    let kept = store.value(RepliesState::VALUE).await?;
    let kept: Option<RepliesState> = kept.and_then(|text| serde_json::from_str(&text).ok());
    let kept = kept.filter(|kept| kept.mailbox == mailbox);
    Ok(kept.unwrap_or_else(|| RepliesState { mailbox: mailbox.to_owned(), ..RepliesState::default() }))
}

/// What becomes of a letter of a person.
enum Outcome {
    Taken(NewReply),
    /// Talk among colleagues.
    Nothing,
    Refused(&'static str),
}

/// What an answer asks for, where its sender may ask it.
async fn asked<S: Store>(
    store: &S,
    live: &Live,
    signer: &Signer,
    answer: &Letter,
    now: Timestamp,
) -> Result<Outcome, StoreError> {
    let (token, text) = match good(signer, answer, now) {
        Some(Ok(good)) => good,
        // Without a word for us, a letter whose token is somebody else's is talk.
        Some(Err(refused)) if answer.is_link || said(&answer.words).is_some() || refused != Refused::WrongSender => {
            return Ok(Outcome::Refused(refused.name()));
        }
        _ => return Ok(Outcome::Nothing),
    };
    let action = match (token.action, said(&answer.words)) {
        (Some(action), _) | (None, Some(Said::Action(action))) => action,
        (None, Some(Said::Forward(name))) => {
            let named = live.settings.channels.iter().find(|channel| fold_string(&channel.name) == name);
            let Some(named) = named else { return Ok(Outcome::Refused("NoChannel")) };
            Action::Forward(channel_tag(&named.name))
        }
        (None, Some(Said::WrongTone)) => return Ok(Outcome::Refused(WHICH_TONE)),
        (None, None) => return Ok(Outcome::Nothing),
    };
    let Some(message) = store.told_message(token.message).await? else { return Ok(Outcome::Refused("NoMessage")) };
    if !listens(&live.settings, &message.channel, &answer.from) {
        return Ok(Outcome::Refused("NotOnChannel"));
    }
    let rows = match token.mention {
        Some(row) => vec![row],
        None => message.mentions.clone(),
    };
    let meant = store.stored(&rows).await?;
    if meant.is_empty() {
        return Ok(Outcome::Refused("NoMention"));
    }
    let one_story = meant.iter().all(|one| one.mention.story == meant[0].mention.story);
    if !action.takes_several() && !one_story {
        return Ok(Outcome::Refused("Several"));
    }
    let mentions: Vec<i64> = meant.iter().map(|one| one.id).collect();
    let (from, until) = (answer.from.clone(), now + MUTED);
    let wish = match action {
        Action::Handled => Wish::Handled { mentions: mentions.clone(), by: None },
        Action::Mine => Wish::Handled { mentions: mentions.clone(), by: Some(from) },
        Action::NotUs => Wish::NotUs { mention: mentions[0], until, reason: Some(from) },
        Action::Tone(polarity) => Wish::Correct { mention: mentions[0], polarity },
        Action::MuteStory => Wish::Mute { what: Muted::Story(meant[0].mention.story), until, reason: Some(from) },
        Action::Forward(tag) => {
            let to = live.settings.channels.iter().find(|channel| channel_tag(&channel.name) == tag);
            let Some(to) = to else { return Ok(Outcome::Refused("NoChannel")) };
            let (channel, rule) = (to.name.clone(), message.rule.clone());
            Wish::Forward { channel, rule, mentions: mentions.clone(), by: from }
        }
    };
    Ok(Outcome::Taken(reply(answer, &token, text, action, &message, mentions, &wish)))
}

fn reply(
    answer: &Letter,
    token: &Token,
    text: String,
    action: Action,
    message: &ToldMessage,
    mentions: Vec<i64>,
    wish: &Wish,
) -> NewReply {
    // A token without an action stands for as many as there are words, each once.
    let token_of = if token.action.is_some() { text } else { format!("{}/{}/{text}", message.id, action.word()) };
    let token_of = match action {
        Action::Forward(tag) if token.action.is_none() => format!("{token_of}/{tag}"),
        _ => token_of,
    };
    NewReply {
        token: token_of,
        sender: answer.from.clone(),
        action: action.word().to_owned(),
        expires: token.expires(),
        mentions,
        wish: (wish.kind().to_owned(), json(wish)),
    }
}

/// The first good token, as it is compared; else why the first one is none. Nothing where there is none.
fn good(signer: &Signer, answer: &Letter, now: Timestamp) -> Option<Result<(Token, String), Refused>> {
    let mut refused = None;
    for text in &answer.tokens {
        match signer.read(text, &answer.from, now) {
            Ok(token) => return Some(Ok((token, text.to_lowercase()))),
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    refused.map(Err)
}

/// Whether an address is among those of a channel, now.
fn listens(settings: &Settings, channel: &str, address: &str) -> bool {
    settings.channels.iter().filter(|one| one.name == channel).any(|one| match &one.kind {
        ChannelKind::Email { to } => to.iter().any(|one| one.mailbox.address.to_lowercase() == address),
        ChannelKind::Webhook { .. } | ChannelKind::Chat(_) => false,
    })
}
