//! (to be written)
/// Stub.
#[derive(Debug, Clone)]
pub struct Feed;
