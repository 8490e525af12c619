//! What a cold HTTPS request costs through `net::Client`, beside bare reqwest with the same TLS: CPU time of the
//! asking thread, a new connection each time, against a TLS server in a process of its own.
//! `cargo bench --bench cold_https`.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use vigie::config::settings::{FetchSettings, OpenedAddress};
use vigie::net::Client;

const ROLE: &str = "VIGIE_BENCH_ROLE";
const ROUNDS: usize = 9;
const REQUESTS: usize = 300;
const BODY: usize = 28 << 10;

/// Nanoseconds on a CPU so far.
fn spent() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    text.split(' ').next().and_then(|first| first.parse().ok()).expect("a number")
}

/// Makes an authority and a certificate, and answers until it is killed.
async fn serve(trusted: &Path) {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    std::fs::write(trusted, params.self_signed(&key).expect("a certificate").pem()).expect("written");
    let issuer = Issuer::new(params, key);
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("a name");
    let chain = vec![params.signed_by(&key, &issuer).expect("a certificate").der().clone()];
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(chain, PrivateKeyDer::try_from(key.serialize_der()).expect("a key"))
        .expect("a configuration");
    config.send_tls13_tickets = 0;
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    println!("{}", listener.local_addr().expect("an address"));
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: {BODY}\r\nConnection: close\r\n\r\n{}",
        "x".repeat(BODY)
    );
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let Ok(mut stream) = acceptor.accept(stream).await else { continue };
        let mut head = vec![0; 4 << 10];
        let _ = stream.read(&mut head).await;
        let _ = stream.write_all(answer.as_bytes()).await;
        let _ = stream.shutdown().await;
    }
}

async fn ask(address: SocketAddr) {
    let url = format!("https://{address}/f");
    let opened = OpenedAddress { network: address.ip(), bits: 32, port: address.port() };
    let client = Client::new(&FetchSettings { allow_private: vec![opened], ..FetchSettings::default() }).expect("one");
    let bare = reqwest::Client::builder().tls_backend_rustls().no_proxy().build().expect("one");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let start = spent();
        for _ in 0..REQUESTS {
            assert_eq!(client.get(&url, None).await.expect("an answer").body.len(), BODY);
        }
        let between = spent();
        for _ in 0..REQUESTS {
            let answer = bare.get(&url).send().await.expect("an answer");
            assert_eq!(answer.bytes().await.expect("a body").len(), BODY);
        }
        // The first round warms caches.
        if round > 0 {
            ours.push(between - start);
            theirs.push(spent() - between);
        }
    }
    let median = |times: &mut Vec<u64>| {
        times.sort_unstable();
        times[times.len() / 2] as f64 / REQUESTS as f64 / 1e3
    };
    let (ours, theirs) = (median(&mut ours), median(&mut theirs));
    println!("cold HTTPS, 28 KB: vigie {ours:.1} µs, reqwest {theirs:.1} µs, ratio {:.3}", ours / theirs);
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    match std::env::var(ROLE).ok().as_deref().map(|role| role.split_once(' ').unwrap_or((role, ""))) {
        Some(("serve", file)) => runtime.block_on(serve(Path::new(file))),
        Some((_, address)) => runtime.block_on(ask(address.parse().expect("an address"))),
        None => {
            let folder = tempfile::tempdir().expect("a folder");
            let trusted = folder.path().join("authority.pem");
            let role = |role: String| {
                let mut command = Command::new(std::env::current_exe().expect("this bench"));
                // Whom to trust is read at a process's start.
                command.env(ROLE, role).env("SSL_CERT_FILE", &trusted).env_remove("SSL_CERT_DIR");
                command
            };
            let mut server =
                role(format!("serve {}", trusted.display())).stdout(Stdio::piped()).spawn().expect("a server");
            let mut address = String::new();
            let out = server.stdout.take().expect("its output");
            BufReader::new(out).read_line(&mut address).expect("its address");
            let asked = role(format!("ask {}", address.trim())).status();
            server.kill().expect("it ends");
            server.wait().expect("it ended");
            assert!(asked.expect("it asked").success());
        }
    }
}
