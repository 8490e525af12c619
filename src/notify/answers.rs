//! How a mail can be answered: links that open a letter ready to be sent, and the signed id that a plain answer
//! carries back. Owns which actions are offered; what a token is, is `action`'s.

use jiff::Timestamp;
use serde::Serialize;

use super::clean;
use super::render::{Frame, percent};
use crate::action::{Action, Signer, Token, WHOLE, channel_tag, reference};
use crate::config::settings::RepliesSettings;
use crate::locale::Locale;
use crate::mention::{Polarity, StoredMention};

/// Channels that a mail offers to forward to; a written answer may name any.
const FORWARDS: usize = 3;
/// How much a mail offers of each mention: less of many, lest its links outweigh what it tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Much {
    /// All that there is.
    All,
    /// Without what can be done for all at once.
    Some,
    /// What is asked for most.
    Least,
}

impl Much {
    /// Of so many mentions.
    pub(super) const fn of(mentions: usize) -> Self {
        if mentions > 2 { Self::Some } else { Self::All }
    }

    /// The next that takes less room.
    pub(super) const fn less(self) -> Option<Self> {
        match self {
            Self::All => Some(Self::Some),
            Self::Some => Some(Self::Least),
            Self::Least => None,
        }
    }
}

/// Stands in the address for the token of each message.
const TOKEN: &str = RepliesSettings::TOKEN;
// The settings keep as much room for it as it takes.
const _: () = assert!(WHOLE == RepliesSettings::TOKEN_LENGTH);

/// Where answers are read, and the key that signs them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    signer: Signer,
    address: String,
    channels: Vec<String>,
}

impl Answers {
    /// Answers that arrive at `address`, see [`RepliesSettings::address`]; mentions can be forwarded to `channels`.
    #[must_use]
    pub const fn new(signer: Signer, address: String, channels: Vec<String>) -> Self {
        Self { signer, address, channels }
    }

    /// Where an answer to this message goes; to any, where addresses are not a message's own.
    pub(super) fn address<'a>(&'a self, offer: Option<&'a Offer<'_>>) -> Option<&'a str> {
        offer.map(|offer| offer.address.as_str()).or_else(|| self.is_shared().then_some(&self.address))
    }

    /// True where all messages have one address.
    fn is_shared(&self) -> bool {
        !self.address.contains(TOKEN)
    }
}

/// A link of a mail.
#[derive(Debug, Serialize)]
pub(super) struct Link {
    label: String,
    href: String,
}

/// One message's links for one recipient.
pub(super) struct Offer<'a> {
    answers: &'a Answers,
    frame: Frame<'a>,
    message: &'a str,
    channel: &'a str,
    now: Timestamp,
    /// Where answers go.
    address: String,
}

impl<'a> Frame<'a> {
    /// What can be answered to a message; nothing where nobody reads answers.
    pub(super) fn offer(self, message: &'a str, channel: &'a str, now: Timestamp) -> Option<Offer<'a>> {
        let answers = self.style.answers.as_ref()?;
        let mut offer = Offer { answers, frame: self, message, channel, now, address: answers.address.clone() };
        if !answers.is_shared() {
            offer.address = answers.address.replace(TOKEN, &offer.token(None, None));
        }
        Some(offer)
    }
}

impl Offer<'_> {
    fn token(&self, action: Option<Action>, mention: Option<i64>) -> String {
        let token = Token::new(action, self.message, mention, self.frame.recipient, self.now);
        self.answers.signer.sign(&token, self.frame.recipient)
    }

    fn link(&self, action: Action, channel: &str, mention: Option<i64>) -> Link {
        let label = label(action, channel, self.frame.locale);
        let subject = format!("vigie: {} [{}]", label.replace('’', "'"), self.token(Some(action), mention));
        // A label breaks nowhere.
        let (subject, label) = (percent(&subject), label.replace(' ', "\u{a0}"));
        Link { label, href: format!("mailto:{}?subject={subject}", self.address) }
    }

    /// Of one mention.
    pub(super) fn of_mention(&self, stored: &StoredMention, much: Much) -> Vec<Link> {
        let tones = [Polarity::Positive, Polarity::Neutral, Polarity::Negative];
        let tones = tones.into_iter().filter(|tone| *tone != stored.mention.polarity).map(Action::Tone);
        let actions: Vec<Action> = match much {
            Much::All => [Action::Mine, Action::Handled, Action::NotUs]
                .into_iter()
                .chain(tones)
                .chain([Action::MuteStory])
                .collect(),
            Much::Some => [Action::Mine, Action::NotUs].into_iter().chain(tones).chain([Action::MuteStory]).collect(),
            Much::Least => vec![Action::Mine, Action::NotUs],
        };
        let mut links: Vec<Link> = actions.into_iter().map(|action| self.link(action, "", Some(stored.id))).collect();
        let forwards = match much {
            Much::All => FORWARDS,
            Much::Some => 1,
            Much::Least => 0,
        };
        links.extend(self.forwards(Some(stored.id)).take(forwards));
        links
    }

    /// Of a mention that a digest brings up again.
    pub(super) fn of_waiting(&self, stored: &StoredMention, much: Much) -> Vec<Link> {
        let actions: &[Action] = match much {
            Much::All | Much::Some => &[Action::Mine, Action::Handled, Action::NotUs, Action::MuteStory],
            Much::Least => &[Action::Mine, Action::Handled],
        };
        actions.iter().map(|action| self.link(*action, "", Some(stored.id))).collect()
    }

    /// Of all mentions of a mail that has several.
    pub(super) fn of_all(&self) -> Vec<Link> {
        let mut links: Vec<Link> =
            [Action::Mine, Action::Handled].into_iter().map(|action| self.link(action, "", None)).collect();
        links.extend(self.forwards(None));
        links
    }

    fn forwards(&self, mention: Option<i64>) -> impl Iterator<Item = Link> {
        let others = self.answers.channels.iter().filter(|name| *name != self.channel).take(FORWARDS);
        others.map(move |name| self.link(Action::Forward(channel_tag(name)), name, mention))
    }

    /// What the links do, in a sentence.
    pub(super) fn hint_of_links(&self) -> String {
        self.frame.locale.text("answer-hint-links")
    }

    /// What an answer may say in words, in a sentence.
    pub(super) fn hint(&self, several: bool) -> String {
        let locale = self.frame.locale;
        locale.text(if several { "answer-hint-several" } else { "answer-hint" })
    }

    /// The id of which a plain answer shows that its sender got this mail; without brackets.
    pub(super) fn reference(&self) -> String {
        reference(&self.token(None, None), self.frame.domain())
    }
}

fn label(action: Action, channel: &str, locale: Locale) -> String {
    let arguments = [("channel", clean::line(channel, 40).into())];
    locale.format(&format!("answer-{}", action.word().replace('_', "-")), &arguments)
}
