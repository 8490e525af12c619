//! Against a server in this process that speaks from a script.

use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use super::*;
use crate::config::settings::{FetchSettings, OpenedAddress};
use crate::exchange::SecretRef;

/// What the server answers to a command that begins so: `%t` is the command's tag.
type Script = Vec<(&'static str, String)>;

/// Listens once; hands back what it was told.
async fn serve(greeting: &'static str, script: Script) -> (SocketAddr, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        let mut told = Vec::new();
        let _ = write.write_all(greeting.as_bytes()).await;
        while let Ok(Some(line)) = lines.next_line().await {
            let (tag, command) = line.split_once(' ').unwrap_or((line.as_str(), ""));
            let answer = script.iter().find(|(begins, _)| command.starts_with(begins) || line.starts_with(begins));
            told.push(command.to_owned());
            let answer = answer.map_or_else(|| "%t BAD what?\r\n".to_owned(), |(_, answer)| answer.clone());
            if write.write_all(answer.replace("%t", tag).as_bytes()).await.is_err() {
                break;
            }
        }
        told
    });
    (address, server)
}

fn client() -> Client {
    let opened = |port| OpenedAddress { network: "127.0.0.0".parse().unwrap(), bits: 8, port };
    let settings = FetchSettings {
        allow_private: (1024..=u16::MAX).map(opened).collect(),
        timeout: Duration::from_millis(500),
        ..FetchSettings::default()
    };
    Client::new(&settings).unwrap()
}

fn account(address: SocketAddr) -> Account {
    Account {
        host: "127.0.0.1".to_owned(),
        port: address.port(),
        security: Security::None,
        username: "vigie".to_owned(),
        password: SecretRef::Env("X".to_owned()),
        folder: "Alertes/Réseaux".to_owned(),
    }
}

const WANTED: Wanted = Wanted { after: None, letters: 2, letter_bytes: 40, bytes: 1000 };

fn letters() -> Script {
    let body =
        |uid: u32, text: &str| format!("* {uid} FETCH (UID {uid} BODY[]<0> {{{}}}\r\n{text})\r\n%t OK\r\n", text.len());
    vec![
        ("LOGIN", "* CAPABILITY IMAP4rev1\r\n%t OK welcome\r\n".to_owned()),
        (
            "EXAMINE",
            "* FLAGS (\\Seen)\r\n* 3 EXISTS\r\n* OK [UIDVALIDITY 77] UIDs valid\r\n%t OK [READ-ONLY] done\r\n"
                .to_owned(),
        ),
        (
            "FETCH 2:* (UID INTERNALDATE)",
            "* 2 FETCH (UID 8 INTERNALDATE \"21-Nov-2026 10:00:00 +0100\")\r\n\
             * 3 FETCH (INTERNALDATE \"21-Nov-2026 11:00:00 +0100\" UID 9)\r\n%t OK\r\n"
                .to_owned(),
        ),
        ("UID FETCH 9:*", "* 3 FETCH (UID 9 INTERNALDATE \"x\")\r\n%t OK\r\n".to_owned()),
        ("UID FETCH 10:*", "* 3 FETCH (UID 9 INTERNALDATE \"x\")\r\n%t OK\r\n".to_owned()),
        ("UID FETCH 8 ", body(8, "Subject: a\r\n\r\n(\"b\" {3}\r\n)")),
        ("UID FETCH 9 ", body(9, &"y".repeat(60))),
        ("LOGOUT", "* BYE\r\n%t OK\r\n".to_owned()),
    ]
}

async fn read(greeting: &'static str, script: Script, wanted: Wanted) -> (Result<Read, ImapError>, Vec<String>) {
    let (address, server) = serve(greeting, script).await;
    let read = client().letters(&account(address), &Secret::new("pass \"word\\".to_owned()), wanted).await;
    (read, server.await.unwrap())
}

const HELLO: &str = "* OK IMAP4rev1 ready\r\n";

#[tokio::test]
async fn the_newest_letters_are_read_and_nothing_is_marked() {
    let (found, told) = read(HELLO, letters(), WANTED).await;
    let found = found.unwrap();
    assert_eq!((found.validity, found.uid, found.left), (77, 9, 0));
    let [first, second] = &found.letters[..] else { panic!("{:?}", found.letters) };
    assert_eq!((first.name.as_str(), first.bytes.as_slice()), ("8", &b"Subject: a\r\n\r\n(\"b\" {3}\r\n)"[..]));
    assert_eq!(first.received.unwrap().to_string(), "2026-11-21T09:00:00Z");
    assert_eq!(second.bytes, [b'y'; 40], "the cap is kept, whatever the server sends");
    assert_eq!(told[0], r#"LOGIN "vigie" "pass \"word\\""#);
    assert_eq!(told[1], r#"EXAMINE "Alertes/R&AOk-seaux""#);
    assert!(told.iter().all(|line| !line.contains("SELECT") && !line.contains("STORE")), "{told:?}");
    assert!(told[3..5].iter().all(|line| line.contains("BODY.PEEK[]")), "{told:?}");
}

#[tokio::test]
async fn a_later_reading_asks_past_the_cursor_and_takes_no_letter_twice() {
    let after = |uid| Wanted { after: Some((77, uid)), ..WANTED };
    let (found, told) = read(HELLO, letters(), after(8)).await;
    let found = found.unwrap();
    assert_eq!((found.uid, found.letters.len()), (9, 1));
    assert_eq!(told[2], "UID FETCH 9:* (UID INTERNALDATE)");
    // `10:*` names the last letter where none is newer (RFC 3501, section 6.4.8).
    let (found, _) = read(HELLO, letters(), after(9)).await;
    let found = found.unwrap();
    assert_eq!((found.uid, found.letters.len()), (9, 0));
    // Another validity: the numbers mean other letters.
    let (found, _) = read(HELLO, letters(), Wanted { after: Some((76, 9)), ..WANTED }).await;
    assert_eq!(found.unwrap().letters.len(), 2);
}

#[tokio::test]
async fn what_stands_in_the_way_has_its_name() {
    let replaced = |name: &str, answer: &str| -> Script {
        letters()
            .into_iter()
            .map(|(begins, old)| (begins, if begins == name { answer.to_owned() } else { old }))
            .collect()
    };
    let error = |greeting, script| async move { read(greeting, script, WANTED).await.0.unwrap_err() };
    let refused = error(HELLO, replaced("LOGIN", "%t NO [AUTHENTICATIONFAILED] no\r\n")).await;
    assert!(matches!(refused, ImapError::Login(ref words) if words.contains("no")), "{refused}");
    assert!(!refused.to_string().contains("word"));
    let busy = error(HELLO, replaced("LOGIN", "%t NO [UNAVAILABLE] later\r\n")).await;
    assert!(matches!(busy, ImapError::Busy(_)), "{busy}");
    assert!(matches!(error("* BYE too many\r\n", vec![]).await, ImapError::Busy(_)));
    assert!(matches!(error("HTTP/1.1 400\r\n", vec![]).await, ImapError::Protocol(_)));
    let none = error(HELLO, replaced("EXAMINE", "%t NO no such mailbox\r\n")).await;
    assert!(matches!(none, ImapError::Folder(_)), "{none}");
    let large = error(HELLO, replaced("UID FETCH 8 ", "* 2 FETCH (UID 8 BODY[] {4294967295}\r\n")).await;
    assert!(matches!(large, ImapError::Net(NetError::TooLarge { .. })), "{large}");
    let endless = error(HELLO, replaced("EXAMINE", &"x".repeat(100_000))).await;
    assert!(matches!(endless, ImapError::Protocol(_)), "{endless}");
    let silent = error(HELLO, replaced("FETCH 2:* (UID INTERNALDATE)", "* 2 FETCH (UID 8")).await;
    assert!(matches!(silent, ImapError::Net(NetError::Timeout { .. })), "{silent}");
}

#[tokio::test]
async fn a_session_that_breaks_keeps_what_was_read() {
    let script: Script = letters()
        .into_iter()
        .map(|(begins, old)| (begins, if begins == "UID FETCH 9 " { "* BYE\r\n".to_owned() } else { old }))
        .collect();
    let found = read(HELLO, script, WANTED).await.0.unwrap();
    assert_eq!((found.letters.len(), found.uid, found.left), (1, 8, 1));
}

#[tokio::test]
async fn a_folder_with_the_servers_own_delimiter_is_found() {
    let mut script = letters();
    script.insert(0, ("EXAMINE \"Alertes/", "%t NO unknown\r\n".to_owned()));
    script.insert(0, ("LIST", "* LIST (\\Noselect) \".\" \"\"\r\n%t OK\r\n".to_owned()));
    let (found, told) = read(HELLO, script, WANTED).await;
    assert_eq!(found.unwrap().letters.len(), 2);
    assert!(told.contains(&r#"EXAMINE "Alertes.R&AOk-seaux""#.to_owned()), "{told:?}");
}

#[tokio::test]
async fn a_password_beyond_ascii_goes_as_a_literal() {
    let mut script = letters();
    script.insert(0, ("LOGIN \"vigie\" {", "+ go on\r\n".to_owned()));
    script.insert(0, ("pässword", "v1 OK\r\n".to_owned()));
    let (address, server) = serve(HELLO, script).await;
    let read = client().letters(&account(address), &Secret::new("pässword".to_owned()), WANTED).await;
    assert_eq!(read.unwrap().letters.len(), 2);
    assert_eq!(server.await.unwrap()[0], "LOGIN \"vigie\" {9}");
}

#[tokio::test]
async fn in_clear_is_for_this_machine_and_private_addresses_are_guarded() {
    let account = Account { host: "10.0.0.1".to_owned(), ..account("127.0.0.1:1143".parse().unwrap()) };
    let closed = Client::new(&FetchSettings::default()).unwrap();
    let secret = Secret::new("x".to_owned());
    let error = closed.letters(&account, &secret, WANTED).await.unwrap_err();
    assert!(matches!(error, ImapError::Net(NetError::ForbiddenAddress { range: "private", .. })), "{error}");
    let here = Account { host: "127.0.0.1".to_owned(), ..account };
    let error = closed.letters(&here, &secret, WANTED).await.unwrap_err();
    assert!(matches!(error, ImapError::Net(NetError::ForbiddenAddress { range: "loopback", .. })), "{error}");
}

#[tokio::test]
async fn without_the_tls_that_was_asked_for_no_password_is_sent() {
    for (answer, security) in
        [("%t BAD no\r\n", Security::StartTls), ("%t OK\r\n* OK injected\r\n", Security::StartTls)]
    {
        let (address, server) = serve(HELLO, vec![("STARTTLS", answer.to_owned())]).await;
        let account = Account { security, ..account(address) };
        let error = client().letters(&account, &Secret::new("x".to_owned()), WANTED).await.unwrap_err();
        assert!(!matches!(error, ImapError::Login(_)), "{error}");
        assert_eq!(server.await.unwrap(), ["STARTTLS"]);
    }
    let (address, _server) = serve(HELLO, vec![]).await;
    let account = Account { security: Security::Tls, ..account(address) };
    let error = client().letters(&account, &Secret::new("x".to_owned()), WANTED).await.unwrap_err();
    assert!(matches!(error, ImapError::Net(_)), "{error}");
}
