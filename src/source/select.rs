//! Stand-in until the sources land.
/// Stub.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {detail}")]
pub struct SelectError {
    /// Stub.
    pub key: &'static str,
    /// Stub.
    pub detail: String,
}

/// Stub: what only a broken selector has.
pub(super) fn look(key: &'static str, written: &str) -> Result<(), SelectError> {
    if written.contains("[[") || written.ends_with('>') {
        return Err(SelectError { key, detail: "unexpected token".to_owned() });
    }
    Ok(())
}
