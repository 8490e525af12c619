//! Mailboxes against a real mail server, Dovecot from Debian's packages: the same letters over IMAP and out
//! of its Maildir, and nothing moved or marked by reading them.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use vigie::config::settings::{FetchSettings, OpenedAddress};
use vigie::exchange::{Account, Cursor, Inbox, SecretRef, Security};
use vigie::fetch::mailbox::{self, Limits, MailboxError};
use vigie::health::SourceState;
use vigie::net::Client;

/// Ends the server with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // It takes its children along when it is asked; a kill would leave them.
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().expect(program);
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text").trim().to_owned()
}

fn start(folder: &Path, port: u16) -> Server {
    let me = output("id", &["-un"]);
    // Dovecot gives root no mailbox.
    let owner = if me == "root" { "nobody".to_owned() } else { me.clone() };
    let (uid, gid) = (output("id", &["-u", &owner]), output("id", &["-g", &owner]));
    let at = folder.display();
    let configuration = format!(
        "base_dir = {at}/run\nlog_path = {at}/log\nprotocols = imap\nlisten = 127.0.0.1\nssl = no\n\
         disable_plaintext_auth = no\ndefault_login_user = {owner}\ndefault_internal_user = {me}\n\
         default_internal_group = {group}\nmail_location = maildir:{at}/mail\nnamespace inbox {{\n  inbox = yes\n}}\n\
         passdb {{\n  driver = static\n  args = password=gwenn-ha-du\n}}\n\
         userdb {{\n  driver = static\n  args = uid={uid} gid={gid} home={at}/mail\n}}\n\
         service imap-login {{\n  chroot =\n  inet_listener imap {{\n    port = {port}\n  }}\n  inet_listener imaps {{\n    \
         port = 0\n  }}\n}}\nservice anvil {{\n  chroot =\n}}\n",
        group = output("id", &["-gn"]),
    );
    std::fs::write(folder.join("dovecot.conf"), configuration).expect("a file");
    for part in ["mail/new", "mail/cur", "mail/tmp", "mail/.Alertes/new", "mail/.Alertes/cur", "mail/.Alertes/tmp"] {
        std::fs::create_dir_all(folder.join(part)).expect("a folder");
    }
    for n in 1..=3 {
        let letter = format!("From: ana@a.example\r\nSubject: Lettre {n}\r\n\r\nTexte {n}\r\n");
        std::fs::write(folder.join(format!("mail/new/170000000{n}.M1P1.host")), letter).expect("a letter");
    }
    std::fs::write(folder.join("mail/.Alertes/cur/1700000009.M1P1.host:2,S"), "Subject: Alerte\r\n\r\nx\r\n")
        .expect("a letter");
    output("chown", &["-R", &format!("{uid}:{gid}"), &folder.join("mail").display().to_string()]);
    output("chmod", &["755", &at.to_string()]);
    let server = Command::new("dovecot")
        .args(["-F", "-c", &folder.join("dovecot.conf").display().to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("dovecot");
    let server = Server(server);
    for _ in 0..100 {
        if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return server;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("dovecot does not answer: {}", std::fs::read_to_string(folder.join("log")).unwrap_or_default());
}

/// The letters of a folder as they lie there.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = ["new", "cur"]
        .iter()
        .flat_map(|part| std::fs::read_dir(folder.join(part)).expect("a folder").map(move |entry| (part, entry)))
        .map(|(part, entry)| format!("{part}/{}", entry.expect("a file").file_name().to_string_lossy()))
        .collect();
    names.sort();
    names
}

#[tokio::test]
#[ignore = "needs dovecot: tests/all.sh"]
async fn letters_are_read_from_a_real_server_and_left_as_they_are() {
    let folder = tempfile::tempdir().expect("a folder");
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
    let _server = start(folder.path(), port);
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "gwenn-ha-du\n").expect("a file");
    output("chmod", &["600", &secret.display().to_string()]);
    let opened = OpenedAddress { network: [127, 0, 0, 1].into(), bits: 32, port };
    let client =
        Client::new(&FetchSettings { allow_private: vec![opened], ..FetchSettings::default() }).expect("a client");
    let account = Account {
        host: "127.0.0.1".to_owned(),
        port,
        security: Security::None,
        username: "vigie".to_owned(),
        password: SecretRef::File(secret),
        folder: "INBOX".to_owned(),
    };
    let read = async |account: &Account, cursor: Option<&Cursor>| {
        mailbox::read(&client, &Inbox::Imap(account.clone()), cursor, Limits::default()).await
    };
    let before = names(&folder.path().join("mail"));
    let batch = read(&account, None).await.expect("letters");
    let texts: Vec<String> =
        batch.letters.iter().map(|letter| String::from_utf8_lossy(&letter.bytes).into_owned()).collect();
    assert_eq!(texts.len(), 3, "{texts:?}");
    assert!(texts[0].contains("Subject: Lettre 1") && texts[2].contains("Texte 3"), "{texts:?}");
    assert!(batch.letters.iter().all(|letter| letter.received.is_some()));
    assert_eq!(names(&folder.path().join("mail")), before, "nothing is moved or marked");
    let again = read(&account, batch.cursor.as_ref()).await.expect("nothing new");
    assert_eq!((again.letters.len(), again.cursor == batch.cursor), (0, true));
    // A folder below, which people write with a slash or a dot.
    let below = Account { folder: "Alertes".to_owned(), ..account.clone() };
    assert_eq!(read(&below, None).await.expect("a letter").letters.len(), 1);
    // The same letters out of the folder itself.
    let maildir = Inbox::Maildir(folder.path().join("mail"));
    let lying = mailbox::read(&client, &maildir, None, Limits::default()).await.expect("letters");
    let bytes: Vec<_> = lying.letters.iter().map(|letter| &letter.bytes).collect();
    assert_eq!(bytes, batch.letters.iter().map(|letter| &letter.bytes).collect::<Vec<_>>());
    let nowhere = read(&Account { folder: "Nulle part".to_owned(), ..account.clone() }, None).await.unwrap_err();
    assert_eq!(nowhere.state(), SourceState::NotFound, "{nowhere}");
    std::fs::write(folder.path().join("secret"), "wrong\n").expect("a file");
    let refused = read(&account, None).await.unwrap_err();
    assert!(matches!(refused, MailboxError::Imap(_)) && refused.state() == SourceState::Refused, "{refused}");
    assert!(!refused.to_string().contains("wrong"));
}
