//! A poll of a `mail:` source: the new letters of its mailbox, each read as an answer. Owns no limits and no
//! reading of letters.

use super::mailbox::{self, Batch, Limits};
use super::poll::{ENTRIES, Fetcher, Poll};
use super::verdict::Verdict;
use crate::clock::Clock;
use crate::exchange::{Answer, Letter, Tag, Validators};
use crate::health::SourceState;
use crate::source::mail::Mail;
use crate::source::{Source, State};

impl<C: Clock> Fetcher<C> {
    /// Reads the letters that came since the state was kept.
    pub(super) async fn poll_mail(&self, mail: &Mail, before: State) -> Poll {
        let read = mailbox::read(self.client(), mail.inbox(), before.mailbox.as_ref(), Limits::default()).await;
        let batch = match read {
            Ok(batch) => batch,
            Err(error) => {
                let verdict = verdict(error.state(), Some(error.to_string()), false, 0);
                return Poll { entries: Vec::new(), state: None, verdict };
            }
        };
        let (source, received) = (Source::Mail(mail.clone()), self.now());
        let is_first = before.mailbox.is_none();
        let Batch { letters, cursor, left, unread } = batch;
        let came = letters.len();
        let parsed = tokio::task::spawn_blocking(move || {
            let state = source.start(&State::default()).state;
            let read = |letter: Letter| {
                let answer = Answer {
                    url: format!("{}#{}", source.url(), letter.name),
                    tag: Tag::Letters,
                    content_type: Some("message/rfc822".to_owned()),
                    validators: Validators::default(),
                    body: letter.bytes,
                    received: letter.received.unwrap_or(received).min(received),
                };
                source.next(&state, &answer)
            };
            let (mut entries, mut dropped, mut bad) = (Vec::new(), 0, 0);
            for letter in letters {
                match read(letter) {
                    Ok(step) => {
                        let room = ENTRIES - entries.len();
                        dropped += step.dropped + step.entries.len().saturating_sub(room);
                        entries.extend(step.entries.into_iter().take(room));
                    }
                    Err(_) => bad += 1,
                }
            }
            (entries, dropped, bad)
        });
        let Ok((entries, dropped, bad)) = parsed.await else {
            let verdict = verdict(SourceState::Broken, Some("a letter made its parser fail".to_owned()), false, 0);
            return Poll { entries: Vec::new(), state: None, verdict };
        };
        let notes: Vec<String> = [
            (left, "letters are left for the next reading"),
            (bad + unread, "letters cannot be read"),
            (dropped, "items are left out"),
        ]
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
        let detail = (!notes.is_empty()).then(|| notes.join("; "));
        let state = (before.mailbox != cursor).then(|| State { mailbox: cursor, ..before });
        // An empty mailbox that is read for the first time is read: what comes next is news.
        Poll { entries, state, verdict: verdict(SourceState::Ok, detail, came == 0 && !is_first, dropped) }
    }
}

const fn verdict(state: SourceState, detail: Option<String>, not_modified: bool, dropped: usize) -> Verdict {
    Verdict { state, detail, not_modified, retry_after: None, min_interval: None, dropped }
}
