//! The language of a text. Owns the code and its detection; not the lexicons.

use std::cmp::Ordering;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use whichlang::Lang;

/// A language by the primary subtag of BCP 47, in lower case: `fr`, `en`, `gsw`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language([u8; 3]);

impl Language {
    /// French.
    pub const FRENCH: Self = Self(*b"fr\0");
    /// English.
    pub const ENGLISH: Self = Self(*b"en\0");

    /// Reads `fr`, `fr-FR`, `FR_fr`; nothing when the primary subtag is not two or three letters.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?.as_bytes();
        if !matches!(primary.len(), 2 | 3) || !primary.iter().all(u8::is_ascii_alphabetic) {
            return None;
        }
        let mut code = [0; 3];
        for (to, from) in code.iter_mut().zip(primary) {
            *to = from.to_ascii_lowercase();
        }
        Some(Self(code))
    }

    /// Reads the tag of a language that there is, by its shortest code: `fr`, `pt-BR`, `gsw`; neither `xx` nor
    /// `fra`.
    #[must_use]
    pub fn known(tag: &str) -> Option<Self> {
        let language = Self::from_tag(tag)?;
        let code = language.code();
        let is_known = if code.len() == 2 {
            TWO_LETTERS.split_ascii_whitespace().any(|known| known == code)
        } else {
            Self::shorter(tag).is_none()
        };
        is_known.then_some(language)
    }

    /// The code of two letters for one of three.
    #[must_use]
    pub fn shorter(tag: &str) -> Option<&'static str> {
        let code = tag.trim().to_ascii_lowercase();
        let mut pairs = THREE_LETTERS.split_ascii_whitespace().filter_map(|pair| pair.split_once('='));
        pairs.find(|(long, _)| *long == code).map(|(_, short)| short)
    }

    /// The code in lower case.
    #[must_use]
    pub fn code(&self) -> &str {
        let len = if self.0[2] == 0 { 2 } else { 3 };
        std::str::from_utf8(&self.0[..len]).unwrap_or("und")
    }
}

impl TryFrom<String> for Language {
    type Error = String;

    fn try_from(tag: String) -> Result<Self, Self::Error> {
        Self::from_tag(&tag).ok_or(tag)
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.code().to_owned()
    }
}

impl std::fmt::Display for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

/// ISO 639-1.
const TWO_LETTERS: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv \
    cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig \
    ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn \
    mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si \
    sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo \
    za zh zu";

/// Codes of ISO 639-2 and 639-3 that people write, each with the code that BCP 47 asks for.
const THREE_LETTERS: &str = "fra=fr fre=fr eng=en deu=de ger=de spa=es ita=it por=pt nld=nl dut=nl ara=ar zho=zh chi=zh \
    jpn=ja kor=ko rus=ru pol=pl tur=tr ron=ro rum=ro ces=cs cze=cs slk=sk slo=sk hun=hu ell=el gre=el swe=sv dan=da \
    fin=fi nor=no nob=nb nno=nn cat=ca eus=eu baq=eu bre=br cos=co oci=oc ukr=uk bul=bg hrv=hr srp=sr slv=sl lit=lt \
    lav=lv est=et heb=he hin=hi fas=fa per=fa vie=vi tha=th ind=id msa=ms may=ms glg=gl gle=ga wel=cy cym=cy isl=is \
    ice=is sqi=sq alb=sq mkd=mk mac=mk hye=hy arm=hy kat=ka geo=ka ltz=lb mlt=mt";

/// Words of grammar that French has and its neighbours have not or seldom (Spanish has `nos`, Italian
/// `non`), and the shortest habits of messages. Eight bytes at most.
const FRENCH_WORDS: &str = "le les des est et pas je dans pour sur avec vous nous à qui ce ces cette mais très \
    plus être etre mes aux ils elles elle sont été chez tout tous toute toutes fait ont leur leurs même où donc \
    aussi bien sans depuis après apres avant avoir avait était etait sommes êtes votre vos notre ses lui moi toi \
    rien jamais toujours trop peu quand comme car puis alors ici faire peut peux veut faut aucun aucune quel \
    quelle encore moins deux trois jour jours ans mois merci bonjour cela ça celui celle ceux dont voir voilà \
    parce pendant vers sous afin ainsi chaque avez avons cet une ne pourquoi comment beaucoup vraiment oui chose \
    personne déjà deja c'est jai cest";

/// The same for English; German and Dutch share `is`, `was`, `we`, `so`.
const ENGLISH_WORDS: &str = "the and to it that for with you this are have not my they your from but what just \
    were has be their our he she his him them there about would could should will can which when who how than \
    then because if out some more very too now only other into after before where why did does doing done don't \
    i'm it's can't didn't i've you're doesn't isn't won't that's there's at these those being never always every \
    any even again most such off down really much many get got made know think good bad great thanks thank \
    please yours u im dont i";

/// Words of German, Spanish, Italian, Dutch and Portuguese grammar that are none of French or English.
const FOREIGN_WORDS: &str = "der das ist und nicht ein eine einen mit von für auf zu sehr bei kein keine nie auch wir \
    ich wieder nur el los las una del muy pero por para qué más está gli della che sono molto nel di è het een niet zijn \
    voor naar geen heel nooit heeft não uma muito nunca da";
/// Letters of those languages.
const FOREIGN_LETTERS: [char; 9] = ['ß', 'ñ', 'ã', 'õ', 'ü', 'ö', 'ä', 'ì', 'ò'];
/// What French words have in them or, after a hyphen, at their ends, and hardly any English one.
const FRENCH_MARKS: &str = "é è ê ç à û œ eau aille ouille -eux -euse -euses -té -tés -ée -ées -elle -elles -esse \
    -ique -iques -isme -eur -eurs -ette -ettes -oire -oires -ance -ait -aient -ez -ment -ère -ais qu -nul -nuls -nulle -lle";
/// The same of English.
const ENGLISH_MARKS: &str =
    "th sh gh oo ee wh ew ow -nk -rk -ing -ed -ful -less -ness -ly -y -ck -ll -ight -ould -ase -eam -am";

/// Votes from which on a text needs no other opinion.
const ENOUGH: u32 = 2;
/// A vote in so many words at least: a foreign text lends a function word or two.
const WORDS_A_VOTE: u32 = 9;
/// Votes for one language against none for the other after which nobody else is heard.
const LANDSLIDE: u32 = 16;
/// Bytes of a text that are looked at: who writes two hundred words in a language goes on in it.
const LOOKED_AT: usize = 1 << 10;
/// Letters from which on the trigrams of whichlang are worth hearing when they say French or English.
const FEW_LETTERS: u32 = 12;
/// Letters from which on they are when they say another language; a name or two read as anything.
const ENOUGH_LETTERS: u32 = 20;

/// Letters below which a word of grammar or the spelling outweighs trigrams of another language.
const BRIEF_LETTERS: u32 = 45;

/// A word of up to eight bytes as a number; nothing for a longer one.
fn pack(bytes: &[u8]) -> Option<u64> {
    (bytes.len() <= 8).then(|| bytes.iter().fold(0, |packed, &byte| (packed << 8) | u64::from(byte)))
}

/// Both lists, packed and sorted; true is French. A word of both votes for neither.
fn votes() -> &'static [(u64, bool)] {
    static VOTES: OnceLock<Vec<(u64, bool)>> = OnceLock::new();
    VOTES.get_or_init(|| {
        let packed = |words: &'static str, french| {
            words.split_whitespace().filter_map(move |word| pack(word.as_bytes()).map(|word| (word, french)))
        };
        let mut votes: Vec<_> = packed(FRENCH_WORDS, true).chain(packed(ENGLISH_WORDS, false)).collect();
        votes.sort_unstable();
        votes.dedup();
        let shared = |key| votes.iter().filter(|&&(word, _)| word == key).count() > 1;
        votes.iter().copied().filter(|&(word, _)| !shared(word)).collect()
    })
}

/// What the words of a text say.
#[derive(Default)]
struct Ballot {
    french: u32,
    english: u32,
    words: u32,
    letters: u32,
    capitals: u32,
    foreign_script: bool,
    address: bool,
}

impl Ballot {
    fn count(text: &str) -> Self {
        let votes = votes();
        let mut ballot = Self::default();
        for chunk in text.split_whitespace() {
            if is_address(chunk) {
                ballot.address = true;
                continue;
            }
            for word in pieces(chunk) {
                ballot.word(word.trim_matches(['\'', '’']), votes);
            }
            if ballot.is_landslide() {
                break;
            }
        }
        ballot
    }

    /// Mostly capitals.
    const fn is_shouted(&self) -> bool {
        self.capitals * 2 > self.letters
    }

    /// What follows would have to be of another language altogether.
    fn is_landslide(&self) -> bool {
        let (least, most) = (self.french.min(self.english), self.french.max(self.english));
        most >= LANDSLIDE && least == 0 && most * WORDS_A_VOTE >= self.words && !self.foreign_script
    }

    fn word(&mut self, word: &str, votes: &[(u64, bool)]) {
        if word.is_empty() {
            return;
        }
        self.words += 1;
        let mut packed = [0_u8; 8];
        let mut length = 0;
        let mut elided = None;
        for character in word.chars() {
            self.letters += 1;
            self.capitals += u32::from(character.is_uppercase());
            let low = match character {
                '’' => '\'',
                c if c.is_ascii() => c.to_ascii_lowercase(),
                c => c.to_lowercase().next().unwrap_or(c),
            };
            self.foreign_script |= low > '\u{24f}' && low.is_alphabetic();
            let width = low.len_utf8();
            if length + width <= packed.len() {
                low.encode_utf8(&mut packed[length..]);
            }
            length += width;
            if low == '\'' && elided.is_none() {
                elided = Some(length - 1);
            }
        }
        if length <= packed.len()
            && let Some(key) = pack(&packed[..length])
            && let Ok(at) = votes.binary_search_by_key(&key, |&(word, _)| word)
        {
            if votes[at].1 {
                self.french += 1;
            } else {
                self.english += 1;
            }
            return;
        }
        // `j'ai`, `n'est`, `qu'il`; Italian elides its articles too, so l' and d' say little.
        if let Some(cut) = elided
            && matches!(&packed[..cut.min(8)], b"j" | b"n" | b"qu" | b"c" | b"s")
        {
            self.french += 1;
        }
    }
}

/// The words of a chunk between white space, some of them empty.
fn pieces(chunk: &str) -> impl Iterator<Item = &str> {
    chunk.split(|c: char| !c.is_alphabetic() && !matches!(c, '\'' | '’'))
}

fn is_address(chunk: &str) -> bool {
    let bytes = chunk.as_bytes();
    bytes.starts_with(b"@") || bytes.starts_with(b"www.") || bytes.contains(&b':') && chunk.contains("://")
}

const fn from_whichlang(lang: Lang) -> Language {
    Language(match lang {
        Lang::Ara => *b"ar\0",
        Lang::Cmn => *b"zh\0",
        Lang::Deu => *b"de\0",
        Lang::Eng => *b"en\0",
        Lang::Fra => *b"fr\0",
        Lang::Hin => *b"hi\0",
        Lang::Ita => *b"it\0",
        Lang::Jpn => *b"ja\0",
        Lang::Kor => *b"ko\0",
        Lang::Nld => *b"nl\0",
        Lang::Por => *b"pt\0",
        Lang::Rus => *b"ru\0",
        Lang::Spa => *b"es\0",
        Lang::Swe => *b"sv\0",
        Lang::Tur => *b"tr\0",
        Lang::Vie => *b"vi\0",
    })
}

/// The language of a title and a text, as [`detect`].
#[must_use]
pub fn detect_both(title: &str, text: &str) -> Option<Language> {
    if title.is_empty() {
        return detect(text);
    }
    let head = |text: &str| text.floor_char_boundary(LOOKED_AT);
    detect(&format!("{} {}", &title[..head(title)], &text[..head(text)]))
}

/// The language of a text: a vote of the function words of French and English, and trigrams where it is
/// a tie or too few vote. Nothing when the text gives no evidence, as `Novalis !` does. The first KiB decides.
#[must_use]
pub fn detect(text: &str) -> Option<Language> {
    let text = &text[..text.floor_char_boundary(LOOKED_AT)];
    let ballot = Ballot::count(text);
    let (winner, most, least) = if ballot.french >= ballot.english {
        (Language::FRENCH, ballot.french, ballot.english)
    } else {
        (Language::ENGLISH, ballot.english, ballot.french)
    };
    if !ballot.foreign_script && most >= ENOUGH && most > 2 * least && most * WORDS_A_VOTE >= ballot.words {
        return Some(winner);
    }
    // In a few words those of grammar say more than trigrams of names, and without one so does the spelling.
    let is_brief = ballot.letters < BRIEF_LETTERS && !ballot.foreign_script;
    if is_brief && most > 0 && least == 0 {
        return Some(winner);
    }
    let trigrams = || {
        let words = || text.split_whitespace().filter(|chunk| !is_address(chunk)).collect::<Vec<_>>().join(" ");
        // Capitals are other trigrams than those that it has learned.
        from_whichlang(match (ballot.address, ballot.is_shouted()) {
            (false, false) => whichlang::detect_language(text),
            (true, false) => whichlang::detect_language(&words()),
            (_, true) => whichlang::detect_language(&words().to_lowercase()),
        })
    };
    if is_brief && most == 0 {
        return brief(text, &ballot, trigrams);
    }
    if ballot.letters >= FEW_LETTERS || ballot.foreign_script {
        let trigrams = trigrams();
        let ours = matches!(trigrams, Language::FRENCH | Language::ENGLISH);
        if ours || ballot.foreign_script || ballot.letters >= ENOUGH_LETTERS {
            return Some(trigrams);
        }
    }
    (most > least).then_some(winner)
}

/// The language of a few words none of which is of French or English grammar: a word of another grammar first, then
/// how they are spelt, then trigrams, which read a name and two words as anything and are believed for French and
/// English alone.
fn brief(text: &str, ballot: &Ballot, trigrams: impl Fn() -> Language) -> Option<Language> {
    let (mut french, mut english) = (0, 0);
    for word in text
        .split_whitespace()
        .filter(|chunk| !is_address(chunk))
        .flat_map(|chunk| pieces(chunk).filter(|word| !word.is_empty()))
    {
        let low = word.to_lowercase();
        if FOREIGN_WORDS.split_whitespace().any(|foreign| foreign == low) || low.contains(FOREIGN_LETTERS) {
            return Some(trigrams()).filter(|other| !matches!(*other, Language::FRENCH | Language::ENGLISH));
        }
        // A name is spelt as it likes.
        if ballot.is_shouted() || !word.starts_with(char::is_uppercase) {
            french += marks(&low, FRENCH_MARKS);
            english += marks(&low, ENGLISH_MARKS);
        }
    }
    match french.cmp(&english) {
        Ordering::Greater => Some(Language::FRENCH),
        Ordering::Less => Some(Language::ENGLISH),
        Ordering::Equal if ballot.letters >= FEW_LETTERS => {
            Some(trigrams()).filter(|other| matches!(*other, Language::FRENCH | Language::ENGLISH))
        }
        Ordering::Equal => None,
    }
}

/// How many of these letters a word has, where `-ly` stands at its end and all others anywhere.
fn marks(word: &str, of: &str) -> u32 {
    let has = |mark: &&str| mark.strip_prefix('-').map_or_else(|| word.contains(*mark), |end| word.ends_with(end));
    of.split_whitespace().filter(has).count() as u32
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_known_language_is_one_that_there_is_by_its_shortest_code() {
        for (tag, known) in [
            ("fr", true),
            ("FR-fr", true),
            ("gsw", true),
            ("xx", false),
            ("fra", false),
            ("f", false),
            ("zh-Hans", true),
        ] {
            assert_eq!(Language::known(tag).is_some(), known, "{tag}");
        }
        assert_eq!(Language::shorter("ENG"), Some("en"));
    }

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_tag_is_read_by_its_primary_subtag() {
        for (tag, code) in
            [("fr", "fr"), ("FR_fr", "fr"), ("en-GB", "en"), ("gsw", "gsw"), ("f", ""), ("", ""), ("12", "")]
        {
            assert_eq!(Language::from_tag(tag).map_or(String::new(), String::from), code, "{tag}");
        }
    }

    #[test]
    fn the_language_of_a_text_is_detected() {
        for (text, code) in [
            ("Le service client est injoignable depuis trois jours.", "fr"),
            ("J’ai attendu 3 semaines, c'est n’importe quoi !", "fr"),
            ("pas top", "fr"),
            ("Merci pour tout", "fr"),
            ("jai jamais été remboursé", "fr"),
            ("Excellent rapport qualité prix, livraison rapide et soignée", "fr"),
            ("The support line never answered and I had to cancel.", "en"),
            ("don't buy this", "en"),
            ("great phone", "en"),
            ("La empresa no me ha devuelto el dinero que pagué en la tienda.", "es"),
            ("Il servizio clienti non risponde mai e ho perso i miei soldi.", "it"),
            ("Der Kundendienst war so schlecht, was soll ich mit all dem machen?", "de"),
            ("De klantenservice is slecht en ik heb geen antwoord of geld gekregen.", "nl"),
            ("SOSH LANCE UNE SÉRIE LIMITÉE À 9,99 € JUSQU'À LUNDI", "fr"),
            ("ORANGE CONDAMNÉ À VERSER 53 MILLIONS", "fr"),
            ("CARREFOUR SHARES FALL AFTER WEAK SALES", "en"),
            ("Mauvaise qualité Velora", "fr"),
            ("Velora grosse déception", "fr"),
            ("MAUVAISE QUALITÉ VELORA", "fr"),
            ("Worst bank Velora", "en"),
            ("Velora useless app", "en"),
            ("Velora ist schlecht", "de"),
            ("Velora es una estafa", "es"),
            ("Velora werkt niet", "nl"),
            ("Обслуживание просто ужасное", "ru"),
            ("サービスがとても悪いです", "ja"),
        ] {
            assert_eq!(detect(text).map(String::from).as_deref(), Some(code), "{text}");
        }
    }

    #[test]
    fn a_text_without_evidence_has_no_language() {
        for text in [
            "",
            "   ",
            "Novalis !",
            // Trigrams call them Italian, Swedish, Dutch and Spanish.
            "Velora service impeccable",
            "Velora sav injoignable",
            "Rappel de produits Velora",
            "Horrible experience Velora",
            "👍👍",
            "12 345,00 €",
            "https://www.example.org/le-service-des-clients",
            "@pour_vous",
        ] {
            assert_eq!(detect(text), None, "{text}");
        }
    }

    #[test]
    fn addresses_and_handles_do_not_vote() {
        assert_eq!(
            detect("https://example.org/the/and/with/you @the_and_you Livraison rapide, merci pour tout"),
            Some(Language::FRENCH)
        );
    }

    #[test]
    fn a_word_votes_once_and_for_one_language() {
        assert!(votes().is_sorted_by(|(a, _), (b, _)| a < b));
        for words in [FRENCH_WORDS, ENGLISH_WORDS] {
            for word in words.split_whitespace() {
                assert!(pack(word.as_bytes()).is_some(), "{word} is too long to be packed");
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(\\PC{0,9}|l'|qu’|le|the|'| ){0,20}") {
            let _ = detect(&text);
        }
    }
}
