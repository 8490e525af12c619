//! A configuration in a folder of its own, with the small web and the mail server that it points to.

use std::fmt::Write as _;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use vigie::demo::reply::Reply;
use vigie::demo::smtp::SmtpServer;
use vigie::demo::web::Web;

/// Longer than anything here takes on a busy machine.
pub(crate) const LIMIT: Duration = Duration::from_mins(1);

/// One brand, one feed, one mail for each mention.
pub(crate) const WATCHLIST: &str = "
brands:
  - id: orange
    match: {any: [orange]}
sources:
  - feed: \"{web}/rss.xml\"
    every: 1s
alerts:
  - {name: all, on: mention, to: comms, group: 1s}
";

/// A small world around one daemon.
pub(crate) struct World {
    folder: tempfile::TempDir,
    pub(crate) web: Web,
    pub(crate) smtp: SmtpServer,
}

impl World {
    /// Servers on loopback and a vigie.yaml that opens them. `watchlist` may say `{web}`.
    pub(crate) async fn with(watchlist: &str) -> Self {
        let world = Self {
            folder: tempfile::tempdir().expect("a folder"),
            web: Web::start().await.expect("a web server"),
            smtp: SmtpServer::start().await.expect("a mail server"),
        };
        std::fs::create_dir(world.folder.path().join("watchlists")).expect("a folder");
        std::fs::write(world.config(), world.settings()).expect("written");
        world.watchlist("team.yaml", watchlist);
        world
    }

    fn settings(&self) -> String {
        format!(
            "language: en\ntimezone: Europe/Paris\nfetch: {{contact: \"https://acme.example\", \
             allow_private: [\"{}\", \"127.0.0.1:1\"]}}\n\
             smtp: {{host: 127.0.0.1, port: {}, security: none, from: \"Vigie <vigie@acme.example>\"}}\n\
             channels:\n  comms: {{email: {{to: [cm@acme.example]}}}}\n",
            self.web.address(),
            self.smtp.address().port(),
        )
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.folder.path().join("vigie.yaml")
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a watchlist as an editor does: beside it, then renamed over.
    pub(crate) fn watchlist(&self, name: &str, text: &str) {
        let folder = self.folder.path().join("watchlists");
        let text = text.replace("{web}", &format!("http://{}", self.web.address()));
        std::fs::write(folder.join(".new"), text).expect("written");
        std::fs::rename(folder.join(".new"), folder.join(name)).expect("renamed");
    }

    /// Serves an RSS feed of `(guid, title, link, text)`, all published now.
    pub(crate) fn feed(&self, path: &str, items: &[(&str, &str, &str, &str)]) {
        let date = jiff::Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
        let mut xml = String::from("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Site</title>");
        for (guid, title, link, text) in items {
            let _ = write!(
                xml,
                "<item><guid isPermaLink=\"false\">{guid}</guid><title>{title}</title><link>{link}</link>\
                 <pubDate>{date}</pubDate><description>{text}</description></item>"
            );
        }
        xml.push_str("</channel></rss>");
        self.web.put(path, Reply::new("application/rss+xml", xml));
    }

    /// The program on this world's configuration.
    pub(crate) fn vigie(&self, arguments: &[&str]) -> std::process::Command {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_vigie"));
        command.args(arguments).current_dir(self.folder.path()).env_remove("VIGIE_LOG").env("LANG", "en_US.UTF-8");
        command
    }

    /// The program's exit code, stdout and stderr; it is waited for off this thread, where the servers run.
    pub(crate) async fn output(&self, arguments: &[&str]) -> (i32, String, String) {
        let mut command = self.vigie(arguments);
        let output = tokio::task::spawn_blocking(move || command.output().expect("the program runs"));
        let output = tokio::time::timeout(LIMIT, output).await.expect("it ends").expect("no panic");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
    }
}

/// Waits until something holds.
pub(crate) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let start = Instant::now();
    while !holds().await {
        assert!(start.elapsed() < LIMIT, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A daemon of its own process, and the socket on which it tells systemd.
pub(crate) struct Service {
    child: Child,
    socket: UnixDatagram,
    told: Vec<String>,
}

impl Service {
    pub(crate) fn start(world: &World) -> Self {
        let log = std::fs::File::create(world.path().join("log")).expect("a file");
        let mut command = world.vigie(&["run"]);
        command.stderr(Stdio::from(log)).env("WATCHDOG_USEC", "60000000");
        Self::of(world, command)
    }

    /// The daemon as this command starts it.
    pub(crate) fn of(world: &World, mut command: std::process::Command) -> Self {
        let path = world.path().join("notify");
        // Of the one before.
        let _ = std::fs::remove_file(&path);
        let socket = UnixDatagram::bind(&path).expect("a socket");
        socket.set_nonblocking(true).expect("a socket");
        let child = command.env("NOTIFY_SOCKET", &path).spawn().expect("the program runs");
        Self { child, socket, told: Vec::new() }
    }

    /// Waits until systemd was told a line that starts so, after those that were waited for before.
    pub(crate) async fn tells(&mut self, start: &str) {
        let (socket, told) = (&self.socket, &mut self.told);
        until(start, async || {
            let mut buffer = [0; 4096];
            while let Ok(length) = socket.recv(&mut buffer) {
                told.extend(String::from_utf8_lossy(&buffer[..length]).lines().map(str::to_owned));
            }
            match told.iter().position(|line| line.starts_with(start)) {
                Some(place) => {
                    told.drain(..=place);
                    true
                }
                None => false,
            }
        })
        .await;
    }

    /// Whether systemd is told a line that starts so within `limit`, from now on.
    pub(crate) async fn is_told(&mut self, start: &str, limit: Duration) -> bool {
        self.told.clear();
        let mut buffer = [0; 4096];
        while self.socket.recv(&mut buffer).is_ok() {}
        tokio::time::timeout(limit, self.tells(start)).await.is_ok()
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, name: &str) {
        // The shell's own kill: no crate, no unsafe.
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(std::process::Command::new("sh").args(["-c", &kill]).status().expect("a shell").success());
    }

    pub(crate) async fn ends_with(&mut self) -> i32 {
        let mut status = None;
        let child = &mut self.child;
        until("the program ended", async || {
            status = child.try_wait().expect("a child");
            status.is_some()
        })
        .await;
        status.and_then(|status| status.code()).unwrap_or(-1)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
