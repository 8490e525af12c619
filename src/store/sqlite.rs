//! The store in one SQLite file: WAL, one writer thread, two readers. Owns opening and the wiring of
//! verbs to SQL; each group of verbs has a file of its own.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use self::purge::What;
use self::readers::Readers;
use self::writer::{Desk, Writer};
use super::correction::Correction;
use super::figures::{FiguresAsk, FiguresRows};
use super::replies::{RepliesCommit, ToldMessage};
use super::{
    AlerterCommit, ChannelRow, CountRow, DeliveryOutcome, DeliveryRow, DigestWait, Erasure, Forget, LastRevision,
    MentionFilter, MentionRow, OutboxFigures, Paced, PollCommit, PrintRow, RequestRow, Result, SourceHealth, Store,
    StoreError, TextBatch, ThreadOf, Touch, Waiting, WindowRow,
};
use crate::alert::mute::{Mute, Muted};
use crate::alert::story::Pasts;
use crate::failpoint;
use crate::mention::{Polarity, StoredMention, StoryId};
use crate::source::{SourceKey, State};

pub mod copies;
mod corrections;
mod counts;
mod decisions;
mod deliveries;
mod erasures;
mod fault;
mod figures;
mod forget;
mod kept;
mod names;
mod policy;
mod polls;
mod purge;
mod readers;
mod replies;
mod rows;
mod schema;
mod search;
mod stories;
#[cfg(test)]
mod tests;
mod texts;
mod writer;

/// The store in a file. Cheap to clone; the last clone dropped finishes what is queued and closes it.
#[derive(Clone)]
pub struct Sqlite {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    // Before the writer: the last connection to close folds the WAL in, and only the writer can.
    readers: Arc<Readers>,
    writer: Option<Writer>,
    touched: Mutex<BTreeSet<String>>,
}

impl std::fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Sqlite").field(&self.inner.path).finish()
    }
}

impl Sqlite {
    /// Opens the store for reading and writing; makes it (mode 0600) or brings it to this program's
    /// schema first. Blocks on the disk.
    ///
    /// # Errors
    /// `Corrupt` and `Newer` leave the file as it was.
    pub fn open(path: &Path) -> Result<Self> {
        if let Some(answer) = failpoint::fails("store/open") {
            return Err(StoreError::Unwritable(answer));
        }
        schema::prepare(path)?;
        let writer = Writer::start(schema::open_write(path)?)?;
        let readers = Arc::new(Readers::open(path.to_owned())?);
        Ok(Self {
            inner: Arc::new(Inner { path: path.to_owned(), readers, writer: Some(writer), touched: Mutex::default() }),
        })
    }

    /// Opens a store that is there, for reading, also while a daemon writes to it. Verbs that write are
    /// refused. Blocks on the disk.
    ///
    /// # Errors
    /// As [`Sqlite::open`]; a store of an older schema is not brought up and cannot be read.
    pub fn open_read(path: &Path) -> Result<Self> {
        schema::inspect(path)?;
        let (_, found) = schema::identity(&schema::open_read(path)?)?;
        if found != schema::KNOWN {
            return Err(StoreError::Other(format!(
                "the database has schema {found}, this vigie reads {}: `vigie run` brings it up",
                schema::KNOWN
            )));
        }
        let readers = Arc::new(Readers::open(path.to_owned())?);
        Ok(Self { inner: Arc::new(Inner { path: path.to_owned(), readers, writer: None, touched: Mutex::default() }) })
    }

    /// Brands of which this process stored mentions since this was last asked.
    #[must_use]
    pub fn take_touched(&self) -> BTreeSet<String> {
        std::mem::take(&mut *self.inner.touched.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    async fn read<T, F>(&self, run: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&rusqlite::Connection) -> Result<T> + Send + 'static,
    {
        Arc::clone(&self.inner.readers).read(run).await
    }

    async fn write<T, F>(&self, rows: usize, run: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Desk) -> Result<T> + Send + 'static,
    {
        match &self.inner.writer {
            Some(writer) => writer.queue().write(rows, run).await,
            None => Err(StoreError::Unwritable("the store is open for reading only".into())),
        }
    }

    /// Deletes chunk after chunk, each a command of its own: others come in between.
    async fn purge_all(&self, what: What, before: Timestamp, now: Timestamp) -> Result<u64> {
        let mut gone = 0;
        loop {
            let chunk = self.write(purge::CHUNK, move |desk| purge::chunk(desk, what, before, now)).await?;
            gone += chunk as u64;
            if chunk < purge::CHUNK {
                return Ok(gone);
            }
        }
    }
}

impl Store for Sqlite {
    async fn each_source<T, F>(&self, take: F) -> Result<Vec<T>>
    where
        T: Send + 'static,
        F: FnMut(SourceHealth) -> Option<T> + Send + 'static,
    {
        self.read(move |conn| polls::each_source(conn, take)).await
    }

    async fn state(&self, key: SourceKey) -> Result<State> {
        self.read(move |conn| polls::state(conn, key)).await
    }

    async fn seen(&self, key: SourceKey) -> Result<Vec<u8>> {
        self.read(move |conn| polls::seen(conn, key)).await
    }

    async fn revisions(&self, source: SourceKey, entry: u64) -> Result<Vec<LastRevision>> {
        self.read(move |conn| polls::revisions(conn, source, entry)).await
    }

    async fn prints(&self, since: Timestamp) -> Result<Vec<PrintRow>> {
        self.read(move |conn| stories::prints(conn, since)).await
    }

    async fn pasts(&self, stories: &[StoryId]) -> Result<Pasts> {
        let stories = stories.to_vec();
        self.read(move |conn| stories::pasts(conn, &stories)).await
    }

    async fn commit_poll(&self, poll: PollCommit) -> Result<()> {
        let brands: BTreeSet<String> = poll.mentions.iter().map(|mention| mention.brand.clone()).collect();
        self.write(polls::weight(&poll), move |desk| polls::commit(desk, &poll)).await?;
        if !brands.is_empty() {
            self.inner.touched.lock().unwrap_or_else(PoisonError::into_inner).extend(brands);
        }
        Ok(())
    }

    async fn touch(&self, polls: Vec<Touch>) -> Result<()> {
        self.write(polls.len(), move |desk| polls::touch(desk, &polls)).await
    }

    async fn undecided(&self, after: i64, limit: usize) -> Result<Vec<StoredMention>> {
        self.read(move |conn| decisions::undecided(conn, after, limit)).await
    }

    async fn stored(&self, ids: &[i64]) -> Result<Vec<StoredMention>> {
        let ids = ids.to_vec();
        self.read(move |conn| decisions::stored(conn, &ids)).await
    }

    async fn windows(&self) -> Result<(Vec<WindowRow>, Vec<Waiting>)> {
        self.read(decisions::windows).await
    }

    async fn paced(&self, since: Timestamp) -> Result<Paced> {
        self.read(move |conn| policy::paced(conn, since)).await
    }

    async fn digest_waits(&self) -> Result<Vec<DigestWait>> {
        self.read(policy::digest_waits).await
    }

    async fn counts(&self, brand: &str, since: Timestamp) -> Result<Vec<CountRow>> {
        let brand = brand.to_owned();
        self.read(move |conn| counts::since(conn, &brand, since)).await
    }

    async fn each_counted<T, F>(&self, brand: &str, since: Timestamp, take: F) -> Result<Vec<T>>
    where
        T: Send + 'static,
        F: FnMut(Timestamp, StoredMention) -> Option<T> + Send + 'static,
    {
        let brand = brand.to_owned();
        self.read(move |conn| counts::each_counted(conn, &brand, since, take)).await
    }

    async fn commit_decisions(&self, commit: AlerterCommit) -> Result<()> {
        self.write(decisions::weight(&commit), move |desk| decisions::commit(desk, &commit)).await
    }

    async fn due(&self, channel: &str, now: Timestamp, limit: usize) -> Result<Vec<DeliveryRow>> {
        let channel = channel.to_owned();
        self.read(move |conn| deliveries::due(conn, &channel, now, limit)).await
    }

    async fn next_due(&self, channel: &str) -> Result<Option<Timestamp>> {
        let channel = channel.to_owned();
        self.read(move |conn| deliveries::next_due(conn, &channel)).await
    }

    async fn finish(&self, delivery: i64, outcome: DeliveryOutcome, now: Timestamp) -> Result<()> {
        self.write(1, move |desk| deliveries::finish(desk, delivery, &outcome, now)).await
    }

    async fn release(&self, channel: &str, now: Timestamp, paused: Duration) -> Result<()> {
        let channel = channel.to_owned();
        self.write(1, move |desk| deliveries::release(desk, &channel, now, paused)).await
    }

    async fn channels(&self) -> Result<Vec<ChannelRow>> {
        self.read(deliveries::channels).await
    }

    async fn keep_channel(&self, channel: ChannelRow) -> Result<()> {
        self.write(1, move |desk| deliveries::keep_channel(desk, &channel)).await
    }

    async fn outbox(&self) -> Result<OutboxFigures> {
        self.read(deliveries::outbox).await
    }

    async fn mentions(&self, limit: usize) -> Result<Vec<MentionRow>> {
        self.find(&MentionFilter::default(), None, limit).await
    }

    async fn find(
        &self,
        filter: &MentionFilter,
        after: Option<(Timestamp, i64)>,
        limit: usize,
    ) -> Result<Vec<MentionRow>> {
        let filter = filter.clone();
        self.read(move |conn| search::find(conn, &filter, after, limit)).await
    }

    async fn figures(&self, ask: &FiguresAsk) -> Result<FiguresRows> {
        let ask = ask.clone();
        self.read(move |conn| figures::figures(conn, &ask)).await
    }

    async fn mutes(&self) -> Result<Vec<Mute>> {
        self.read(policy::mutes).await
    }

    async fn mute(&self, what: Muted, until: Timestamp, reason: Option<String>, now: Timestamp) -> Result<i64> {
        self.write(1, move |desk| policy::mute(desk, &what, until, reason.as_deref(), now)).await
    }

    async fn unmute(&self, id: i64) -> Result<bool> {
        self.write(1, move |desk| policy::unmute(desk, id)).await
    }

    async fn handle(&self, mentions: &[i64], by: Option<&str>, now: Timestamp) -> Result<Vec<i64>> {
        let (mentions, by) = (mentions.to_vec(), by.map(str::to_owned));
        self.write(mentions.len(), move |desk| policy::handle(desk, &mentions, by.as_deref(), now)).await
    }

    async fn told_beside(&self, mentions: &[i64]) -> Result<Vec<i64>> {
        let mentions = mentions.to_vec();
        self.read(move |conn| policy::told_beside(conn, &mentions)).await
    }

    async fn handled(&self, mentions: &[i64]) -> Result<Vec<i64>> {
        let mentions = mentions.to_vec();
        self.read(move |conn| policy::handled(conn, &mentions)).await
    }

    async fn kept_texts(&self, since: Timestamp, after: i64, limit: usize) -> Result<Vec<TextBatch>> {
        self.read(move |conn| texts::kept(conn, since, after, limit)).await
    }

    async fn value(&self, name: &str) -> Result<Option<String>> {
        let name = name.to_owned();
        self.read(move |conn| kept::value(conn, &name)).await
    }

    async fn values(&self, prefix: &str) -> Result<Vec<(String, String)>> {
        let prefix = prefix.to_owned();
        self.read(move |conn| kept::values(conn, &prefix)).await
    }

    async fn keep_value(&self, name: &str, value: Option<String>) -> Result<()> {
        let name = name.to_owned();
        self.write(1, move |desk| kept::keep_value(desk, &name, value.as_deref())).await
    }

    async fn ask(&self, kind: &str, payload: String, now: Timestamp) -> Result<i64> {
        let kind = kind.to_owned();
        self.write(1, move |desk| kept::ask(desk, &kind, &payload, now)).await
    }

    async fn told_message(&self, tag: [u8; 8]) -> Result<Option<ToldMessage>> {
        self.read(move |conn| replies::told(conn, tag)).await
    }

    async fn commit_replies(&self, commit: RepliesCommit) -> Result<Vec<bool>> {
        self.write(commit.replies.len() + 2, move |desk| replies::commit(desk, &commit)).await
    }

    async fn thread(&self, like: &ThreadOf, since: Timestamp) -> Result<Vec<(Timestamp, String)>> {
        let like = like.clone();
        self.read(move |conn| replies::thread(conn, &like, since)).await
    }

    async fn asked(&self) -> Result<Vec<RequestRow>> {
        self.read(kept::asked).await
    }

    async fn answer(&self, request: i64, answer: String) -> Result<()> {
        self.write(1, move |desk| kept::answer(desk, request, &answer)).await
    }

    async fn answered(&self, request: i64) -> Result<Option<String>> {
        self.read(move |conn| kept::answered(conn, request)).await
    }

    async fn correct(&self, mention: i64, said: Option<Polarity>, now: Timestamp) -> Result<bool> {
        self.write(1, move |desk| corrections::correct(desk, mention, said, now)).await
    }

    async fn corrections(&self) -> Result<Vec<Correction>> {
        self.read(corrections::corrections).await
    }

    async fn purge(&self, mentions_before: Timestamp, texts_before: Timestamp, now: Timestamp) -> Result<u64> {
        let gone = self.purge_all(What::Mentions, mentions_before, now).await?;
        self.purge_all(What::Messages, mentions_before, now).await?;
        self.purge_all(What::Texts, texts_before, now).await?;
        for what in [What::Wishes, What::Counts, What::Mutes, What::Replies] {
            self.purge_all(what, mentions_before, now).await?;
        }
        Ok(gone)
    }

    async fn forget(&self, what: &Forget, now: Timestamp) -> Result<Erasure> {
        forget::forget(self, what, now).await
    }

    async fn erasures(&self) -> Result<Vec<Erasure>> {
        self.read(erasures::erasures).await
    }

    async fn ping(&self) -> Result<()> {
        self.write(1, |desk| kept::beat(desk)).await?;
        self.read(|conn| Ok(conn.query_row("SELECT beats FROM pulse", [], |_| Ok(()))?)).await
    }
}
