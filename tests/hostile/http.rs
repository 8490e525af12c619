//! Hostile answers over HTTP: a server of this process that sends what it likes, and the real client, with the
//! deadline of the settings and a cap of 1 MiB.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use vigie::clock::SystemClock;
use vigie::config::settings::{FetchSettings, OpenedAddress};
use vigie::fetch::{Fetcher, Poll};
use vigie::net::Client;
use vigie::source::feed::FeedConfig;
use vigie::source::{Source, State};

use crate::bounds::Case;

const TIMEOUT: Duration = Duration::from_secs(1);
const CAP: usize = 1 << 20;
const FINE: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n";

/// What the server says: a beginning, and what it says again and again behind it.
#[derive(Clone, Default)]
struct Says {
    start: Vec<u8>,
    again: Vec<u8>,
    pause: Duration,
}

fn says(start: impl Into<Vec<u8>>) -> Says {
    Says { start: start.into(), ..Says::default() }
}

impl Says {
    fn and_again(self, again: impl Into<Vec<u8>>) -> Self {
        Self { again: again.into().repeat(64), ..self }
    }

    fn slowly(self, again: &str) -> Self {
        Self { again: again.into(), pause: Duration::from_millis(20), ..self }
    }
}

fn body(head: &str, body: impl AsRef<[u8]>) -> Says {
    let body = body.as_ref();
    says([format!("{FINE}{head}Content-Length: {}\r\n\r\n", body.len()).as_bytes(), body].concat())
}

async fn serve(said: Says) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let said = said.clone();
            tokio::spawn(async move {
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).await;
                let mut went = stream.write_all(&said.start).await;
                while went.is_ok() && !said.again.is_empty() {
                    went = stream.write_all(&said.again).await;
                    if !said.pause.is_zero() {
                        tokio::time::sleep(said.pause).await;
                    }
                }
            });
        }
    });
    address
}

fn client(address: SocketAddr) -> Client {
    let opened = OpenedAddress { network: address.ip(), bits: 32, port: address.port() };
    let settings =
        FetchSettings { allow_private: vec![opened], timeout: TIMEOUT, max_bytes: CAP, ..FetchSettings::default() };
    Client::new(&settings).expect("a client")
}

/// Polls a feed of this server, and posts to it; neither takes longer than it may.
fn asked(said: Says) -> Poll {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let poll = runtime.block_on(async {
        let address = serve(said).await;
        let url = format!("http://{address}/f");
        let client = client(address);
        let began = Instant::now();
        let posted = client.post(&url, &[], b"{}".to_vec(), TIMEOUT).await;
        assert!(posted.is_err() || posted.is_ok_and(|answer| answer.body.len() <= 64 << 10));
        let source = Source::Feed(FeedConfig { url, ..FeedConfig::default() }.compile().expect("a feed"));
        let poll = Fetcher::new(client, SystemClock).poll(&source, State::default()).await;
        // Room for a machine that does ten other things: what hangs takes for ever.
        assert!(began.elapsed() < 20 * TIMEOUT, "{:?}", began.elapsed());
        poll
    });
    runtime.shutdown_background();
    if let Some(detail) = &poll.verdict.detail {
        assert!(!detail.contains(char::is_control) && detail.len() < 1_000, "{detail:?}");
    }
    poll
}

/// The same of what is no feed, by the state that the source is then in.
fn ill(said: Says, states: &[&str]) {
    let poll = asked(said);
    let state = poll.verdict.state.word();
    assert!(states.contains(&state), "{state}: {:?}", poll.verdict.detail);
    assert!(poll.entries.is_empty(), "{:?}", poll.entries);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

/// 1 GiB of spaces in a kilobyte: 64 meta-blocks (RFC 7932, section 9.2), each of one literal and one copy from
/// one back, with prefix codes of a single symbol.
fn brotli_bomb() -> Vec<u8> {
    let (mut out, mut held, mut count) = (Vec::new(), 0_u64, 0);
    let mut put = |bits: u64, width: u32| {
        held |= bits << count;
        count += width;
        while count >= 8 {
            out.push(held as u8);
            held >>= 8;
            count -= 8;
        }
    };
    // A window of 64 KiB.
    put(0, 1);
    for _ in 0..64 {
        // Not last; six nibbles of the length less one; not stored.
        put(0, 1);
        put(2, 2);
        put((1 << 24) - 1, 24);
        put(0, 1);
        // One type of block each; no postfix, no direct distances; context mode; one tree each.
        put(0, 3);
        put(0, 6);
        put(0, 2);
        put(0, 2);
        // Simple codes of one symbol: a space; insert 1 and copy 2118 and more; distance of one extra bit.
        for (symbol, width) in [(u64::from(b' '), 8), (399, 10), (16, 6)] {
            put(1, 2);
            put(0, 2);
            put(symbol, width);
        }
        put((1 << 24) - 1 - 2_118, 24);
        put(0, 1);
    }
    // Last and empty.
    put(3, 2);
    put(0, 7);
    out
}

fn rss() -> &'static str {
    "<rss version=\"2.0\"><channel><item><guid>1</guid><title>acme</title></item></channel></rss>"
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut case = |name: &str, run: fn()| cases.push(Case::new(name, run));
    case("headers without end", || ill(says(FINE).and_again("X-A: b\r\n"), &["unreachable"]));
    case("one header without end", || ill(says(format!("{FINE}X-A: ")).and_again("bbbbbbbb"), &["unreachable"]));
    case("headers that drip", || ill(says(FINE).slowly("X-A: b\r\n"), &["timeout"]));
    case("a status line without end", || ill(says("HTTP/1.1 200 ").and_again("OK"), &["unreachable"]));
    case("a body that drips", || ill(says(format!("{FINE}\r\n<rss>")).slowly(" "), &["timeout"]));
    case("a body without end", || ill(says(format!("{FINE}\r\n<rss>")).and_again("<!-- -->"), &["too_large"]));
    case("chunks without end", || {
        ill(
            says(format!("{FINE}Transfer-Encoding: chunked\r\n\r\n")).and_again("8\r\n<a></a> \r\n"),
            &["too_large", "timeout"],
        );
    });
    case("chunks whose extensions never end", || {
        ill(says(format!("{FINE}Transfer-Encoding: chunked\r\n\r\n1")).and_again(";a=b"), &["unreachable"]);
    });
    case("chunks of a byte with long extensions", || {
        let chunk = format!("1;{}\r\n \r\n", "a".repeat(1_000));
        ill(
            says(format!("{FINE}Transfer-Encoding: chunked\r\n\r\n")).and_again(chunk),
            &["unreachable", "timeout", "too_large"],
        );
    });
    case("trailers without end", || {
        ill(
            says(format!("{FINE}Transfer-Encoding: chunked\r\n\r\n0\r\n")).and_again("X-A: b\r\n"),
            &["unreachable", "empty", "not_a_feed", "broken"],
        );
    });
    case("chunks whose size is none", || {
        for size in ["ffffffffffffffff", "10000000000000000", "-1", "x", "", "0x5", "5 5", "\u{0}"] {
            ill(
                says(format!("{FINE}Transfer-Encoding: chunked\r\n\r\n{size}\r\nabcde\r\n")),
                &["unreachable", "timeout", "too_large"],
            );
        }
    });
    case("lengths that lie", || {
        for length in ["99", "18446744073709551615", "18446744073709551616", "-1", "1e3", "0x10", "", "5, 6"] {
            ill(
                says(format!("{FINE}Content-Length: {length}\r\n\r\n<rss>")),
                &["unreachable", "too_large", "not_a_feed", "empty", "broken"],
            );
        }
        ill(says(format!("{FINE}Content-Length: 5\r\nContent-Length: 6\r\n\r\n<rss>")), &["unreachable"]);
        let both = format!("{FINE}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        ill(says(both), &["unreachable", "not_a_feed", "empty", "broken"]);
    });
    case("a second answer behind the first", || {
        let first = body("", rss());
        let poll = asked(says([&first.start[..], b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother"].concat()));
        assert_eq!(poll.entries.len(), 1);
    });
    case("answers that announce an answer, without end", || {
        for line in [
            "HTTP/1.1 100 Continue\r\n\r\n",
            "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
            "HTTP/1.1 199 x\r\n\r\n",
        ] {
            ill(says("").and_again(line), &["timeout", "unreachable"]);
        }
    });
    case("statuses that are none", || {
        for status in ["000", "099", "600", "999", "1000", "20", "-200", "2OO", "\u{0}\u{0}\u{0}", ""] {
            let _ = asked(says(format!("HTTP/1.1 {status} x\r\nContent-Length: 0\r\n\r\n")));
        }
        ill(
            says("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),
            &["unreachable", "timeout", "server_error"],
        );
    });
    case("protocols that are none", || {
        for start in [
            "HTTP/0.9 200 OK\r\n\r\n",
            "HTTP/9.9 200 OK\r\n\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "SSH-2.0-x\r\n",
            "\u{16}\u{3}\u{1}\u{0}",
            "ICY 200 OK\r\n\r\n",
            "<rss>",
            "\0\0\0\0",
        ] {
            ill(says(start), &["unreachable", "timeout"]);
        }
    });
    case("NUL, line ends and bytes of no encoding in headers", || {
        for header in ["X: a\0b", "X\0: a", "X: a\rb", "X: a\nb", "X\u{1b}[31m: a", ": a", "X", " X: a", "X : a"] {
            let _ = asked(says(format!("{FINE}{header}\r\nContent-Length: 5\r\n\r\n<rss>")));
        }
        let _ = asked(says([FINE.as_bytes(), b"X: \xFF\xFE\r\nETag: \xFF\r\nContent-Length: 5\r\n\r\n<rss>"].concat()));
    });
    case("headers folded over lines", || {
        let _ = asked(says(format!("{FINE}X: a{}\r\nContent-Length: 5\r\n\r\n<rss>", "\r\n b".repeat(50))));
    });
    case("10,000 cookies and validators of 100 KB", || {
        let poll = asked(body(&"Set-Cookie: a=b\r\n".repeat(60), rss()));
        assert_eq!(poll.entries.len(), 1);
        let _ = asked(body(&"Set-Cookie: a=b\r\n".repeat(10_000), rss()));
        let poll = asked(body(&format!("ETag: \"{}\"\r\n", "a".repeat(100_000)), rss()));
        let kept = poll.state.map(|state| serde_json::to_string(&state).expect("JSON")).unwrap_or_default();
        assert!(kept.len() < 10_000, "{} bytes are kept", kept.len());
    });
    case("times that the server asks for", || {
        for wait in ["99999999999999999999999999", "-1", "Fri, 31 Dec 9999 23:59:59 GMT", "x", "1e9", "\u{b2}"] {
            let head = format!(
                "HTTP/1.1 503 x\r\nRetry-After: {wait}\r\nX-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: {wait}\r\n"
            );
            let poll = asked(says(format!("{head}Content-Length: 0\r\n\r\n")));
            assert!(poll.verdict.retry_after.is_none_or(|wait| wait <= Duration::from_hours(24)), "{wait}");
            let _ = asked(body(&format!("Cache-Control: max-age={wait}\r\nAge: {wait}\r\nExpires: {wait}\r\n"), rss()));
        }
    });
    case("an error page without end, and one that drips", || {
        let _ = asked(says("HTTP/1.1 404 x\r\n\r\n").and_again("<html>"));
        let _ = asked(says("HTTP/1.1 500 x\r\n\r\n").slowly("<html>"));
    });
    case("a redirect with a body without end", || {
        ill(says("HTTP/1.1 302 x\r\nLocation: /again\r\n\r\n").and_again("xxxxxxxx"), &["redirect_loop"]);
    });
    case("redirects that are none", || {
        for place in [
            "",
            "//",
            "http://",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "http://[::1",
            "\u{0}",
            "http://a b/",
            "/x\u{9b}31m",
            "data:text/xml,<rss/>",
            "gopher://127.0.0.1/",
            "http://\u{202E}x/",
            "?",
            "#",
        ] {
            let _ = asked(says(format!("HTTP/1.1 302 x\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n")));
        }
        let long = format!("HTTP/1.1 302 x\r\nLocation: /{}\r\nContent-Length: 0\r\n\r\n", "a".repeat(200_000));
        let _ = asked(says(long));
        let two = "HTTP/1.1 302 x\r\nLocation: /a\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n";
        ill(says(two), &["redirect_loop"]);
    });
    case("a bomb of gzip", || ill(body("Content-Encoding: gzip\r\n", gzip(&vec![b' '; 64 << 20])), &["too_large"]));
    case("a bomb of deflate", || {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&vec![b' '; 64 << 20]).expect("memory");
        ill(body("Content-Encoding: deflate\r\n", encoder.finish().expect("memory")), &["too_large"]);
    });
    case("a bomb of brotli: a gibibyte in a kilobyte", || {
        let bomb = brotli_bomb();
        assert!(bomb.len() < 1_200, "{}", bomb.len());
        ill(body("Content-Encoding: br\r\n", bomb), &["too_large"]);
    });
    case("a bomb of zstd", || {
        let bomb = zstd::encode_all(&vec![b' '; 64 << 20][..], 1).expect("memory");
        ill(body("Content-Encoding: zstd\r\n", bomb), &["too_large"]);
    });
    case("zstd that asks for a window of 128 MiB, and of 2 GiB", || {
        for exponent in [17_u8, 21, 31] {
            // Magic, no content size, the window alone, then one raw block of 16 bytes, the last.
            let mut frame = vec![0x28, 0xB5, 0x2F, 0xFD, 0x00, exponent << 3];
            frame.extend([0x81, 0, 0]);
            frame.extend([b' '; 16]);
            let _ = asked(body("Content-Encoding: zstd\r\n", frame));
        }
    });
    case("codings inside one another", || {
        let twice = gzip(&gzip(&vec![b' '; 16 << 20]));
        let _ = asked(body("Content-Encoding: gzip, gzip\r\n", &twice));
        let _ = asked(body(&format!("Content-Encoding: {}gzip\r\n", "gzip, ".repeat(500)), &twice));
        ill(body("Content-Encoding: gzip\r\n", &twice), &["too_large", "not_a_feed", "broken"]);
    });
    case("codings that lie", || {
        for coding in ["gzip", "br", "zstd", "deflate", "compress", "x", "identity, gzip", "\u{0}"] {
            let _ = asked(body(&format!("Content-Encoding: {coding}\r\n"), rss()));
        }
        let whole = gzip(rss().as_bytes());
        let _ = asked(body("Content-Encoding: gzip\r\n", &whole[..whole.len() / 2]));
        let mut wrong = whole.clone();
        wrong[12] ^= 0xFF;
        let _ = asked(body("Content-Encoding: gzip\r\n", wrong));
    });
    case("kinds that lie", || {
        for kind in [
            "text/html",
            "image/png",
            "application/json",
            "multipart/mixed; boundary=a",
            "\u{0}",
            "",
            "a/b; charset=\u{1b}",
        ] {
            let head =
                format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{}", rss().len(), rss());
            let _ = asked(says(head));
        }
        let mut kind = String::from("text/xml");
        for n in 0..2_000 {
            let _ = write!(kind, "; a{n}=b");
        }
        let _ = asked(says(format!(
            "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{}",
            rss().len(),
            rss()
        )));
    });
    case("nothing, and less", || {
        for start in
            ["", "H", "HTTP/1.1", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\n\r\n", "\r\n\r\n\r\n"]
        {
            let _ = asked(says(start));
        }
        ill(says("").and_again("\r\n"), &["unreachable", "timeout"]);
    });
    cases
}
