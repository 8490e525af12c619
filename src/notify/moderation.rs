//! What a mail says of a mention that is to be moderated: what was found, and the sealed copy. Owns the lines and
//! the attached files; the copy is ingest's.

use super::clean;
use super::content::MessageView;
use crate::locale::Locale;
use crate::mention::{Evidence, StoredMention};

/// Copies in one mail; all are in the store.
const FILES: usize = 20;
/// The gravest first.
const GRAVEST: [&str; 5] = ["threat", "racism", "hate", "insult", "defamation"];
/// Passages shown of one mention.
const PASSAGES: usize = 4;

fn words(tags: &[String], locale: Locale) -> String {
    let words: Vec<String> = tags.iter().map(|tag| locale.text(&format!("moderation-tag-{tag}"))).collect();
    words.join(", ")
}

/// The name of the copy of a mention.
fn file(id: i64) -> String {
    format!("evidence-{id}.txt")
}

/// What stands in front of the title in a subject.
pub(super) fn subject(view: &MessageView<'_>, locale: Locale) -> String {
    // The gravest alone: the title needs the room.
    let found = |tag: &&&str| {
        view.mentions
            .iter()
            .flat_map(|one| &one.mention.evidence)
            .any(|one| one.tags.iter().any(|other| other == **tag))
    };
    let gravest: Vec<String> = GRAVEST.iter().find(found).map(|tag| (*tag).to_owned()).into_iter().collect();
    locale.format("moderation-subject", &[("tags", words(&gravest, locale).into())]).replace('\u{a0}', " ")
}

/// What was found in a mention, and where its copy is.
pub(super) fn lines(stored: &StoredMention, locale: Locale) -> Vec<String> {
    let Some(evidence) = &stored.mention.evidence else { return Vec::new() };
    let mut lines = found(evidence, locale);
    lines.push(locale.format("moderation-copy", &[("file", file(stored.id).into())]));
    lines.push(locale.format("moderation-seal", &[("hash", evidence.sha256.clone().into())]));
    lines
}

/// What was found.
pub(super) fn found(evidence: &Evidence, locale: Locale) -> Vec<String> {
    let mut lines = vec![locale.format("moderation-tags", &[("tags", words(&evidence.tags, locale).into())])];
    let quoted = |passage: &String| locale.format("moderation-passage", &[("text", clean::line(passage, 120).into())]);
    lines.push(evidence.passages.iter().take(PASSAGES).map(quoted).collect::<Vec<_>>().join(" "));
    lines
}

/// The copies, as they were sealed.
pub(super) fn files(view: &MessageView<'_>) -> Vec<(String, String)> {
    let copies =
        view.mentions.iter().filter_map(|one| Some((file(one.id), one.mention.evidence.as_ref()?.copy.clone())));
    copies.take(FILES).collect()
}
