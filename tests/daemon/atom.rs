//! The Atom files of mentions, by the program itself.

use std::path::{Path, PathBuf};

use super::support::{Service, WATCHLIST, World, until};

async fn world() -> World {
    let world = World::with(WATCHLIST).await;
    let settings = std::fs::read_to_string(world.config()).expect("settings");
    std::fs::write(world.config(), format!("atom: flux\n{settings}")).expect("written");
    world
}

fn file(world: &World) -> PathBuf {
    world.path().join("flux/orange.xml")
}

fn titles(path: &Path) -> Vec<String> {
    let bytes = std::fs::read(path).expect("a feed");
    let feed = feed_rs::parser::parse(bytes.as_slice()).expect("Atom");
    feed.entries.into_iter().map(|entry| entry.title.expect("a title").content).collect()
}

const ONE: (&str, &str, &str, &str) = ("1", "Panne à Lille", "https://forum.example/1", "Rien chez Orange.");
const TWO: (&str, &str, &str, &str) = ("2", "Boutique", "https://forum.example/2", "Orange ouvre une boutique.");

#[tokio::test(flavor = "multi_thread")]
async fn the_file_follows_what_is_found_and_what_is_forgotten() {
    let world = world().await;
    world.feed("/rss.xml", &[ONE]);
    let (code, _, stderr) = world.output(&["run", "--once"]).await;
    assert_eq!(code, 0, "{stderr}");
    let first = titles(&file(&world));
    assert!(first.len() == 1 && first[0].ends_with("Panne à Lille"), "{first:?}");

    // Nothing new: not a byte is written.
    let written = || std::fs::metadata(file(&world)).expect("a file").modified().expect("a time");
    let before = written();
    assert_eq!(world.output(&["run", "--once"]).await.0, 0);
    assert_eq!(written(), before);

    world.feed("/rss.xml", &[TWO, ONE]);
    assert_eq!(world.output(&["run", "--once"]).await.0, 0);
    assert_eq!(titles(&file(&world)).len(), 2);

    // Files of others stay as they are, also those that look alike.
    let others = ["notes.xml", "free.xml", "orange.txt"];
    for name in others {
        std::fs::write(world.path().join("flux").join(name), "<feed>orange</feed>").expect("written");
    }
    let (code, stdout, stderr) = world.output(&["forget", "--url", "https://forum.example/1"]).await;
    assert_eq!(code, 0, "{stdout}{stderr}");
    let left = titles(&file(&world));
    assert!(left.len() == 1 && left[0].ends_with("Boutique"), "{left:?}");
    let xml = std::fs::read_to_string(file(&world)).expect("a feed");
    assert!(!xml.contains("Lille") && xml.contains("<title>vigie: orange</title>"), "{xml}");
    for name in others {
        let there = std::fs::read_to_string(world.path().join("flux").join(name)).expect("a file");
        assert_eq!(there, "<feed>orange</feed>");
    }

    // A brand that is watched no more: its file is still of its text.
    world.watchlist("team.yaml", &WATCHLIST.replace("id: orange", "id: free"));
    let (code, _, stderr) = world.output(&["forget", "--url", "https://forum.example/2"]).await;
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(titles(&file(&world)), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_somebody_else_is_left_alone_and_said() {
    let world = world().await;
    std::fs::create_dir(world.path().join("flux")).expect("a folder");
    std::fs::write(file(&world), "mine").expect("written");
    world.feed("/rss.xml", &[ONE]);
    let (code, _, stderr) = world.output(&["run", "--once"]).await;
    assert_eq!(code, 0, "{stderr}");
    assert!(stderr.contains("orange.xml is not vigie's"), "{stderr}");
    assert_eq!(std::fs::read_to_string(file(&world)).expect("a file"), "mine");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_daemon_writes_what_it_finds() {
    let world = world().await;
    world.feed("/rss.xml", &[ONE]);
    let mut service = Service::start(&world);
    service.tells("READY=1").await;
    until("the baseline is in the file", async || file(&world).exists() && titles(&file(&world)).len() == 1).await;
    world.feed("/rss.xml", &[TWO, ONE]);
    until("the new one is in the file", async || titles(&file(&world)).len() == 2).await;
    service.signal("TERM");
    assert_eq!(service.ends_with().await, 0);
    assert!(!world.path().join("flux/orange.xml.new").exists());
}
