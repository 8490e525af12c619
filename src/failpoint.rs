//! Fail points: places where a test makes the running program die, hang, or meet a disk that cannot be written.
//! Owns the reading of orders, one `POINT WORD [ARGUMENT]` a line in the file that `VIGIE_FAILPOINTS` names, read
//! anew at each pass; knows nothing of the places.
//!
//! Gated by `debug_assertions` rather than by a feature: the tests run the program that `cargo build` makes, and
//! a release has neither the variable's name nor a branch. `tests/all.sh` looks for both in the binary.

use std::time::Duration;

#[cfg(debug_assertions)]
mod orders {
    use std::collections::BTreeMap;
    use std::sync::{LazyLock, Mutex, PoisonError};

    static FILE: LazyLock<Option<std::ffi::OsString>> = LazyLock::new(|| std::env::var_os("VIGIE_FAILPOINTS"));
    static PASSES: Mutex<BTreeMap<String, u32>> = Mutex::new(BTreeMap::new());

    /// What stands behind `point` and `word`, if the file says so now.
    pub(super) fn of(point: &str, word: &str) -> Option<String> {
        let text = std::fs::read_to_string(FILE.as_ref()?).ok()?;
        text.lines().find_map(|line| {
            let rest = line.strip_prefix(point)?.strip_prefix(' ')?.strip_prefix(word)?;
            (rest.is_empty() || rest.starts_with(' ')).then(|| rest.trim().to_owned())
        })
    }

    /// How often `point` was passed, this time included.
    pub(super) fn pass(point: &str) -> u32 {
        let mut passes = PASSES.lock().unwrap_or_else(PoisonError::into_inner);
        let count = passes.entry(point.to_owned()).or_default();
        *count += 1;
        *count
    }
}

/// `die N`: the process ends here at the Nth pass, as by a kill: nothing is flushed, closed or unwound.
#[inline]
pub(crate) fn dies(point: &str) {
    #[cfg(debug_assertions)]
    if let Some(at) = orders::of(point, "die")
        && at.parse() == Ok(orders::pass(point))
    {
        std::process::abort();
    }
    #[cfg(not(debug_assertions))]
    let _ = point;
}

/// `fail TEXT`: what the disk is to answer here.
#[inline]
pub(crate) fn fails(point: &str) -> Option<String> {
    #[cfg(debug_assertions)]
    return orders::of(point, "fail");
    #[cfg(not(debug_assertions))]
    {
        let _ = point;
        None
    }
}

/// `hang`: never returns.
#[cfg(debug_assertions)]
pub(crate) async fn hangs(point: &str) {
    if orders::of(point, "hang").is_some() {
        std::future::pending::<()>().await;
    }
}

/// A future that keeps `point` would keep its name in the program.
#[cfg(not(debug_assertions))]
pub(crate) fn hangs(_: &str) -> std::future::Ready<()> {
    std::future::ready(())
}

/// `last SECONDS` in place of `usual`: a wait that no test can sit out.
#[inline]
pub(crate) fn lasts(point: &str, usual: Duration) -> Duration {
    #[cfg(debug_assertions)]
    if let Some(seconds) = orders::of(point, "last").and_then(|seconds| seconds.parse().ok()) {
        return Duration::from_secs(seconds);
    }
    #[cfg(not(debug_assertions))]
    let _ = point;
    usual
}
