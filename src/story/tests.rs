//! Own texts and what editors, wrappers and readers make of them.

use std::collections::HashSet;
use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

const TITLE: &str = "Orange coupe le cuivre dans trente communes du Cantal";
const TEXT: &str = "Trente communes du Cantal seront privées de téléphone par le cuivre dès le mois de janvier. \
    Orange l’a confirmé lundi soir aux élus réunis à Aurillac, après deux reports. Les abonnés qui ne sont pas \
    encore passés à la fibre devront choisir une autre solution avant le quinze décembre, sous peine de coupure.\n\n\
    « Personne ne sera laissé sans ligne », assure la direction régionale, qui promet un boîtier mobile gratuit aux \
    foyers que la fibre n’atteint pas. Le syndicat d’électrification en compte onze cents, surtout des fermes isolées \
    au-dessus de huit cents mètres.\n\n\
    Plusieurs maires jugent le délai intenable : dans la vallée de la Jordanne, les poteaux attendent toujours d’être \
    relevés depuis la tempête de mai. Une réunion publique est prévue jeudi à la salle des fêtes de Mandailles.";
const DISTINCT: [&str; 4] = [
    "À Mandailles, on garde encore le vieux combiné gris près de la porte. Sa propriétaire, quatre-vingt-un ans, a \
     reçu le courrier d’Orange vendredi : plus de tonalité après les fêtes. Elle l’a rangé dans le buffet, \
     en attendant que son petit-fils vienne le lire.",
    "Le conseil départemental demande à Orange un moratoire de six mois. Son président estime que l’opérateur n’a \
     pas tenu les engagements pris devant la préfecture, et menace de saisir le régulateur avant Noël si le \
     calendrier du Cantal n’est pas revu.",
    "Fin du cuivre, mode d’emploi : vérifiez d’abord votre éligibilité sur la carte du régulateur, demandez ensuite \
     un rendez-vous, et conservez votre numéro grâce à la portabilité. Orange rappelle que le changement est \
     gratuit pour les lignes classiques.",
    "J’habite à huit cents mètres et Orange me propose une box mobile alors que je ne capte qu’une barre devant le \
     tas de bois. Trente ans que je paie l’abonnement, voilà le merci.",
];

fn at(hours: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + hours * 3_600).expect("in range")
}

/// An index and what was placed in it so far; each entry is of a source and a site of its own.
#[derive(Default)]
struct Desk {
    index: Index,
    entries: u64,
}

impl Desk {
    fn place(&mut self, piece: &Piece<'_>) -> Placed {
        let site = format!("site{}.example", self.entries);
        self.place_on(&site, piece, at(0))
    }

    fn place_on(&mut self, site: &str, piece: &Piece<'_>, now: Timestamp) -> Placed {
        self.entries += 1;
        let around = piece.around.or_else(|| piece.text.find("Orange"));
        let print = Print::of(&Piece { around, ..*piece });
        let origin = Origin { source: words::hash(&[site]), entry: self.entries, site };
        self.index.place(("team.yaml", "orange"), origin, &print, StoryId(self.entries), now)
    }

    fn text(&mut self, title: &str, text: &str) -> u64 {
        self.place(&Piece { title, text, ..Piece::default() }).story.0
    }
}

fn cut(text: &str, from: usize, count: usize) -> String {
    text.split_whitespace().skip(from).take(count).collect::<Vec<_>>().join(" ") + "…"
}

fn without_accents(text: &str) -> String {
    crate::text::fold::fold_string(text)
}

fn as_entities(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        if c.is_ascii() {
            out.push(c);
        } else {
            let _ = write!(out, "&#{};", u32::from(c));
        }
        out
    })
}

fn with_words_changed(text: &str, each: usize) -> String {
    text.split(' ')
        .enumerate()
        .map(|(n, word)| if n % each == 3 { "alors" } else { word })
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn twenty_copies_of_a_dispatch_are_one_story() {
    let page = "https://www.montagne.example/cantal/cuivre.html";
    let google = format!("https://www.google.com/url?rct=j&url={page}%3Futm_source%3Dalerte&ct=ga");
    let lead = "Nos confrères de la presse régionale rapportent ceci, que nous reproduisons avec leur accord. ";
    let notice = " Abonnez-vous à notre bulletin pour recevoir chaque matin l’essentiel de l’actualité de votre région. \
        Tous droits réservés, reproduction interdite sans accord écrit de la rédaction.";
    let others: Vec<(&str, String)> = vec![
        ("Cuivre : ce qui change en janvier", TEXT.into()),
        ("CANTAL. Orange coupe le cuivre | Le Courrier", TEXT.to_uppercase()),
        (TITLE, cut(TEXT, 0, 25)),
        (TITLE, cut(TEXT, 0, 40)),
        (TITLE, cut(TEXT, 0, 75)),
        (TITLE, cut(TEXT, 10, 60)),
        (TITLE, format!("{lead}{TEXT}")),
        (TITLE, format!("{lead}{}", cut(TEXT, 0, 80))),
        (TITLE, format!("{TEXT}{notice}")),
        (TITLE, format!("{lead}{TEXT}{notice}")),
        (TITLE, without_accents(TEXT)),
        (TITLE, as_entities(TEXT)),
        (TITLE, as_entities(TEXT).replace('&', "&amp;")),
        (TITLE, with_words_changed(TEXT, 20)),
        (TITLE, format!("{lead}{}", with_words_changed(TEXT, 9))),
        ("Info Cantal", TEXT.split("\n\n").skip(1).collect::<Vec<_>>().join("\n\n")),
        ("Orange coupe le cuivre dans trente communes du Cantal - Le Courrier", format!("{TITLE} Le Courrier")),
    ];
    let mut desk = Desk::default();
    let first = desk.place_on(
        "montagne.example",
        &Piece { title: TITLE, text: TEXT, url: Some(page), ..Piece::default() },
        at(0),
    );
    for (site, url, text) in [
        (
            "search.example",
            "https://montagne.example/cantal/cuivre.html?utm_source=rss&xtor=RSS-1#haut",
            cut(TEXT, 0, 20),
        ),
        ("amp.example", "https://amp.montagne.example/cantal/cuivre.amp.html", cut(TEXT, 70, 18)),
        ("alerts.example", google.as_str(), cut(TEXT, 30, 16)),
    ] {
        let placed =
            desk.place_on(site, &Piece { title: TITLE, text: &text, url: Some(url), ..Piece::default() }, at(1));
        assert_eq!(placed.story, first.story, "{url}");
    }
    for (title, text) in others {
        assert_eq!(desk.text(title, &text), first.story.0, "{title}: {text}");
    }
    for text in DISTINCT {
        assert_ne!(desk.text("Fin du cuivre dans le Cantal", text), first.story.0, "{text}");
    }
}

#[test]
fn texts_about_one_event_are_stories_of_their_own() {
    let mut desk = Desk::default();
    let mut stories: Vec<u64> = DISTINCT.iter().map(|text| desk.text("Fin du cuivre", text)).collect();
    stories.push(desk.text("Fin du cuivre", TEXT));
    stories.dedup();
    assert_eq!(stories.len(), 5);
}

/// An event: what, where, when, who speaks.
type Event = [&'static str; 4];

const EVENTS: [Event; 4] = [
    ["une panne du réseau mobile", "Lille", "mardi soir", "la mairie"],
    ["la coupure d’un câble de fibre", "Saint-Malo", "mercredi à l’aube", "le syndicat des pêcheurs"],
    ["la fermeture de la boutique du centre", "Aurillac", "la fin du mois", "l’association des commerçants"],
    ["un incendie dans un central téléphonique", "Besançon", "dimanche vers midi", "la préfecture"],
];

/// Of each newsroom, how it opens and what it writes below everything.
const NEWSROOMS: [(&str, &str); 5] = [
    (
        "{where}. C’est {what} qui occupe Orange depuis {when}, avec {count} clients concernés selon nos informations.",
        "Retrouvez toute l’actualité de votre commune sur notre application gratuite, et recevez chaque matin notre bulletin \
         avec les titres de la rédaction.",
    ),
    (
        "Depuis {when}, {what} fait parler à {where} : Orange compte {count} foyers touchés dans le secteur.",
        "Vous avez été témoin d’un fait dans votre quartier ? Écrivez à la rédaction, vos photos et vos vidéos sont \
         les bienvenues, votre anonymat est garanti.",
    ),
    (
        "Info de la mi-journée : {what} à {where}, annonce Orange, qui parle de {count} lignes ({when}).",
        "Cet article est réservé à nos abonnés. Pour lire la suite, choisissez votre formule à partir d’un euro le \
         premier mois, sans engagement de durée.",
    ),
    (
        "Que se passe-t-il à {where} ? Orange reconnaît {what}. On en parle depuis {when} dans {count} maisons.",
        "Suivez-nous sur les réseaux sociaux pour ne rien manquer de ce qui se passe près de chez vous, en direct et \
         en images, sept jours sur sept.",
    ),
    (
        "Télécoms – {what}, voilà ce que retiennent d’Orange les {count} habitants de {where} interrogés {when}.",
        "La rédaction applique la charte du syndicat de la presse en ligne. Une erreur dans ce texte ? Signalez-la par \
         le formulaire prévu à cet effet, en bas de page.",
    ),
];

/// What each found out by itself.
const FINDINGS: [[&str; 5]; 5] = [
    [
        "Interrogée par téléphone, {who} dit attendre une date, et rappelle que les urgences passent par le 112.",
        "Au marché, on paie de nouveau en pièces, et le boulanger de {where} tient un cahier de ce qu’on lui doit.",
        "Une lectrice nous écrit que son père, appareillé, n’a plus de téléassistance ; {who} a envoyé quelqu’un.",
        "Le collège a fait l’appel sur papier et prévenu les familles par une affiche, à la demande de {who}.",
        "Deux camions blancs étaient garés ce matin devant le répartiteur, portes ouvertes, sans personne autour.",
    ],
    [
        "Sur place, trois techniciens ont ouvert une armoire de rue ; {who} a demandé qu’ils restent jusqu’au bout.",
        "Le médecin de garde a donné son numéro fixe aux pharmacies, raconte {who}, qui a collé des feuilles partout.",
        "Nous avons appelé douze fois le service d’assistance : une musique, puis une voix enregistrée, puis rien.",
        "Pour Yann, livreur, la tournée a duré deux heures de plus faute de plan, et la moitié des colis est revenue.",
        "La gendarmerie patrouille la nuit depuis que les alarmes des magasins de {where} ne préviennent plus.",
    ],
    [
        "Le service client conseille de redémarrer sa box, ce qui fait sourire {who}, documents en main.",
        "D’après un courrier que nous avons pu lire, l’entretien de cette partie du réseau avait été repoussé en juin.",
        "Les agriculteurs ne peuvent plus déclarer leurs bêtes en ligne, et {who} demande un délai au ministère.",
        "Une pétition ouverte hier au comptoir du tabac réunit déjà quatre pages de noms, souvent en colère.",
        "Le cinéma de {where} a rouvert sa caisse manuelle, avec des billets déchirés comme en quatre-vingt-dix.",
    ],
    [
        "Un numéro vert a été ouvert, mais {who} assure qu’il sonne occupé neuf fois sur dix depuis l’ouverture.",
        "Qui paiera ? Le contrat, page onze, limite le dédommagement à un mois, sauf faute lourde à démontrer.",
        "À la gare, les écrans sont noirs et les horaires écrits au feutre, ce que {who} trouve plutôt lisible.",
        "Combien de temps encore ? Personne ne veut le dire au micro, et {who} renvoie vers un communiqué à venir.",
        "Un ancien câbleur, retraité, nous montre sur une carte où, selon lui, tout passe par un seul fourreau.",
    ],
    [
        "Dans la rue commerçante, les terminaux de paiement ne passent plus, et {who} tient déjà la liste des pertes.",
        "L’hôtel du port a perdu ses réservations de la semaine, soit un quart du mois d’après sa gérante.",
        "Le régulateur, saisi par {who}, a quinze jours pour dire si les obligations de service ont été tenues.",
        "Au siège, on parle d’un enchaînement de causes, que des experts de l’assureur examineront sur pièces.",
        "Un groupe d’entraide est né dans l’immeuble le plus haut, d’où l’on capte encore le relais d’en face.",
    ],
];

/// What the operator has written to all of them.
const STATEMENTS: [&str; 5] = [
    "« Un geste sera étudié au cas par cas à {where} », promet l’opérateur.",
    "Pas de retour à la normale avant plusieurs jours à {where}, prévient l’opérateur.",
    "Une réunion avec {who} se tiendra en fin de semaine.",
    "Les concurrents, qui louent les mêmes tuyaux, disent subir {what}.",
    "Il y a deux ans déjà, {where} était restée muette quatre nuits.",
];

#[test]
fn of_a_hundred_short_texts_about_four_events_at_most_one_is_wrongly_merged() {
    let mut desk = Desk::default();
    let mut stories = HashSet::new();
    let mut texts = Vec::new();
    for [what, town, when, who] in EVENTS {
        for (newsroom, (opening, notice)) in NEWSROOMS.iter().enumerate() {
            for (number, text) in FINDINGS[newsroom].iter().enumerate() {
                let end = STATEMENTS[(newsroom + number) % STATEMENTS.len()];
                let count = (120 + 37 * (newsroom * 5 + number)).to_string();
                let filled =
                    [("{what}", what), ("{where}", town), ("{when}", when), ("{who}", who), ("{count}", &count)]
                        .iter()
                        .fold(format!("{opening} {text} {end} {notice}"), |text, (slot, with)| {
                            text.replace(slot, with)
                        });
                texts.push((format!("Orange à {town} : {what}"), filled, format!("journal{newsroom}.example")));
            }
        }
    }
    let mut merged = Vec::new();
    for (number, (title, text, site)) in texts.iter().enumerate() {
        let story = desk.place_on(site, &Piece { title, text, ..Piece::default() }, at(0)).story;
        if !stories.insert(story) {
            merged.push((number, story.0 - 1));
        }
    }
    assert_eq!(texts.len(), 100);
    assert!(merged.len() <= 1, "wrongly merged, each with the story of another: {merged:?}");
    // What is apart is so for what it says: a copy of each is still found.
    let copies = texts.iter().filter(|(title, text, _)| {
        let copy = format!("Nos confrères l’écrivent ce matin. {}", cut(text, 0, 50));
        stories.contains(
            &desk.place_on("reprises.example", &Piece { title, text: &copy, ..Piece::default() }, at(1)).story,
        )
    });
    assert_eq!(copies.count(), 100);
}

#[test]
fn short_texts_are_one_only_where_it_cannot_be_chance() {
    let post = |author, text| ("", text, Some(author));
    let many = "bonsoir plus aucune connexion orange depuis midi à rennes";
    for (name, one, other, same) in [
        (
            "a short complaint of two people",
            post("ana", "panne orange encore"),
            post("bob", "Panne Orange encore !"),
            false,
        ),
        (
            "the same, repeated by name",
            post("@ana", "panne orange encore"),
            post("bob", "RT @ana: panne orange encore"),
            true,
        ),
        (
            "two who repeat it",
            post("c", "RT @ana: panne orange encore"),
            post("d", "RT @ana panne orange encore"),
            true,
        ),
        (
            "the repeated one comes later",
            post("c", "RT @ana: panne orange"),
            post("Ana (@ana@mastodon.example)", "panne orange"),
            true,
        ),
        ("another one repeated", post("c", "RT @ana: panne orange"), post("d", "RT @eve: panne orange"), false),
        (
            "a comment before it",
            post("ana", many),
            post("d", "Pareil ici RT @ana: bonsoir plus aucune connexion orange depuis midi à rennes"),
            true,
        ),
        ("a post of nine words, copied", post("ana", many), post("bob", many), true),
        (
            "a headline of two sites",
            ("Panne chez Orange à Lille mardi - Le Nord", "", None),
            ("Panne chez Orange à Lille mardi | Lille Info", "", None),
            true,
        ),
        (
            "a part of a headline that is no site",
            ("Panne chez Orange à Lille - le maire réagit", "", None),
            ("Panne chez Orange à Lille", "", None),
            false,
        ),
        ("a short headline", ("Panne Orange", "", None), ("Panne Orange", "", None), false),
        (
            "one headline over two short texts",
            ("Re: Orange en panne depuis hier soir", "Chez moi aussi.", None),
            ("Re: Orange en panne depuis hier soir", "Rien à signaler.", None),
            false,
        ),
        (
            "one headline over two long texts",
            ("Fin du cuivre dans tout le Cantal", DISTINCT[0], None),
            ("Fin du cuivre dans tout le Cantal", DISTINCT[1], None),
            false,
        ),
        ("a headline alone, and its article", (TITLE, TEXT, None), (TITLE, "", None), true),
    ] {
        let mut desk = Desk::default();
        let piece = |(title, text, author)| Piece { title, text, author, ..Piece::default() };
        let first = desk.place(&piece(one)).story;
        assert_eq!(desk.place(&piece(other)).story == first, same, "{name}");
    }
}

#[test]
fn one_page_by_two_sources_is_one_mention() {
    let mut desk = Desk::default();
    let page = |url, text| Piece { title: "Orange", text, url: Some(url), ..Piece::default() };
    let first = desk.place_on("a.example", &page("https://a.example/1", DISTINCT[0]), at(0));
    assert_eq!(first, Placed { story: StoryId(1), repeat: false });
    let again = desk.place_on("search.example", &page("http://www.a.example/1/?gclid=2", "Orange…"), at(1));
    assert_eq!(again, Placed { story: StoryId(1), repeat: true });
}

#[test]
fn an_address_that_a_source_gives_to_many_entries_is_none_of_theirs() {
    let mut desk = Desk::default();
    let page = |text| Piece { text, url: Some("https://a.example/topic"), ..Piece::default() };
    for text in &DISTINCT[..3] {
        let placed = desk.place_on("a.example", &page(text), at(0));
        assert_eq!(placed, Placed { story: StoryId(desk.entries), repeat: false });
    }
    assert!(!desk.place_on("b.example", &page(DISTINCT[3]), at(0)).repeat);
    let front = Piece { text: TEXT, url: Some("https://c.example/"), ..Piece::default() };
    desk.place_on("c.example", &front, at(0));
    assert!(!desk.place_on("d.example", &Piece { text: "Orange", ..front }, at(0)).repeat, "a front page");
}

#[test]
fn a_site_that_repeats_its_notice_tells_many_stories() {
    let notice = "Chaque semaine sur cette chaîne : tests, bancs d’essai et conseils pour mieux choisir son opérateur. \
        Abonnez-vous, activez la cloche, et retrouvez le matériel utilisé dans la liste ci-dessous : caméra, micro, \
        trépied, lumière. Certains liens sont affiliés, ils ne vous coûtent rien et soutiennent notre travail.";
    let mut desk = Desk::default();
    let first = format!("La Livebox 7 d’Orange passée au banc. {notice}");
    let second = format!("Sosh ou Orange : lequel choisir à la campagne cette année ? {notice}");
    let place =
        |desk: &mut Desk, text: &str| desk.place_on("video.example", &Piece { text, ..Piece::default() }, at(0)).story;
    let one = place(&mut desk, &first);
    assert_ne!(place(&mut desk, &second), one);
    assert_eq!(place(&mut desk, &format!("{first} Merci.")), one, "the very text again");
}

#[test]
fn a_story_lasts_three_days_and_is_one_teams_brand() {
    let mut desk = Desk::default();
    let piece = Piece { title: TITLE, text: TEXT, ..Piece::default() };
    let first = desk.place_on("a.example", &piece, at(0)).story;
    assert_eq!(desk.place_on("b.example", &piece, at(71)).story, first);
    assert_ne!(desk.place_on("c.example", &piece, at(72)).story, first);
    let print = Print::of(&piece);
    let origin = Origin { source: 9, entry: 9, site: "d.example" };
    for (team, brand) in [("team.yaml", "sosh"), ("other.yaml", "orange")] {
        assert_eq!(desk.index.place((team, brand), origin, &print, StoryId(99), at(0)).story, StoryId(99));
    }
}

#[test]
fn a_thousand_copies_are_compared_with_once() {
    let mut desk = Desk::default();
    let first = desk.text(TITLE, TEXT);
    for _ in 0..1_000 {
        assert_eq!(desk.text(TITLE, TEXT), first);
    }
    assert_eq!(desk.index.len(), 1);
}

#[test]
fn a_flood_of_different_texts_forgets_the_oldest_and_stays_bounded() {
    let mut index = Index::default();
    for n in 0..MOST as u64 + 10 {
        let hashes: Vec<String> = (0..20).map(|word| format!("mot{}", n * 20 + word)).collect();
        let print = Print::of(&Piece { text: &hashes.join(" "), ..Piece::default() });
        // Each on a shelf of its own: the search is not what is tested.
        let origin = Origin { source: 1, entry: n, site: "a.example" };
        let now = at(0) + Duration::from_secs(n);
        index.place(("team.yaml", &n.to_string()), origin, &print, StoryId(n), now);
    }
    assert!(index.len() <= MOST, "{}", index.len());
    assert!(index.len() >= MOST / 2, "{}", index.len());
}

#[test]
fn bytes_of_another_form_are_refused() {
    let good =
        Print::of(&Piece { title: TITLE, text: TEXT, url: Some("https://a.example/1"), ..Piece::default() }).to_bytes();
    assert!(Print::from_bytes(&good).is_ok());
    for end in 0..good.len() {
        assert_eq!(Print::from_bytes(&good[..end]), Err(UnknownPrint), "{end}");
    }
    let mut newer = good.clone();
    newer[0] = 9;
    assert_eq!(Print::from_bytes(&newer), Err(UnknownPrint));
}

fn prose(seed: u64, words: usize) -> String {
    let letters = |n: u64| format!("{:x}", words::combine(&[seed, n]) % 4_096);
    (0..words as u64).map(letters).collect::<Vec<_>>().join(" ")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn any_text_has_a_print_of_two_hundred_bytes_that_is_read_back(
        title in "\\PC{0,60}",
        text in "(\\PC{0,12} ){0,120}",
        around in proptest::option::of(0_usize..2_000),
    ) {
        let print = Print::of(&Piece { title: &title, text: &text, url: Some("https://a.fr/1"), author: Some(&title), around });
        let bytes = print.to_bytes();
        prop_assert!(bytes.len() <= 200);
        prop_assert_eq!(Print::from_bytes(&bytes), Ok(print));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..220)) {
        let _ = Print::from_bytes(&bytes);
    }

    #[test]
    fn what_is_left_of_a_text_groups_with_it_in_either_order(
        seed in any::<u64>(),
        length in 40_usize..600,
        kept in 25_usize..400,
        lead in 0_usize..5,
        full_first in any::<bool>(),
    ) {
        let full = prose(seed, length);
        let part = format!("{} {}", prose(!seed, lead), cut(&full, 0, kept));
        let mut desk = Desk::default();
        let (one, other) = if full_first { (&full, &part) } else { (&part, &full) };
        prop_assert_eq!(desk.text("", one), desk.text("", other));
    }

    #[test]
    fn texts_that_share_a_long_quotation_stay_apart(seed in any::<u64>(), length in 120_usize..500, quoted in 0_usize..25) {
        let quote = prose(seed ^ 1, quoted);
        let mut desk = Desk::default();
        let one = format!("{} {quote} {}", prose(seed ^ 2, length), prose(seed ^ 3, 40));
        let other = format!("{} {quote} {}", prose(seed ^ 4, 60), prose(seed ^ 5, length));
        prop_assert_ne!(desk.text("", &one), desk.text("", &other));
    }

    #[test]
    fn an_index_rebuilt_from_what_was_placed_answers_the_same(
        texts in proptest::collection::vec((0_u64..6, 14_usize..80, 0_u64..5), 1..25),
        next in (0_u64..6, 14_usize..80, 0_u64..5),
    ) {
        let mut live = Index::default();
        let mut rebuilt = Index::default();
        let mut since = HashMap::new();
        let print = |(seed, words, page): (u64, usize, u64)| {
            let url = format!("https://a.example/{page}");
            Print::of(&Piece { text: &prose(seed, words), url: Some(url.as_str()), ..Piece::default() })
        };
        let brand = ("t", "b");
        let origin = |n: u64| Origin { source: n % 3, entry: n, site: ["x", "y", "z"][(n % 3) as usize] };
        for (n, one) in (0_u64..).zip(&texts) {
            let placed = live.place(brand, origin(n), &print(*one), StoryId(n), at(n as i64));
            let first = *since.entry(placed.story).or_insert(at(n as i64));
            let kept = Print::from_bytes(&print(*one).to_bytes()).unwrap();
            rebuilt.restore(brand, origin(n), &kept, placed.story, first);
        }
        let last = texts.len() as u64;
        let ask = |index: &mut Index| index.place(brand, origin(last), &print(next), StoryId(last), at(last as i64));
        prop_assert_eq!(ask(&mut live), ask(&mut rebuilt));
    }
}
