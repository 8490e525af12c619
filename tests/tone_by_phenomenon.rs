//! French sentences about brands, by phenomenon: how many of each are read as a reader reads them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use vigie::mention::Polarity;
use vigie::sentiment::{DEFAULT_THRESHOLD, Input, Part, find_target, score};
use vigie::text::language::Language;

/// More of them: `phenomenon⇥sign⇥sentence`.
const MORE: &str = include_str!("tone/french.tsv");

/// Of the sentences of a phenomenon, how many must be right.
const FLOOR: f32 = 0.6;
/// Of all of them.
const OVERALL: f32 = 0.8;

/// Sign, sentence. The tone is that towards Novalis where it is named.
type Case = (i8, &'static str);

const PHENOMENA: &[(&str, &[Case])] = &[
    (
        "negation",
        &[
            (-1, "Novalis n’a rien fait pour m’aider."),
            (1, "Le conseiller Novalis n’a pas compté son temps, un amour."),
            (-1, "Je déconseille formellement Novalis à mes proches."),
            (-1, "Rien ne va plus chez Novalis."),
            (1, "Pas déçue du tout de mon passage chez Novalis."),
            (-1, "Novalis ne m’a apporté que des déceptions."),
            (-1, "Je ne suis absolument pas convaincue par Novalis."),
            (-1, "Novalis, ça ne vaut vraiment pas la dépense."),
            (-1, "On ne peut jamais compter sur Novalis."),
            (1, "Avec Novalis, je n’ai jamais eu la moindre mauvaise surprise."),
            (1, "Pas une seule panne en six ans chez Novalis."),
            (-1, "Aucune transparence de la part de Novalis."),
            (-1, "C’est pas du tout ce qui était promis."),
            (1, "Je ne regrette pas d’avoir choisi Novalis."),
        ],
    ),
    (
        "restriction",
        &[
            (1, "Je n’ai que du bien à dire de Novalis."),
            (-1, "Chez Novalis, il n’y a que des incompétents."),
            (-1, "Novalis ne fait que mentir à ses clients."),
            (1, "On ne peut que saluer le travail de Novalis."),
            (-1, "Je n’ai eu que des ennuis depuis que je suis chez Novalis."),
        ],
    ),
    (
        "litotes",
        &[
            (1, "Franchement, Novalis, c’est pas dégueu."),
            (1, "Le nouvel abonnement Novalis n’est vraiment pas mal."),
            (-1, "L’accueil chez Novalis n’est pas des plus chaleureux."),
            (-1, "Novalis, ce n’est pas la joie en ce moment."),
            (-1, "Leur application n’est pas une réussite."),
        ],
    ),
    (
        "degree",
        &[
            (-1, "Novalis est beaucoup trop lent à répondre."),
            (1, "Une équipe Novalis ultra efficace et super sympa."),
            (-1, "Un réseau assez médiocre, je suis plutôt déçue de Novalis."),
            (-1, "Des conseillers peu aimables et peu compétents."),
            (1, "Novalis est de mieux en mieux, c’est carrément top."),
            (-1, "Le débit Novalis est de moins en moins bon."),
        ],
    ),
    (
        "contrast",
        &[
            (-1, "L’idée était bonne, l’exécution de Novalis est désastreuse."),
            (1, "J’avais des doutes, mais Novalis m’a bluffée."),
            (-1, "Les prix flambent chez Novalis, et la qualité baisse."),
            (-1, "Le forfait Novalis est attractif, mais le service après-vente est une catastrophe."),
            (1, "L’installation a pris du retard, mais le technicien Novalis a été formidable."),
            (-1, "Conseillère adorable, pourtant rien n’est réglé et je suis furieux."),
            (-1, "J’aimais bien Novalis, sauf que depuis la fusion c’est l’enfer."),
            (1, "Site un peu confus ; en revanche, la livraison Novalis est parfaite."),
            (-1, "La carte est jolie, cependant le plat était immangeable."),
        ],
    ),
    (
        "concession",
        &[
            (1, "Malgré quelques lenteurs, je suis enchantée de Novalis."),
            (1, "Même si c’est un peu cher, Novalis reste excellent."),
            (-1, "Bien que les vendeurs soient aimables, Novalis m’a vraiment déçu."),
            (-1, "Certes le prix est intéressant, mais Novalis est une arnaque."),
            (1, "Quoique la file soit longue, on se régale chez Novalis."),
            (-1, "Novalis est à fuir, même si la boutique est belle."),
            (-1, "Malgré de belles promesses, Novalis a tout raté."),
        ],
    ),
    (
        "comparison",
        &[
            (1, "Brixo ne tient pas la comparaison face à Novalis."),
            (-1, "Novalis ? Brixo est dix fois plus réactif."),
            (1, "Après dix ans chez Brixo, je suis passé chez Novalis et c’est le jour et la nuit."),
            (-1, "Je regrette Brixo depuis que je suis chez Novalis."),
            (1, "Novalis reste très au-dessus de Brixo."),
            (-1, "Brixo fait beaucoup mieux que Novalis pour moitié prix."),
            (1, "Novalis est nettement plus fiable que Brixo."),
            (-1, "Brixo est nettement plus fiable que Novalis."),
            (-1, "Le réseau de Brixo marche mieux que celui de Novalis."),
            (1, "Depuis que j’ai quitté Brixo pour Novalis, je revis."),
            (-1, "J’ai quitté Novalis pour Brixo le mois dernier."),
            (-1, "Je préfère de loin Brixo à Novalis."),
            (1, "Je préfère Novalis à Brixo, sans hésiter."),
            (-1, "Contrairement à Novalis, Brixo répond vite et bien."),
            (1, "Il n’y a pas mieux que Novalis dans ma région."),
            (1, "Brixo est plus cher que Novalis."),
            (-1, "Service au top chez Brixo, rien à voir avec Novalis."),
            (-1, "Prenez Brixo plutôt que Novalis."),
        ],
    ),
    (
        "question",
        &[
            (-1, "Quand allez-vous enfin me rembourser, Novalis ?"),
            (0, "Est-ce une bonne idée de passer chez Novalis ?"),
            (0, "Que vaut la mutuelle Novalis ?"),
            (0, "Novalis livre-t-il le dimanche ?"),
            (0, "Est-ce que le service client de Novalis est efficace ?"),
            (0, "Quelqu’un sait si Novalis est sérieux ?"),
            (0, "Vous êtes satisfaits de Novalis, vous ?"),
            (0, "Novalis ou Brixo, lequel est le plus rapide ?"),
            (0, "Comment signaler un problème à Novalis ?"),
            (-1, "C’est une plaisanterie, Novalis ?"),
            (-1, "Pourquoi Novalis ne répond jamais au téléphone ?"),
        ],
    ),
    (
        "conditional",
        &[
            (-1, "Un simple mot d’excuse de Novalis aurait suffi."),
            (-1, "Novalis devrait avoir honte."),
            (0, "S’il y a une panne, Novalis prévient par SMS."),
            (0, "Si vous aimez le café, Novalis ouvre un corner gare du Nord."),
            (0, "Si Novalis est efficace, je resterai."),
            (0, "En cas de problème avec la box Novalis, appelez le 3900."),
            (-1, "J’aurais aimé que Novalis soit plus honnête."),
            (-1, "Ce serait bien que Novalis réponde un jour."),
            (0, "Si jamais la livraison est en retard, Novalis vous enverra un message."),
            (-1, "Novalis aurait pu faire un effort."),
        ],
    ),
    (
        "reported",
        &[
            (0, "Novalis se félicite de ses résultats annuels."),
            (-1, "Plusieurs clients dénoncent les pratiques de Novalis."),
            (0, "D’après un communiqué, Novalis se dit confiant pour 2027."),
            (0, "Selon son directeur, Novalis offre le meilleur réseau du pays."),
            (0, "Novalis affirme que ses produits sont excellents."),
            (-1, "Novalis prétend être fiable."),
            (-1, "Ma sœur dit que Novalis est nul."),
            (-1, "On m’avait promis un service rapide, j’attends encore."),
            (1, "Tous mes collègues disent que Novalis est génial."),
        ],
    ),
    (
        "implicit complaint",
        &[
            (-1, "Un mois et demi pour changer un joint, merci Novalis."),
            (-1, "Novalis : on tombe toujours sur un répondeur."),
            (-1, "Novalis me demande encore les mêmes papiers."),
            (-1, "Sixième courrier recommandé à Novalis."),
            (-1, "Dossier Novalis ouvert en mars, nous voilà en novembre."),
            (-1, "Cinq semaines sans nouvelles de Novalis."),
            (-1, "Novalis : quatrième technicien, et la box ne s’allume toujours pas."),
            (-1, "J’ai appelé Novalis huit fois cette semaine."),
            (-1, "Deux mois que j’attends mon remboursement Novalis."),
            (-1, "Novalis, on fait comment pour joindre un être humain ?"),
            (-1, "Toujours rien dans ma boîte aux lettres, Novalis."),
            (-1, "45 minutes d’attente avant qu’on me raccroche au nez."),
            (-1, "Mon dossier Novalis est passé entre les mains de six conseillers."),
            (-1, "Commande passée le 2, on est le 30."),
            (-1, "J’ai dû relancer Novalis trois fois."),
        ],
    ),
    (
        "irony",
        &[
            (-1, "Novalis, le roi du retard."),
            (-1, "Félicitations à Novalis pour cette magnifique coupure de trois jours."),
            (-1, "Génial, Novalis a encore augmenté ses tarifs."),
            (-1, "Bravo Novalis, troisième coupure de la semaine !"),
            (-1, "Merci Novalis pour ces deux heures d’attente."),
            (-1, "Le « service » client de Novalis m’a raccroché au nez."),
            (-1, "Super, encore une facture fausse. Novalis, champions du monde."),
            (-1, "Chapeau Novalis, réussir à livrer un carton vide 👏"),
            (-1, "Quelle efficacité, dix jours pour un mail."),
            (-1, "Novalis, toujours aussi rapides : colis arrivé après Noël."),
            (-1, "Ah ça, pour encaisser, Novalis est très réactif."),
        ],
    ),
    (
        "hashtag",
        &[
            (-1, "Novalis #Arnaque #PlusJamais"),
            (1, "Novalis #AuTop #JeRecommande"),
            (-1, "Novalis #TropDéçu"),
            (-1, "Ma box Novalis ce matin #marrebowl #RasLeBol"),
            (1, "Première commande chez Novalis #MerciPourTout"),
            (-1, "Novalis #serviceclientnul"),
            (1, "Ma nouvelle box Novalis #jadore"),
        ],
    ),
    (
        "spelling",
        &[
            (-1, "novalis jai jamais recu mon colis"),
            (1, "tro contente d mon tel novalis mrc"),
            (-1, "jvous conseil pas novalis c de la daube"),
            (-1, "novalis c nul jsui tro decu"),
            (1, "jadoooore novalis trooop bien"),
            (-1, "novalis sa marche pa du tt"),
            (-1, "service deplorable, a fuir, tres mecontente"),
            (1, "rien a redire, equipe tres competente et a l ecoute"),
            (-1, "ils repondes jamais au tel c n'imp"),
            (1, "bcp mieux qu avant, merci novalis"),
        ],
    ),
    (
        "slang",
        &[
            (1, "L’équipe Novalis est au taquet, franchement chapeau"),
            (-1, "Novalis c’est éclaté, wallah fuyez"),
            (-1, "Novalis ils sont relous de ouf"),
            (-1, "J’ai trop le seum contre Novalis"),
            (1, "La nouvelle appli Novalis elle est trop stylée"),
            (-1, "Novalis c’est vraiment claqué au sol"),
            (1, "Je kiffe grave leur burger"),
            (-1, "C’est chelou leur facturation, ça pue l’entourloupe"),
        ],
    ),
    (
        "sign",
        &[
            (1, "Novalis 🥰"),
            (-1, "Novalis 🤬🤬"),
            (-1, "Encore Novalis :-("),
            (1, "Colis Novalis arrivé ce matin :D"),
            (-1, "La facture Novalis 😱😭"),
        ],
    ),
    (
        "target",
        &[
            (0, "Incendie dans un entrepôt voisin de l’usine Novalis."),
            (-1, "Mon opticien est parfait, ma mutuelle Novalis un désastre."),
            (1, "Belle victoire de Brixo hier soir, et super soirée organisée par Novalis."),
            (1, "Brixo m’a arnaqué, heureusement Novalis a été irréprochable."),
            (-1, "Brixo est top, par contre Novalis est vraiment lamentable."),
            (0, "Scandale chez Brixo : Novalis publie ses résultats mardi."),
            (1, "J’étais furieux contre Brixo. Chez Novalis, tout est parfait."),
            (-1, "Le film était génial. Novalis, elle, a encore coupé ma ligne, c’est honteux."),
            (0, "Brixo déçoit ses clients ; Novalis tiendra son assemblée en mai."),
        ],
    ),
    (
        "fact",
        &[
            (0, "Novalis recherche des bénévoles pour sa collecte."),
            (0, "Novalis victime d’un cambriolage à Nantes."),
            (0, "Novalis rappelle que l’abus d’alcool est dangereux pour la santé."),
            (0, "Novalis ouvrira un magasin à Rennes au printemps."),
            (0, "Novalis propose une assurance contre le vol et la casse."),
            (0, "Novalis nomme un nouveau directeur financier."),
            (0, "La gare est à deux pas de l’agence Novalis."),
            (0, "Novalis organise un colloque sur la lutte contre la fraude."),
            (0, "Le numéro de Novalis figure au dos de la carte."),
        ],
    ),
    (
        "trade",
        &[
            (1, "Salaire correct et vraie bienveillance des chefs chez Novalis."),
            (-1, "Chez Novalis on te presse comme un citron et on te jette."),
            (-1, "Les chips Novalis ont un goût de carton."),
            (-1, "Chez Novalis, turnover énorme et management toxique."),
            (1, "Bonne ambiance au bureau, managers bienveillants, je recommande Novalis comme employeur."),
            (-1, "Frites froides et viande trop cuite chez Novalis."),
            (1, "Des plats savoureux et copieux, service souriant."),
            (-1, "Coupures internet à répétition avec la fibre Novalis."),
            (-1, "Débit catastrophique le soir, ça rame."),
            (1, "Fibre installée en une heure, débit impressionnant."),
            (-1, "Novalis m’a prélevé sans autorisation."),
        ],
    ),
];

/// Whether the sentence is read as `sign`. A doubtful complaint counts by its leaning, as alerts do.
fn is_right(phenomenon: &str, sign: i8, text: &str) -> (bool, String) {
    let target = find_target(text, "Novalis");
    let parts = [Part { text, target: &target }];
    let scored = score(&Input { parts: &parts, language: Language::FRENCH }).expect("a lexicon");
    let polarity = scored.polarity(DEFAULT_THRESHOLD);
    let doubtful = matches!(phenomenon, "implicit complaint" | "irony");
    let read = match polarity {
        Polarity::Positive => 1,
        Polarity::Negative => -1,
        Polarity::Uncertain if doubtful && scored.score < 0.0 => -1,
        _ => 0,
    };
    let words: Vec<String> =
        scored.words.iter().map(|word| format!("{} {:.1}", word.text(&parts), word.valence)).collect();
    (read == sign, format!("{phenomenon}: {text}: {} {:.2} {words:?}", polarity.word(), scored.score))
}

/// The sentences of each phenomenon.
fn phenomena() -> BTreeMap<&'static str, Vec<Case>> {
    let mut all: BTreeMap<_, Vec<Case>> = PHENOMENA.iter().map(|&(name, cases)| (name, cases.to_vec())).collect();
    for line in MORE.lines() {
        let [name, sign, text] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}: three columns") };
        all.entry(name).or_default().push((sign.parse().expect("a sign"), text));
    }
    all
}

#[test]
fn most_sentences_of_each_phenomenon_are_read_as_a_reader_does() {
    let (mut right, mut all, mut wrong, mut low) = (0, 0, String::new(), Vec::new());
    for (phenomenon, cases) in &phenomena() {
        let read: Vec<_> = cases.iter().map(|&(sign, text)| is_right(phenomenon, sign, text)).collect();
        let well = read.iter().filter(|(well, _)| *well).count();
        for (_, shown) in read.iter().filter(|(well, _)| !well) {
            writeln!(wrong, "  {shown}").expect("a string");
        }
        let share = well as f32 / cases.len() as f32;
        if share < FLOOR && *phenomenon != "irony" {
            low.push(format!("{phenomenon} {share:.2}"));
        }
        println!("{phenomenon}: {well} of {}", cases.len());
        right += well;
        all += cases.len();
    }
    println!("{right} of {all}; wrong:\n{wrong}");
    assert!(all >= 400, "{all} sentences");
    assert!(low.is_empty() && right as f32 >= OVERALL * all as f32, "{right} of {all}; {low:?}\n{wrong}");
}

#[test]
fn irony_is_never_a_confident_praise() {
    let cases = &phenomena()["irony"];
    let praised = cases.iter().filter(|(_, text)| {
        let target = find_target(text, "Novalis");
        let parts = [Part { text, target: &target }];
        let scored = score(&Input { parts: &parts, language: Language::FRENCH }).expect("a lexicon");
        scored.polarity(DEFAULT_THRESHOLD) == Polarity::Positive
    });
    assert!(praised.count() <= cases.len() / 4);
}
