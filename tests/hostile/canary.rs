//! A canary in every secret that vigie is given, with servers that say back what they were sent, and the log at its
//! finest: it is sent where it belongs, and shows nowhere else.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use vigie::channels;
use vigie::config::load_settings;
use vigie::demo::reply::Reply;
use vigie::demo::smtp::{Fault, Step};
use vigie::demo::web::Web;
use vigie::live::Live;
use vigie::net::Client;
use vigie::notify::Style;
use vigie::watchlist::{Context, compile, read_folder};

use crate::world::{LIMIT, Service, World, until};

/// In each of them.
const MARK: &str = "CANARY";

/// Every secret: the name of its file, and its value.
const SECRETS: &[(&str, &str)] = &[
    ("smtp", "CANARY-smtp-0123456789"),
    ("desk", "whsec_Q0FOQVJZLXdlYmhvb2stc2VjcmV0LTAxMjM0NTY3ODk="),
    ("proxy", "http://vigie:CANARY-proxy-0123456789@{proxy}"),
    ("slack", "{web}/hook/T01/CANARYslack0123456789"),
    ("teams", "{web}/hook/teams?sig=CANARYteams0123456789"),
    ("discord", "{web}/hook/discord/CANARYdiscord0123456789"),
    ("mattermost", "{web}/hook/CANARYmattermost0123456789"),
    ("telegram", "123456789:CANARYtelegram0123456789abc"),
    ("ntfy", "tk_CANARYntfy0123456789"),
    ("topic", "CANARYtopic0123456789"),
    ("answers", "CANARY-answers-0123456789"),
    // Those that watchlists may name.
    ("basic", "CANARY-basic-0123456789"),
    ("bearer", "CANARY-bearer-0123456789"),
    ("header", "CANARY-header-0123456789"),
    ("query", "CANARY/query+0123456789"),
    ("bluesky", "CANARY-bluesky-0123456789"),
    ("mailbox", "CANARY-mailbox-0123456789"),
];

/// What is written into vigie.yaml itself, where an address has it.
const BEAT: &str = "CANARYbeat0123456789";

const RSS: &str = "application/rss+xml";

/// An IMAP server that answers a login with what it was sent.
async fn echo() -> (u16, Arc<Mutex<String>>) {
    let everything = Arc::new(Mutex::new(String::new()));
    let told = Arc::clone(&everything);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let told = Arc::clone(&told);
            tokio::spawn(async move {
                let _ = stream.write_all(b"* OK here\r\n").await;
                let (mut heard, mut buffer) = (String::new(), [0; 4096]);
                while let Ok(length @ 1..) = stream.read(&mut buffer).await {
                    heard += &String::from_utf8_lossy(&buffer[..length]);
                    told.lock().expect("no panic").push_str(&heard);
                    let answer = if heard.trim_end().ends_with('}') {
                        "+ go on\r\n".to_owned()
                    } else {
                        let said = heard.replace(['\r', '\n'], " ");
                        let tag = said.split(' ').next().unwrap_or_default().to_owned();
                        heard.clear();
                        format!("{tag} NO [AUTHENTICATIONFAILED] you said {said}\r\n")
                    };
                    if stream.write_all(answer.as_bytes()).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    (port, everything)
}

fn keep(folder: &Path, name: &str, value: &str, mode: u32) {
    let path = folder.join(name);
    let _ = std::fs::remove_file(&path);
    std::fs::write(&path, value).expect("written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("protected");
}

/// A world with every kind of secret, the folder of its credentials, its proxy, and what its mailbox hears.
async fn world() -> (World, tempfile::TempDir, Web, Arc<Mutex<String>>) {
    let (imap, heard) = echo().await;
    let proxy = Web::start().await.expect("a proxy");
    let watchlist = format!(
        "brands:\n  - {{id: acme, match: {{any: [acme]}}}}\nsources:\n  \
         - {{feed: \"http://93.184.215.14/public\"}}\n  \
         - {{feed: \"{{web}}/basic\", auth: {{basic: {{username: vigie, password: {{credential: basic}}}}}}}}\n  \
         - {{feed: \"{{web}}/bearer\", auth: {{bearer: {{credential: bearer}}}}}}\n  \
         - {{feed: \"{{web}}/header\", headers: {{X-Key: {{credential: header}}}}}}\n  \
         - {{feed: \"{{web}}/query?token={{secret:query}}\"}}\n  \
         - {{feed: \"{{web}}/ill?token={{secret:query}}\"}}\n  \
         - {{search: bluesky, query: acme, endpoint: \"{{web}}\", auth: {{basic: {{username: vigie.example, password: {{credential: bluesky}}}}}}}}\n  \
         - {{mail: {{imap: {{host: 127.0.0.1, port: {imap}, security: none, username: vigie, password: {{credential: mailbox}}}}}}}}\n\
         alerts:\n  - {{name: all, on: mention, to: [comms, desk, slack, teams, discord, mattermost, telegram, ntfy], group: off}}\n"
    );
    let world = World::with(&watchlist).await;
    let secrets = tempfile::tempdir().expect("a folder");
    for (name, value) in SECRETS {
        keep(
            secrets.path(),
            name,
            &value.replace("{web}", &world.web.url("")).replace("{proxy}", &proxy.address().to_string()),
            0o600,
        );
    }
    let at = secrets.path().display();
    let web = world.web.url("");
    let mut settings = std::fs::read_to_string(world.config()).expect("settings");
    settings = settings.replace(
        "allow_private: [",
        &format!("proxy: {{file: {at}/proxy}}, allow_private: [\"{}\", \"127.0.0.1:{imap}\", ", proxy.address()),
    );
    settings = settings
        .replace("security: none,", &format!("security: none, username: vigie, password: {{file: {at}/smtp}},"));
    let _ = writeln!(settings, "  desk: {{webhook: {{url: \"{web}/desk\", secret: {{file: {at}/desk}}}}}}");
    for service in ["slack", "teams", "discord", "mattermost"] {
        let _ = writeln!(settings, "  {service}: {{{service}: {{url: {{file: {at}/{service}}}}}}}");
    }
    let _ = write!(
        settings,
        "  telegram: {{telegram: {{server: \"{web}\", token: {{file: {at}/telegram}}, chat: \"-100123\"}}}}\n  \
         ntfy: {{ntfy: {{server: \"{web}\", topic: {{file: {at}/topic}}, token: {{file: {at}/ntfy}}}}}}\n\
         replies: {{imap: {{host: 127.0.0.1, port: {imap}, security: none, username: vigie, password: {{file: {at}/answers}}}}}}\n\
         heartbeat: \"http://vigie:{BEAT}@{}/beat?token={BEAT}\"\n\
         watchlist_credentials: [basic, bearer, header, query, bluesky, mailbox]\n",
        world.web.address()
    );
    std::fs::write(world.config(), settings).expect("written");
    (world, secrets, proxy, heard)
}

/// Says back what it is sent, wherever it may: in entries, in titles of error pages, in what services answer.
fn answer(world: &World, title: &str) {
    // Each says what it was sent itself: what one server says of another's secrets is no echo.
    for (path, name) in [("/basic", "basic"), ("/bearer", "bearer"), ("/header", "header"), ("/query", "query")] {
        let (_, value) = SECRETS.iter().find(|(known, _)| *known == name).expect("a secret");
        let login = STANDARD.encode(format!("vigie:{value}"));
        let plain = if name == "basic" { login.as_str() } else { "" };
        let item = format!(
            "<item><guid>{title}{path}</guid><title>{title} {value} {plain}</title><description>{value}</description></item>"
        );
        world.web.put(path, Reply::new(RSS, format!("<rss version=\"2.0\"><channel>{item}</channel></rss>")));
    }
    let (_, query) = SECRETS.iter().find(|(name, _)| *name == "query").expect("a secret");
    world.web.put("/ill", Reply::new("text/html", format!("<html><title>no {query}</title></html>")).with_status(403));
    let session = "/xrpc/com.atproto.server.createSession";
    let said = "{\"error\":\"AuthFactorTokenRequired\",\"message\":\"no CANARY-bluesky-0123456789\"}";
    world.web.put(session, Reply::new("application/json", said).with_status(401));
    world.web.put("/desk", Reply::new("text/plain", "no").with_status(500));
    let services: [(&str, &[&str]); 7] = [
        ("/hook/T01/CANARYslack0123456789", &["slack"]),
        ("/hook/teams?sig=CANARYteams0123456789", &["teams"]),
        ("/hook/discord/CANARYdiscord0123456789", &["discord"]),
        ("/hook/discord/CANARYdiscord0123456789?wait=true", &["discord"]),
        ("/hook/CANARYmattermost0123456789", &["mattermost"]),
        ("/bot123456789:CANARYtelegram0123456789abc/sendMessage", &["telegram"]),
        ("/", &["ntfy", "topic"]),
    ];
    for (path, own) in services {
        let sent = SECRETS.iter().filter(|(name, _)| own.contains(name));
        let sent = sent.map(|(_, value)| value.replace("{web}", &world.web.url(""))).collect::<Vec<_>>().join(" ");
        let echo = format!("{path} {sent}");
        let said = serde_json::json!({"message": echo, "description": echo, "error": echo}).to_string();
        world.web.put(path, Reply::new("application/json", said).with_status(400));
    }
}

/// The canary in any form in which it may be written down.
fn shows(bytes: &[u8]) -> Option<String> {
    let mut marks = vec![MARK.as_bytes().to_vec()];
    // Base64 at each of its three places, less what its neighbours decide.
    for before in 0..3 {
        let encoded = STANDARD_NO_PAD.encode(format!("{}{MARK}", &"xxx"[..before]));
        marks.push(encoded.as_bytes()[[0, 2, 3][before]..encoded.len() - 1].to_vec());
    }
    // As numbers, which is how Rust shows bytes.
    marks.push(MARK.bytes().map(|byte| byte.to_string()).collect::<Vec<_>>().join(", ").into_bytes());
    let at = marks.iter().find_map(|mark| memchr::memmem::find(bytes, mark))?;
    let (start, end) = (at.saturating_sub(80), (at + 80).min(bytes.len()));
    Some(String::from_utf8_lossy(&bytes[start..end]).into_owned())
}

#[test]
fn the_canary_is_seen_in_every_form() {
    for text in [
        "a CANARY b",
        "Q0FOQVJZ",
        &STANDARD.encode("vigie:CANARY-x"),
        &STANDARD.encode("\0vigie\0CANARY"),
        "67, 65, 78, 65, 82, 89",
    ] {
        assert!(shows(text.as_bytes()).is_some(), "{text}");
    }
    assert!(shows(b"a canary, said small").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_of_any_kind_is_written_down_anywhere() {
    let (world, secrets, proxy, heard) = world().await;
    answer(&world, "Rien");
    world.smtp.demand("vigie", "CANARY-smtp-0123456789");
    let mut said: Vec<(String, Vec<u8>)> = Vec::new();
    let mut run = async |arguments: &[&str]| {
        let mut command = world.vigie(arguments);
        command.env("CREDENTIALS_DIRECTORY", secrets.path()).env("VIGIE_LOG", "trace");
        let output = tokio::task::spawn_blocking(move || command.output().expect("it runs")).await.expect("no panic");
        assert_ne!(output.status.code(), Some(78), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        said.push((arguments.join(" "), [output.stdout, output.stderr].concat()));
    };
    run(&["run", "--once"]).await;
    answer(&world, "acme");
    run(&["run", "--once"]).await;
    run(&["run", "--once", "--log", "json"]).await;
    // The mail server says back what it was sent, in both forms.
    world.smtp.fail_always(
        Step::Auth,
        Fault::Reply(535, "no CANARY-smtp-0123456789 AHZpZ2llAENBTkFSWS1zbXRwLTAxMjM0NTY3ODk="),
    );
    for channel in ["comms", "desk", "slack", "teams", "discord", "mattermost", "telegram", "ntfy"] {
        run(&["send-test", channel]).await;
    }
    for arguments in [
        &["check"][..],
        &["doctor"],
        &["status"],
        &["status", "--json"],
        &["mentions"],
        &["mentions", "--json"],
        &["report"],
        &["discover", "watchlists/team.yaml"],
        &["discover", "--format", "opml", "watchlists/team.yaml"],
    ] {
        run(arguments).await;
    }
    // The daemon, which also reads answers and beats.
    let log = std::fs::File::create(world.path().join("log")).expect("a file");
    let mut command = world.vigie(&["run"]);
    command.stderr(log).env("CREDENTIALS_DIRECTORY", secrets.path()).env("VIGIE_LOG", "trace");
    let mut service = Service::of(&world, command);
    service.tells("READY=1").await;
    let beat = format!("/beat?token={BEAT}");
    tokio::time::timeout(LIMIT, world.web.asked(&beat, 1)).await.expect("a heartbeat");
    let says = |value: &str| heard.lock().expect("no panic").contains(value);
    until("the answers were asked for", async || says("CANARY-answers-0123456789")).await;
    assert!(says("CANARY-mailbox-0123456789"), "and the mailbox that is watched");
    service.signal("TERM");
    service.ends_with().await;

    // Each was sent where it belongs.
    let asked: Vec<String> = world
        .web
        .requests()
        .iter()
        .map(|seen| format!("{} {:?} {}\n", seen.path, seen.headers, String::from_utf8_lossy(&seen.body)))
        .collect();
    let asked = asked.concat();
    for (name, sent) in [
        ("basic", STANDARD.encode("vigie:CANARY-basic-0123456789")),
        ("bearer", "Bearer CANARY-bearer-0123456789".to_owned()),
        ("header", "CANARY-header-0123456789".to_owned()),
        ("query", "token=CANARY%2Fquery%2B0123456789".to_owned()),
        ("bluesky", "\\\"password\\\":\\\"CANARY-bluesky-0123456789\\\"".replace('\\', "")),
        ("slack", "CANARYslack0123456789".to_owned()),
        ("teams", "CANARYteams0123456789".to_owned()),
        ("discord", "CANARYdiscord0123456789".to_owned()),
        ("mattermost", "CANARYmattermost0123456789".to_owned()),
        ("telegram", "CANARYtelegram0123456789abc".to_owned()),
        ("ntfy", "Bearer tk_CANARYntfy0123456789".to_owned()),
        ("topic", "\"topic\":\"CANARYtopic0123456789\"".to_owned()),
    ] {
        assert!(asked.contains(&sent), "{name} was not sent: {asked}");
    }
    let login = format!("Basic {}", STANDARD.encode("vigie:CANARY-proxy-0123456789"));
    assert!(format!("{:?}", proxy.requests()).contains(&login), "the proxy was not told: {:?}", proxy.requests());
    assert!(world.smtp.mails().iter().any(|mail| mail.authenticated), "the mail server was logged in to");

    // And shows nowhere.
    let mut faults = Vec::new();
    let mut look = |place: &str, bytes: &[u8]| faults.extend(shows(bytes).map(|around| format!("{place}: {around:?}")));
    for (command, bytes) in &said {
        look(command, bytes);
    }
    for mail in world.smtp.mails() {
        look("a mail", &mail.raw);
    }
    let mut folders = vec![world.path().to_owned()];
    let mut store = 0;
    while let Some(folder) = folders.pop() {
        for file in std::fs::read_dir(folder).expect("a folder") {
            let path = file.expect("a file").path();
            let is_own = path == world.config();
            if path.is_dir() {
                folders.push(path);
            } else if path.is_file() && !is_own {
                store += usize::from(path.display().to_string().contains("vigie.db"));
                look(&path.display().to_string(), &std::fs::read(&path).expect("bytes"));
            }
        }
    }
    assert!(store >= 1, "the database was looked at");
    // The store's own secret: what answers are signed with is in the store, and in nothing else.
    let store = rusqlite::Connection::open(world.path().join("vigie.db")).expect("a database");
    let key: String =
        store.query_row("SELECT value FROM kept WHERE name = 'replies-key'", [], |row| row.get(0)).expect("a key");
    let log = std::fs::read(world.path().join("log")).expect("a log");
    for bytes in
        said.iter().map(|(_, bytes)| bytes).chain(world.smtp.mails().iter().map(|mail| &mail.raw)).chain([&log])
    {
        assert!(memchr::memmem::find(bytes, key.as_bytes()).is_none(), "the key of answers shows");
    }
    assert!(faults.is_empty(), "{} places\n{}", faults.len(), faults.join("\n"));
}

#[tokio::test]
async fn what_was_read_of_the_configuration_shows_no_secret_to_a_debugger() {
    let (world, secrets, _proxy, _) = world().await;
    // Of the credentials, this process has no folder: files in their place.
    let text = std::fs::read_to_string(world.config()).expect("settings");
    std::fs::write(world.config(), text.replace(BEAT, "beat")).expect("written");
    let (settings, _) = load_settings(&world.config()).expect("settings");
    let client = Client::new(&settings.fetch).expect("a client");
    let outlets = channels::open_all(&settings, &client, &Style::default()).expect("channels");
    assert_eq!(outlets.len(), 8);
    let shown = format!("{settings:?} {settings:#?} {client:?} {outlets:?} {outlets:#?}");
    let files = read_folder(&settings.watchlists).expect("files");
    let compiled = compile(&files, &Context::of(&settings));
    let said = format!("{:?}", compiled.diagnostics);
    let watchlists = compiled.result.expect("watchlists");
    let live = format!("{:?}", Live::new(settings, watchlists, client));
    for text in [shown, said, live] {
        assert_eq!(shows(text.as_bytes()), None);
    }
    drop(secrets);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_others_can_read_is_refused_whichever_it_is() {
    let (world, secrets, _proxy, _) = world().await;
    let output = async |arguments: &[&str]| {
        let mut command = world.vigie(arguments);
        command.env("CREDENTIALS_DIRECTORY", secrets.path());
        let output = tokio::task::spawn_blocking(move || command.output().expect("it runs")).await.expect("no panic");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    answer(&world, "Rien");
    // systemd's own folder is not looked at: who may read there is systemd's matter.
    for name in ["smtp", "desk", "slack", "teams", "discord", "mattermost", "telegram", "ntfy", "topic"] {
        for mode in [0o640, 0o604] {
            let path = secrets.path().join(name);
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("exposed");
            let (code, said) = output(&["run", "--once"]).await;
            assert_eq!(code, Some(78), "{name}: {said}");
            assert!(said.contains("chmod 600") && said.contains(name), "{name}: {said}");
            assert_eq!(shows(said.as_bytes()), None);
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("protected");
        }
    }
    assert_eq!(world.web.connections(), 0, "nothing was asked with it");
}

/// With a limit for cores that allows them: whatever handler the machine has, a core of vigie's would hold the secrets.
#[test]
fn a_vigie_that_crashes_leaves_no_core() {
    let folder = tempfile::tempdir().expect("a folder");
    let crash = |program: &str, arguments: &[&str], line: &str| {
        let mut child = Command::new("sh")
            .args(["-c", "ulimit -c unlimited && exec \"$0\" \"$@\"", program])
            .args(arguments)
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell");
        // What it answers to the first line says that it runs.
        let mut input = child.stdin.take().expect("an input");
        writeln!(input, "{line}").expect("it reads");
        let mut said = [0];
        child.stdout.take().expect("an output").read_exact(&mut said).expect("it answers");
        let id = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw).expect("an id");
        rustix::process::kill_process(id, rustix::process::Signal::ABORT).expect("a process of ours");
        child.wait().expect("it ends")
    };
    let cat = crash("cat", &[], "a");
    if !cat.core_dumped() {
        println!("not proved: this machine writes no core of anything ({cat})");
        return;
    }
    let vigie = crash(env!("CARGO_BIN_EXE_vigie"), &["sentiment", "--jsonl"], r#"{"id": "1", "text": "nul"}"#);
    assert!(vigie.signal().is_some() && !vigie.core_dumped(), "{vigie}");
}
