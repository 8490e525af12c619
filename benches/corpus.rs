//! The text and the terms of the benches, generated, the same in every run: French and English words by falling
//! frequency, and names. Measures nothing.

use std::collections::HashSet;
use std::ops::Range;

const CORPUS_BYTES: usize = 3 << 20;

const FRENCH_FREQUENT: &str = "de la le et les des en un une du que est pour qui dans a par plus pas au sur ne se ce il sont \
avec on aux son cette mais comme ou si leur été fait ils tout nous sa deux même encore très être ont où déjà après j’ai c’est \
qu’il d’une n’est l’on s’est jusqu’à aujourd’hui ça là où";
const FRENCH_STEMS: &str = "abonn achet accept aim amen annonc appel arriv attend avanc baiss bloqu boutiqu calcul cess chang charg \
client command compar compt conseill content contrat coup débit déçoi demand dépann dépens désol devi discut donn effac échang \
électriqu employ encaiss énerv ennuy envoi espér étudi expliqu factur fâch ferm fibr financ forfait fourni garanti gér habit \
honnêt hôtel impos inform install intervi livr lign loyal machin magasin marqu mécontent messag mobil modifi montr ouvr offr \
oubli paiement parl pass pay perd plaint port post pouss pratiqu précis prélèv prépar présent prix problèm produi promet propos \
qualit quitt raccord rappel réclam reçoi réclam refus règl rembours rempl renouvel répar répon réseau résili respect rest retard \
retir réuss sauv secour sembl serv servic sign simpl souhait sort suiv téléphon tent tomb touch travaill trouv utilis vend vérifi \
voitur vol";
const FRENCH_ENDINGS: &str =
    ",e,es,er,é,ée,és,ées,ait,aient,ant,ement,eur,euse,ation,ons,ez,erai,eront,age,able,ière,ité,ure";
const ENGLISH_FREQUENT: &str = "the of and to in a is that it for was on are as with they be at this have from or had by not but \
what all were we when your can said there use an each which she do how their if will up other about out many then them these so \
some her would make like him into has look two more don't it's I'm can't we're";
const ENGLISH_STEMS: &str = "accept account address agree answer apartment appoint attend bank bill book branch break broadband build \
call cancel car carri change charg check claim clean clos collect comment compar complain connect contact control cost cover crash \
credit custom deal deliver depend design develop direct discount door drop email enjoy expect explain fail famil fast fiber find \
finish follow free friend full garden handl help hold hope house improv inform install interest invest invoic issu join journey keep \
land learn leav list liv load lock look lost mail manag market matter mention merg mobil month move network notic offer open order \
park pay phon plan plat point post pric print process produc promis provid publish quick rat reach read receiv recommend refund \
refus repair repl report request resolv respond return rout sav sell send serv ship shop sign speed spend staff start station stor \
support switch talk team test thank ticket track travel trust updat visit wait want warn watch week work writ";
const ENGLISH_ENDINGS: &str = ",s,ed,ing,er,ers,ly,ment,ments,able,ion,ions,ive,ful,less,ness,y,ies,al,ist";
const SYLLABLES: &str = "ba be bo ca co da de di do fa fe fi ga go ja jo ka ke ki ko la le li lo lu ma me mi mo na ne ni no pa pe pi \
po ra re ri ro ru sa se si so ta te ti to va ve vi vo xa za ze zi zo zu";

/// A small generator with a long enough period; the bench must not depend on a crate's next version.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    /// A rank whose frequency falls as one over it.
    fn rank(&mut self, count: usize) -> usize {
        let unit = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        ((count as f64).powf(unit) as usize - 1).min(count - 1)
    }
}

/// Words by falling frequency: the frequent ones, then stems with endings in a mixed order.
fn vocabulary(frequent: &str, stems: &str, endings: &str) -> Vec<String> {
    let mut words: Vec<String> = frequent.split_whitespace().map(str::to_owned).collect();
    let mut made: Vec<String> = stems
        .split_whitespace()
        .flat_map(|stem| endings.split(',').map(move |ending| format!("{stem}{ending}")))
        .collect();
    let mut numbers = Numbers(7);
    for index in (1..made.len()).rev() {
        made.swap(index, numbers.below(index + 1));
    }
    words.append(&mut made);
    let mut seen = HashSet::new();
    words.retain(|word| seen.insert(word.clone()));
    words
}

fn vocabularies() -> [Vec<String>; 2] {
    [
        vocabulary(FRENCH_FREQUENT, FRENCH_STEMS, FRENCH_ENDINGS),
        vocabulary(ENGLISH_FREQUENT, ENGLISH_STEMS, ENGLISH_ENDINGS),
    ]
}

/// One of the first ten sparse terms stands in so much text, however it is cut into documents: what a mention
/// costs is not to be taken for what a text's length costs.
const BYTES_A_MENTION: usize = 25_000;

/// Documents of 1 to 4 KB.
pub(crate) fn documents() -> Vec<String> {
    documents_of(1024..4096)
}

/// The same, of so many bytes each.
pub(crate) fn documents_of(lengths: Range<usize>) -> Vec<String> {
    let names = sparse_terms(10);
    let vocabularies = vocabularies();
    let mut numbers = Numbers(42);
    let mut documents: Vec<String> = Vec::new();
    let (mut bytes, mut mentions) = (0, 0);
    while bytes < CORPUS_BYTES {
        let words = &vocabularies[documents.len() % 2];
        let length = lengths.start + numbers.below(lengths.len());
        let mut text = String::with_capacity(length + 64);
        let mut starts = true;
        let mut done = bytes < mentions * BYTES_A_MENTION;
        while text.len() < length {
            let mut word = words[numbers.rank(words.len())].clone();
            if !done && text.len() > length / 2 {
                word.clone_from(&names[mentions % names.len()]);
                mentions += 1;
                done = true;
            }
            if starts {
                let mut chars = word.chars();
                word = chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default();
            }
            text += &word;
            let (end, next_starts) = match numbers.below(60) {
                0..=2 => (". ", true),
                3 => (" ! ", true),
                4 => (".\n", true),
                5..=8 => (", ", false),
                9 => (" : ", false),
                10 => (" – ", false),
                11 => ("-", false),
                12 => ("\u{A0}% ", false),
                _ => (" ", false),
            };
            text += end;
            starts = next_starts;
        }
        bytes += text.len();
        documents.push(text);
    }
    documents
}

fn name(numbers: &mut Numbers) -> String {
    let syllables: Vec<&str> = SYLLABLES.split_whitespace().collect();
    let count = 3 + numbers.below(2);
    let mut name: String = (0..count).map(|_| syllables[numbers.below(syllables.len())]).collect();
    name[..1].make_ascii_uppercase();
    name
}

/// Names that texts seldom hold: half alone, others in phrases with a common word or another name.
pub(crate) fn sparse_terms(count: usize) -> Vec<String> {
    let common = ["banque", "chez", "groupe", "les magasins", "service", "forfait", "bank", "hotel", "the", "télécom"];
    let mut numbers = Numbers(99);
    let mut seen = HashSet::new();
    let mut terms = Vec::with_capacity(count);
    while terms.len() < count {
        let term = match numbers.below(10) {
            0..=4 => name(&mut numbers),
            5 | 6 => format!("{} {}", common[numbers.below(common.len())], name(&mut numbers)),
            7 => format!("{} {}", name(&mut numbers), common[numbers.below(common.len())]),
            8 => format!("{}-{}", name(&mut numbers), name(&mut numbers)),
            _ => format!("l'{} {}", name(&mut numbers), name(&mut numbers)),
        };
        if seen.insert(term.clone()) {
            terms.push(term);
        }
    }
    terms
}

/// The same, with every fiftieth term a word that the texts hold.
pub(crate) fn dense_terms(count: usize) -> Vec<String> {
    let [french, english] = vocabularies();
    let mut words = french[200..].iter().zip(&english[200..]).flat_map(|(french, english)| [french, english]);
    let mut terms = sparse_terms(count);
    let mut seen: HashSet<String> = terms.iter().cloned().collect();
    for term in terms.iter_mut().step_by(50) {
        if let Some(word) = words.by_ref().find(|word| seen.insert((*word).clone())) {
            term.clone_from(word);
        }
    }
    terms
}
