//! Faults 3 to 6: the disk is full or errs, the database is damaged, another instance has it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::stage::{decoded, each_to, edit_settings, numbers, of_kind, order, orders, polled, serve, status};
use crate::support::{LIMIT, Service, World, until};

/// What is no hiccup any more.
const QUICK: &str = "distress/hiccup last 2\n";

/// Whether this machine lets a process have a small disk of its own.
fn has_small_disks() -> bool {
    let mut shell = Command::new("unshare");
    shell.args(["-rm", "sh", "-c", "mount -t tmpfs -o size=64k tmpfs /tmp"]).stderr(Stdio::null());
    shell.status().is_ok_and(|status| status.success())
}

/// Fills a file until the disk is full.
fn fill(path: &Path) {
    let mut file = std::fs::File::create(path).expect("a file");
    for size in [1 << 16, 1 << 12, 1 << 6] {
        while file.write_all(&vec![b'x'; size]).is_ok() {}
    }
}

/// An entry that no compression makes small.
fn bulky(world: &World, entries: std::ops::RangeInclusive<usize>) {
    let texts: Vec<[String; 4]> = entries
        .map(|n| {
            let noise: String = std::iter::repeat_with(fastrand::alphanumeric).take(4_000).collect();
            let noise = noise.as_bytes().chunks(9).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ");
            [format!("g{n}"), format!("Orange n{n}"), format!("https://site{n}.example/"), noise]
        })
        .collect();
    let items: Vec<_> = texts.iter().map(|[id, title, link, text]| (&**id, &**title, &**link, &**text)).collect();
    world.feed("/rss.xml", &items);
}

fn told(world: &World) -> Vec<usize> {
    let mails = world.smtp.mails().into_iter().filter(|mail| mail.header("X-Vigie-Kind").is_none());
    let mut told: Vec<usize> = mails.flat_map(|mail| numbers(&decoded(&mail))).collect();
    told.sort_unstable();
    told
}

/// On a real small disk, with the log on it too; where the machine gives none, the store's fail point plays it.
#[tokio::test(flavor = "multi_thread")]
async fn fault_03_a_full_disk_pauses_vigie_and_is_said_directly_and_nothing_is_lost() {
    let world = World::with(&each_to("comms")).await;
    serve(&world, "/rss.xml", []);
    let disk = world.path().join("disk");
    std::fs::create_dir(&disk).expect("a folder");
    edit_settings(&world, |settings| settings + "store: disk/vigie.db\n");
    order(&world, QUICK);
    let is_real = has_small_disks();
    let mut command = if is_real {
        let mut shell = Command::new("unshare");
        let script = "mount -t tmpfs -o size=2m tmpfs disk && exec \"$0\" run 2>disk/log";
        shell.args(["-rm", "sh", "-c", script, env!("CARGO_BIN_EXE_vigie")]).current_dir(world.path());
        shell.env_remove("VIGIE_LOG");
        shell
    } else {
        eprintln!("no disk of 2 MiB on this machine: the fail point plays it");
        let mut command = world.vigie(&["run"]);
        command.stderr(std::fs::File::create(disk.join("log")).expect("a file"));
        command
    };
    command.env("VIGIE_FAILPOINTS", orders(&world)).env("WATCHDOG_USEC", "4000000");
    let mut service = Service::of(&world, command);
    service.tells("READY=1").await;
    polled(&world, "/rss.xml").await;
    let filler: PathBuf = if is_real {
        // The disk is seen by the daemon alone.
        let seen = format!("/proc/{}/root{}", service.id(), disk.join("filler").display());
        fill(Path::new(&seen));
        seen.into()
    } else {
        order(&world, &format!("{QUICK}store/commit fail database or disk is full (SQLite code 13)\n"));
        disk.join("filler")
    };
    bulky(&world, 1..=40);
    let mails = of_kind(world.smtp.wait_for(1, LIMIT).await, "unwritable");
    assert_eq!(mails.len(), 1);
    let text = decoded(&mails[0]);
    assert!(text.contains("database cannot be written") && text.contains("disk/vigie.db"), "{text}");
    assert!(text.contains("past the outbox") && text.contains("SQLite code"), "{text}");
    // It waits and goes on living: fed, and not ended by a watchlist that changes meanwhile.
    world.watchlist("team.yaml", &each_to("comms").replace("[orange]", "[orange, lille]"));
    for _ in 0..3 {
        service.tells("WATCHDOG=1").await;
    }
    assert_eq!(
        (told(&world), world.smtp.mails().len()),
        (vec![], 1),
        "one message a day, and no alert that is not kept"
    );
    order(&world, QUICK);
    let _ = std::fs::remove_file(filler);
    until("all are told", async || told(&world).len() >= 40).await;
    polled(&world, "/rss.xml").await;
    assert_eq!(told(&world), (1..=40).collect::<Vec<_>>(), "each once");
    until("the change was kept", async || {
        let log = std::fs::read_to_string(disk.join("log")).unwrap_or_default();
        is_real || log.contains("2 terms")
    })
    .await;
    service.signal("TERM");
    assert_eq!(service.ends_with().await, 0);
}

/// A disk of 2 MiB that is full before the daemon first writes to it, with a store on it or without.
#[tokio::test(flavor = "multi_thread")]
async fn a_start_on_a_full_disk_is_said_and_waits_and_goes_on_once_there_is_room() {
    for has_store in [false, true] {
        let world = World::with(&each_to("comms")).await;
        serve(&world, "/rss.xml", []);
        let disk = world.path().join("disk");
        std::fs::create_dir(&disk).expect("a folder");
        if has_store {
            edit_settings(&world, |settings| settings + "store: vigie.db\n");
            assert_eq!(world.output(&["run", "--once", "-q"]).await.0, 0);
        }
        edit_settings(&world, |settings| settings.replace("store: vigie.db\n", "") + "store: disk/vigie.db\n");
        order(&world, QUICK);
        let is_real = has_small_disks();
        let mut command = if is_real {
            let mut shell = Command::new("unshare");
            let script = "mount -t tmpfs -o size=2m tmpfs disk; cp vigie.db disk/ 2>/dev/null; \
                          cat /dev/zero >disk/filler 2>/dev/null; exec \"$0\" run";
            shell.args(["-rm", "sh", "-c", script, env!("CARGO_BIN_EXE_vigie")]).current_dir(world.path());
            shell.env_remove("VIGIE_LOG");
            shell
        } else {
            eprintln!("no disk of 2 MiB on this machine: the fail point plays it");
            order(&world, &format!("{QUICK}store/open fail database or disk is full (SQLite code 13)\n"));
            world.vigie(&["run"])
        };
        command.env("VIGIE_FAILPOINTS", orders(&world));
        command.stderr(std::fs::File::create(world.path().join("log")).expect("a file"));
        let mut service = Service::of(&world, command);
        service.tells("EXTEND_TIMEOUT_USEC=60000000").await;
        let mails = of_kind(world.smtp.wait_for(1, LIMIT).await, "unwritable");
        let text = decoded(&mails[0]);
        assert!(text.contains("database cannot be written") && text.contains("disk/vigie.db"), "{text}");
        service.tells("EXTEND_TIMEOUT_USEC=60000000").await;
        let log = std::fs::read_to_string(world.path().join("log")).expect("a log");
        assert_eq!(log.matches("ERROR the store cannot be written").count(), 1, "once a minute: {log}");
        assert_eq!(world.web.count("/rss.xml"), usize::from(has_store), "nothing is asked that cannot be kept");
        order(&world, QUICK);
        if is_real {
            let seen = format!("/proc/{}/root{}", service.id(), disk.join("filler").display());
            std::fs::remove_file(seen).expect("the filler");
        }
        service.tells("READY=1").await;
        polled(&world, "/rss.xml").await;
        serve(&world, "/rss.xml", [1]);
        until("the mention is told", async || told(&world) == [1]).await;
        assert_eq!(world.smtp.mails().len(), 2);
        service.signal("TERM");
        assert_eq!(service.ends_with().await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_waits_for_the_disk_stops_when_told_and_a_timers_run_does_not_wait() {
    let world = World::with(&each_to("comms")).await;
    order(&world, "store/open fail database or disk is full (SQLite code 13)\n");
    let mut once = world.vigie(&["run", "--once"]);
    let once = once.env("VIGIE_FAILPOINTS", orders(&world)).output().expect("it runs");
    assert_eq!(once.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&once.stderr).contains("SQLite code 13"), "{once:?}");
    let mut command = world.vigie(&["run"]);
    command.env("VIGIE_FAILPOINTS", orders(&world)).stderr(Stdio::null());
    let mut service = Service::of(&world, command);
    service.tells("EXTEND_TIMEOUT_USEC=").await;
    service.signal("TERM");
    assert_eq!(service.ends_with().await, 0);
    assert_eq!(world.web.connections(), 0);
}

/// A limit on the size of files makes every write past it an I/O error of the system.
#[tokio::test(flavor = "multi_thread")]
async fn fault_04_disk_errors_pause_vigie_and_are_said_in_the_readers_language() {
    let world = World::with(&each_to("comms")).await;
    edit_settings(&world, |settings| settings.replace("language: en", "language: fr"));
    serve(&world, "/rss.xml", []);
    let mut command = Command::new("sh");
    // Ignored, so that the write errs instead of ending the process.
    command.args(["-c", "trap '' XFSZ; exec \"$0\" run", env!("CARGO_BIN_EXE_vigie")]);
    command.current_dir(world.path()).env_remove("VIGIE_LOG").env("VIGIE_FAILPOINTS", orders(&world));
    order(&world, QUICK);
    command.stderr(std::fs::File::create(world.path().join("log")).expect("a file"));
    let mut service = Service::of(&world, command);
    service.tells("READY=1").await;
    polled(&world, "/rss.xml").await;
    let limit = |bytes: &str| {
        let pid = service.id().to_string();
        let set = Command::new("prlimit").args(["--pid", &pid, &format!("--fsize={bytes}:")]).status();
        assert!(set.expect("prlimit of util-linux").success());
    };
    limit("40000");
    bulky(&world, 1..=40);
    let mails = of_kind(world.smtp.wait_for(1, LIMIT).await, "unwritable");
    let text = decoded(&mails[0]);
    assert!(text.contains("La base ne peut plus être écrite") && text.contains("hors de la file d’envoi"), "{text}");
    assert!(text.contains("I/O error"), "as the system says it: {text}");
    let log = std::fs::read_to_string(world.path().join("log")).expect("a log");
    assert!(log.contains("the store cannot be written"), "{log}");
    assert_eq!((told(&world), world.smtp.mails().len()), (vec![], 1));
    limit("unlimited");
    until("all are told", async || told(&world).len() >= 40).await;
    polled(&world, "/rss.xml").await;
    assert_eq!(told(&world), (1..=40).collect::<Vec<_>>(), "each once");
    service.signal("TERM");
    assert_eq!(service.ends_with().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_05_a_damaged_database_is_refused_and_kept_and_the_way_back_is_said() {
    let world = World::with(&each_to("comms")).await;
    serve(&world, "/rss.xml", 1..=200);
    assert_eq!(world.output(&["run", "--once", "-q"]).await.0, 0);
    let backup = world.path().join("backup.db").display().to_string();
    assert_eq!(world.output(&["backup", &backup]).await.0, 0);
    let store = world.path().join("vigie.db");
    let sound = std::fs::read(&store).expect("a database");
    let torn = |mut bytes: Vec<u8>, every: usize| {
        bytes.chunks_mut(4_096).skip(2).step_by(every).for_each(|page| page[..16].fill(0xa5));
        bytes
    };
    for bytes in
        [torn(sound.clone(), 1), torn(sound.clone(), 7), sound[..sound.len() / 2].to_vec(), b"no database".to_vec()]
    {
        std::fs::write(&store, &bytes).expect("written");
        for arguments in [&["run"][..], &["run", "--once"]] {
            let (code, _, stderr) = world.output(arguments).await;
            assert_eq!(code, 78, "a restart cannot mend it: {stderr}");
            assert!(stderr.contains("vigie.db") && stderr.contains("vigie restore"), "{stderr}");
            assert_eq!(std::fs::read(&store).expect("a file"), bytes, "untouched");
        }
    }
    let (code, _, stderr) = world.output(&["restore", &backup]).await;
    assert_eq!(code, 0, "{stderr}");
    serve(&world, "/rss.xml", 0..=200);
    assert_eq!(world.output(&["run", "--once", "-q"]).await.0, 0);
    assert_eq!(told(&world), [0], "what was known is known");
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_06_a_second_instance_ends_with_78_and_names_the_first() {
    let world = World::with(&each_to("comms")).await;
    serve(&world, "/rss.xml", []);
    let mut first = Service::start(&world);
    first.tells("READY=1").await;
    polled(&world, "/rss.xml").await;
    for arguments in [&["run"][..], &["run", "--once"]] {
        let (code, _, stderr) = world.output(arguments).await;
        assert_eq!(code, 78, "{stderr}");
        assert!(stderr.contains(&first.id().to_string()) && stderr.contains("vigie.db.lock"), "{stderr}");
    }
    // The first neither noticed nor minds; killed, it leaves nothing to clean up.
    serve(&world, "/rss.xml", [1]);
    assert_eq!(world.smtp.wait_for(1, LIMIT).await.len(), 1);
    assert_eq!(status(&world).await["pid"], first.id());
    first.signal("KILL");
    first.ends_with().await;
    let (code, _, stderr) = world.output(&["run", "--once"]).await;
    assert_eq!(code, 0, "{stderr}");
}
