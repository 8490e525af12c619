//! A proxy on loopback, and names whose answers are played: who goes by it, and what is never sent there.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::Client;
use super::error::NetError;
use super::guard::Guard;
use super::names::Names;
use crate::config::settings::{FetchSettings, OpenedAddress, SecretOrText};

const FINE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
const PUBLIC: &str = "93.184.215.14";

/// A server that writes down the head of each request and answers them alike.
struct Peer {
    address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Peer {
    async fn answering(answer: &'static str) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let heads: Arc<Mutex<Vec<String>>> = Arc::default();
        let told = Arc::clone(&heads);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (mut head, mut buffer) = (Vec::new(), [0; 1024]);
                while !head.windows(4).any(|end| end == b"\r\n\r\n") {
                    match stream.read(&mut buffer).await {
                        Ok(length @ 1..) => head.extend_from_slice(&buffer[..length]),
                        _ => break,
                    }
                }
                told.lock().expect("no panic").push(String::from_utf8_lossy(&head).into_owned());
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        Self { address, heads }
    }

    /// The first lines of the requests so far.
    fn asked(&self) -> Vec<String> {
        let heads = self.heads.lock().expect("no panic");
        heads.iter().map(|head| head.lines().next().unwrap_or_default().to_owned()).collect()
    }
}

/// A client with this proxy, which may reach these private addresses, for whom every name has these answers in turn,
/// the last one for ever.
fn client(proxy: &str, opened: &[SocketAddr], answers: &[&[&str]]) -> Result<Client, NetError> {
    let settings = FetchSettings {
        allow_private: opened
            .iter()
            .map(|one| OpenedAddress { network: one.ip(), bits: 32, port: one.port() })
            .collect(),
        timeout: Duration::from_secs(10),
        proxy: Some(SecretOrText::Text(proxy.to_owned())),
        ..FetchSettings::default()
    };
    let answers: Vec<Vec<IpAddr>> =
        answers.iter().map(|one| one.iter().map(|ip| ip.parse().expect("an address")).collect()).collect();
    let (names, _) = Names::in_turn(&answers.iter().map(Vec::as_slice).collect::<Vec<_>>());
    Client::guarded(&settings, Guard::new(&settings.allow_private).asking(names))
}

#[tokio::test]
async fn what_is_public_goes_by_the_proxy() {
    let proxy = Peer::answering(FINE).await;
    let client = client(&format!("http://vigie:p%20w@{}", proxy.address), &[proxy.address], &[&[PUBLIC]]).expect("one");
    let answer = client.get("http://a.example/feed?x=1", None).await.expect("an answer");
    assert_eq!((answer.status, answer.url.as_str()), (200, "http://a.example/feed?x=1"));
    client.get(&format!("http://{PUBLIC}:8080/"), None).await.expect("an answer");
    // No server behind this proxy speaks TLS; what it was asked counts.
    client.get("https://a.example/feed", None).await.map(drop).expect_err("no TLS");
    client.post("https://hook.example/", &[], b"{}".to_vec(), Duration::from_secs(5)).await.expect_err("no TLS");
    assert_eq!(
        proxy.asked(),
        [
            "GET http://a.example/feed?x=1 HTTP/1.1",
            "GET http://93.184.215.14:8080/ HTTP/1.1",
            "CONNECT a.example:443 HTTP/1.1",
            "CONNECT hook.example:443 HTTP/1.1",
        ]
    );
    for head in proxy.heads.lock().expect("no panic").iter() {
        // vigie:p w
        assert!(head.to_lowercase().contains("proxy-authorization: basic dmlnawu6ccb3"), "{head}");
    }
}

#[tokio::test]
async fn what_is_opened_is_reached_past_the_proxy() {
    let (proxy, inside) = (Peer::answering(FINE).await, Peer::answering(FINE).await);
    let opened = [proxy.address, inside.address];
    let client = client(&format!("http://{}", proxy.address), &opened, &[&["127.0.0.1"]]).expect("one");
    let port = inside.address.port();
    client.get(&format!("http://127.0.0.1:{port}/literal"), None).await.expect("an answer");
    client.get(&format!("http://intranet.example:{port}/name"), None).await.expect("an answer");
    let hook = format!("http://127.0.0.1:{port}/hook");
    client.post(&hook, &[], b"{}".to_vec(), Duration::from_secs(5)).await.expect("an answer");
    assert_eq!(inside.asked(), ["GET /literal HTTP/1.1", "GET /name HTTP/1.1", "POST /hook HTTP/1.1"]);
    assert!(proxy.asked().is_empty(), "{:?}", proxy.asked());
}

#[tokio::test]
async fn a_name_is_resolved_here_before_the_proxy_hears_of_it() {
    let proxy = Peer::answering(FINE).await;
    let at = format!("http://{}", proxy.address);
    for answers in [
        &["127.0.0.1"][..],
        &["10.0.0.1"],
        &["169.254.169.254"],
        &["::1"],
        &["fd00::1"],
        &["::ffff:192.168.0.1"],
        // The proxy would resolve again, and take whichever it likes.
        &[PUBLIC, "10.0.0.1"],
        &["::1", PUBLIC],
    ] {
        let client = client(&at, &[proxy.address], &[answers]).expect("one");
        for url in ["http://a.example/", "https://a.example/", "http://a.example:8443/"] {
            let error = client.get(url, None).await.map(drop).expect_err("refused");
            assert!(matches!(error, NetError::ForbiddenAddress { .. }), "{answers:?} {url}: {error:?}");
        }
        let error = client.post("https://a.example/", &[], vec![], Duration::from_secs(5)).await.expect_err("refused");
        assert!(matches!(error, NetError::ForbiddenAddress { .. }), "{answers:?}: {error:?}");
    }
    let nowhere = client(&at, &[proxy.address], &[]).expect("one");
    let error = nowhere.get("http://a.example/", None).await.map(drop).expect_err("no such host");
    assert!(error.to_string().contains("a.example"), "{error}");
    assert!(proxy.asked().is_empty(), "{:?}", proxy.asked());
}

#[tokio::test]
async fn a_redirect_that_comes_through_the_proxy_is_checked_like_any_other() {
    let proxy = Peer::answering(
        "HTTP/1.1 302 Found\r\nLocation: http://b.example/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    )
    .await;
    let at = format!("http://{}", proxy.address);
    let client = client(&at, &[proxy.address], &[&[PUBLIC], &["192.168.0.1"]]).expect("one");
    let error = client.get("http://a.example/", None).await.map(drop).expect_err("refused");
    assert!(matches!(error, NetError::ForbiddenAddress { range: "private", .. }), "{error:?}");
    assert_eq!(proxy.asked(), ["GET http://a.example/ HTTP/1.1"]);
}

#[tokio::test]
async fn the_proxy_itself_is_under_the_guard() {
    let proxy = Peer::answering(FINE).await;
    let port = proxy.address.port();
    for at in [format!("http://127.0.0.1:{port}"), format!("http://0x7f.1:{port}"), format!("http://[::1]:{port}")] {
        let error = client(&at, &[], &[&[PUBLIC]]).map(drop).expect_err("refused");
        assert!(matches!(error, NetError::ForbiddenAddress { .. }), "{at}: {error:?}");
    }
    // First the server's name, then the proxy's.
    let named = client(&format!("http://proxy.example:{port}"), &[], &[&[PUBLIC], &["127.0.0.1"]]).expect("one");
    let error = named.get("http://a.example/", None).await.map(drop).expect_err("refused");
    assert!(matches!(&error, NetError::ForbiddenAddress { host, .. } if host == "proxy.example"), "{error:?}");
    assert!(proxy.asked().is_empty(), "{:?}", proxy.asked());
}

#[tokio::test]
async fn what_the_proxy_says_is_told_from_what_the_server_says() {
    for (answer, url, word) in [
        ("HTTP/1.1 407 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "http://a.example/", "password"),
        ("HTTP/1.1 407 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "https://a.example/", "password"),
        ("HTTP/1.1 403 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "https://a.example/", "pass the request"),
        ("HTTP/1.1 502 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "https://a.example/", "pass the request"),
        ("nonsense\r\n\r\n", "https://a.example/", "pass the request"),
        ("", "https://a.example/", "pass the request"),
    ] {
        let proxy = Peer::answering(answer).await;
        let client = client(&format!("http://{}", proxy.address), &[proxy.address], &[&[PUBLIC]]).expect("one");
        let error = client.get(url, None).await.map(drop).expect_err("no answer").to_string();
        let shown = format!("the proxy 127.0.0.1:{}", proxy.address.port());
        assert!(error.starts_with(&shown) && error.contains(word), "{answer:?} {url}: {error}");
    }
    // Nobody listens there.
    let shut = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port").local_addr().expect("an address");
    for url in ["http://a.example/", "https://a.example/"] {
        let client = client(&format!("http://{shut}"), &[shut], &[&[PUBLIC]]).expect("one");
        let error = client.get(url, None).await.map(drop).expect_err("no answer");
        assert_eq!(error, NetError::NoProxy(shut.to_string()), "{url}");
    }
}

#[test]
fn no_password_of_a_proxy_shows() {
    let client = client("http://vigie:hunter2@proxy.example:3128", &[], &[]).expect("one");
    let shown = format!("{client:?}");
    assert!(shown.contains("proxy.example:3128") && !shown.contains("hunter2"), "{shown}");
}
