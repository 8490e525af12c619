//! The layout is the data flow: which room may name which, and which rooms are pure. Read from the sources.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Rooms that know no I/O, no clock and no chance.
const PURE: &[&str] = &[
    "text",
    "query",
    "matcher",
    "sentiment",
    "exchange",
    "entry",
    "health",
    "source",
    "mention",
    "place",
    "seen",
    "story",
    "alert",
    "schedule",
    "action",
];

/// What a pure room must not name, as it would be written in code.
const IMPURE: &[&str] = &[
    "tokio::",
    "reqwest",
    "rusqlite",
    "lettre",
    "std::fs",
    "std::net::Tcp",
    "std::net::Udp",
    "std::process",
    "std::env",
    "std::thread",
    "std::io::std",
    "fs::",
    "Timestamp::now",
    "Zoned::now",
    "SystemTime::now",
    "Instant::now",
    "fastrand",
    "TimeZone::system",
    "TimeZone::get",
    "println!",
    "eprintln!",
    "crate::locale",
    "tracing::",
];

/// Room → rooms of this crate that it may name.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("text", &["text", "mention"]),
    ("query", &["text", "query"]),
    ("matcher", &["text", "query", "matcher", "mention"]),
    ("sentiment", &["text", "query", "sentiment", "mention"]),
    ("exchange", &["exchange"]),
    ("health", &["health"]),
    ("place", &["place"]),
    ("entry", &["entry", "text"]),
    ("mention", &["mention", "text", "source"]),
    ("source", &["source", "entry", "exchange", "health", "text"]),
    ("seen", &["seen", "entry", "text"]),
    ("story", &["story", "mention", "text"]),
    ("alert", &["alert", "mention", "place", "health", "source", "text"]),
    ("schedule", &["schedule", "source", "health"]),
    ("action", &["action", "mention", "source", "text"]),
    ("clock", &["clock"]),
    ("config", &["config", "place", "locale", "text", "net", "alert", "exchange"]),
    (
        "watchlist",
        &[
            "watchlist",
            "config",
            "place",
            "locale",
            "query",
            "matcher",
            "sentiment",
            "alert",
            "source",
            "mention",
            "text",
            "report",
            "exchange",
        ],
    ),
    ("net", &["net", "config", "exchange", "health", "clock"]),
    ("fetch", &["fetch", "net", "source", "exchange", "health", "entry", "config", "clock", "schedule"]),
    ("store", &["store", "failpoint", "alert", "mention", "source", "health", "text", "entry", "story"]),
    (
        "notify",
        &[
            "notify",
            "net",
            "config",
            "locale",
            "mention",
            "alert",
            "text",
            "health",
            "place",
            "watchlist",
            "report",
            "action",
        ],
    ),
    // Of config the readers' language and which addresses may be watched, of the store the values of figures.
    ("report", &["report", "alert", "mention", "text", "place", "locale", "config", "store"]),
    // Of config the readers' language alone.
    ("atom", &["atom", "locale", "mention", "text", "config"]),
    ("locale", &["locale", "config"]),
    ("failpoint", &["failpoint"]),
    ("systemd", &["systemd"]),
    // Of text what makes it fit to be shown.
    ("telemetry", &["telemetry", "text"]),
    ("demo", &["demo", "text"]),
];

/// The crates that one room alone names.
const OWNED: &[(&str, &str)] = &[
    ("reqwest", "net"),
    ("tokio_rustls", "net"),
    ("rustls_platform_verifier", "net"),
    ("serde_yaml", "config/yaml.rs"),
    ("saphyr_parser", "config"),
    ("feed_rs", "source"),
    ("scraper", "source"),
    ("aho_corasick", "matcher"),
    ("rust_stemmers", "sentiment"),
    ("rusqlite", "store"),
    ("lettre", "notify"),
    ("minijinja", "notify"),
    ("fluent_bundle", "locale"),
    ("clap", "cli"),
    ("anyhow", "cli"),
    ("sd_notify", "systemd.rs"),
    ("terminal_size", "cli"),
];

fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("src can be read") {
            let path = entry.expect("src can be read").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&root, &mut found);
    found
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(&root).expect("below src").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).expect("UTF-8"))
        })
        .collect()
}

fn room(file: &str) -> &str {
    file.split('/').next().unwrap_or(file).trim_end_matches(".rs")
}

/// The code before the file's unit tests, without comments: what the rules are about.
fn code(text: &str) -> String {
    let end = text.find("#[cfg(test)]").unwrap_or(text.len());
    let lines = text[..end].lines().map(|line| {
        let comment = line.find("//").unwrap_or(line.len());
        // An address in a string is no comment.
        if line[..comment].ends_with(':') { line } else { &line[..comment] }
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn rooms_named(code: &str) -> Vec<String> {
    let mut rooms = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let names: Vec<&str> = match rest.strip_prefix('{') {
            Some(list) => list.split('}').next().unwrap_or("").split(',').map(str::trim).collect(),
            None => vec![rest],
        };
        for name in names {
            let end = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len());
            rooms.push(name[..end].to_owned());
        }
    }
    rooms
}

#[test]
fn pure_rooms_name_no_input_no_output_no_clock_and_no_chance() {
    let mut faults = Vec::new();
    for (file, text) in sources() {
        if PURE.contains(&room(&file)) {
            let code = code(&text);
            faults.extend(IMPURE.iter().filter(|word| code.contains(**word)).map(|word| format!("{file}: {word}")));
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn a_room_names_only_the_rooms_below_it() {
    let may: BTreeMap<&str, &[&str]> = MAY_NAME.iter().copied().collect();
    let mut faults = Vec::new();
    for (file, text) in sources() {
        let Some(allowed) = may.get(room(&file)) else { continue };
        let named = rooms_named(&code(&text));
        faults.extend(
            named.iter().filter(|name| !allowed.contains(&name.as_str())).map(|name| format!("{file} → {name}")),
        );
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn every_room_is_pure_ruled_or_a_composer() {
    let composers = [
        "main",
        "lib",
        "cli",
        "daemon",
        "ingest",
        "alerter",
        "outbox",
        "scheduler",
        "reload",
        "samples",
        "message",
        "channels",
        "live",
        "vitals",
        "watch",
        "wishes",
        "stages",
        "digest",
        "shelf",
        "replies",
        "distress",
    ];
    let ruled: Vec<&str> = MAY_NAME.iter().map(|(room, _)| *room).collect();
    let mut unknown: Vec<String> = Vec::new();
    for (file, _) in sources() {
        let room = room(&file);
        if !composers.contains(&room) && !ruled.contains(&room) {
            unknown.push(file);
        }
    }
    assert_eq!(unknown, Vec::<String>::new(), "a new room needs its line in MAY_NAME");
}

#[test]
fn a_library_is_named_in_one_room_alone() {
    let mut faults = Vec::new();
    for (file, text) in sources() {
        let code = code(&text);
        for (library, owner) in OWNED {
            let named = code.contains(&format!("{library}::")) || code.contains(&format!("use {library}"));
            // main is thin over cli; telemetry's format is a flag of the command line.
            // The watchlist's `~` and the lexicons are two uses of stems.
            // A mail address is checked by those who will send to it.
            let also = matches!(
                (*library, file.as_str()),
                ("anyhow" | "clap", "main.rs")
                    | ("clap", "telemetry.rs")
                    | ("lettre", "config/mailbox.rs")
                    | ("rust_stemmers", "query/inflect.rs")
            );
            if named && !file.starts_with(owner) && !also {
                faults.push(format!("{file}: {library}"));
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn every_file_says_what_it_owns_and_none_outgrows_its_room() {
    let mut faults = Vec::new();
    for (file, text) in sources() {
        if !text.starts_with("//!") {
            faults.push(format!("{file}: no //! at its top"));
        }
        if text.lines().count() > 600 {
            faults.push(format!("{file}: {} lines", text.lines().count()));
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}
