//! (to be written)
/// Stub.
#[derive(Debug)]
pub struct Diagnostic;
/// Stub.
#[derive(Debug)]
pub enum Severity {}
