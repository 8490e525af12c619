//! What matching costs, in one run and one thread: folding, words, and the whole path from original texts to
//! hits with offsets, beside `str::from_utf8` of the same bytes and beside fold + `aho_corasick`'s contiguous
//! NFA, overlapping; allocations; reload; a document as a whole, in the bench and by `vigie try --jsonl`. What is
//! compared is measured in turns, and medians are compared.
//!
//! `cargo bench --bench matching -- [--quick] [--dump DIR]`. `--dump` writes the texts and two lists of 1,000
//! terms, times the path on them and nothing else: `peers/run.py` asks for it.

mod corpus;
mod turns;

use std::fmt::Write as _;
use std::fs::File;
use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use aho_corasick::nfa::contiguous::NFA;
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use arc_swap::ArcSwap;
use vigie::entry::Entry;
use vigie::ingest::{Tone, excerpt_of};
use vigie::matcher::{BrandQuery, Document, Matcher, Scratch};
use vigie::query::{Expr, Term};
use vigie::sentiment::{DEFAULT_THRESHOLD, Tuning};
use vigie::text::fold::words::Words;
use vigie::text::fold::{Folder, fold_string};
use vigie::text::language;

use corpus::{dense_terms, documents, documents_of, sparse_terms};
use turns::{Medians, Turns, median, wanted};

const TERMS_A_BRAND: usize = 20;
const COUNTS: [usize; 4] = [10, 1_000, 10_000, 100_000];

fn brands(terms: &[String]) -> Vec<BrandQuery> {
    let brand = |terms: &[String]| {
        let any = terms.iter().map(|written| Expr::Term(Term::parse(written).expect("a term"))).collect();
        BrandQuery::of(Expr::any(any))
    };
    terms.chunks(TERMS_A_BRAND).map(brand).collect()
}

fn matcher(terms: &[String]) -> Matcher {
    Matcher::build(brands(terms)).expect("small enough")
}

fn patterns(terms: &[String]) -> Vec<String> {
    let mut patterns: Vec<String> = terms.iter().map(|term| fold_string(term)).collect();
    patterns.sort_unstable();
    patterns.dedup();
    patterns
}

fn automaton(terms: &[String]) -> AhoCorasick {
    let kind = Some(AhoCorasickKind::ContiguousNFA);
    AhoCorasick::builder().kind(kind).build(patterns(terms)).expect("small enough")
}

/// A tenth of the terms in every inflected form, on texts that hold none of them.
fn inflected_terms(count: usize) -> Vec<String> {
    let mut terms = sparse_terms(count);
    for term in terms.iter_mut().step_by(10) {
        *term = format!("~{}er", term.to_lowercase());
    }
    terms
}

fn full_path(matcher: &Matcher, scratch: &mut Scratch, documents: &[impl AsRef<str>]) -> usize {
    let mut hits = 0;
    for text in documents {
        let text = text.as_ref();
        for found in &matcher.scan(scratch, &Document { text, ..Document::default() }, |_| true) {
            hits += found.hits.len();
        }
    }
    hits
}

fn fold_and_nfa(automaton: &AhoCorasick, folder: &mut Folder, documents: &[String]) -> usize {
    documents
        .iter()
        .map(|text| {
            folder.fold(text);
            automaton.find_overlapping_iter(folder.folded()).count()
        })
        .sum()
}

/// What the full path must find, by the baseline's automaton and the boundaries.
fn bounded_matches(automaton: &AhoCorasick, documents: &[String]) -> usize {
    documents
        .iter()
        .map(|text| {
            let folded = fold_string(text);
            let in_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
            automaton
                .find_overlapping_iter(&folded)
                .filter(|found| {
                    !in_word(folded[..found.start()].chars().next_back())
                        && !in_word(folded[found.end()..].chars().next())
                })
                .count()
        })
        .sum()
}

fn print(medians: &Medians, bytes: usize) {
    for (name, seconds) in medians.iter() {
        println!("  {name:24} {:8.0} MiB/s", mebibytes(bytes) / seconds);
    }
}

fn mebibytes(bytes: usize) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

fn sparse(documents: &[String], rounds: usize) {
    let bytes: usize = documents.iter().map(String::len).sum();
    let lists: Vec<Vec<String>> = COUNTS.iter().map(|&count| sparse_terms(count)).collect();
    let matchers: Vec<Matcher> = lists.iter().map(|terms| matcher(terms)).collect();
    let automata: Vec<AhoCorasick> = lists.iter().map(|terms| automaton(terms)).collect();
    let inflected = matcher(&inflected_terms(1_000));

    let mut turns = Turns::default();
    turns.add("from_utf8", || {
        let valid = documents.iter().filter(|text| std::str::from_utf8(black_box(text.as_bytes())).is_ok());
        assert_eq!(valid.count(), documents.len());
    });
    turns.add("fold", || {
        let mut folder = Folder::default();
        for text in documents {
            folder.fold(black_box(text));
            black_box(folder.folded());
        }
    });
    turns.add("floor: fold + words", || {
        let (mut folder, mut words) = (Folder::default(), Words::default());
        for text in documents {
            folder.fold(black_box(text));
            black_box(words.of(&folder));
        }
    });
    for ((count, matcher), automaton) in COUNTS.iter().zip(&matchers).zip(&automata) {
        let mut scratch = Scratch::default();
        let hits = full_path(matcher, &mut scratch, documents);
        assert!(hits > 0);
        let expected = bounded_matches(automaton, documents);
        // Terms that fold alike are hits each.
        assert!(if *count < 10_000 { hits == expected } else { hits >= expected }, "{count}: {hits} {expected}");
        turns.add(format!("path {count}"), move || {
            assert_eq!(full_path(matcher, &mut scratch, black_box(documents)), hits);
        });
        let mut folder = Folder::default();
        let raw = fold_and_nfa(automaton, &mut folder, documents);
        turns.add(format!("fold + NFA {count}"), move || {
            assert_eq!(fold_and_nfa(automaton, &mut folder, black_box(documents)), raw);
        });
    }
    let (inflected, mut scratch) = (&inflected, Scratch::default());
    turns.add("path inflected 1000", move || {
        assert!(full_path(inflected, &mut scratch, black_box(documents)) > 0);
    });
    let medians = turns.run(rounds);
    println!("sparse lists, {:.1} MiB of texts of 1 to 4 KB", mebibytes(bytes));
    print(&medians, bytes);
    for count in COUNTS {
        let least = if count < 100_000 { "≥ 4" } else { "≥ 5" };
        let (path, nfa) = (format!("path {count}"), format!("fold + NFA {count}"));
        wanted(&format!("path {count} × fold + NFA, overlapping"), medians.times(&path, &nfa), least);
    }
    wanted("path 1000 × floor", medians.times("path 1000", "floor: fold + words"), "≥ 0.75");
    wanted("path 100000 × path 1000", medians.times("path 100000", "path 1000"), "≥ 0.65");
    wanted("fold × from_utf8", medians.times("fold", "from_utf8"), "≥ 0.35, aim 0.9");
    wanted("cost of a tenth inflected × plain", medians.times("path 1000", "path inflected 1000"), "≤ 3");
}

/// The cost a byte must not depend on a text's length.
fn lengths(rounds: usize) {
    let matcher = matcher(&sparse_terms(1_000));
    let made = [700, 1_500, 4_000, 15_000].map(|length| (length, documents_of(length..length + 64)));
    // One behind the other: where the allocator puts short texts is not what is asked.
    let joined = made.each_ref().map(|(_, documents)| documents.concat());
    let sets: Vec<(usize, Vec<&str>)> = made
        .iter()
        .zip(&joined)
        .map(|((length, documents), joined)| {
            let mut rest = joined.as_str();
            let mut cut = |text: &String| {
                let (text, behind) = rest.split_at(text.len());
                rest = behind;
                text
            };
            (*length, documents.iter().map(&mut cut).collect())
        })
        .collect();
    let mut turns = Turns::default();
    for (length, documents) in &sets {
        let (matcher, mut scratch) = (&matcher, Scratch::default());
        turns.add(length.to_string(), move || {
            black_box(full_path(matcher, &mut scratch, black_box(documents)));
        });
    }
    let medians = turns.run(rounds);
    println!("1,000 sparse terms by the length of a text, nanoseconds a byte");
    let costs: Vec<f64> = sets
        .iter()
        .map(|(length, documents)| {
            let bytes: usize = documents.iter().map(|text| text.len()).sum();
            let cost = medians.of(&length.to_string()) * 1e9 / bytes as f64;
            println!("  {length:6} bytes {cost:6.3}");
            cost
        })
        .collect();
    let (least, most) =
        costs.iter().fold((f64::MAX, 0.0_f64), |(least, most), &cost| (least.min(cost), most.max(cost)));
    wanted("dearest × cheapest, 0.7 to 15 KB", most / least, "≤ 1.15");
}

fn dense(documents: &[String], rounds: usize) {
    let bytes: usize = documents.iter().map(String::len).sum();
    let lists: Vec<Vec<String>> = COUNTS.iter().map(|&count| dense_terms(count)).collect();
    let matchers: Vec<Matcher> = lists.iter().map(|terms| matcher(terms)).collect();
    let automata: Vec<AhoCorasick> = lists.iter().map(|terms| automaton(terms)).collect();
    let mut turns = Turns::default();
    let mut all_hits = Vec::new();
    for ((count, matcher), automaton) in COUNTS.iter().zip(&matchers).zip(&automata) {
        let (mut scratch, mut folder) = (Scratch::default(), Folder::default());
        let hits = full_path(matcher, &mut scratch, documents);
        all_hits.push(hits);
        assert!(hits >= bounded_matches(automaton, documents), "{count}");
        turns.add(format!("path {count}"), move || {
            assert_eq!(full_path(matcher, &mut scratch, black_box(documents)), hits);
        });
        turns.add(format!("fold + NFA {count}"), move || {
            black_box(fold_and_nfa(automaton, &mut folder, black_box(documents)));
        });
    }
    let medians = turns.run(rounds);
    println!("dense lists, {all_hits:?} hits, each with its text and its brand");
    print(&medians, bytes);
}

/// What a document without a mention allocates, when the thread's buffers have grown.
fn allocations(documents: &[String]) {
    println!("allocations");
    for count in COUNTS {
        let matcher = matcher(&sparse_terms(count));
        let mut scratch = Scratch::default();
        full_path(&matcher, &mut scratch, documents);
        let (mut silent, mut told, mut allocated_silent, mut allocated_told) = (0, 0, 0, 0);
        for text in documents {
            let document = Document { text, ..Document::default() };
            let mut hits = 0;
            let counted = allocation_counter::measure(|| hits = matcher.scan(&mut scratch, &document, |_| true).len());
            if hits == 0 {
                silent += 1;
                allocated_silent += counted.count_total;
            } else {
                told += 1;
                allocated_told += counted.count_total;
            }
        }
        println!(
            "  {count:6} terms: {allocated_silent} in {silent} documents without a mention; {:.1} a document with one",
            allocated_told as f64 / f64::from(told)
        );
        assert_eq!(allocated_silent, 0, "a document without a mention allocates nothing");
    }
}

fn reload(documents: &[String], rounds: usize) {
    println!("reload, milliseconds");
    let mut sets = Vec::new();
    for count in [1_000, 100_000] {
        let terms = sparse_terms(count);
        let (brands, patterns) = (brands(&terms), patterns(&terms));
        let (mut ours, mut theirs, mut dropped) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..=rounds {
            let brands = brands.clone();
            let start = Instant::now();
            let matcher = black_box(Matcher::build(brands).expect("small enough"));
            let built = start.elapsed();
            let start = Instant::now();
            let nfa = black_box(NFA::builder().prefilter(false).build(&patterns).expect("small enough"));
            let nfa_built = start.elapsed();
            drop(nfa);
            let start = Instant::now();
            if round < rounds {
                drop(matcher);
                dropped.push(start.elapsed().as_secs_f64());
                ours.push(built.as_secs_f64());
                theirs.push(nfa_built.as_secs_f64());
            } else {
                sets.push(matcher);
            }
        }
        let (ours, theirs) = (median(ours), median(theirs));
        println!(
            "  {count} terms: compiled in {:.1}, the NFA in {:.1}, dropped in {:.1}",
            ours * 1e3,
            theirs * 1e3,
            median(dropped) * 1e3
        );
        wanted(&format!("compiling {count} × compiling the NFA"), ours / theirs, "≤ 1.3 at 100000");
    }
    swaps(documents, sets);
}

/// Swaps under a thread that matches: neither waits for the other.
fn swaps(documents: &[String], sets: Vec<Matcher>) {
    let sets: Vec<Arc<Matcher>> = sets.into_iter().map(Arc::new).collect();
    let (live, stop) = (ArcSwap::new(Arc::clone(&sets[0])), AtomicBool::new(false));
    let mut times = Vec::new();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut scratch = Scratch::default();
            for text in documents.iter().cycle().take_while(|_| !stop.load(Ordering::Relaxed)) {
                let matcher = live.load_full();
                black_box(matcher.scan(&mut scratch, &Document { text, ..Document::default() }, |_| true));
            }
        });
        for set in sets.iter().cycle().take(2_000) {
            let next = Arc::clone(set);
            let start = Instant::now();
            let before = live.swap(next);
            times.push(start.elapsed().as_secs_f64());
            drop(before);
            std::thread::sleep(Duration::from_micros(50));
        }
        stop.store(true, Ordering::Relaxed);
    });
    wanted("a swap under a thread that matches, microseconds", median(times) * 1e6, "a few");
}

/// A line for each text, as `vigie try --jsonl` reads them.
fn jsonl(documents: &[String]) -> String {
    documents.iter().fold(String::new(), |mut lines, text| {
        writeln!(lines, "{}", serde_json::json!({ "text": text })).expect("writes to memory");
        lines
    })
}

/// For other programs: the same texts, two lists of 1,000 terms, and how long the path takes on each.
fn dump(folder: &Path, documents: &[String]) {
    std::fs::create_dir_all(folder).expect("a folder that can be made");
    let write = |name: &str, text: String| std::fs::write(folder.join(name), text).expect("can be written");
    write("documents.jsonl", jsonl(documents));
    write("documents.txt", documents.join("\n"));
    let bytes: usize = documents.iter().map(String::len).sum();
    for (list, terms) in [("sparse", sparse_terms(1_000)), ("dense", dense_terms(1_000))] {
        write(&format!("{list}.txt"), terms.join("\n") + "\n");
        let matcher = matcher(&terms);
        let mut scratch = Scratch::default();
        let hits = full_path(&matcher, &mut scratch, documents);
        let mut turns = Turns::default();
        turns.add("path", || {
            assert_eq!(full_path(&matcher, &mut scratch, black_box(documents)), hits);
        });
        let seconds = turns.run(50).of("path");
        let figures = serde_json::json!({ "bytes": bytes, "seconds": seconds, "hits": hits });
        write(&format!("{list}.json"), figures.to_string());
    }
}

/// All that is done with a document, its language, the path, the tone and an excerpt of each mention; and the same by
/// `vigie try --jsonl`, which reads and writes JSON as well and has a thread a core.
fn whole(documents: &[String], rounds: usize) {
    const COPIES: usize = 16;
    let bytes: usize = documents.iter().map(String::len).sum();
    let terms = sparse_terms(1_000);
    let matcher = matcher(&terms);
    let entries: Vec<Entry> = documents.iter().map(|text| Entry { text: text.clone(), ..Entry::default() }).collect();
    let (mut scratch, tuning) = (Scratch::default(), Tuning::default());
    let mut read = |entries: &[Entry]| {
        let mut mentions = 0;
        for entry in entries {
            let language = language::detect(&entry.text);
            let document = Document { text: &entry.text, ..Document::default() };
            for found in &matcher.scan(&mut scratch, &document, |_| true) {
                black_box(Tone::of(entry, found, language, &tuning, DEFAULT_THRESHOLD));
                black_box(excerpt_of(entry, found));
                mentions += 1;
            }
        }
        mentions
    };
    let mentions = read(&entries);
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("documents.jsonl"), jsonl(documents).repeat(COPIES)).expect("written");
    let brands = terms
        .chunks(TERMS_A_BRAND)
        .enumerate()
        .map(|(number, terms)| serde_json::json!({ "id": format!("b{number}"), "match": { "any": terms } }));
    let watchlist = serde_json::json!({ "brands": brands.collect::<Vec<_>>() });
    std::fs::write(path("watchlist.yaml"), watchlist.to_string()).expect("written");
    let tried = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vigie"));
        command.arg("try").arg("--jsonl").arg(path("documents.jsonl")).arg("--watchlist").arg(path("watchlist.yaml"));
        command.stdout(File::create(path("answers")).expect("a file"));
        assert!(command.status().expect("it starts").success());
    };
    tried();
    let answers = std::fs::read_to_string(path("answers")).expect("answers");
    assert_eq!(answers.matches("\"polarity\"").count(), mentions * COPIES, "the same mentions");
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut turns = Turns::default();
    turns.add("whole document, one thread", || assert_eq!(read(black_box(&entries)), mentions));
    turns.add("try --jsonl", tried);
    let medians = turns.run(rounds);
    println!("whole documents, {mentions} mentions in {} documents, {cores} cores", documents.len());
    let speed = |name: &str, bytes: usize| mebibytes(bytes) / medians.of(name);
    let (one, all) = (speed("whole document, one thread", bytes), speed("try --jsonl", bytes * COPIES));
    println!("  whole document, one thread {one:7.0} MiB/s\n  try --jsonl                {all:7.0} MiB/s");
    wanted("try --jsonl on all cores × a whole document on one", all / one, "≥ 0.9");
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let documents = documents();
    if let Some(at) = arguments.iter().position(|argument| argument == "--dump") {
        let folder = arguments.get(at + 1).expect("--dump DIR");
        return dump(Path::new(folder), &documents);
    }
    let quick = arguments.iter().any(|argument| argument == "--quick");
    let rounds = |many: usize| if quick { many / 10 + 1 } else { many };
    sparse(&documents, rounds(60));
    lengths(rounds(60));
    allocations(&documents);
    reload(&documents, rounds(10));
    dense(&documents, rounds(10));
    whole(&documents, rounds(20));
}
