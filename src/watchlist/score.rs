//! `score:` of a rule: a comparison as people write it. Pure.

use super::{Comparison, ScoreCondition};

/// Reads `<= -0.4`, `> 0,2`: a sign, then a bound in [−1, 1].
#[must_use]
pub(super) fn score(text: &str) -> Option<ScoreCondition> {
    let (comparison, bound) = [
        ("<=", Comparison::AtMost),
        (">=", Comparison::AtLeast),
        ("≤", Comparison::AtMost),
        ("≥", Comparison::AtLeast),
        ("<", Comparison::Less),
        (">", Comparison::Greater),
    ]
    .into_iter()
    .find_map(|(sign, comparison)| text.trim().strip_prefix(sign).map(|rest| (comparison, rest)))?;
    let bound = bound.trim().replace(',', ".").replace('\u{2212}', "-");
    if !bound.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+')) {
        return None;
    }
    let bound: f32 = bound.parse().ok()?;
    (-1.0..=1.0).contains(&bound).then_some(ScoreCondition { comparison, bound })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_a_sign_and_a_bound() {
        assert_eq!(score("<= -0.4"), Some(ScoreCondition { comparison: Comparison::AtMost, bound: -0.4 }));
        assert_eq!(score(">0,25"), Some(ScoreCondition { comparison: Comparison::Greater, bound: 0.25 }));
        assert_eq!(score("≤ −0.4"), Some(ScoreCondition { comparison: Comparison::AtMost, bound: -0.4 }));
        for text in ["-0.4", "<", "< 2", "<= nan", "< inf", "= 0.1", "<= -40%"] {
            assert_eq!(score(text), None, "{text}");
        }
    }
}
