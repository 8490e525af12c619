//! The fuzz targets' corpora, replayed on the stable toolchain: what a fuzzer once found holds ever after, and
//! the properties are checked without one.

use std::path::{Path, PathBuf};

#[path = "../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "a crate of its own for the fuzzer")]
mod targets;

use targets::{TARGETS, let_caught_panics_pass};

/// Files that each corpus has at least.
const FEWEST: usize = 15;

fn corpus(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let files = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = files.map(|file| file.expect("a file").path()).collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), std::fs::read(path).expect("a file"))).collect()
}

#[test]
fn whatever_the_fuzzer_found_holds() {
    let_caught_panics_pass();
    for (name, target) in TARGETS {
        let files = corpus(name);
        assert!(files.len() >= FEWEST, "{name}: {} files", files.len());
        for (path, bytes) in files {
            let held = std::panic::catch_unwind(|| target(&bytes));
            assert!(held.is_ok(), "{}", path.display());
        }
    }
}

/// Without a fuzzer: each file cut short, a byte of it changed, and two of them joined.
#[test]
fn what_is_near_a_corpus_holds_too() {
    let_caught_panics_pass();
    for (name, target) in TARGETS {
        let files = corpus(name);
        for (number, (path, bytes)) in files.iter().enumerate().filter(|(_, (_, bytes))| !bytes.is_empty()) {
            let at = (number * 7919 + bytes.len() * 31) % bytes.len();
            let mut changed = bytes.clone();
            changed[at] ^= 1 << (number % 8);
            let joined = [&bytes[..at], &*files[(number + 1) % files.len()].1].concat();
            for near in [&bytes[..at], &changed, &joined] {
                let held = std::panic::catch_unwind(|| target(near));
                assert!(held.is_ok(), "{} near byte {at}", path.display());
            }
        }
    }
}
