//! Texts scored per second, in French and English, towards a target and not, against splitting them into
//! words alone and, in English, against the crate vader-sentimental. The scores are asserted before they are
//! timed.

mod turns;

use std::hint::black_box;
use std::ops::Range;

use criterion::{Criterion, Throughput};

use turns::{Turns, wanted};
use vader_sentimental::SentimentIntensityAnalyzer;
use vigie::mention::Polarity;
use vigie::sentiment::{DEFAULT_THRESHOLD, Input, Part, count_words, find_target, score};
use vigie::text::language::Language;

const FRENCH: &[(&str, Polarity)] = &[
    ("Trois semaines sans réponse de Novalis, le service client est injoignable.", Polarity::Negative),
    ("Livraison rapide et soignée, l’équipe de Novalis est vraiment à l’écoute, je recommande.", Polarity::Positive),
    ("Novalis ouvre une agence à Lyon en septembre, près de la gare.", Polarity::Neutral),
    ("Je n’ai jamais eu de problème avec Novalis, même si c’est un peu cher.", Polarity::Positive),
    ("J’ai quitté Novalis pour Brixo : débit catastrophique, coupures à répétition.", Polarity::Negative),
];

const ENGLISH: &[(&str, Polarity)] = &[
    ("Two hours on hold with Novalis and nobody answers, this is ridiculous.", Polarity::Negative),
    ("Novalis was quick, friendly and easy to use, highly recommended!", Polarity::Positive),
    ("Novalis opens a new office in Leeds next month, near the station.", Polarity::Neutral),
    ("The Novalis app keeps crashing and the support is useless.", Polarity::Negative),
];

type Texts = &'static [(&'static str, Polarity)];

const LANGUAGES: [(&str, Language, Texts); 2] =
    [("french", Language::FRENCH, FRENCH), ("english", Language::ENGLISH, ENGLISH)];

fn tokenise(texts: &[(&str, Polarity)], language: Language) -> usize {
    texts.iter().map(|(text, _)| count_words(black_box(text), language)).sum()
}

fn whole(texts: &[(&str, Polarity)], language: Language) -> f32 {
    let scored = texts
        .iter()
        .filter_map(|(text, _)| score(&Input { parts: &[Part { text: black_box(text), target: &[] }], language }));
    scored.map(|scored| scored.score).sum()
}

fn towards(texts: &[(&str, Polarity)], targets: &[Vec<Range<usize>>], language: Language) -> f32 {
    let scored = texts
        .iter()
        .zip(targets)
        .filter_map(|((text, _), target)| score(&Input { parts: &[Part { text: black_box(text), target }], language }));
    scored.map(|scored| scored.score).sum()
}

fn by_vader(texts: &[(&str, Polarity)], vader: &SentimentIntensityAnalyzer<'_>) -> f64 {
    texts.iter().map(|(text, _)| vader.polarity_scores(black_box(text)).compound).sum()
}

fn targets(texts: &[(&str, Polarity)], language: Language) -> Vec<Vec<Range<usize>>> {
    let targets: Vec<_> = texts.iter().map(|(text, _)| find_target(text, "Novalis")).collect();
    for ((text, expected), target) in texts.iter().zip(&targets) {
        let parts = [Part { text, target }];
        let scored = score(&Input { parts: &parts, language }).expect("a lexicon");
        assert_eq!(scored.polarity(DEFAULT_THRESHOLD), *expected, "{text}: {scored:?}");
    }
    targets
}

fn scoring(c: &mut Criterion) {
    for (name, language, texts) in LANGUAGES {
        let targets = targets(texts, language);
        let mut group = c.benchmark_group(name);
        group.throughput(Throughput::Elements(texts.len() as u64));
        group.bench_function("tokenise", |b| b.iter(|| tokenise(texts, language)));
        group.bench_function("whole text", |b| b.iter(|| whole(texts, language)));
        group.bench_function("towards a target", |b| b.iter(|| towards(texts, &targets, language)));
        if language == Language::ENGLISH {
            let vader = SentimentIntensityAnalyzer::new();
            group.bench_function("vader-sentimental", |b| b.iter(|| by_vader(texts, &vader)));
        }
        group.finish();
    }
}

const TIMES: usize = 200;

/// So many times, which takes long enough to be timed.
fn many<T>(work: impl Fn() -> T) {
    for _ in 0..TIMES {
        black_box(work());
    }
}

fn ratios(rounds: usize) {
    for (name, language, texts) in LANGUAGES {
        let targets = targets(texts, language);
        let vader = SentimentIntensityAnalyzer::new();
        let mut turns = Turns::default();
        turns.add("tokenise", || many(|| tokenise(texts, language)));
        turns.add("whole text", || many(|| whole(texts, language)));
        turns.add("towards a target", || many(|| towards(texts, &targets, language)));
        if language == Language::ENGLISH {
            turns.add("vader-sentimental", || many(|| by_vader(texts, &vader)));
        }
        let medians = turns.run(rounds);
        println!("{name}");
        for (what, seconds) in medians.iter() {
            println!("  {what:24} {:8.2} µs a text", seconds * 1e6 / (TIMES * texts.len()) as f64);
        }
        wanted("whole text / tokenise", medians.times("tokenise", "whole text"), "<= 1.5");
        wanted("towards a target / tokenise", medians.times("tokenise", "towards a target"), "-");
        if language == Language::ENGLISH {
            wanted("vader-sentimental / whole text", medians.times("whole text", "vader-sentimental"), ">= 3");
        }
    }
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    scoring(&mut criterion);
    criterion.final_summary();
    ratios(if std::env::args().any(|argument| argument == "--quick") { 21 } else { 301 });
}
