//! Which of many texts a text starts with: sorted texts, narrowed byte by byte. Built by sorting alone, whatever
//! the texts are; an automaton of texts that are mostly each other's beginnings takes the square of their number.

/// Calls `visit` with each of `sorted` whose key is a prefix of `text`, shortest first. Sorted by key.
pub(super) fn each_prefix<'k, T>(
    sorted: &'k [T],
    key: impl Fn(&'k T) -> &'k [u8],
    text: &[u8],
    mut visit: impl FnMut(&'k T),
) {
    let mut left = sorted;
    for depth in 0.. {
        while let Some((first, rest)) = left.split_first()
            && key(first).len() == depth
        {
            visit(first);
            left = rest;
        }
        let Some(&byte) = text.get(depth) else { return };
        if let [only] = left {
            if text.starts_with(key(only)) {
                visit(only);
            }
            return;
        }
        let from = count_while(left, |one| key(one)[depth] < byte);
        let count = count_while(&left[from..], |one| key(one)[depth] == byte);
        left = &left[from..from + count];
        if left.is_empty() {
            return;
        }
    }
}

/// As `partition_point`, for a key that outlives the call.
fn count_while<'k, T>(sorted: &'k [T], holds: impl Fn(&'k T) -> bool) -> usize {
    let (mut low, mut high) = (0, sorted.len());
    while low < high {
        let middle = low.midpoint(high);
        if holds(&sorted[middle]) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::each_prefix;

    #[test]
    fn each_prefix_is_found_once() {
        let mut sorted = ["", "a", "ab", "ab", "abc", "abd", "b", "é", "z"];
        sorted.sort_unstable();
        for text in ["", "a", "abcd", "abx", "é", "zz", "c", "b"] {
            let mut found = Vec::new();
            each_prefix(&sorted, |one| one.as_bytes(), text.as_bytes(), |one| found.push(*one));
            let expected: Vec<&str> = sorted.iter().copied().filter(|one| text.starts_with(one)).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
