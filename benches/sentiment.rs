//! Texts scored per second, in French and English, towards a target and not, against splitting them into
//! words alone and, in English, against the crate vader-sentimental. The scores are asserted before they are
//! timed.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;

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

fn scoring(c: &mut Criterion) {
    for (name, language, texts) in [("french", Language::FRENCH, FRENCH), ("english", Language::ENGLISH, ENGLISH)] {
        let targets: Vec<_> = texts.iter().map(|(text, _)| find_target(text, "Novalis")).collect();
        for ((text, expected), target) in texts.iter().zip(&targets) {
            let parts = [Part { text, target }];
            let scored = score(&Input { parts: &parts, language }).expect("a lexicon");
            assert_eq!(scored.polarity(DEFAULT_THRESHOLD), *expected, "{text}: {scored:?}");
        }
        let mut group = c.benchmark_group(name);
        group.throughput(Throughput::Elements(texts.len() as u64));
        group.bench_function("tokenise", |b| {
            b.iter(|| texts.iter().map(|(text, _)| count_words(black_box(text), language)).sum::<usize>());
        });
        group.bench_function("whole text", |b| {
            b.iter(|| {
                let scored = texts.iter().filter_map(|(text, _)| {
                    score(&Input { parts: &[Part { text: black_box(text), target: &[] }], language })
                });
                scored.map(|scored| scored.score).sum::<f32>()
            });
        });
        group.bench_function("towards a target", |b| {
            b.iter(|| {
                let scored = texts.iter().zip(&targets).filter_map(|((text, _), target)| {
                    score(&Input { parts: &[Part { text: black_box(text), target }], language })
                });
                scored.map(|scored| scored.score).sum::<f32>()
            });
        });
        if language == Language::ENGLISH {
            let vader = SentimentIntensityAnalyzer::new();
            group.bench_function("vader-sentimental", |b| {
                b.iter(|| texts.iter().map(|(text, _)| vader.polarity_scores(black_box(text)).compound).sum::<f64>());
            });
        }
        group.finish();
    }
}

criterion_group!(benches, scoring);
criterion_main!(benches);
