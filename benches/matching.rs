//! What matching costs: folding, and the whole path from original texts to hits with offsets, beside
//! `str::from_utf8` of the same bytes and beside fold + `aho_corasick`'s contiguous NFA, overlapping.
//! The text is generated here, the same in every run. `cargo bench --bench matching -- --quick --noplot`.

use std::collections::HashSet;
use std::hint::black_box;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime};
use vigie::matcher::{BrandQuery, Document, Matcher, Scratch};
use vigie::query::{Expr, Term};
use vigie::text::fold::{Folder, fold_string};

const TERMS_A_BRAND: usize = 20;

fn matcher(terms: &[String]) -> Matcher {
    let brands = terms
        .chunks(TERMS_A_BRAND)
        .map(|terms| {
            let any = terms.iter().map(|written| Expr::Term(Term::parse(written).expect("a term"))).collect();
            BrandQuery::of(Expr::any(any))
        })
        .collect();
    Matcher::build(brands).expect("small enough")
}

fn full_path(matcher: &Matcher, scratch: &mut Scratch, documents: &[String]) -> usize {
    documents
        .iter()
        .flat_map(|text| matcher.scan(scratch, &Document { text, ..Document::default() }, |_| true))
        .map(|found| found.hits.len())
        .sum()
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

fn matching(criterion: &mut Criterion) {
    let documents = corpus(&sparse_terms(10));
    let bytes: usize = documents.iter().map(String::len).sum();
    let mut group: BenchmarkGroup<'_, WallTime> = criterion.benchmark_group("matching");
    group.throughput(Throughput::Bytes(bytes as u64));
    group.sample_size(10);

    group.bench_function("from_utf8", |bencher| {
        bencher
            .iter(|| documents.iter().filter(|text| std::str::from_utf8(black_box(text.as_bytes())).is_ok()).count());
    });
    let mut folder = Folder::default();
    group.bench_function("fold", |bencher| {
        bencher.iter(|| {
            documents
                .iter()
                .map(|text| {
                    folder.fold(black_box(text));
                    folder.folded().len()
                })
                .sum::<usize>()
        });
    });

    for (kind, terms_of) in [("sparse", sparse_terms as fn(usize) -> Vec<String>), ("dense", dense_terms)] {
        for count in [10, 1_000, 10_000, 100_000] {
            let terms = terms_of(count);
            let mut patterns: Vec<String> = terms.iter().map(|term| fold_string(term)).collect();
            patterns.sort_unstable();
            patterns.dedup();
            let automaton = AhoCorasick::builder()
                .kind(Some(AhoCorasickKind::ContiguousNFA))
                .build(&patterns)
                .expect("small enough");
            let matcher = matcher(&terms);
            // Terms that fold alike are hits each.
            let expected = bounded_matches(&automaton, &documents);
            let mut scratch = Scratch::default();
            let hits = full_path(&matcher, &mut scratch, &documents);
            assert!(hits > 0);
            if patterns.len() == terms.len() {
                assert_eq!(hits, expected, "{kind} {count}");
            } else {
                assert!(hits >= expected, "{kind} {count}");
            }
            println!("{kind} {count}: {hits} hits in {bytes} bytes");

            group.bench_function(format!("path/{kind}/{count}"), |bencher| {
                bencher.iter(|| assert_eq!(full_path(&matcher, &mut scratch, black_box(&documents)), hits));
            });
            let raw = fold_and_nfa(&automaton, &mut folder, &documents);
            assert!(raw >= expected);
            group.bench_function(format!("fold+nfa/{kind}/{count}"), |bencher| {
                bencher.iter(|| assert_eq!(fold_and_nfa(&automaton, &mut folder, black_box(&documents)), raw));
            });
        }
    }

    // A tenth of the terms in every inflected form, on texts that hold none of them.
    let plain = sparse_terms(1_000);
    let inflected: Vec<String> = plain
        .iter()
        .enumerate()
        .map(|(index, term)| if index % 10 == 0 { format!("~{}er", term.to_lowercase()) } else { term.clone() })
        .collect();
    let matcher = matcher(&inflected);
    let mut scratch = Scratch::default();
    let hits = full_path(&matcher, &mut scratch, &documents);
    assert!(hits > 0);
    group.bench_function("path/inflected/1000", |bencher| {
        bencher.iter(|| assert_eq!(full_path(&matcher, &mut scratch, black_box(&documents)), hits));
    });
    group.finish();
}

criterion_group!(benches, matching);
criterion_main!(benches);
