//! Hostile letters: of a mailbox that is watched, and as answers to our own mails.

use std::fmt::Write as _;

use crate::bounds::Case;
use crate::readers::letter;

const MIB: usize = 1 << 20;

fn simple(headers: &str, body: &str) -> String {
    format!("From: a@a.example\r\nTo: b@b.example\r\nSubject: acme\r\n{headers}\r\n{body}")
}

fn nested(levels: usize, kind: &str) -> String {
    let mut text = String::from("From: a@a.example\r\nSubject: acme\r\n");
    for level in 0..levels {
        let _ = write!(text, "Content-Type: {kind}; boundary=\"b{level}\"\r\n\r\n--b{level}\r\n");
    }
    text + "\r\nacme\r\n"
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut case = |name: &str, run: fn()| cases.push(Case::new(name, run));
    case("parts inside one another", || {
        for levels in [100, 127, 1_000, 20_000] {
            let _ = letter(nested(levels, "multipart/mixed"));
        }
    });
    case("letters inside letters", || {
        for levels in [50, 127, 1_000, 20_000] {
            let _ = letter("Content-Type: message/rfc822\r\n\r\n".repeat(levels) + "Subject: acme\r\n\r\nacme");
        }
    });
    case("parts of one boundary inside one another", || {
        let _ = letter("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n".repeat(5_000));
    });
    case("100,000 parts", || {
        let parts = "--b\r\nContent-Type: text/plain\r\n\r\nacme\r\n".repeat(100_000);
        let _ = letter(simple("Content-Type: multipart/mixed; boundary=b\r\n", &parts));
    });
    case("boundaries that are none", || {
        for boundary in ["", "\"\"", "-", "\"\r\n\"", "\"\u{0}\"", "a b", "--", "\"--b--\""] {
            let _ = letter(simple(
                &format!("Content-Type: multipart/mixed; boundary={boundary}\r\n"),
                &"--\r\n".repeat(5_000),
            ));
        }
        let long = "b".repeat(100_000);
        let _ = letter(simple(
            &format!("Content-Type: multipart/mixed; boundary={long}\r\n"),
            &format!("--{long}\r\n\r\nacme"),
        ));
    });
    case("lines that begin as boundaries do", || {
        let _ = letter(simple(
            "Content-Type: multipart/mixed; boundary=bbbbbbbbbbbbbbbb\r\n",
            &"--bbbbbbbbbbbbbbb\r\n".repeat(100_000),
        ));
    });
    case("200,000 headers", || {
        let _ = letter(simple(&"X-A: b\r\n".repeat(200_000), "acme"));
    });
    case("a header of 4 MiB", || {
        let _ = letter(simple(&format!("X-A: {}\r\n", "b ".repeat(2 * MIB)), "acme"));
        let _ = letter(format!("Subject: {}\r\n\r\nacme", "é".repeat(MIB)));
    });
    case("a header folded 200,000 times", || {
        let _ = letter(format!("From: a@a.example\r\nSubject: a{}\r\n\r\nacme", "\r\n b".repeat(200_000)));
    });
    case("encoded words without end", || {
        for word in ["=?utf-8?q?=61?= ", "=?utf-8?b?YQ==?= ", "=?x?y?z?= ", "=?utf-8?q?", "=?=?=?"] {
            let _ = letter(format!("From: a@a.example\r\nSubject: {}\r\n\r\nacme", word.repeat(50_000)));
        }
    });
    case("100,000 senders", || {
        let _ = letter(format!("From: {}\r\nSubject: acme\r\n\r\nacme", "a <a@a.example>, ".repeat(100_000)));
    });
    case("groups, comments and quotes inside one another", || {
        for open in ["(", "\"", "<", "a:", "[", "\\"] {
            let _ =
                letter(format!("From: {}\r\nTo: {0}\r\nDate: {0}\r\nReferences: {0}\r\n\r\nacme", open.repeat(50_000)));
        }
    });
    case("base64 of nothing", || {
        let head = "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n";
        let _ = letter(simple(head, &"=A\u{0}-_é".repeat(200_000)));
        let _ = letter(simple(head, &"QWNtZSA=".repeat(MIB / 4)));
    });
    case("quoted-printable of nothing", || {
        let head = "Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n";
        let _ = letter(simple(head, &"=\r\n".repeat(MIB)));
        let _ = letter(simple(head, &"=ZZ=0=".repeat(MIB / 2)));
    });
    case("parameters in 20,000 pieces", || {
        let pieces = (0..20_000).fold(String::new(), |mut out, n| {
            let _ = write!(out, ";\r\n name*{n}*=utf-8''%61");
            out
        });
        let _ = letter(simple(&format!("Content-Type: text/plain{pieces}\r\n"), "acme"));
    });
    case("encodings that lie", || {
        for name in ["utf-7", "utf-16", "iso-2022-jp", "x-bogus", "", "\u{1F4A9}", "utf-8\u{0}"] {
            let head = format!("Content-Type: text/plain; charset={name}\r\nContent-Transfer-Encoding: 8bit\r\n");
            let _ = letter([simple(&head, "+ADw-acme").as_bytes(), &[0xFF, 0xFE, 0x1B, b'$', b'B', 0x80]].concat());
        }
    });
    case("HTML without end", || {
        let head = "Content-Type: text/html\r\n";
        for inner in
            ["<div>", "<b><i>", "<table><tr><td>", "<blockquote>", "<a href=\"https://a.example/\">", "<!--", "<"]
        {
            let _ = letter(simple(head, &inner.repeat(8_000)));
        }
    });
    case("an alert of 20,000 links", || {
        let links = (0..20_000).fold(String::new(), |mut out, n| {
            let _ =
                write!(out, "<a href=\"https://www.google.com/url?q=https://a.example/{n}&amp;ct=ga\"><b>acme</b></a>");
            out
        });
        let _ = letter(simple("Content-Type: text/html\r\n", &links));
    });
    case("quotes of quotes", || {
        let _ = letter(simple("", &">".repeat(MIB)));
        let _ = letter(simple("", &(">".repeat(500) + " acme\r\n").repeat(2_000)));
        let _ = letter(simple("", &"On a, b wrote:\r\n".repeat(100_000)));
    });
    case("100,000 letters that it answers", || {
        let _ = letter(simple(&format!("References:{}\r\n", " <vigie.AAAAAAAA@a.example>".repeat(100_000)), "oui"));
        let _ = letter(format!("From: a@a.example\r\nSubject: {}\r\n\r\noui", "[vigie:AAAA] ".repeat(50_000)));
    });
    case("dates that are none", || {
        for date in
            ["Mon, 99 Foo 99999 99:99:99 +9999", "-1", "\u{0}", "9999999999999999999", "Thu, 1 Jan 1970 00:00:00 -9999"]
        {
            let _ = letter(simple(&format!("Date: {date}\r\nReceived: x; {date}\r\n"), "acme"));
        }
    });
    case("line ends of every kind", || {
        for end in ["\n", "\r", "\r\r\n", "\n\r", "\u{0}\r\n", "\r\n.\r\n"] {
            let _ = letter(
                simple("Content-Type: multipart/mixed; boundary=b\r\n", "--b\r\n\r\nacme\r\n--b--\r\n")
                    .replace("\r\n", end),
            );
        }
        let _ = letter("\r\n".repeat(2 * MIB));
    });
    case("bytes of no letter", || {
        let noise: Vec<u8> = (0..2 * MIB as u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let _ = letter(noise);
        let _ = letter(vec![0; 2 * MIB]);
        for body in [&b""[..], b":", b"\0", b"\r\n\r\n", b"a", b"a:\r\n b:\r\n\tc", b"=?"] {
            let _ = letter(body);
        }
    });
    cases
}
