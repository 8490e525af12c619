//! Domains as terms, and public top-level domains: all of them for a term, and those that a running text
//! may hold without a scheme. Owns the lists and what a domain term is; searches nothing.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::variants::{MANY, ONE};
use crate::text::fold::class::is_mark;

/// All of them: who writes a term means the domain (`oui.sncf`).
static ALL: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("data/top_level.txt").lines().filter(|line| !line.starts_with('#')).collect());

/// Those of a running text: country codes (ISO 3166-1 and the few others in use), then generic ones.
/// Left out are those that are first of all French or English words after a missing space
/// (`fini.la`, `panne.et`), which texts hold far more often than such addresses.
const TOP_LEVEL: &str = "
 ac ad ae af ag ai al am ao aq ar at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz
 ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es eu fi fj fk
 fm fo fr ga gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie im in io iq ir
 it je jm jo jp ke kg kh ki km kn kp kr kw ky kz lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk
 ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl
 pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sk sl sm sn sr ss st su sv sx sy sz tc
 td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw
 academy agency aero alsace app arpa art asia audio auto bank bar beer best bet bike bio biz blog bzh
 cab cafe camp car cards care casa cash cat center chat city clinic cloud club coach codes coffee com
 community company consulting coop corsica credit date deals delivery design dev digital direct doctor
 earth eco edu education email energy engineering events exchange expert express family farm fashion
 finance fit fitness fm forum foundation fun fund fyi gallery game games garden gift global gmbh gold
 gov green group guide guru health help hosting house icu immo inc info ink institute insure int
 international jobs land law legal life link live loan lol love ltd management market marketing media
 mil mobi money movie museum name net network news ngo ninja online ong org page paris partners parts
 photo photos pics pictures pizza plus post press pro properties pub radio realty recipes rent repair
 report rest restaurant reviews rip rocks run sale school science services shop show site ski social
 software solar solutions space store studio style support surf systems tax taxi team tech technology
 tel tennis theater tips tires today tools tours town toys trade training travel tube university
 vacations ventures vet video villas vip vision vote voyage watch web wedding wiki win wine work works
 world wtf xyz yoga zone";

/// A domain with its subdomains, and a path when one is given.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Domain {
    /// In lower case, without `www.` only where the term is.
    pub host: String,
    /// With its slash; empty without one.
    pub path: String,
    /// The path goes on.
    pub open: bool,
}

impl Domain {
    /// Of `site:`, which asks for no public top-level domain.
    pub(super) fn of_site(text: &str) -> Option<Self> {
        let (host, path) = text.find('/').map_or((text, ""), |at| text.split_at(at));
        let open = path.ends_with('*');
        let path = path.trim_end_matches(['*', '/']);
        (host.contains('.') && labels(host)).then(|| Self { host: host.to_owned(), path: path.to_owned(), open })
    }
}

fn labels(host: &str) -> bool {
    host.split('.')
        .all(|label| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-' || is_mark(c)))
}

/// The domain that a term's text is: lower case, no space, a public top-level domain, with or without a
/// path. `E.Leclerc`, `Node.js` are none.
pub(super) fn domain(text: &str) -> Option<Domain> {
    let text = text.replace("[.]", ".");
    if text.contains(|c: char| c.is_whitespace() || c.is_uppercase()) {
        return None;
    }
    let (host, path) = text.find('/').map_or((text.as_str(), ""), |at| text.split_at(at));
    let open = path.ends_with(MANY);
    let path = path.trim_end_matches(MANY);
    let path = if open { path } else { path.trim_end_matches('/') };
    let (_, top) = host.rsplit_once('.')?;
    let fine = labels(host) && ALL.contains(top) && !path.contains([MANY, ONE]);
    fine.then(|| Domain { host: host.to_owned(), path: path.to_owned(), open })
}

/// The domain and path of an address as people paste it: with a scheme, or with a query behind the path. The
/// inner nothing: its host is no domain.
#[expect(clippy::option_option, reason = "no address, and one that is not readable, are two answers")]
pub(super) fn pasted(text: &str) -> Option<Option<Domain>> {
    let scheme = ["https://", "http://"]
        .into_iter()
        .find(|scheme| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
    let rest = &text[scheme.map_or(0, str::len)..];
    let (host, path) = rest.find(['/', '?', '#']).map_or((rest, ""), |at| rest.split_at(at));
    if text.contains(char::is_whitespace) {
        return None;
    }
    let host = host.to_lowercase();
    let is_host = host.contains('.') && labels(&host);
    if scheme.is_some() {
        let host = host.strip_prefix("www.").filter(|host| host.contains('.')).unwrap_or(&host);
        let open = path.ends_with('*');
        let path = if open { path.trim_end_matches('*') } else { path.trim_end_matches('/') };
        return Some(is_host.then(|| Domain { host: host.to_owned(), path: path.to_owned(), open }));
    }
    // `?` between a path and `name=value` is no wildcard.
    let is_query = path.starts_with('/') && path.split_once('?').is_some_and(|(_, query)| query.contains('='));
    let (_, top) = host.rsplit_once('.')?;
    let fine = is_query && is_host && ALL.contains(top) && !path.contains('*');
    fine.then(|| Some(Domain { host, path: path.to_owned(), open: false }))
}

/// True for a label such as `fr` or `com`, in any case, that ends a domain in a running text.
#[must_use]
pub fn is_top_level(label: &str) -> bool {
    (2..=16).contains(&label.len()) && TOP_LEVEL.split_ascii_whitespace().any(|known| known.eq_ignore_ascii_case(label))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_ends_with_any_public_top_level_domain() {
        for (text, expected) in [
            ("e.leclerc", true),
            ("oui.sncf", true),
            ("mabanque.bnpparibas", true),
            ("accor.hotels/promo", true),
            ("россия.рф", true),
            ("fini.la", true),
            ("E.Leclerc", false),
            ("la.poste", false),
            ("node.js", false),
        ] {
            assert_eq!(domain(text).is_some(), expected, "{text}");
        }
        assert!(TOP_LEVEL.split_ascii_whitespace().all(|label| ALL.contains(label)));
        let lines: Vec<&str> =
            include_str!("data/top_level.txt").lines().filter(|line| !line.starts_with('#')).collect();
        assert!(lines.windows(2).all(|pair| pair[0] < pair[1]) && lines.len() > 1000);
        assert!(lines.iter().all(|label| *label == label.to_lowercase()));
    }

    #[test]
    fn a_word_of_a_sentence_is_no_top_level_domain() {
        for (label, expected) in [
            ("fr", true),
            ("COM", true),
            ("paris", true),
            ("la", false),
            ("et", false),
            ("orange", false),
            ("js", false),
        ] {
            assert_eq!(is_top_level(label), expected, "{label}");
        }
    }
}
