//! Every line of the data is read; places of a name weigh as people read them.

use super::*;

#[test]
fn every_line_of_the_data_is_read() {
    let files = [
        (&*FRENCH, include_str!("../data/company_fr.txt")),
        (&*ENGLISH, include_str!("../data/company_en.txt")),
        (&*OTHERS, ""),
    ];
    for (grammar, text) in files {
        let lines = text.lines().chain(ANY.lines()).map(str::trim);
        for line in lines.filter(|line| !line.starts_with('#') && !line.is_empty()) {
            assert!(grammar.knows(line), "{line}");
        }
    }
}

/// A text with the name in brackets, how the name is written, and which construction decides.
const FRENCH_PLACES: &[(&str, Writing, bool)] = &[
    // What it does.
    ("[Orange] m'a remboursé", Writing::Opening, true),
    ("hier [orange] m'a coupé la ligne", Writing::Lower, true),
    ("[Carrefour] cède ses activités en Italie", Writing::Opening, true),
    ("[Free] a encore frappé", Writing::Opening, true),
    ("je trouve que [free] abuse", Writing::Lower, true),
    ("[TOTAL] RESTERA FRANÇAIS", Writing::Untold, true),
    ("[MENTION] RACHETÉE PAR UN CONCURRENT", Writing::Untold, true),
    // Where one stands.
    ("je suis chez [boulanger]", Writing::Lower, true),
    ("passé de SFR à [free]", Writing::Lower, true),
    ("le SAV [orange] ne répond pas", Writing::Lower, true),
    ("la stratégie de [Carrefour] déçoit", Writing::Name, true),
    ("j'ai quitté [orange] pour de bon", Writing::Lower, true),
    ("merci [boulanger] pour rien", Writing::Lower, true),
    ("[Orange] : service client injoignable", Writing::Opening, true),
    ("[Action], enseigne préférée des jeunes", Writing::Opening, true),
    ("je sors de [carrefour] avec deux sacs", Writing::Lower, true),
    ("ceux d'[orange] au téléphone rient encore", Writing::Lower, true),
    ("[Mention] ou Talkwalker ?", Writing::Opening, true),
    ("j'ai gardé [Sosh]", Writing::Name, true),
    ("@[free] toujours rien", Writing::Lower, true),
    ("#[carrefour] bravo", Writing::Lower, true),
    ("à [la poste] ce matin", Writing::Lower, true),
    ("[la poste] a perdu mon colis", Writing::Lower, true),
    // What is no company.
    ("une [orange] bien mûre", Writing::Lower, false),
    ("mon [boulanger] a installé un écran", Writing::Lower, false),
    ("le prochain [carrefour] à droite", Writing::Lower, false),
    ("un film d'[action] sans temps mort", Writing::Lower, false),
    ("c'est [nickel]", Writing::Lower, false),
    ("un mur peint en [orange]", Writing::Lower, false),
    ("[Mention] spéciale au dessert", Writing::Opening, false),
    ("[Carrefour] dangereux : la mairie promet", Writing::Opening, false),
    ("[Action] ! crie le réalisateur", Writing::Opening, false),
    ("[Total] : 56 euros", Writing::Opening, false),
    ("Sylvie [Boulanger] donne des cours", Writing::Name, false),
    ("hier Gwladys [Boulanger] a couru", Writing::Name, false),
    ("le général [Leclerc] entre dans Paris", Writing::Name, false),
    ("avenue du Général-[Leclerc]", Writing::Name, false),
    ("le rappeur [Sosh] sort un disque", Writing::Name, false),
    ("je [la poste] ce soir", Writing::Lower, false),
    ("l'officier [la poste] à l'entrée", Writing::Lower, false),
    ("je visite [Orange] demain", Writing::Name, false),
    ("la couleur [orange] me va bien", Writing::Lower, false),
    ("le théâtre d'[Orange] rouvre", Writing::Name, false),
];

const ENGLISH_PLACES: &[(&str, Writing, bool)] = &[
    ("[Orange] refunded me at once", Writing::Opening, true),
    ("the [Orange] app is down", Writing::Name, true),
    ("I just switched to [Free]", Writing::Name, true),
    ("thanks [Carrefour] for nothing", Writing::Name, true),
    ("[Free] customer service is a joke", Writing::Opening, true),
    ("[Orange]: customer service never picks up", Writing::Opening, true),
    ("[Orange]'s CEO resigned", Writing::Opening, true),
    ("[Carrefour]'s earnings beat expectations", Writing::Opening, true),
    ("[Orange] to cut 2,000 jobs", Writing::Opening, true),
    ("[orange] never answer their emails", Writing::Lower, true),
    ("[Orange], sort it out!", Writing::Opening, true),
    ("[Orange] is my favourite colour", Writing::Opening, false),
    ("[Orange] Is the New Black is back", Writing::Opening, false),
    ("the [Orange] Order marched again", Writing::Name, false),
    ("Agent [Orange] was used", Writing::Name, false),
    ("William of [Orange] landed in Devon", Writing::Name, false),
    ("[Orange] works well with navy blue", Writing::Opening, false),
    ("[Orange] was everywhere at fashion week", Writing::Opening, false),
    ("[Carrefour] is a commune in Haiti", Writing::Opening, false),
    ("she grew up in [Carrefour], a suburb of the capital", Writing::Name, false),
    ("the [Carrefour] de l'Odéon is busy", Writing::Name, false),
    ("an [orange] a day", Writing::Lower, false),
    ("[free] shipping for customers", Writing::Lower, false),
    ("the museum is [free] on Sundays", Writing::Lower, false),
    ("John [Boulanger] wins the race", Writing::Name, false),
];

#[test]
fn a_place_of_a_name_weighs_as_people_read_it() {
    for (places, language) in [(FRENCH_PLACES, Language::FRENCH), (ENGLISH_PLACES, Language::ENGLISH)] {
        for &(marked, writing, expected) in places {
            let start = marked.find('[').unwrap();
            let end = marked.find(']').unwrap() - 1;
            let text = marked.replace(['[', ']'], "");
            let verdict = weigh(&text, start..end, writing, &[], Some(language));
            assert_eq!(verdict.holds(), expected, "{marked}: {verdict:?}");
        }
    }
}

#[test]
fn another_language_has_handles_and_legal_forms() {
    let german = Language::from_tag("de").unwrap();
    let holds = |text: &str, language| weigh(text, 0..6, Writing::Opening, &[], language).holds();
    assert!(holds("Orange SA meldet Gewinn", Some(german)));
    assert!(!holds("Orange meldet Gewinn", Some(german)));
    assert!(holds("Orange m'a encore menti", None));
}

#[test]
fn an_empty_neighbourhood_weighs_nothing() {
    let verdict = weigh("orange", 0..6, Writing::Lower, &[], None);
    assert!(!verdict.holds());
}
