//! What a chat shows of a message, before it has a service's form: a headline, items, a foot, all in plain
//! text that is clean, in the readers' language, and already short. Owns the choice; no markup is known here.

use super::super::content::{DigestView, MessageView, SpikeView};
use super::super::mail::{self, Piece, Shown, Tally};
use super::super::notice::{self, Notice};
use super::super::{Content, clean, digest, moderation, spike};
use crate::alert::story;
use crate::locale::Locale;
use crate::mention::Evidence;
use crate::report::Sheet;
use crate::report::words::{counted, labelled};

/// Tables of a digest that are worth their room.
const TABLES: [&str; 5] = ["objectives", "voice", "tags", "stories", "sites"];
/// Characters of the id that a repeat is recognised by.
const ID: usize = 8;

/// How much is shown. Services try one after the other until the message fits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// Mentions.
    items: usize,
    /// Characters of a title.
    title: usize,
    /// Characters of an excerpt.
    excerpt: usize,
    /// Lines about a mention: its story, its terms, its tags, what was found in it.
    notes: usize,
    /// Lines of a table.
    rows: usize,
    /// Characters of diagnostics.
    verbatim: usize,
    /// Lines at the end, besides the id.
    foot: usize,
}

/// From the most to the least; the last one fits everywhere.
pub(super) const ROOMS: [Room; 9] = [
    Room { items: 10, title: 200, excerpt: 240, notes: 6, rows: 5, verbatim: 2400, foot: 4 },
    Room { items: 10, title: 160, excerpt: 160, notes: 4, rows: 5, verbatim: 1600, foot: 4 },
    Room { items: 8, title: 140, excerpt: 140, notes: 4, rows: 5, verbatim: 1200, foot: 4 },
    Room { items: 6, title: 120, excerpt: 120, notes: 4, rows: 4, verbatim: 800, foot: 4 },
    Room { items: 4, title: 120, excerpt: 120, notes: 3, rows: 3, verbatim: 600, foot: 3 },
    Room { items: 3, title: 100, excerpt: 80, notes: 3, rows: 2, verbatim: 400, foot: 2 },
    Room { items: 2, title: 100, excerpt: 60, notes: 2, rows: 1, verbatim: 300, foot: 2 },
    Room { items: 1, title: 100, excerpt: 0, notes: 1, rows: 1, verbatim: 200, foot: 1 },
    Room { items: 0, title: 0, excerpt: 0, notes: 0, rows: 0, verbatim: 0, foot: 0 },
];

/// The colour that a message has where a service shows one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    Bad,
    Good,
    Plain,
}

/// A message as a chat shows it.
#[derive(Debug)]
pub(super) struct View {
    /// The message's id: 32 hexadecimal digits.
    pub(super) id: String,
    /// The word of the outbox.
    pub(super) kind: &'static str,
    pub(super) mood: Mood,
    /// At most 70 characters: what a notification shows.
    pub(super) subject: String,
    /// The verdict.
    pub(super) headline: String,
    /// Figures, in lines.
    pub(super) lines: Vec<String>,
    pub(super) sections: Vec<Section>,
    /// Text whose line ends and spaces count.
    pub(super) verbatim: Option<String>,
    pub(super) foot: Vec<String>,
    /// What stands before and behind an excerpt.
    pub(super) quotes: (String, String),
}

/// Items under a title, then lines about what is not shown.
#[derive(Debug, Default)]
pub(super) struct Section {
    pub(super) title: Option<String>,
    pub(super) items: Vec<Item>,
    pub(super) lines: Vec<String>,
}

/// A mention, or a source.
#[derive(Debug)]
pub(super) struct Item {
    /// `−`, `+`, `=`, `±` or `?`.
    pub(super) sign: char,
    pub(super) title: Vec<Run>,
    /// `http:` or `https:`, ASCII.
    pub(super) link: Option<String>,
    pub(super) about: String,
    pub(super) excerpt: Vec<Run>,
    pub(super) notes: Vec<String>,
}

/// A stretch of text, a hit or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) hit: bool,
    pub(super) text: String,
}

impl View {
    /// What of a content is shown in this room.
    pub(super) fn of(content: &Content<'_>, locale: Locale, room: Room) -> Self {
        let mut view = match content {
            Content::Mentions(view) => of_mentions(view, locale, room),
            Content::Digest(view) => of_digest(view, locale, room),
            Content::Spike(view) => of_spike(view, locale, room),
            Content::Coverage(view) => of_notice(notice::coverage(view, locale), locale, room),
            Content::Refusal(view) => of_notice(notice::refusal(view, locale), locale, room),
            Content::DeadLetter(view) => of_notice(notice::dead_letter(view, locale), locale, room),
            Content::Unwritable(view) => of_notice(notice::unwritable(view, locale), locale, room),
            Content::Test(view) => of_notice(notice::test(view, locale), locale, room),
        };
        content.id().clone_into(&mut view.id);
        let short: String = content.id().chars().take(ID).collect();
        view.kind = content.kind();
        view.headline = clean::line(&view.headline, 300);
        view.lines.truncate(room.rows.max(2));
        view.sections.retain(|section| !section.items.is_empty() || !section.lines.is_empty());
        view.foot.truncate(room.foot);
        for line in view.lines.iter_mut().chain(&mut view.foot) {
            *line = clean::line(line, 300);
        }
        view.foot.push(locale.format("chat-id", &[("id", short.into())]));
        let quoted = locale.format("chat-quote", &[("text", "\n".into())]);
        view.quotes =
            quoted.split_once('\n').map_or_else(Default::default, |(open, close)| (open.into(), close.into()));
        view
    }

    fn new(subject: String, headline: String) -> Self {
        Self {
            id: String::new(),
            kind: "",
            mood: Mood::Plain,
            subject,
            headline,
            lines: Vec::new(),
            sections: Vec::new(),
            verbatim: None,
            foot: Vec::new(),
            quotes: Default::default(),
        }
    }
}

fn of_mentions(view: &MessageView<'_>, locale: Locale, room: Room) -> View {
    let items = mail::items(view);
    let (_, headline, tally) = mail::verdict(view, &items, locale);
    let (shown, rest) = mail::newest(&items, room.items);
    let item = |item: &&story::Item<'_>| {
        let mut told = Item::of(mail::display(item, view, locale), room, locale);
        if let Some(evidence) = item.shown.mention.evidence.as_deref().filter(|_| view.occasion.moderates()) {
            // What was found comes first: it is why somebody is told.
            told.notes.splice(0..0, found(evidence, locale));
            told.notes.truncate(room.notes);
        }
        told
    };
    let section = Section {
        title: None,
        items: shown.iter().map(item).collect(),
        lines: others(rest.len(), &mail::sites(&rest, locale), locale),
    };
    let mut out = View::new(mail::subject(view, &items, locale), headline);
    out.mood = mood(&items.iter().map(|item| item.shown.mention.polarity.word()).collect::<Vec<_>>());
    out.lines = tallied(&tally);
    out.sections = vec![section];
    out.foot = mail::why(view, None, locale);
    out.foot.extend(degraded(view.coverage, locale));
    out
}

fn of_spike(view: &SpikeView<'_>, locale: Locale, room: Room) -> View {
    let page = spike::page(view, locale, None);
    let mut out = View::new(page.subject, page.headline);
    out.mood = Mood::Bad;
    out.lines = page.figures;
    out.lines.extend(tallied(&page.tally));
    let items = page.mentions.into_iter().take(room.items).map(|shown| Item::of(shown, room, locale)).collect();
    let sites = page.others.filter(|_| room.items > 0).map(|title| labelled(locale, &title, &page.sites.join(", ")));
    out.sections = vec![Section { title: None, items, lines: sites.into_iter().collect() }];
    out.foot = page.foot;
    // The last line tells of mails.
    out.foot.pop();
    out
}

fn of_digest(view: &DigestView<'_>, locale: Locale, room: Room) -> View {
    let sheet = Sheet::of(view.report, view.frame, &digest::name(view, locale), locale, view.now);
    let mut out = View::new(digest::subject(view, locale), format!("{} · {}", sheet.verdict, sheet.period));
    let cards = sheet.cards.iter().map(|card| {
        let deltas = card.deltas.iter().map(|delta| format!("{} {}", delta.change, delta.against));
        labelled(locale, &card.label, &with(&card.value, &deltas.collect::<Vec<_>>().join(", ")))
    });
    out.lines = cards.collect();
    let tables = TABLES.iter().filter_map(|kind| sheet.tables.iter().find(|table| table.kind == *kind));
    let rows = |table: &crate::report::sheet::Table| {
        let lines = table.rows.iter().take(room.rows).map(|row| {
            let about = if row.about.is_empty() { String::new() } else { format!(" ({})", row.about) };
            let name = format!("{}{about}", row.name);
            clean::line(&labelled(locale, &name, &with(&row.value, &row.extra)), 160)
        });
        Section { title: Some(table.title.clone()), items: Vec::new(), lines: lines.collect() }
    };
    out.sections = tables.map(rows).collect();
    let worst = digest::told_elsewhere(view)
        .take(room.items.min(3))
        .map(|(one, told)| Item::of(digest::bad(digest::show(view, one, locale), *told, locale), room, locale));
    let worst = Section { title: Some(locale.text("digest-worst")), items: worst.collect(), lines: Vec::new() };
    let shown = digest::newest(view.mentions, room.items);
    let hidden = view.mentions.len() - shown.len();
    let waited = Section {
        title: Some(counted(locale, "digest-waited", view.mentions.len() as u64)),
        items: shown.iter().map(|one| Item::of(digest::show(view, one, locale), room, locale)).collect(),
        lines: others(hidden, &[], locale),
    };
    out.sections.extend([worst, waited]);
    let notes = sheet.unanswered.iter().chain(&sheet.notes).take(room.rows).cloned();
    out.sections.push(Section {
        title: None,
        items: Vec::new(),
        lines: notes.chain(digest::health(view, locale)).collect(),
    });
    let rule = [("rule", clean::line(view.rule, 100).into()), ("place", clean::line(view.place, 300).into())];
    out.foot = vec![locale.format("mail-foot-rule", &rule)];
    out.foot.extend(degraded(view.coverage, locale));
    out
}

fn of_notice(notice: Notice, locale: Locale, room: Room) -> View {
    let mut out = View::new(notice.subject(), notice.verdict);
    let bad = notice.kind != "test" && (notice.items.is_empty() || notice.items.iter().any(|item| item.class == "bad"));
    out.mood = if bad { Mood::Bad } else { Mood::Good };
    out.lines = notice.paragraphs;
    let hidden = notice.items.len().saturating_sub(room.items);
    let items = notice.items.into_iter().take(room.items).map(|item| Item {
        sign: if item.class == "bad" { '\u{2212}' } else { '+' },
        title: vec![Run { hit: false, text: clean::line(&item.name, room.title) }],
        link: None,
        about: clean::line(&item.state, 200),
        excerpt: Vec::new(),
        notes: [item.detail, item.action]
            .into_iter()
            .flatten()
            .take(room.notes)
            .map(|note| clean::line(&note, 300))
            .collect(),
    });
    let mut section = Section { title: None, items: items.collect(), lines: Vec::new() };
    if hidden > 0 {
        section.lines.push(locale.format("notify-coverage-more", &[("count", (hidden as i64).into())]));
    }
    out.sections = vec![section];
    out.verbatim = notice.verbatim.filter(|_| room.verbatim > 0).map(|text| lines(&text, room.verbatim));
    out.foot = notice.foot;
    out
}

impl Item {
    fn of(shown: Shown, room: Room, locale: Locale) -> Self {
        let score = shown.score.map(|score| format!(" {score}")).unwrap_or_default();
        let mut about = vec![format!("{}{score}", shown.tone), shown.host];
        about.extend(shown.about);
        about.extend(shown.dates);
        about.retain(|part| !part.is_empty());
        let mut notes = shown.story;
        let terms = shown.terms.join(" + ");
        let because = (!terms.is_empty()).then(|| format!("{} {terms}", shown.because));
        let why: Vec<String> = because.into_iter().chain(shown.deciding).collect();
        notes.push(why.join(" · "));
        notes.extend(shown.tags);
        notes.retain(|note| !note.is_empty());
        notes.truncate(room.notes);
        let notes = notes.iter().map(|note| clean::line(note, 300)).collect();
        let title = cut(shown.title, room.title);
        let title = if title.is_empty() { vec![Run { hit: false, text: locale.text("chat-untitled") }] } else { title };
        Self {
            sign: shown.sign,
            title,
            link: shown.link,
            about: clean::line(&about.join(" · "), 250),
            excerpt: cut(shown.excerpt, room.excerpt),
            notes,
        }
    }
}

/// Runs of at most `room` characters together.
fn cut(pieces: Vec<Piece>, mut room: usize) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for piece in pieces {
        if room == 0 {
            break;
        }
        let text = clean::clip(&piece.text, room);
        room -= text.chars().count();
        // What does not fit ends the text, whatever room its last word left.
        room *= usize::from(text == piece.text);
        match runs.last_mut() {
            Some(last) if last.hit == piece.hit => last.text.push_str(&text),
            _ => runs.push(Run { hit: piece.hit, text }),
        }
    }
    runs
}

/// Whole lines of at most `most` characters together.
fn lines(text: &str, most: usize) -> String {
    let mut out = String::new();
    let mut left = most;
    for line in text.lines() {
        let length = line.chars().count() + 1;
        if length > left {
            if out.is_empty() {
                out = clean::clip(line, most);
            } else {
                out.push('…');
            }
            break;
        }
        left -= length;
        out.push_str(line);
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out
}

fn found(evidence: &Evidence, locale: Locale) -> Vec<String> {
    let mut found = moderation::found(evidence, locale);
    found.push(locale.format("chat-copy", &[("hash", evidence.sha256.clone().into())]));
    found.iter().map(|line| clean::line(line, 300)).collect()
}

/// `973 autres mentions : lafibre.info 12, …`.
fn others(count: usize, sites: &[String], locale: Locale) -> Vec<String> {
    if count == 0 {
        return Vec::new();
    }
    let others = counted(locale, "mail-others", count as u64);
    let line = if sites.is_empty() { others } else { labelled(locale, &others, &sites.join(", ")) };
    vec![clean::line(&line, 300)]
}

/// `33 % · ▼1`.
fn with(value: &str, more: &str) -> String {
    if more.is_empty() { value.to_owned() } else { format!("{value} · {more}") }
}

fn tallied(tally: &[Tally]) -> Vec<String> {
    let tones: Vec<&str> = tally.iter().map(|one| one.text.as_str()).collect();
    if tones.is_empty() { Vec::new() } else { vec![tones.join(" · ")] }
}

/// How vigie sees, where it does not see all.
fn degraded(seen: &super::super::content::Coverage, locale: Locale) -> Option<String> {
    (!seen.degraded.is_empty()).then(|| mail::coverage(seen, locale))
}

fn mood(polarities: &[&str]) -> Mood {
    if polarities.iter().any(|word| matches!(*word, "negative" | "uncertain")) {
        Mood::Bad
    } else if !polarities.is_empty() && polarities.iter().all(|word| *word == "positive") {
        Mood::Good
    } else {
        Mood::Plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_cut_once_and_neighbours_of_a_kind_are_one() {
        let piece = |hit, text: &str| Piece { hit, text: text.to_owned() };
        let run = |hit, text: &str| Run { hit, text: text.to_owned() };
        let pieces = || vec![piece(false, "plus rien chez "), piece(true, "Orange"), piece(false, " depuis ce matin")];
        assert_eq!(
            cut(pieces(), 100),
            [run(false, "plus rien chez "), run(true, "Orange"), run(false, " depuis ce matin")]
        );
        assert_eq!(cut(pieces(), 18), [run(false, "plus rien chez "), run(true, "Or…")]);
        assert_eq!(cut(pieces(), 8), [run(false, "plus…")]);
        assert_eq!(cut(pieces(), 0), []);
    }

    #[test]
    fn diagnostics_are_cut_between_lines() {
        assert_eq!(lines("one\n  two\nthree", 100), "one\n  two\nthree");
        assert_eq!(lines("one\n  two\nthree", 12), "one\n  two\n…");
        assert_eq!(lines("a line that is long", 10), "a line…");
    }
}
