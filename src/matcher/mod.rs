//! The automaton over all brands: from an original text to hits with byte offsets. Pure.
/// Stub.
#[derive(Debug)]
pub struct Matcher;
