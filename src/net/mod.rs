//! (to be written)

/// Stub.
#[must_use]
pub fn redact(address: &str) -> String {
    match (address.find("://"), address.find('@')) {
        (Some(scheme), Some(at)) => format!("{}•••{}", &address[..scheme + 3], &address[at..]),
        _ => address.to_owned(),
    }
}
