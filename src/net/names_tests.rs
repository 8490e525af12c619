//! Names whose server answers what it likes, and otherwise the next time: the real client, and servers on
//! loopback that count who comes.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;

use super::Client;
use super::error::NetError;
use super::guard::Guard;
use super::names::Names;
use crate::config::settings::{FetchSettings, OpenedAddress};

const OPEN: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
const SHUT: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Two servers on one port: one whose address is opened, and one that nobody may reach.
struct Stage {
    port: u16,
    opened: Arc<AtomicUsize>,
    shut: Arc<AtomicUsize>,
}

/// Answers each connection once, and closes it: the next request is a new connection, and a new question for
/// the name.
async fn serve(listener: TcpListener, count: Arc<AtomicUsize>, answer: String) {
    while let Ok((mut stream, _)) = listener.accept().await {
        count.fetch_add(1, Ordering::SeqCst);
        let mut request = [0; 1024];
        let _ = stream.read(&mut request).await;
        let _ = stream.write_all(answer.as_bytes()).await;
    }
}

impl Stage {
    async fn open(answer: &str) -> Self {
        let shut = TcpListener::bind((SHUT, 0)).await.expect("a port");
        let port = shut.local_addr().expect("an address").port();
        let opened = TcpListener::bind((OPEN, port)).await.expect("the same port of another address");
        let stage = Self { port, opened: Arc::default(), shut: Arc::default() };
        let answer = answer.replace("{port}", &port.to_string());
        tokio::spawn(serve(opened, Arc::clone(&stage.opened), answer.clone()));
        tokio::spawn(serve(shut, Arc::clone(&stage.shut), answer));
        stage
    }

    /// A client for which names have these answers in turn, the last one for ever; and how often it asked.
    fn client(&self, answers: &[&[IpAddr]]) -> (Client, Arc<AtomicUsize>) {
        let (names, asked) = Names::in_turn(answers);
        let opening = OpenedAddress { network: OPEN, bits: 32, port: self.port };
        let settings = FetchSettings {
            allow_private: vec![opening],
            timeout: Duration::from_secs(10),
            ..FetchSettings::default()
        };
        let guard = Guard::new(&settings.allow_private).asking(names);
        (Client::guarded(&settings, guard).expect("a client"), asked)
    }

    fn counts(&self) -> (usize, usize) {
        (self.opened.load(Ordering::SeqCst), self.shut.load(Ordering::SeqCst))
    }
}

const FINE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

#[tokio::test]
async fn a_name_that_leads_to_a_private_address_is_refused_by_every_verb() {
    let stage = Stage::open(FINE).await;
    let addresses = [
        "127.0.0.1",
        "127.9.9.9",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "198.18.0.1",
        "192.0.0.1",
        "192.0.2.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:0:127.0.0.1",
        "64:ff9b::127.0.0.1",
        "64:ff9b:1::127.0.0.1",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
        "2001:db8::1",
        "fc00::1",
        "fd00::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "100::1",
        "4000::1",
    ];
    for address in addresses {
        let (client, asked) = stage.client(&[&[address.parse().expect("an address")]]);
        let url = format!("http://name.example:{}/", stage.port);
        let secure = url.replace("http:", "https:");
        for refused in [
            client.get(&url, None).await.map(drop),
            client.get(&secure, None).await.map(drop),
            client.post(&url, &[], Vec::new(), Duration::from_secs(5)).await.map(drop),
            client.post(&secure, &[], Vec::new(), Duration::from_secs(5)).await.map(drop),
            client.guard().addresses(&Url::parse(&secure).expect("a URL")).await.map(drop),
        ] {
            assert!(matches!(refused, Err(NetError::ForbiddenAddress { .. })), "{address}: {refused:?}");
        }
        assert_eq!(asked.load(Ordering::SeqCst), 5, "{address}");
    }
    assert_eq!(stage.counts(), (0, 0));
}

#[tokio::test]
async fn of_several_answers_those_within_reach_are_taken() {
    let stage = Stage::open(FINE).await;
    let (client, _) = stage.client(&[&[SHUT, OPEN, "10.0.0.1".parse().expect("an address")]]);
    for _ in 0..3 {
        let answer = client.get(&format!("http://name.example:{}/", stage.port), None).await.expect("an answer");
        assert_eq!(answer.status, 200);
    }
    assert_eq!(stage.counts(), (3, 0));
}

#[tokio::test]
async fn what_was_looked_at_is_what_is_connected_to_whatever_the_name_says_next() {
    let stage = Stage::open(FINE).await;
    let url = format!("http://name.example:{}/", stage.port);
    let (client, asked) = stage.client(&[&[OPEN], &[SHUT]]);
    assert_eq!(client.get(&url, None).await.expect("an answer").status, 200);
    assert_eq!((asked.load(Ordering::SeqCst), stage.counts()), (1, (1, 0)), "one question, one connection");
    let refused = client.get(&url, None).await.map(drop);
    assert!(matches!(refused, Err(NetError::ForbiddenAddress { .. })), "{refused:?}");

    let (client, asked) = stage.client(&[&[OPEN], &[SHUT]]);
    assert_eq!(client.post(&url, &[], Vec::new(), Duration::from_secs(5)).await.expect("an answer").status, 200);
    let refused = client.post(&url, &[], Vec::new(), Duration::from_secs(5)).await.map(drop);
    assert!(matches!(refused, Err(NetError::ForbiddenAddress { .. })), "{refused:?}");
    assert_eq!(asked.load(Ordering::SeqCst), 2);

    // The mail server's connection goes to the very address that was looked at.
    let (client, _) = stage.client(&[&[OPEN], &[SHUT]]);
    let found = client.guard().addresses(&Url::parse(&url).expect("a URL")).await.expect("an address");
    assert_eq!(found, [SocketAddr::new(OPEN, stage.port)]);
    assert_eq!(stage.counts(), (2, 0));
}

#[tokio::test]
async fn each_hop_of_a_redirect_asks_anew() {
    let again = "HTTP/1.1 302 Found\r\nLocation: http://name.example:{port}/next\r\nContent-Length: 0\r\n\
                 Connection: close\r\n\r\n";
    let stage = Stage::open(again).await;
    let (client, asked) = stage.client(&[&[OPEN], &[SHUT]]);
    let refused = client.get(&format!("http://name.example:{}/", stage.port), None).await.map(drop);
    assert!(matches!(refused, Err(NetError::ForbiddenAddress { .. })), "{refused:?}");
    assert_eq!((asked.load(Ordering::SeqCst), stage.counts()), (2, (1, 0)));
}
