//! Mail through a real server, Postfix from Debian's packages with Cyrus SASL: what arrives is what was sent, and
//! each refusal ends where it should, in words that help.

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use mail_parser::MessageParser;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use serde_json::Value;
use support::{LIMIT, World, until};
use vigie::demo::smtp::{Fault, Step};

#[path = "support/world.rs"]
#[expect(dead_code, reason = "the whole daemon's tests need more of it")]
mod support;

const HOST: &str = "localhost";
const USER: &str = "vigie";
const PASSWORD: &str = "gwenn-ha-du";
/// How long Postfix counts a client's mails together.
const RATE_UNIT: Duration = Duration::from_secs(10);

/// Ways in, each on a port of its own: its name, and how it differs from a submission port as it should be.
const DOORS: [(&str, &str); 10] = [
    ("submission", ""),
    ("smtps", "-o smtpd_tls_wrappermode=yes"),
    ("clear", "-o smtpd_tls_security_level=none -o smtpd_tls_auth_only=no"),
    ("unvouched", "-o smtpd_tls_chain_files={at}/unvouched.pem"),
    ("unvouched-smtps", "-o smtpd_tls_wrappermode=yes -o smtpd_tls_chain_files={at}/unvouched.pem"),
    ("expired", "-o smtpd_tls_chain_files={at}/expired.pem"),
    ("elsewhere", "-o smtpd_tls_chain_files={at}/elsewhere.pem"),
    ("small", "-o message_size_limit=3000"),
    ("hurried", "-o smtpd_client_message_rate_limit=1"),
    ("greylisted", "-o smtpd_recipient_restrictions=check_recipient_access,static:defer"),
];

/// A Postfix of its own, in a folder of its own; stops with the test.
struct Postfix {
    folder: tempfile::TempDir,
    ports: Vec<u16>,
    child: Child,
}

fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().expect(program);
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text").trim().to_owned()
}

/// A key and its certificate as one PEM file; `None` signs itself.
fn certify(at: &Path, name: &str, host: &str, expired: bool, issuer: Option<&Issuer<'_, KeyPair>>) {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec![host.to_owned()]).expect("a name");
    if expired {
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 1, 1);
    }
    let certificate = match issuer {
        Some(issuer) => params.signed_by(&key, issuer),
        None => params.self_signed(&key),
    };
    let pem = certificate.expect("a certificate").pem();
    std::fs::write(at.join(format!("{name}.pem")), key.serialize_pem() + &pem).expect("written");
}

impl Postfix {
    /// Nothing where only root could start it: Postfix gives each of its parts a user.
    fn start() -> Option<Self> {
        if run("id", &["-u"]) != "0" {
            eprintln!("not run: Postfix is started by root alone");
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder");
        let at = folder.path();
        let shown = at.display().to_string();
        for part in ["etc/sasl", "queue", "data", "mail"] {
            std::fs::create_dir_all(at.join(part)).expect("a folder");
        }
        let mut authority = CertificateParams::new(Vec::new()).expect("no names");
        authority.distinguished_name.push(DnType::CommonName, "Acme CA");
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let certificate = authority.self_signed(&key).expect("a certificate").pem();
        std::fs::write(at.join("authority.pem"), certificate).expect("written");
        let issuer = Issuer::new(authority, key);
        certify(at, "good", HOST, false, Some(&issuer));
        certify(at, "expired", HOST, true, Some(&issuer));
        certify(at, "elsewhere", "mail.elsewhere.example", false, Some(&issuer));
        certify(at, "unvouched", HOST, false, None);

        let held: Vec<_> = DOORS.iter().map(|_| std::net::TcpListener::bind("127.0.0.1:0").expect("a port")).collect();
        let ports: Vec<u16> = held.iter().map(|held| held.local_addr().expect("an address").port()).collect();
        let main = format!(
            "compatibility_level = 3.6\nqueue_directory = {shown}/queue\ndata_directory = {shown}/data\n\
             maillog_file = {shown}/log\nmaillog_file_prefixes = {shown}\ninet_interfaces = 127.0.0.1\n\
             inet_protocols = ipv4\nmyhostname = mail.acme.example\nmydestination =\nmynetworks =\nalias_maps =\n\
             alias_database =\ndefault_transport = error\nvirtual_mailbox_domains = acme.example\n\
             virtual_mailbox_base = {shown}/mail\nvirtual_mailbox_maps = inline:{{cm@acme.example=cm/}}\n\
             virtual_uid_maps = static:65534\nvirtual_gid_maps = static:65534\nvirtual_minimum_uid = 100\n\
             smtpd_sasl_auth_enable = yes\nsmtpd_sasl_path = smtpd\ncyrus_sasl_config_path = {shown}/etc/sasl\n\
             smtpd_sasl_local_domain = mail.acme.example\nsmtpd_client_restrictions = permit_sasl_authenticated, reject\n\
             smtpd_tls_security_level = may\nsmtpd_tls_auth_only = yes\nsmtpd_tls_chain_files = {shown}/good.pem\n\
             anvil_rate_time_unit = {}s\n",
            RATE_UNIT.as_secs(),
        );
        let mut master = String::from(
            "postlog unix-dgram n - n - 1 postlogd\ncleanup unix n - n - 0 cleanup\nqmgr unix n - n 300 1 qmgr\n\
             tlsmgr unix - - n 1000? 1 tlsmgr\nrewrite unix - - n - - trivial-rewrite\nbounce unix - - n - 0 bounce\n\
             defer unix - - n - 0 bounce\nerror unix - - n - - error\nvirtual unix - n n - - virtual\n\
             anvil unix - - n - 1 anvil\nproxymap unix - - n - - proxymap\n",
        );
        for ((door, options), port) in DOORS.iter().zip(&ports) {
            let options = options.replace("{at}", &shown);
            let _ = writeln!(master, "127.0.0.1:{port} inet n - n - - smtpd -o syslog_name=postfix/{door} {options}");
        }
        let sasl = format!(
            "pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: {shown}/sasldb\nmech_list: PLAIN LOGIN\n"
        );
        std::fs::write(at.join("etc/main.cf"), main).expect("written");
        std::fs::write(at.join("etc/master.cf"), master).expect("written");
        std::fs::write(at.join("etc/sasl/smtpd.conf"), sasl).expect("written");
        let enter = format!("printf %s {PASSWORD} | saslpasswd2 -p -c -f {shown}/sasldb -u mail.acme.example {USER}");
        run("sh", &["-c", &enter]);
        run("chmod", &["755", &shown]);
        run("chown", &["postfix", &format!("{shown}/data"), &format!("{shown}/sasldb")]);
        run("chown", &["65534:65534", &format!("{shown}/mail")]);
        drop(held);
        let child = Command::new("postfix")
            .args(["-c", &format!("{shown}/etc"), "start-fg"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("postfix");
        let postfix = Self { folder, ports, child };
        let began = Instant::now();
        while !postfix.greets() {
            assert!(began.elapsed() < LIMIT, "Postfix does not answer: {}", postfix.log());
            std::thread::sleep(Duration::from_millis(100));
        }
        Some(postfix)
    }

    /// Whether somebody at the door says what a mail server says. A connection alone may be one to a port that another
    /// test holds, or to itself: until Postfix listens, its ports are anybody's.
    fn greets(&self) -> bool {
        let Ok(mut stream) = std::net::TcpStream::connect(("127.0.0.1", self.port("submission"))) else { return false };
        let mut said = [0; 4];
        stream.set_read_timeout(Some(Duration::from_secs(1))).expect("a time");
        stream.read_exact(&mut said).is_ok() && said == *b"220 "
    }

    fn port(&self, door: &str) -> u16 {
        let place = DOORS.iter().position(|(name, _)| *name == door).expect("a door");
        self.ports[place]
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// The mails as they lie in the mailbox.
    fn mails(&self) -> Vec<String> {
        let folder = self.folder.path().join("mail/cm/new");
        let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
        let read = |path: PathBuf| String::from_utf8(std::fs::read(path).expect("a mail")).expect("UTF-8");
        entries.map(|entry| read(entry.expect("a file").path())).collect()
    }

    /// Points a world's settings to one of the doors.
    fn point(&self, world: &World, door: &str, login: Option<&str>) {
        let security = if door.ends_with("smtps") { "tls" } else { "starttls" };
        let login = login.map_or(String::new(), |password| {
            std::fs::write(world.path().join("password"), password).expect("written");
            run("chmod", &["600", &world.path().join("password").display().to_string()]);
            format!(", username: {USER}, password: {{file: password}}")
        });
        let smtp = format!("smtp: {{host: {HOST}, port: {}, security: {security}{login}, ", self.port(door));
        rewrite(world, "smtp:", &(smtp + "from: \"Vigie <vigie@acme.example>\"}"));
    }

    /// The program, which trusts the authority of this test and no other.
    async fn vigie(&self, world: &World, arguments: &[&str]) -> (i32, String) {
        let mut command = world.vigie(arguments);
        command.env("SSL_CERT_FILE", self.folder.path().join("authority.pem"));
        let output = tokio::task::spawn_blocking(move || command.output().expect("the program runs"));
        let output = tokio::time::timeout(LIMIT, output).await.expect("it ends").expect("no panic");
        let said = [output.stdout, output.stderr].concat();
        (output.status.code().unwrap_or(-1), String::from_utf8(said).expect("UTF-8"))
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        let pid = || std::fs::read_to_string(self.folder.path().join("queue/pid/master.pid")).unwrap_or_default();
        // A test that fails at once finds it starting: it is waited for, or nobody would ever stop it.
        let began = Instant::now();
        while pid().trim().is_empty() && began.elapsed() < LIMIT && matches!(self.child.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(100));
        }
        // Asked, it takes its children along; and the script that started it ends with it.
        let _ = Command::new("kill").arg(pid().trim()).status();
        let _ = self.child.wait();
    }
}

/// Writes another line in place of the one of vigie.yaml that starts so.
fn rewrite(world: &World, start: &str, line: &str) {
    let settings = std::fs::read_to_string(world.config()).expect("settings");
    let lines: Vec<&str> = settings.lines().map(|there| if there.starts_with(start) { line } else { there }).collect();
    std::fs::write(world.config(), lines.join("\n") + "\n").expect("written");
}

/// Publishes entries under these numbers, each a story of its own.
fn publish(world: &World, numbers: std::ops::RangeInclusive<usize>) {
    let texts: Vec<[String; 3]> = numbers
        .map(|n| [format!("g{n}"), format!("Orange en panne, été n° {n}"), format!("https://site{n}.example/{n}")])
        .collect();
    let items: Vec<(&str, &str, &str, &str)> =
        texts.iter().map(|[guid, title, link]| (&**guid, &**title, &**link, ".\n..\nUn « œuf » à 5 €…")).collect();
    world.feed("/rss.xml", &items);
}

/// A world past its baseline, with nothing to tell yet.
async fn watched() -> World {
    let world = World::with(&support::WATCHLIST.replace("group: 1s", "group: off")).await;
    publish(&world, 1..=1);
    let (code, _, said) = world.output(&["run", "--once"]).await;
    assert_eq!(code, 0, "{said}");
    world
}

async fn status(postfix: &Postfix, world: &World) -> Value {
    let (code, said) = postfix.vigie(world, &["status", "--json"]).await;
    assert_eq!(code, 0, "{said}");
    serde_json::from_str(&said).expect("JSON")
}

/// A mail without its Date, which a repeat may change.
fn undated(mail: &str) -> String {
    mail.lines().filter(|line| !line.starts_with("Date: ")).collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Postfix: tests/all.sh"]
async fn a_mail_goes_through_a_real_server_and_arrives_as_it_was_sent() {
    let Some(postfix) = Postfix::start() else { return };
    for door in ["submission", "smtps"] {
        let before = postfix.mails().len();
        let world = watched().await;
        // A server of ours sees the mail whole and sends it back to the queue; then it goes to Postfix.
        let seen: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = Arc::clone(&seen);
        world.smtp.before_accepting(move |mail| kept.lock().expect("no panic").push(mail.text()));
        world.smtp.fail_once(Step::Dot, Fault::Reply(451, "4.3.0 later"));
        publish(&world, 1..=2);
        let (code, said) = postfix.vigie(&world, &["run", "--once"]).await;
        assert_eq!(code, 1, "{said}");
        postfix.point(&world, door, Some(PASSWORD));
        let (code, said) = postfix.vigie(&world, &["run", "--once"]).await;
        assert_eq!(code, 0, "{door}: {said}\n{}", postfix.log());
        until("it lies in the mailbox", async || postfix.mails().len() == before + 1).await;
        let sent = undated(&seen.lock().expect("no panic")[0]);
        let arrived = postfix.mails().into_iter().find(|mail| undated(mail).ends_with(&sent));
        let arrived = arrived.unwrap_or_else(|| panic!("{door}: none of {:#?} is\n{sent}", postfix.mails()));
        let parsed = MessageParser::default().parse(arrived.as_bytes()).expect("a mail");
        assert!(parsed.message_id().is_some_and(|id| sent.contains(id)), "{arrived}");
        assert!(parsed.subject().is_some_and(|subject| subject.contains("été n° 2")), "{arrived}");
        assert!(parsed.body_text(0).is_some_and(|text| text.contains("« œuf » à 5 €…")), "{arrived}");
        assert!(parsed.body_html(0).is_some(), "{arrived}");
        assert!(arrived.contains("with ESMTPSA"), "over TLS, logged in: {arrived}");
        let (code, said) = postfix.vigie(&world, &["send-test", "comms"]).await;
        assert_eq!(code, 0, "{said}");
        until("the test lies there too", async || postfix.mails().len() == before + 2).await;
    }
}

/// What becomes of a refused message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// The channel waits for somebody to mend it, and the message with it.
    Paused,
    /// It is tried again by itself.
    Retried,
    /// It is given up and told elsewhere.
    Dead,
}

/// A door, the password, who gets the mail, what is said about it, and what becomes of it.
type Case = (&'static str, Option<&'static str>, &'static str, &'static [&'static str], Fate);

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Postfix: tests/all.sh"]
async fn what_a_real_server_refuses_ends_where_it_should_in_words_that_help() {
    use Fate::{Dead, Paused, Retried};
    const KNOWN: Option<&str> = Some(PASSWORD);
    let Some(postfix) = Postfix::start() else { return };
    let cases: &[Case] = &[
        ("submission", Some("wrong"), "cm", &["AUTH", "535 5.7.8"], Paused),
        ("submission", None, "cm", &["554 5.7.1", "Access denied", "`username`"], Paused),
        ("clear", KNOWN, "cm", &["STARTTLS", "nothing is sent in clear"], Paused),
        ("unvouched", KNOWN, "cm", &["certificate", "UnknownIssuer", "update-ca-certificates"], Paused),
        ("unvouched-smtps", KNOWN, "cm", &["certificate", "UnknownIssuer", "update-ca-certificates"], Paused),
        ("expired", KNOWN, "cm", &["certificate", "expired"], Paused),
        ("elsewhere", KNOWN, "cm", &["certificate", "not valid for name", HOST], Paused),
        ("small", KNOWN, "cm", &["552 5.3.4"], Dead),
        ("submission", KNOWN, "nobody", &["550 5.1.1", "User unknown"], Dead),
        ("greylisted", KNOWN, "cm", &["450 4.7.1"], Retried),
    ];
    let mut delivered = 0;
    for &(door, login, recipient, words, fate) in cases {
        let name = format!("{door} {login:?} {recipient}");
        let world = watched().await;
        postfix.point(&world, door, login);
        rewrite(&world, "  comms:", &format!("  comms: {{email: {{to: [{recipient}@acme.example]}}}}"));
        publish(&world, 1..=2);
        let (code, said) = postfix.vigie(&world, &["run", "--once"]).await;
        assert_eq!(code, 1, "{name}: {said}");
        let shown = status(&postfix, &world).await;
        let (channel, outbox) = (&shown["channels"][0], &shown["outbox"]);
        let found = match (channel["state"].as_str(), outbox["pending"].as_u64(), outbox["dead"].as_u64()) {
            (Some("paused"), Some(1), Some(0)) => Paused,
            (Some("ok"), Some(1), Some(0)) => Retried,
            (Some("ok"), _, Some(1)) => Dead,
            _ => panic!("{name}: {shown:#}"),
        };
        assert_eq!(found, fate, "{name}: {shown:#}");
        let (code, tried) = postfix.vigie(&world, &["send-test", "comms"]).await;
        assert_eq!(code, 1, "{name}: {tried}");
        for said in [&said, &tried] {
            for word in words {
                assert!(said.contains(word), "{name}: no {word:?} in {said}");
            }
            assert!(!said.contains(PASSWORD), "{name}: {said}");
        }
        if fate == Paused {
            let detail = channel["detail"].to_string();
            assert!(words.iter().all(|word| detail.contains(word)), "{name}: {detail}");
        }
        // Mended, nothing that waited is lost, and nothing that is dead comes back.
        rewrite(&world, "  comms:", "  comms: {email: {to: [cm@acme.example]}}");
        postfix.point(&world, "submission", KNOWN);
        let (code, said) = postfix.vigie(&world, &["run", "--once"]).await;
        if fate == Dead {
            continue;
        }
        assert_eq!(code, 0, "{name}: {said}");
        delivered += 1;
        until("what waited came", async || postfix.mails().len() == delivered).await;
    }
    let log = postfix.log();
    // Behind a certificate that is not to be trusted, and in clear, not a word was said.
    for door in ["clear", "unvouched", "unvouched-smtps", "expired", "elsewhere"] {
        let lines: Vec<&str> = log.lines().filter(|line| line.contains(&format!("postfix/{door}/smtpd"))).collect();
        assert!(lines.iter().any(|line| line.contains(" disconnect from ")), "{door}: {log}");
        assert!(!lines.iter().any(|line| line.contains(" auth=") || line.contains(" mail=")), "{door}: {lines:#?}");
    }
    assert!(!log.contains(PASSWORD), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Postfix: tests/all.sh"]
async fn a_server_that_counts_its_clients_mails_gets_them_all_a_little_later() {
    let Some(postfix) = Postfix::start() else { return };
    let world = watched().await;
    postfix.point(&world, "hurried", Some(PASSWORD));
    publish(&world, 1..=4);
    let (code, said) = postfix.vigie(&world, &["run", "--once"]).await;
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("450 4.7.1") && said.contains("too much mail"), "{said}");
    let shown = status(&postfix, &world).await;
    assert_eq!((&shown["channels"][0]["state"], &shown["outbox"]["dead"]), (&"ok".into(), &0.into()), "{shown:#}");
    let began = Instant::now();
    while status(&postfix, &world).await["outbox"]["pending"] != 0 {
        assert!(began.elapsed() < RATE_UNIT * 12, "{}", postfix.log());
        tokio::time::sleep(RATE_UNIT / 5).await;
        postfix.vigie(&world, &["run", "--once"]).await;
    }
    until("all came", async || postfix.mails().len() == 3).await;
    let mut subjects: Vec<String> = postfix
        .mails()
        .iter()
        .filter_map(|mail| Some(MessageParser::default().parse(mail.as_bytes())?.subject()?.to_owned()))
        .collect();
    subjects.sort();
    subjects.dedup();
    assert_eq!(subjects.len(), 3, "none came twice: {subjects:?}");
}
