//! A real mail server on loopback: Dovecot from Debian's packages.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Ends the server with the test.
pub(crate) struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // It takes its children along when it is asked; a kill would leave them.
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}

pub(crate) fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().expect(program);
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text").trim().to_owned()
}

/// A free port of this machine, for now.
pub(crate) fn port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port()
}

/// The server over `mail` of a folder, with three letters in its inbox and one in `Alertes`; the password of
/// everybody is `gwenn-ha-du`.
pub(crate) fn start(folder: &Path, port: u16) -> Server {
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
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = ["new", "cur"]
        .iter()
        .flat_map(|part| std::fs::read_dir(folder.join(part)).expect("a folder").map(move |entry| (part, entry)))
        .map(|(part, entry)| format!("{part}/{}", entry.expect("a file").file_name().to_string_lossy()))
        .collect();
    names.sort();
    names
}
