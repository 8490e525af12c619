//! How improbable a count is: the upper tails of the negative binomial distribution, a Poisson distribution whose
//! rate is itself uncertain, and of the binomial one. Owns the arithmetic alone.

/// Terms of a sum that still changes nothing visible.
const TERMS: u32 = 20_000;

/// The probability of `count` or more, where `mean` are expected and the variance is
/// `mean + dispersion × mean²`. 1 for a count that is not over the mean.
///
/// Formula: P(k+1)/P(k) = (1 + dk)·m / ((k+1)(1 + dm)), from P(count) by the gamma function.
#[must_use]
pub(super) fn at_least(count: u32, mean: f64, dispersion: f64) -> f64 {
    let (k, m, d) = (f64::from(count), mean.max(1e-9), dispersion.max(0.0));
    if k <= m {
        return 1.0;
    }
    let first = if d < 1e-9 {
        k * m.ln() - m - ln_gamma(k + 1.0)
    } else {
        let r = 1.0 / d;
        ln_gamma(k + r) - ln_gamma(r) - ln_gamma(k + 1.0) - r * (d * m).ln_1p() + k * (d * m / (1.0 + d * m)).ln()
    };
    sum(first, k, TERMS, |at| (1.0 + d * at) * m / ((at + 1.0) * (1.0 + d * m)))
}

/// The sum of probabilities from `k` on: the logarithm of the first, and of each to the next the ratio at its count;
/// at most so many, as far as they are visible.
fn sum(first: f64, k: f64, most: u32, ratio: impl Fn(f64) -> f64) -> f64 {
    let mut term = first.exp();
    let mut sum = term;
    for step in 0..most {
        term *= ratio(k + f64::from(step));
        sum += term;
        if term < sum * 1e-9 {
            break;
        }
    }
    sum.min(1.0)
}

/// The probability of `count` or more among `of`, where each is one of them with probability `share`: the upper tail
/// of the binomial distribution (Abramowitz and Stegun 26.1.20). 1 for a share that is not over the usual.
///
/// Formula: P(k) = C(n, k)·pᵏ·(1 − p)ⁿ⁻ᵏ, so that P(k+1)/P(k) = (n − k)/(k + 1) · p/(1 − p), from P(count) by the
/// gamma function.
#[must_use]
pub(super) fn at_least_of(count: u32, of: u32, share: f64) -> f64 {
    let (k, n) = (f64::from(count.min(of)), f64::from(of));
    if k <= n * share {
        return 1.0;
    }
    if share <= 0.0 {
        return 0.0;
    }
    let choose = ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0);
    let first = choose + k * share.ln() + (n - k) * (-share).ln_1p();
    let odds = share / (1.0 - share);
    sum(first, k, TERMS.min(of - count.min(of)), |at| (n - at) / (at + 1.0) * odds)
}

/// ln Γ(x) for x > 0, to ten digits: Stirling's series (Abramowitz and Stegun 6.1.41), after raising x past 8.
fn ln_gamma(x: f64) -> f64 {
    let mut x = x;
    let mut raised = 0.0;
    while x < 8.0 {
        raised += x.ln();
        x += 1.0;
    }
    let inverse = 1.0 / x;
    let square = inverse * inverse;
    let series = inverse * (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1_260.0 - square / 1_680.0)));
    (x - 0.5) * x.ln() - x + 0.5 * std::f64::consts::TAU.ln() + series - raised
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sum from zero, without a logarithm.
    fn plain(count: u32, mean: f64, dispersion: f64) -> f64 {
        let start = if dispersion == 0.0 { (-mean).exp() } else { (1.0 + dispersion * mean).powf(-1.0 / dispersion) };
        let (mut term, mut below) = (start, 0.0);
        for k in 0..count {
            below += term;
            let k = f64::from(k);
            term *= (1.0 + dispersion * k) * mean / ((k + 1.0) * (1.0 + dispersion * mean));
        }
        1.0 - below
    }

    #[test]
    fn the_tail_is_the_sum_of_its_terms() {
        for (count, mean, dispersion) in
            [(3, 0.2, 0.0), (21, 10.0, 0.0), (30, 10.0, 0.05), (5, 0.5, 1.0), (60, 40.0, 0.01), (12, 3.0, 0.3)]
        {
            let (got, expected) = (at_least(count, mean, dispersion), plain(count, mean, dispersion));
            assert!((got / expected - 1.0).abs() < 1e-6, "{count} {mean} {dispersion}: {got} for {expected}");
        }
    }

    #[test]
    fn the_tail_falls_with_the_count_and_rises_with_doubt() {
        assert!((at_least(10, 10.0, 0.0) - 1.0).abs() < f64::EPSILON);
        assert!(at_least(22, 10.0, 0.0) < at_least(21, 10.0, 0.0));
        assert!(at_least(22, 10.0, 0.05) > at_least(22, 10.0, 0.0));
        let huge = at_least(1_000_000, 500_000.0, 0.01);
        assert!(huge > 0.0 && huge < 1e-6, "{huge}");
        assert!(at_least(u32::MAX, 1.0, 0.0) >= 0.0);
    }

    #[test]
    fn the_tail_of_a_share_is_the_sum_of_its_terms() {
        for (count, of, share) in [(5_u32, 8_u32, 0.5_f64), (20, 60, 0.25), (3, 3, 0.2), (40, 41, 0.9), (9, 300, 0.01)]
        {
            let mut term = (1.0 - share).powi(of.cast_signed());
            let mut expected = 0.0;
            for k in 0..=of {
                expected += if k >= count { term } else { 0.0 };
                term *= f64::from(of - k) / f64::from(k + 1) * share / (1.0 - share);
            }
            let got = at_least_of(count, of, share);
            assert!((got / expected - 1.0).abs() < 1e-6, "{count} of {of} at {share}: {got} for {expected}");
        }
        for (count, of, share, expected) in [(0, 0, 0.0, 1.0), (2, 10, 0.2, 1.0), (1, 10, 0.0, 0.0), (10, 10, 1.0, 1.0)]
        {
            let got = at_least_of(count, of, share);
            assert!((got - expected).abs() < f64::EPSILON, "{count} of {of} at {share}: {got}");
        }
    }

    #[test]
    fn the_logarithm_of_gamma_is_that_of_factorials() {
        let mut factorial = 0.0;
        for n in 1..30_u32 {
            assert!((ln_gamma(f64::from(n)) - factorial).abs() < 1e-9, "{n}");
            factorial += f64::from(n).ln();
        }
        assert!((ln_gamma(0.5) - std::f64::consts::PI.sqrt().ln()).abs() < 1e-9);
    }
}
