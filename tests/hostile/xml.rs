//! Hostile feeds.

use std::fmt::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use vigie::source::{ParseError, Step};

use crate::bounds::Case;
use crate::readers::{feed, feed_as};

const MIB: usize = 1 << 20;

fn rss(items: &str) -> String {
    format!("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>S</title>{items}</channel></rss>")
}

fn item(inner: &str) -> String {
    rss(&format!("<item><guid>1</guid><title>T</title>{inner}</item>"))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn titles(step: Result<Step, ParseError>) -> Vec<String> {
    step.map(|step| step.entries.into_iter().map(|entry| entry.title).collect()).unwrap_or_default()
}

/// Nothing of the machine's own files, and nothing that grew.
fn tells_nothing(step: Result<Step, ParseError>) {
    for entry in step.map(|step| step.entries).unwrap_or_default() {
        let all = format!("{entry:?}");
        assert!(!all.contains("root:") && all.len() < 100_000, "{} bytes", all.len());
    }
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut case = |name: &str, run: fn()| cases.push(Case::new(name, run));
    case("200,000 elements inside one another", || {
        let _ = feed(item(&("<a>".repeat(200_000) + "x")));
    });
    case("elements inside one another, closed", || {
        let _ = feed(item(&("<a>".repeat(50_000) + "x" + &"</a>".repeat(50_000))));
    });
    case("items inside items", || {
        let _ = feed(rss(&"<item><title>a</title>".repeat(50_000)));
    });
    case("entities that double", || {
        let mut dtd = String::from("<!DOCTYPE rss [<!ENTITY a0 \"lol\">");
        for n in 1..30 {
            let _ = write!(dtd, "<!ENTITY a{n} \"&a{0};&a{0};\">", n - 1);
        }
        tells_nothing(feed(format!(
            "<?xml version=\"1.0\"?>{dtd}]>{}",
            &item("<description>&a29;</description>")[21..]
        )));
    });
    case("one large entity, often", || {
        let dtd = format!("<!DOCTYPE rss [<!ENTITY a \"{}\">]>", "a".repeat(100_000));
        let body = item(&format!("<description>{}</description>", "&a;".repeat(20_000)));
        tells_nothing(feed(format!("<?xml version=\"1.0\"?>{dtd}{}", &body[21..])));
    });
    case("an entity that is a file", || {
        for entity in ["SYSTEM \"file:///etc/passwd\"", "PUBLIC \"a\" \"/etc/passwd\""] {
            let dtd = format!("<!DOCTYPE rss [<!ENTITY a {entity}>]>");
            tells_nothing(feed(format!(
                "<?xml version=\"1.0\"?>{dtd}{}",
                &item("<description>&a;</description>")[21..]
            )));
        }
    });
    case("a parameter entity from elsewhere", || {
        let dtd = "<!DOCTYPE rss [<!ENTITY % x SYSTEM \"http://127.0.0.1:1/x.dtd\"> %x; <!ATTLIST a b CDATA #FIXED \"%x;\">]>";
        tells_nothing(feed(format!("<?xml version=\"1.0\"?>{dtd}{}", &item("<description>%x;</description>")[21..])));
    });
    case("a DTD that never ends", || {
        let _ = feed(format!("<?xml version=\"1.0\"?><!DOCTYPE rss [{}", "<!ENTITY a \"b\">".repeat(200_000)));
    });
    case("XInclude", || {
        tells_nothing(feed(item(
            "<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"/etc/passwd\" parse=\"text\"/>",
        )));
    });
    case("200,000 items", || {
        let items: String = (0..200_000).fold(String::new(), |mut out, n| {
            let _ = write!(out, "<item><guid>{n}</guid><title>a</title></item>");
            out
        });
        let step = feed(rss(&items));
        assert!(step.is_err() || step.is_ok_and(|step| step.dropped > 0));
    });
    case("items of one id", || {
        let _ = feed(rss(&"<item><guid>1</guid><title>a</title></item>".repeat(100_000)));
    });
    case("a title of 8 MiB", || {
        let _ = feed(item(&format!("<title>{}</title>", "a b ".repeat(2 * MIB - 100))));
    });
    case("a text of a MiB, all matches", || {
        let _ = feed(item(&format!("<description>{}</description>", "acme ".repeat(MIB / 5))));
    });
    case("100,000 attributes", || {
        let attributes = (0..100_000).fold(String::new(), |mut out, n| {
            let _ = write!(out, " a{n}=\"b\"");
            out
        });
        let _ = feed(item(&format!("<a{attributes}/>")));
    });
    case("100,000 times one attribute", || {
        let _ = feed(item(&format!("<a{}/>", " a=\"b\"".repeat(100_000))));
    });
    case("20,000 namespaces", || {
        let spaces = (0..20_000).fold(String::new(), |mut out, n| {
            let _ = write!(out, " xmlns:a{n}=\"urn:{n}\"");
            out
        });
        let _ = feed(item(&format!("<a{spaces}><a1:b/></a>")));
    });
    case("a name of 4 MiB", || {
        let name = "a".repeat(4 * MIB);
        let _ = feed(item(&format!("<{name}>x</{name}>")));
    });
    case("CDATA that never ends", || {
        let _ = feed(item(&format!("<description><![CDATA[{}", "]] >".repeat(MIB))));
    });
    case("a comment that never ends", || {
        let _ = feed(rss(&format!("<!--{}", "- -".repeat(2 * MIB))));
    });
    case("half a million instructions", || {
        let _ = feed(rss(&"<?a b?>".repeat(500_000)));
    });
    case("bare ampersands and angles", || {
        let _ = feed(item(&format!("<description>{}</description>", "& < && <<".repeat(300_000))));
    });
    case("items that nobody closes", || {
        let _ = feed(rss(&"<item><title>a & b<link>x".repeat(100_000)));
    });
    case("end tags alone", || {
        let _ = feed(rss(&"</item></title></a>".repeat(200_000)));
    });
    case("NUL between all bytes", || {
        let _ = feed(item("<description>acme</description>").bytes().flat_map(|byte| [byte, 0]).collect::<Vec<_>>());
        let _ = feed(item(&"\0".repeat(MIB)));
    });
    case("every byte but letters", || {
        let noise: Vec<u8> = (0..4 * MIB as u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let _ = feed([item("<description>").as_bytes(), &noise].concat());
    });
    case("bytes of no encoding", || {
        let _ = feed([b"<rss><channel><item><title>".as_slice(), &vec![0xFF; 4 * MIB]].concat());
    });
    case("encodings that lie", || {
        for name in ["utf-7", "utf-16", "utf-32", "iso-2022-jp", "x-user-defined", "hz-gb-2312", "", "\u{1F4A9}"] {
            let head = format!("<?xml version=\"1.0\" encoding=\"{name}\"?>");
            let _ = feed(format!("{head}{}", &item("<description>\u{1b}$B+ADw-script</description>")[21..]));
            let _ = feed_as(&format!("text/xml; charset={name}"), item("é"));
        }
        let wide: Vec<u8> = item("<description>acme</description>").encode_utf16().flat_map(u16::to_be_bytes).collect();
        let _ = feed([&b"\xFE\xFF"[..], &wide, b"\xD8"].concat());
    });
    case("references to no characters", || {
        let references = "&#0;&#xFFFF;&#xD800;&#x110000;&#99999999999;&#x;&#;&;&#-1;&nbsp;&bogus;".repeat(40_000);
        let _ = feed(item(&format!("<description>{references}</description>")));
    });
    case("a million ampersands", || {
        let _ = feed(item(&format!("<description>{}</description>", "&amp;".repeat(1_000_000))));
    });
    case("HTML inside, nested deep", || {
        let html = "<div><b><i>".repeat(40_000);
        let _ = feed(item(&format!("<description><![CDATA[{html}]]></description>")));
        let _ = feed(item(&format!("<description>{}</description>", "&lt;div&gt;".repeat(100_000))));
    });
    case("XHTML inside of Atom, nested deep", || {
        let body = "<div>".repeat(100_000);
        let _ = feed(format!(
            "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><id>1</id><content type=\"xhtml\">{body}x</content></entry></feed>"
        ));
    });
    case("base64 inside of Atom", || {
        let body = "QWNt".repeat(MIB);
        let _ = feed(format!(
            "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><id>1</id><content type=\"a/b\">{body}</content></entry></feed>"
        ));
    });
    case("xml:base inside xml:base", || {
        let _ = feed(item(&("<a xml:base=\"b/\">".repeat(2_000) + "<link href=\"x\"/>" + &"</a>".repeat(2_000))));
    });
    case("dates of no time", || {
        let dates =
            ["Fri, 31 Dec 9999 23:59:59 GMT", "-0001-01-01T00:00:00Z", "99999999999999", "0000-00-00", "+1e308"];
        let items = dates.iter().fold(String::new(), |mut out, date| {
            let _ = write!(out, "<item><guid>{date}</guid><title>a</title><pubDate>{date}</pubDate></item>");
            out
        });
        let step = feed(rss(&items)).expect("a feed");
        assert!(step.entries.iter().all(|entry| entry.published.is_none()), "{:?}", step.entries);
    });
    case("a pace of no time", || {
        for pace in [
            "<ttl>99999999999999999999</ttl>",
            "<ttl>-1</ttl>",
            "<ttl>NaN</ttl>",
            "<skipHours><hour>-1</hour><hour>99</hour></skipHours>",
            "<sy:updatePeriod>never</sy:updatePeriod>",
        ] {
            let _ = feed(rss(pace));
        }
        let _ = feed(rss(&format!("<skipHours>{}</skipHours>", "<hour>3</hour>".repeat(100_000))));
    });
    case("links that are no addresses", || {
        let links = ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//", "http://", "\\\\x\\y"];
        for link in links {
            let step = feed(item(&format!("<link>{link}</link><comments>{link}</comments>"))).expect("a feed");
            let url = step.entries[0].url.as_deref().unwrap_or("https://");
            assert!(url.starts_with("http"), "{link}: {url}");
        }
    });
    case("a title with line ends and controls", || {
        let titles = titles(feed(item("<title>a&#13;&#10;Bcc: x@y.example\u{9b}31m\u{202E}</title>")));
        assert!(titles.iter().all(|title| !title.contains(['\r', '\n'])), "{titles:?}");
    });
    case("gzip that nobody announced", || {
        let bomb = gzip(&vec![b' '; 64 * MIB]);
        assert!(feed(bomb).is_err());
        let _ = feed(gzip(&gzip(item("").as_bytes())));
        let whole = gzip(item("<description>acme</description>").as_bytes());
        let _ = feed(&whole[..whole.len() / 2]);
    });
    case("10,000 gzip members", || {
        let _ = feed(gzip(b"<rss/>").repeat(10_000));
    });
    case("nothing, in many forms", || {
        for body in [&b""[..], b" ", b"\xEF\xBB\xBF", b"<", b"<?xml", b"<!", b"<rss", b"<rss>", b"&", b"]]>", b"\0"] {
            let _ = feed(body);
        }
        let _ = feed(vec![b' '; 8 * MIB]);
        let _ = feed(vec![b'<'; 4 * MIB]);
    });
    cases
}
