//! The tone of what customers, the press and employees write, by the public interface: sentences written
//! for this test, by phenomenon, with the score that each deserves.

use std::fmt::Write as _;

use vigie::mention::Polarity;
use vigie::sentiment::{DEFAULT_THRESHOLD, Input, Part, Rule, Tuning, explain, find_target, score};
use vigie::text::language::{Language, detect};

fn polarity(text: &str, language: Language) -> Polarity {
    score(&Input { parts: &[Part { text, target: &[] }], language })
        .map_or(Polarity::Unknown, |score| score.polarity(DEFAULT_THRESHOLD))
}

const FRENCH: &[(Polarity, &[&str])] = &[
    (
        Polarity::Negative,
        &[
            "Conseillère incapable de répondre, j’ai raccroché.",
            "Box en panne depuis lundi, hotline injoignable.",
            "Prélevés deux fois ce mois-ci, toujours pas remboursés.",
            "Aucune réponse à mes trois mails.",
            "L’appli plante, c’est inutilisable",
            "C’EST HONTEUX de traiter les clients ainsi !!",
            "franchement decu, jamais vu un sav aussi nul",
            "La livraison laisse à désirer.",
            "Une arnaque, fuyez !",
            "J’ai perdu mon temps et mon argent.",
            "Le réseau est tombé en panne, ras le bol.",
            "On est maltraités et sous-payés dans cette boîte.",
            "Les gâteaux étaient rances, je suis dégoûtée.",
            "Pas sérieux, colis jamais reçu.",
            "Plus de réseau depuis ce matin.",
            "Fuite de données : la banque condamnée à une amende.",
            "Colis toujours pas remboursé.",
            "Les frais sont trop élevés.",
        ],
    ),
    (
        Polarity::Positive,
        &[
            "Conseiller très aimable, problème résolu en cinq minutes.",
            "Je recommande les yeux fermés.",
            "Rien à redire, livraison rapide et soignée.",
            "Franchement pas mal, l’appli est fluide.",
            "Aucun souci en dix ans, une équipe à l’écoute.",
            "Merci beaucoup pour votre réactivité 👏",
            "Génial, j’adooore ce magasin",
            "Prix attractif et accueil souriant.",
            "Une équipe bienveillante, on s’y sent valorisé.",
            "Ils ne m’ont jamais déçu.",
            "Rien de plus simple.",
            "Pas cher, et livré plus tôt que prévu.",
        ],
    ),
    (
        Polarity::Neutral,
        &[
            "Novalis ouvre une agence à Lyon en septembre.",
            "Bien sûr, le contrat est annuel.",
            "Quelqu’un connaît les horaires du magasin ?",
            "Le mois dernier, ma facture était de 30 euros.",
        ],
    ),
];

const ENGLISH: &[(Polarity, &[&str])] = &[
    (
        Polarity::Negative,
        &[
            "Your support is useless, I have been on hold for an hour.",
            "Not worth the money.",
            "The app doesn’t work and nobody answers.",
            "It was fine at first, but now it keeps crashing.",
            "What a waste of time!",
            "Never again. Total scam.",
            "Not a reliable network at all",
            "No service since Monday, nobody answers.",
        ],
    ),
    (
        Polarity::Positive,
        &[
            "The agent was helpful and friendly.",
            "Works great, easy to use, highly recommended!",
            "Never had a problem with them.",
            "Not bad at all :)",
            "I loooove this phone",
            "Couldn’t be happier with my new bank.",
            "A bit slow, but the staff were absolutely wonderful.",
        ],
    ),
    (Polarity::Neutral, &["Brixo opens a new office in Leeds next month.", "What time does the shop open?"]),
];

#[test]
fn sentences_have_the_tone_that_a_reader_hears() {
    let mut wrong = String::new();
    for (language, groups) in [(Language::FRENCH, FRENCH), (Language::ENGLISH, ENGLISH)] {
        for &(expected, texts) in groups {
            for text in texts {
                let found = polarity(text, language);
                if found != expected {
                    writeln!(wrong, "{text}: {} rather than {}", found.word(), expected.word()).expect("a string");
                }
                if let Some(detected) = detect(text) {
                    assert_eq!(detected, language, "{text}");
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_text_in_another_language_is_unknown_and_not_neutral() {
    assert_eq!(polarity("sehr gut", Language::from_tag("de").expect("a tag")), Polarity::Unknown);
}

#[test]
fn both_scores_are_kept_and_equal_without_a_target() {
    let text = "Brixo est vraiment nul, heureusement que l’équipe de Novalis est formidable.";
    let scored = |target: &[std::ops::Range<usize>]| {
        score(&Input { parts: &[Part { text, target }], language: Language::FRENCH }).expect("a lexicon")
    };
    let whole = scored(&[]);
    assert_eq!(whole.score.to_bits(), whole.document_score.to_bits());
    let brixo = scored(&find_target(text, "brixo"));
    let novalis = scored(&find_target(text, "novalis"));
    assert_eq!(brixo.polarity(DEFAULT_THRESHOLD), Polarity::Negative);
    assert_eq!(novalis.polarity(DEFAULT_THRESHOLD), Polarity::Positive);
    assert_eq!(brixo.document_score.to_bits(), whole.document_score.to_bits());
    let parts = [Part { text, target: &[] }];
    assert_eq!(brixo.words[0].text(&parts), "nul");
    assert_eq!(novalis.words[0].text(&parts), "formidable");
}

#[test]
fn every_word_names_its_bytes() {
    let (title, text) = ("Panne générale 😡", "L’équipe n’est PAS à la hauteur, c’est très décevant.");
    let parts = [Part { text: title, target: &[] }, Part { text, target: &[] }];
    let words = score(&Input { parts: &parts, language: Language::FRENCH }).expect("a lexicon").words;
    assert!(words.len() >= 4, "{words:?}");
    assert!(words.is_sorted_by(|a, b| a.valence.abs() >= b.valence.abs()));
    let told: Vec<&str> = words.iter().map(|word| &parts[word.part].text[word.start..word.end]).collect();
    assert_eq!(told, ["PAS à la hauteur", "décevant", "😡", "Panne générale"]);
}

#[test]
fn each_word_tells_its_rules_and_its_clause() {
    let text = "Livraison rapide, mais le service n’est pas très FIABLE.";
    let input = Input { parts: &[Part { text, target: &[] }], language: Language::FRENCH };
    let (explained, reasons) = explain(&input, &Tuning::default()).expect("a lexicon");
    assert_eq!(Some(&explained), score(&input).as_ref());
    assert_eq!(explained.words.len(), reasons.len());
    let rules: Vec<Rule> = reasons[0].steps.iter().map(|step| step.0).collect();
    assert_eq!(explained.words[0].text(input.parts), "FIABLE");
    assert_eq!(rules, [Rule::Lexicon, Rule::Emphasis, Rule::Degree, Rule::Negation, Rule::Contrast]);
    assert_eq!(&text[reasons[0].clause.clone()], "mais le service n’est pas très FIABLE");
    for (word, reason) in explained.words.iter().zip(&reasons) {
        assert_eq!(
            reason.steps.last().map(|step| step.1.to_bits()),
            Some(word.valence.to_bits()),
            "{}",
            word.text(input.parts)
        );
        assert!(reason.clause.start <= word.start && word.end <= reason.clause.end);
    }
}
