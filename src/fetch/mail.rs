//! A poll of a `mail:` source: the new letters of its mailbox, each read as an answer. Owns no limits and no
//! reading of letters.

use std::sync::Arc;
use std::time::Duration;

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
    pub(super) async fn poll_mail(&self, mail: &Arc<Mail>, before: State) -> Poll {
        let read = mailbox::read(self.client(), mail.inbox(), before.mailbox.as_ref(), Limits::default()).await;
        let batch = match read {
            Ok(batch) => batch,
            Err(error) => {
                let verdict = verdict(error.state(), Some(error.to_string()), false, 0);
                return Poll { entries: Vec::new(), state: None, verdict };
            }
        };
        let (source, received) = (Source::Mail(Arc::clone(mail)), self.now());
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
            (left, "letters left for the next reading"),
            (bad + unread, "letters that cannot be read"),
            (dropped, "items left out"),
        ]
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{what}: {count}"))
        .collect();
        let detail = (!notes.is_empty()).then(|| notes.join("; "));
        let state = (before.mailbox != cursor).then_some(State { mailbox: cursor, ..before });
        // An empty mailbox that is read for the first time is read: what comes next is news.
        Poll { entries, state, verdict: verdict(SourceState::Ok, detail, came == 0 && !is_first, dropped) }
    }
}

const fn verdict(state: SourceState, detail: Option<String>, not_modified: bool, dropped: usize) -> Verdict {
    Verdict {
        state,
        detail,
        read: matches!(state, SourceState::Ok),
        not_modified,
        retry_after: None,
        min_interval: None,
        skips: None,
        pause: None,
        dropped,
        patience: Duration::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use crate::config::settings::FetchSettings;
    use crate::exchange::Inbox;
    use crate::net::Client;

    #[tokio::test]
    async fn a_mailbox_is_read_once_and_what_comes_next_is_news() {
        let folder = tempfile::tempdir().unwrap();
        for part in ["new", "cur"] {
            std::fs::create_dir(folder.path().join(part)).unwrap();
        }
        let put = |name: &str, text: &str| {
            std::fs::write(folder.path().join("new").join(name), format!("Subject: {text}\r\n\r\n{text}\r\n")).unwrap();
        };
        let fetcher = Fetcher::new(Client::new(&FetchSettings::default()).unwrap(), SystemClock);
        let source = Source::Mail(Arc::new(Mail::new(Inbox::Maildir(folder.path().to_owned()), None)));
        let first = fetcher.poll(&source, State::default()).await;
        assert_eq!((first.verdict.state, first.verdict.not_modified, first.entries.len()), (SourceState::Ok, false, 0));
        let state = first.state.expect("a cursor");
        let again = fetcher.poll(&source, state.clone()).await;
        assert_eq!((again.verdict.not_modified, again.state), (true, None));
        put("1.x", "Acme");
        std::fs::write(folder.path().join("new/2.x"), "").unwrap();
        let second = fetcher.poll(&source, state).await;
        assert_eq!(second.entries.iter().map(|entry| entry.title.as_str()).collect::<Vec<_>>(), ["Acme"]);
        assert_eq!(second.verdict.detail.as_deref(), Some("letters that cannot be read: 1"));
        let third = fetcher.poll(&source, second.state.unwrap()).await;
        assert_eq!((third.verdict.not_modified, third.entries.len()), (true, 0));
    }

    #[tokio::test]
    async fn a_mailbox_that_is_not_there_is_said() {
        let fetcher = Fetcher::new(Client::new(&FetchSettings::default()).unwrap(), SystemClock);
        let source = Source::Mail(Arc::new(Mail::new(Inbox::Maildir("/nowhere/vigie".into()), None)));
        let poll = fetcher.poll(&source, State::default()).await;
        assert_eq!((poll.verdict.state, poll.state), (SourceState::NotFound, None));
        assert!(poll.verdict.detail.unwrap().contains("/nowhere/vigie"));
    }
}
