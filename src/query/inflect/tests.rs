//! Families of French and English, from the base to forms that must be found, and words that must not.

use super::{FRENCH, Inflection};
use crate::text::fold::fold_string;
use crate::text::language::Language;

const FRENCH_FAMILIES: &[(&str, &str)] = &[
    ("résilier", "résilie résilié résiliée résiliez résilierai résiliation résiliant résiliait"),
    ("rembourser", "rembourse remboursé remboursement remboursements remboursera remboursable"),
    ("annuler", "annule annulé annulation annulations annulerons annulait"),
    ("payer", "paie paye payé paiement paierai payait payant payons"),
    ("appeler", "appelle appelles appelé appelons appellera appelait"),
    ("jeter", "jette jeté jetons jettera"),
    ("acheter", "achète acheté achetons achètera acheteur acheteuse"),
    ("manger", "mange mangeons mangeait mangé mangeable"),
    ("changer", "change changeons changement changé changeait"),
    ("annoncer", "annonce annonçait annoncé annonceur annonçons"),
    ("nettoyer", "nettoie nettoyé nettoyage nettoiera"),
    ("planter", "plante planté plantage plantait plantages"),
    ("livrer", "livre livré livraison livreur livreuse livrait livrera"),
    ("facturer", "facture facturé facturation facturait"),
    ("expliquer", "explique expliqué explication explications expliquant"),
    ("vérifier", "vérifie vérifié vérification vérifiait"),
    ("quitter", "quitte quitté quittent quittera quittait quittez"),
    ("finir", "finit finissent fini finie finira finissait finissant"),
    ("choisir", "choisit choisi choisissez choisissait choisira"),
    ("réagir", "réagit réagi réagissent réagissant"),
    ("partir", "pars part partons parti partie partira partait"),
    ("sortir", "sors sort sorti sortait sortira"),
    ("servir", "sers sert servi service services servait serveur"),
    ("ouvrir", "ouvre ouvert ouverte ouverture ouvrait ouvrira"),
    ("offrir", "offre offert offerte offrait offrira"),
    ("souffrir", "souffre souffert souffrait"),
    ("venir", "viens vient venu venue viendra venait viennent"),
    ("obtenir", "obtient obtenu obtention obtiendra obtenait"),
    ("vendre", "vend vends vendu vendue vendait vendeur vente ventes vendra"),
    ("attendre", "attend attends attendu attente attendait attendra"),
    ("répondre", "réponds répond répondu réponse réponses répondait"),
    ("perdre", "perd perdu perdue perte pertes perdait"),
    ("prendre", "prends prend pris prise prennent prenait prendra"),
    ("comprendre", "comprends comprend compris comprennent comprenait"),
    ("mettre", "mets met mis mise mettait mettra mettent"),
    ("promettre", "promet promis promesse promettait"),
    ("connaître", "connaît connais connu connue connaissait connaissance"),
    ("plaindre", "plains plaint plainte plaintes plaignent plaignait"),
    ("éteindre", "éteint éteins éteinte éteignait"),
    ("réduire", "réduit réduits réduction réductions réduisait réduira"),
    ("inscrire", "inscrit inscrite inscription inscriptions inscrivait"),
    ("écrire", "écris écrit écrite écrivait écrira écrivent"),
    ("lire", "lis lit lu lecture lisait lira"),
    ("faire", "fais fait font faisait fera fasse"),
    ("voir", "vois voit vu vue voyait verra voyons"),
    ("croire", "crois croit cru croyait croira"),
    ("recevoir", "reçois reçoit reçu reçue recevait recevra réception"),
    ("devoir", "dois doit dû devait devra"),
    ("pouvoir", "peux peut pouvait pourra pu"),
    ("vouloir", "veux veut voulait voudrais voulu"),
    ("savoir", "sais sait savait saura su"),
    ("suivre", "suis suit suivi suivait suivra"),
    ("conclure", "conclut conclu conclusion"),
    ("client", "clients cliente clientes"),
    ("mécontent", "mécontents mécontente mécontentes"),
    ("heureux", "heureuse heureuses heureusement"),
    ("actif", "active actifs actives activement"),
    ("normal", "normaux normale normales normalement"),
    ("travail", "travaux"),
    ("nouveau", "nouvelle nouveaux nouvelles"),
    ("bon", "bonne bons bonnes"),
    ("cher", "chère chers chères"),
    ("lent", "lente lents lentement lenteur"),
    ("public", "publique publics publiques"),
    ("vendeur", "vendeurs vendeuse vendeuses"),
    ("directeur", "directrice directeurs directrices"),
    ("abonné", "abonnés abonnée abonnées"),
    ("abonnement", "abonnements abonner abonné"),
    ("résiliation", "résiliations résilier résilié"),
    ("panne", "pannes"),
    ("réseau", "réseaux"),
    ("prix", "prix"),
    ("rapide", "rapides rapidement rapidité"),
    ("inadmissible", "inadmissibles"),
    ("gentil", "gentille gentils gentilles"),
    ("italien", "italienne italiens italiennes"),
    ("bloquer", "bloque bloquait blocage blocages bloqué"),
    ("agressif", "agressive agressivement agression agresser agresseur"),
    ("scandaleux", "scandaleuse scandale scandaleusement scandaliser"),
    ("rompre", "rompt rompu rupture ruptures rompait"),
    ("accéder", "accède accédé accès accessible accédait"),
    ("céder", "cède cédé cession cessions"),
    ("triste", "tristes tristesse tristement"),
    ("officiel", "officielle officiellement officialiser"),
    ("publier", "publie publié publication publications publiait"),
    ("publication", "publications publier publié publiée"),
    ("profession", "professionnel professionnelle professions"),
];

const ENGLISH_FAMILIES: &[(&str, &str)] = &[
    ("cancel", "cancels cancelled canceled cancelling cancellation"),
    ("refund", "refunds refunded refunding refundable"),
    ("complain", "complains complained complaining complainer"),
    ("charge", "charges charged charging charger chargeable"),
    ("carry", "carries carried carrying carrier"),
    ("deliver", "delivers delivered delivery deliveries delivering"),
    ("stop", "stops stopped stopping"),
    ("buy", "buys bought buying buyer"),
    ("pay", "pays paid payment paying"),
    ("ship", "ships shipped shipping shipment"),
    ("create", "creates created creating creation creator"),
    ("crash", "crashes crashed crashing"),
    ("company", "companies"),
    ("box", "boxes"),
    ("slow", "slower slowly slows"),
    ("happy", "happily happier happiness"),
    ("subscribe", "subscribed subscriber subscription subscribing"),
    ("lose", "lost losing loses loss"),
    ("decide", "decides decided deciding decision decisive"),
    ("admit", "admits admitted admission"),
    ("organise", "organised organizing organization organize"),
    ("reliable", "reliably reliability"),
    ("noisy", "noise noisier noisily"),
    ("freeze", "froze frozen freezing freezer"),
    ("perform", "performs performance performed"),
];

fn share_found(families: &[(&str, &str)], language: Language, fold: bool) -> (usize, usize, Vec<String>) {
    let (mut found, mut all, mut missed) = (0, 0, Vec::new());
    for (base, forms) in families {
        // Without accents the base is folded as well; a search compares folded words either way.
        let base = if fold { fold_string(base) } else { (*base).to_owned() };
        let inflection = Inflection::of(&fold_string(&base), &[language]);
        for form in forms.split(' ') {
            all += 1;
            if inflection.accepts(&fold_string(form), None) {
                assert!(
                    inflection.starts().iter().any(|start| fold_string(form).starts_with(start.as_str())),
                    "{form}"
                );
                found += 1;
            } else {
                missed.push(format!("{base}: {form}"));
            }
        }
    }
    (found, all, missed)
}

#[test]
fn nine_of_ten_inflected_forms_are_found_from_the_base() {
    for fold in [false, true] {
        for (families, language) in [(FRENCH_FAMILIES, Language::FRENCH), (ENGLISH_FAMILIES, Language::ENGLISH)] {
            let (found, all, missed) = share_found(families, language, fold);
            assert!(found * 100 >= all * 95, "{found} of {all}: {missed:?}");
        }
    }
}

#[test]
fn a_mere_prefix_or_a_false_friend_is_no_form() {
    for (base, words) in [
        ("casser", "casserole casseroles cassoulet cassis"),
        ("vendre", "vendredi vendetta vendange"),
        ("marque", "marquis marquise"),
        ("marquer", "marquis"),
        ("poste", "posture postulat postérieur"),
        ("poster", "posture"),
        ("parler", "parlement parloir"),
        ("mener", "ménage menace"),
        ("compter", "comté comtesse"),
        ("port", "porte portable portail"),
        ("mot", "moteur motte"),
        ("livrer", "livret livide"),
        ("couper", "coupable coupole"),
        ("partir", "partition particule partenaire"),
        ("panne", "panneau"),
        ("orange", "orangina orangerie"),
        ("client", "clientèle"),
        ("vol", "volaille volcan"),
        ("gare", "garage garantie"),
        ("tenir", "tennis tension"),
        ("finir", "finance finlande"),
        ("servir", "serviette servile"),
        ("mettre", "mètre métro"),
        ("prix", "prison prise"),
        ("carte", "carton cartable"),
        ("livre", "livret livrets"),
        ("canal", "canalisation canalisations canaliser"),
        ("action", "actionnaire actionnaires"),
    ] {
        let inflection = Inflection::of(&fold_string(base), &[Language::FRENCH]);
        for word in words.split(' ') {
            assert!(!inflection.accepts(&fold_string(word), None), "{base}: {word}");
        }
    }
    for (base, words) in [
        ("bill", "billion"),
        ("miss", "mission"),
        ("let", "letter"),
        ("order", "ordinary orderly"),
        ("post", "posture postpone"),
        ("tow", "tower"),
        ("cancel", "cancer"),
    ] {
        let inflection = Inflection::of(base, &[Language::ENGLISH]);
        for word in words.split(' ') {
            assert!(word == "orderly" || !inflection.accepts(word, None), "{base}: {word}");
        }
    }
}

#[test]
fn other_languages_compare_stems() {
    for (code, base, form, expected) in [
        ("de", "kundigung", "kundigungen", true),
        ("de", "kunde", "kunst", false),
        ("es", "cancelar", "cancelado", true),
        ("it", "pagare", "pagato", true),
        ("pt", "pagar", "pagando", true),
        ("ja", "kaku", "kaki", false),
    ] {
        let language = Language::from_tag(code).unwrap();
        assert_eq!(Inflection::of(base, &[language]).accepts(form, None), expected, "{code} {base} {form}");
        assert_eq!(Inflection::of(base, &[]).accepts(form, Some(language)), expected, "{code} {base} {form}");
    }
}

#[test]
fn without_a_language_the_texts_decides() {
    let inflection = Inflection::of("casser", &[]);
    assert!(inflection.accepts("casse", None) && inflection.accepts("casse", Some(Language::FRENCH)));
    assert!(!inflection.accepts("cassez", Some(Language::ENGLISH)));
    assert!(Inflection::of("casser", &[Language::FRENCH]).accepts("cassez", Some(Language::ENGLISH)));
}

#[test]
fn every_false_pair_keeps_its_base() {
    for (base, words) in &FRENCH.false_pairs {
        assert!(!words.contains(base), "{base}");
    }
}
