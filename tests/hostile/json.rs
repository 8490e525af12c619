//! Hostile JSON: as a document read by pointers, and as a JSON Feed.

use crate::bounds::Case;
use crate::readers::{feed_as, json};

const MIB: usize = 1 << 20;

fn both(body: impl Into<Vec<u8>>) {
    let body = body.into();
    let _ = json(body.clone());
    let _ = feed_as("application/feed+json", body);
}

fn document(items: &str) -> String {
    format!("{{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"a\",\"items\":[{items}]}}")
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut case = |name: &str, run: fn()| cases.push(Case::new(name, run));
    case("a million brackets", || both("[".repeat(1_000_000)));
    case("objects inside one another", || both("{\"items\":".repeat(200_000)));
    case("as deep as is read, closed", || {
        both(document(&format!("{{\"id\":1,\"title\":{}1{}}}", "[".repeat(100), "]".repeat(100))));
    });
    case("a string of 8 MiB", || {
        both(document(&format!("{{\"id\":\"1\",\"title\":\"{}\"}}", "a b ".repeat(2 * MIB - 100))));
    });
    case("300,000 items", || {
        let items = vec!["{\"id\":\"a\",\"title\":\"b\"}"; 300_000].join(",");
        let read = json(document(&items));
        assert!(read.is_err() || read.is_ok_and(|step| step.entries.len() <= 10_000));
        let _ = feed_as("application/feed+json", document(&items));
    });
    case("a million small objects, and two million small lists", || {
        for (one, times) in [("{\"a\":1}", 900_000), ("[1]", 2_000_000), ("[[]]", 1_600_000)] {
            let body = format!("{{\"items\":[{}]}}", vec![one; times].join(","));
            assert!(json(body.clone()).is_err(), "{one}");
            let _ = feed_as("application/feed+json", body);
        }
    });
    case("half a million keys", || {
        let keys: Vec<String> = (0..300_000).map(|n| format!("\"k{n}\":{n}")).collect();
        both(format!("{{{}}}", keys.join(",")));
    });
    case("one key, often", || both(format!("{{{}\"items\":[]}}", "\"items\":1,".repeat(500_000))));
    case("numbers that are none", || {
        for number in ["1e999999", "-1e-999999", "0.0000000000000000000000000001e400", "NaN", "-", "01", "1."] {
            both(document(&format!("{{\"id\":{number},\"title\":\"acme\",\"date\":{number}}}")));
        }
        both(document(&format!("{{\"id\":{}}}", "9".repeat(4 * MIB))));
    });
    case("dates that are none", || {
        for date in ["1e18", "-99999999999999999999", "\"9999-12-31T23:59:60Z\"", "true", "[1]", "{}"] {
            both(document(&format!("{{\"id\":\"1\",\"title\":\"acme\",\"date\":{date},\"date_published\":{date}}}")));
        }
    });
    case("half characters and controls", || {
        both(document("{\"id\":\"\\ud800\",\"title\":\"\\udc00\\ud800x\\u0000\\u001b[31m\\u202e\"}"));
        both(document("{\"id\":\"a\tb\u{1}\",\"title\":\"\\x\"}"));
    });
    case("escapes alone", || {
        both(document(&format!("{{\"id\":\"1\",\"title\":\"{}\"}}", "\\u0041\\n".repeat(MIB / 2))));
    });
    case("a mark of byte order, twice", || both([b"\xEF\xBB\xBF\xEF\xBB\xBF", document("").as_bytes()].concat()));
    case("wide characters without a mark", || {
        both(document("{\"id\":\"1\"}").encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>());
    });
    case("bytes of no encoding", || both([document("{\"title\":\"").as_bytes(), &vec![0xC3; 2 * MIB]].concat()));
    case("many documents on many lines", || both("{\"items\":[]}\n".repeat(300_000)));
    case("cut off everywhere", || {
        let whole = document("{\"id\":\"1\",\"title\":\"é\\u00e9\",\"url\":\"https://a.example/\"}");
        for end in 0..whole.len() {
            both(&whole.as_bytes()[..end]);
        }
    });
    case("things of another kind everywhere", || {
        for value in ["null", "true", "[]", "{}", "\"\"", "[[[]]]", "{\"a\":{\"b\":[]}}", "1", "[null]"] {
            both(format!("{{\"items\":{value}}}"));
            both(document(value));
            both(document(&format!("{{\"id\":{value},\"title\":{value},\"text\":{value},\"url\":{value}}}")));
        }
    });
    case("white space alone", || both(" \n\t\r".repeat(2 * MIB)));
    case("authors and tags without end", || {
        let authors = vec!["{\"name\":\"a\"}"; 100_000].join(",");
        both(document(&format!("{{\"id\":\"1\",\"title\":\"a\",\"authors\":[{authors}]}}")));
    });
    cases
}
