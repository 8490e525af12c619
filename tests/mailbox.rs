//! Mailboxes against a real mail server, Dovecot from Debian's packages: the same letters over IMAP and out
//! of its Maildir, and nothing moved or marked by reading them.

use vigie::config::settings::{FetchSettings, OpenedAddress};
use vigie::exchange::{Account, Cursor, Inbox, SecretRef, Security};
use vigie::fetch::mailbox::{self, Limits, MailboxError};
use vigie::health::SourceState;
use vigie::net::Client;

#[path = "support/dovecot.rs"]
mod dovecot;

use dovecot::{names, output, port, start};

#[tokio::test]
#[ignore = "needs dovecot: tests/all.sh"]
async fn letters_are_read_from_a_real_server_and_left_as_they_are() {
    let folder = tempfile::tempdir().expect("a folder");
    let port = port();
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
