//! (to be written)
/// Stub.
#[derive(Debug)]
pub struct Diagnostic;
impl Diagnostic {
    /// Stub.
    #[must_use]
    pub fn render(&self, _colour: bool) -> String {
        String::new()
    }
}
/// Stub.
#[derive(Debug)]
pub enum Severity {}
