//! A live TLS peer with certificates made here: the state `certificate`, and redirects out of TLS.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use vigie::demo::web::Web;
use vigie::fetch::Verdict;
use vigie::health::SourceState;
use vigie::source::State;

use crate::support::{feed, fetcher, rss};

const FEED: &str = "<rss version='2.0'><channel><item><title>a</title></item></channel></rss>";

/// An authority of its own: its issuer, and its certificate for those who trust it.
fn authority() -> (Issuer<'static, KeyPair>, String) {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let pem = params.self_signed(&key).expect("a certificate").pem();
    (Issuer::new(params, key), pem)
}

/// A server whose certificate is for `name`; `/down` redirects to `plain`.
async fn server(issuer: &Issuer<'static, KeyPair>, name: &str, is_expired: bool, plain: &str) -> SocketAddr {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
    if is_expired {
        params.not_before = date_time_ymd(2019, 1, 1);
        params.not_after = date_time_ymd(2020, 1, 1);
    }
    let chain = vec![params.signed_by(&key, issuer).expect("a certificate").der().clone()];
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(chain, PrivateKeyDer::try_from(key.serialize_der()).expect("a key"))
        .expect("a configuration");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let plain = plain.to_owned();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A client that does not trust it goes away: no fault of the server.
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut head = vec![0; 8 << 10];
            let length = stream.read(&mut head).await.unwrap_or(0);
            let answer = if head[..length].starts_with(b"GET /down") {
                format!("HTTP/1.1 302 Found\r\nLocation: {plain}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            } else {
                format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{FEED}", FEED.len())
            };
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    });
    address
}

async fn verdict(address: SocketAddr, path: &str) -> Verdict {
    let url = format!("https://localhost:{}{path}", address.port());
    fetcher(&[address]).poll(&feed(&url), State::default()).await.verdict
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_a_state_of_its_own() {
    let (issuer, _) = authority();
    let found = verdict(server(&issuer, "localhost", false, "").await, "/f").await;
    assert_eq!(found.state, SourceState::Certificate, "{:?}", found.detail);
    assert!(found.detail.is_some_and(|detail| detail.contains("unknown issuer")));
}

/// Runs itself again as a child that trusts the authority: a process is told so by a variable at its start.
#[test]
fn certificates_are_checked_for_time_and_name_and_no_redirect_leaves_tls() {
    const PEERS: &str = "VIGIE_TEST_PEERS";
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    if let Ok(peers) = std::env::var(PEERS) {
        let peers: Vec<SocketAddr> = peers.split(',').map(|peer| peer.parse().expect("an address")).collect();
        return runtime.block_on(async {
            for (peer, path, state, words) in [
                (peers[0], "/f", SourceState::Ok, ""),
                (peers[1], "/f", SourceState::Certificate, "expired"),
                (peers[2], "/f", SourceState::Certificate, "another name"),
                (peers[0], "/down", SourceState::Unreachable, "plain http"),
            ] {
                let found = verdict(peer, path).await;
                let detail = found.detail.unwrap_or_default();
                assert_eq!(found.state, state, "{path}: {detail}");
                assert!(detail.contains(words), "{detail}");
            }
        });
    }
    let (issuer, pem) = authority();
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), pem).expect("written");
    let (peers, web) = runtime.block_on(async {
        let web = Web::start().await.expect("a web");
        web.put("/f", rss("", &["a"]));
        let mut peers = Vec::new();
        for (name, is_expired) in [("localhost", false), ("localhost", true), ("other.example", false)] {
            peers.push(server(&issuer, name, is_expired, &web.url("/f")).await.to_string());
        }
        (peers.join(","), web)
    });
    let name = "tls::certificates_are_checked_for_time_and_name_and_no_redirect_leaves_tls";
    let mut child = Command::new(std::env::current_exe().expect("this test"));
    child.args(["--exact", name]).env(PEERS, peers).env("SSL_CERT_FILE", file.path()).env_remove("SSL_CERT_DIR");
    let output = child.output().expect("a child");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(web.connections(), 0);
}
