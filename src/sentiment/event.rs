//! Events that please or annoy without a word of tone: `réparé en dix minutes`, `le même formulaire quatre fois`.
//! Owns the patterns over classes of words and what they say; the classes and patterns themselves are data
//! (`XX_cues.tsv`, `XX_events.tsv`), and where a word of tone speaks plainly it has the say.
//!
//! `XX_cues.tsv` holds `class⇥forms`, the forms with a mark at their end where they stand for several:
//! `répar*` for a verb in -er, `install~` for its participles, `livreur+` for a plural in -s, `petit°` for an
//! adjective. `XX_events.tsv` holds `name⇥valence⇥pattern` and, after another tab,
//! `m` where the event makes up for the blame in front of it; a pattern is made of elements between ` & `, anywhere in the sentence;
//! in an element slots in this order, few words apart, or adjacent after a dot; in a slot classes between `/`.
//! An element that opens with `-` must not occur.

use super::Doubt;
use super::idioms::Class;
use super::reading::{Item, Told};
use super::role::Role;
use super::tokens::Kind;

/// Names of the classes of `XX_cues.tsv`.
const CUES: [&str; 50] = [
    "i", "me", "my", "own", "kin", "agent", "ne", "not", "plus", "without", "still", "even", "since", "that", "times",
    "year", "week", "hour", "minute", "soon", "day", "before", "solve", "help", "fail", "ask", "paper", "money", "buy",
    "again", "devour", "hold", "promise", "demand", "forced", "leave", "lack", "old", "wear", "ease", "less",
    "symptom", "tell", "gift", "wait", "plate", "every", "stay", "refl", "target",
];

/// Words between two slots of an element.
const GAP: usize = 4;
/// Words of a text that is one event as a whole, where no sentence of it is.
const SHORT: usize = 40;
/// Words of tone weaker than this, together, leave the say to an event.
const FAINT: f32 = 0.9;
/// The same where blame stands in front of an event that makes up for it.
const MOST_SPOKEN: f32 = 3.5;
/// Of blame that was made up for.
const MENDED: f32 = 0.2;
/// At most, of all events of a sentence.
const STRONGEST: f32 = 2.4;
/// From which valence on an event is no mere hint.
const PLAIN: f32 = 1.7;

/// Less than this events of both signs leave of each other.
const LEAST: f32 = 0.3;
/// The name of what is only hinted at.
pub(super) const LEANING: &str = "leaning";

/// Slots of an event that are asked for first; hardly one has more.
const NEEDS: usize = 4;

/// A place in an element.
#[derive(Debug, Clone, Copy)]
struct Slot {
    classes: Class,
    adjacent: bool,
}

/// A pattern.
#[derive(Debug)]
struct Event {
    name: &'static str,
    valence: f32,
    elements: Vec<Vec<Slot>>,
    /// The classes of each slot, as far as they fit: most events are ruled out by these.
    needs: [Class; NEEDS],
    absent: Class,
    /// What stands in front of it was made good.
    mends: bool,
}

/// The classes of a name in a slot.
fn class(name: &str) -> Option<Class> {
    CUES.iter().position(|cue| *cue == name).map(Class::cue).or_else(|| Class::from_word(&format!("{{{name}}}")))
}

fn classes(names: &str) -> Option<Class> {
    names.split('/').try_fold(Class::default(), |all, name| Some(all.with(class(name)?)))
}

/// The rows of an events file.
fn events(table: &'static str) -> impl Iterator<Item = Event> {
    table.lines().filter_map(|line| {
        let mut columns = line.split('\t');
        let (name, valence, pattern) = (columns.next()?, columns.next()?.parse().ok()?, columns.next()?);
        let mends = columns.next().is_some_and(|flags| flags == "m");
        let mut event =
            Event { name, valence, elements: Vec::new(), needs: [Class::ALL; NEEDS], absent: Class::default(), mends };
        for element in pattern.split(" & ") {
            if let Some(names) = element.strip_prefix('-') {
                event.absent = event.absent.with(classes(names)?);
                continue;
            }
            let mut slots = Vec::new();
            for group in element.split(' ') {
                for (at, names) in group.split('.').enumerate() {
                    slots.push(Slot { classes: classes(names)?, adjacent: at > 0 });
                }
            }
            event.elements.push(slots);
        }
        for (need, slot) in event.needs.iter_mut().zip(event.elements.iter().flatten()) {
            *need = slot.classes;
        }
        (!event.elements.is_empty()).then_some(event)
    })
}

/// The names of the events of a file, and that of mere hints; some more than once.
pub(super) fn names(table: &'static str) -> impl Iterator<Item = &'static str> {
    events(table).map(|event| event.name).chain([LEANING])
}

/// The forms of a cues file, with their class.
pub(super) fn cues(table: &'static str) -> impl Iterator<Item = (String, Class)> {
    table.lines().filter_map(|line| line.split_once('\t')).flat_map(|(name, forms)| {
        let class = class(name).unwrap_or_default();
        forms.split(' ').flat_map(inflected).map(move |form| (form, class))
    })
}

const VERB: &[&str] = &[
    "e", "es", "ent", "é", "ée", "és", "ées", "er", "ons", "ez", "ait", "ais", "aient", "era", "eront", "erai", "ant",
];

fn inflected(form: &str) -> Vec<String> {
    let (stem, endings): (_, &[&str]) = match form.char_indices().next_back() {
        Some((at, '*')) => (&form[..at], VERB),
        Some((at, '~')) => (&form[..at], &["é", "ée", "és", "ées"]),
        Some((at, '+')) => (&form[..at], &["", "s"]),
        Some((at, '°')) => (&form[..at], &["", "s", "e", "es"]),
        _ => (form, &[""]),
    };
    endings.iter().map(|ending| format!("{stem}{ending}")).collect()
}

/// The events of a language.
#[derive(Debug, Default)]
pub(super) struct Events {
    /// Those that mend first.
    patterns: Vec<Event>,
    mending: usize,
}

impl Events {
    pub(super) fn load(table: &'static str) -> Self {
        let mut patterns: Vec<Event> = events(table).collect();
        let strength = |event: &Event| (!event.mends, (-100.0 * event.valence.abs()) as i32);
        patterns.sort_by_key(strength);
        let mending = patterns.partition_point(|event| event.mends);
        Self { patterns, mending }
    }

    /// Gives sentences without a plain word of tone the valence of the event that they tell. `told` hears the item,
    /// the name and the valence of each.
    pub(super) fn tell(&self, items: &mut [Item], mut told: impl FnMut(usize, &'static str, f32)) {
        if self.patterns.is_empty() {
            return;
        }
        let (mut found, mut start, mut sentences) = (false, 0, 0);
        while start < items.len() {
            let sentence = items[start].token.sentence;
            let length = items[start..].iter().take_while(|item| item.token.sentence == sentence).count();
            let own = &mut items[start..start + length];
            found |= self.tell_one(own, |at, name, valence| told(start + at, name, valence));
            start += length;
            sentences += 1;
        }
        // In a short text an event may be told in two sentences.
        let words = || items.iter().filter(|item| item.token.kind == Kind::Word).count();
        if !found && sentences > 1 && items.iter().all(|item| item.valence == 0.0) && words() <= SHORT {
            self.tell_one(items, told);
        }
    }

    /// Adds up the events of a sentence and gives the sum to the one that says most; whether there is one.
    fn tell_one(&self, items: &mut [Item], mut told: impl FnMut(usize, &'static str, f32)) -> bool {
        let all = spoken(items);
        if all > MOST_SPOKEN {
            return false;
        }
        let events = if all > FAINT { &self.patterns[..self.mending] } else { &self.patterns };
        let heard = heard_in(items);
        let mut possible = events.iter().filter(|event| event.may_be_in(heard)).peekable();
        if possible.peek().is_none() || items.iter().any(|item| item.token.kind == Kind::Ask) {
            return false;
        }
        let mut found = Vec::new();
        for event in possible {
            let Some((start, end)) = find(event, items) else { continue };
            // `annulé, remboursé le lendemain`: next to a word of tone only what makes up for it has a say.
            let (before, after) = items.split_at(start);
            let mends =
                || before.iter().all(|item| item.valence <= 0.0) && after.iter().all(|item| item.valence >= 0.0);
            // An event that is told in two ways happened once.
            if (all <= FAINT || mends()) && found.iter().all(|(other, ..): &(&Event, _, _)| other.name != event.name) {
                found.push((event, start, end));
            }
        }
        let sum: f32 = found.iter().map(|(event, ..)| event.valence).sum();
        let strength = |event: &Event| event.valence * sum.signum();
        let most = found.into_iter().max_by(|(a, ..), (b, ..)| strength(a).total_cmp(&strength(b)));
        let Some((event, start, end)) = most.filter(|_| sum.abs() >= LEAST) else { return false };
        for item in items[..start].iter_mut().filter(|_| event.mends) {
            item.valence *= MENDED;
        }
        let item = &mut items[start];
        item.valence = sum.clamp(-STRONGEST, STRONGEST);
        item.doubt = match item.valence {
            plain if plain >= PLAIN => None,
            praise if praise > 0.0 => Some(Doubt::Praise),
            _ => Some(Doubt::Complaint),
        };
        item.length = end - start + 1;
        item.told = Told::BySentence;
        told(start, event.name, item.valence);
        true
    }
}

impl Event {
    fn may_be_in(&self, heard: Class) -> bool {
        let [first, second, third, fourth] = self.needs.map(|need| heard.has(need));
        (first & second & third & fourth) && !heard.has(self.absent)
    }
}

fn heard_in(items: &[Item]) -> Class {
    items.iter().fold(Class::default(), |all, item| all.with(cues_of(item)))
}

/// How much the words of tone say. What irony praises with says nothing here.
fn spoken(items: &[Item]) -> f32 {
    let cue = Role::EXCLAIM.with(Role::PRAISE).with(Role::THANKS);
    items.iter().filter(|item| !item.has(cue)).map(|item| item.valence.abs()).sum()
}

/// The classes of an item; the target is one.
pub(super) fn cues_of(item: &Item) -> Class {
    match item.token.kind {
        Kind::Word => item.entry.class,
        Kind::Target => Class::cue(CUES.len() - 1),
        _ => Class::default(),
    }
}

/// The first and last item of an event's first element, where all of them occur.
fn find(event: &Event, items: &[Item]) -> Option<(usize, usize)> {
    let mut elements = event.elements.iter().map(|slots| element(slots, items));
    let first = elements.next()??;
    elements.all(|found| found.is_some()).then_some(first)
}

fn element(slots: &[Slot], items: &[Item]) -> Option<(usize, usize)> {
    (0..items.len()).find_map(|start| {
        cues_of(&items[start])
            .has(slots[0].classes)
            .then(|| follow(&slots[1..], items, start))
            .flatten()
            .map(|end| (start, end))
    })
}

/// The last item of the slots that go on after `at`.
fn follow(slots: &[Slot], items: &[Item], at: usize) -> Option<usize> {
    let Some((slot, rest)) = slots.split_first() else { return Some(at) };
    let reach = if slot.adjacent { 1 } else { GAP + 1 };
    (at + 1..(at + 1 + reach).min(items.len()))
        .filter(|&next| cues_of(&items[next]).has(slot.classes))
        .find_map(|next| follow(rest, items, next))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mention::Polarity;
    use crate::sentiment::files::FRENCH;
    use crate::sentiment::{DEFAULT_THRESHOLD, Input, Part, Rule, Score, Tuning, explain, towards_novalis as towards};
    use crate::text::language::Language;

    fn events_of(text: &str) -> Vec<&'static str> {
        let input = Input { parts: &[Part { text, target: &[] }], language: Language::FRENCH };
        let (_, reasons) = explain(&input, &Tuning::default()).expect("a lexicon");
        let first = reasons.iter().filter_map(|reason| reason.steps.first());
        first.filter_map(|step| if let Rule::Event(name) = step.0 { Some(name) } else { None }).collect()
    }

    #[test]
    fn every_row_is_read() {
        assert_eq!(events(FRENCH.events).count(), FRENCH.events.lines().count(), "an event that does not parse");
        for table in [FRENCH.events, FRENCH.cues] {
            assert!(table.lines().is_sorted_by(|a, b| a < b), "sorted, no duplicate");
        }
        for event in events(FRENCH.events) {
            assert!((0.5..=2.0).contains(&event.valence.abs()), "{event:?}");
        }
    }

    #[test]
    fn every_class_has_words_and_says_something() {
        let lines: Vec<(&str, &str)> = FRENCH.cues.lines().filter_map(|line| line.split_once('\t')).collect();
        assert_eq!(lines.len(), CUES.len() - 1, "all but the target");
        let used = |class: Class| {
            let slots = |event: &Event| event.elements.iter().flatten().any(|slot| slot.classes.has(class));
            events(FRENCH.events).any(|event| slots(&event) || event.absent.has(class))
        };
        for (name, forms) in lines {
            assert!(class(name).is_some_and(used), "{name}");
            assert!(forms.split(' ').is_sorted_by(|a, b| a < b), "{name}: sorted, no duplicate");
            assert!(forms.split(' ').flat_map(inflected).all(|form| form == form.to_lowercase()), "{name}");
        }
    }

    #[test]
    fn an_event_is_told_by_its_name() {
        for (text, name, sign) in [
            ("Mon dossier a changé quatre fois de gestionnaire.", "repeated", -1.0),
            ("Ma carte a été avalée à l’étranger.", "failure", -1.0),
            ("Le technicien nous a prêté une machine.", "helped", 1.0),
            ("Ma sœur a commandé la même.", "contagion", 1.0),
            ("Le colis est arrivé avant le mail.", "quick", 1.0),
        ] {
            assert!(towards(text).score * sign >= 0.2, "{text}");
            assert_eq!(events_of(text), [name], "{text}");
        }
    }

    #[test]
    fn what_no_word_says_is_uncertain_and_a_hint_no_tone_at_all() {
        for (text, expected, sign) in [
            ("Le technicien de Novalis a prêté une machine.", Polarity::Uncertain, 1.0),
            ("Mon dossier Novalis a changé quatre fois de gestionnaire.", Polarity::Uncertain, -1.0),
            ("Novalis ouvre une boutique à Lyon en mars.", Polarity::Neutral, 0.0),
            ("La réunion avec Novalis est à 16 h.", Polarity::Neutral, 0.0),
        ] {
            let scored = towards(text);
            assert_eq!(scored.polarity(DEFAULT_THRESHOLD), expected, "{text}: {scored:?}");
            assert!(
                if sign == 0.0 { scored.score.abs() < 0.15 } else { scored.score * sign > 0.1 },
                "{text}: {scored:?}"
            );
        }
        let hint =
            Score { score: 0.3, document_score: 0.3, words: Vec::new(), doubt: Some(Doubt::Hint), firm_score: 0.0 };
        assert_eq!(hint.polarity(0.1), Polarity::Neutral);
        let praise = Score { doubt: Some(Doubt::Praise), ..hint };
        assert_eq!(praise.polarity(0.1), Polarity::Uncertain);
        assert_eq!(Score { firm_score: 0.3, ..praise }.polarity(0.1), Polarity::Positive);
    }

    #[test]
    fn a_word_of_tone_has_the_say() {
        let plain = towards("Troisième technicien de Novalis, et il est formidable.");
        assert!(plain.score > 0.2, "{plain:?}");
        // What makes up for the blame in front of it still counts.
        let mended = towards("Vol annulé, Novalis m’a remboursé dès le lendemain.");
        assert!(mended.score > 0.05, "{mended:?}");
        // A question tells of no event.
        assert!(towards("Novalis a réparé votre téléphone en dix minutes ?").score.abs() < 0.2);
    }
}
