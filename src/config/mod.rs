//! vigie.yaml: settings, secrets by reference, YAML loading, places, diagnostics.
//! The only room that names serde_yaml (in `yaml.rs`).

pub mod diagnostic;
pub mod places;
pub mod secret;
pub mod settings;
pub mod yaml;

pub use diagnostic::{Diagnostic, Severity};
pub use places::Place;
pub use secret::{Secret, SecretRef};
pub use settings::Settings;

/// Stub.
#[derive(Debug)]
pub struct NotFound;
/// Stub.
pub fn locate(config: Option<&std::path::Path>) -> Result<std::path::PathBuf, NotFound> {
    config.map(std::path::Path::to_owned).ok_or(NotFound)
}
/// Stub.
pub fn load_settings(_path: &std::path::Path) -> Result<(Settings, Vec<Diagnostic>), Vec<Diagnostic>> {
    Err(vec![Diagnostic])
}
/// Stub.
#[must_use]
pub fn language_of_environment() -> settings::UiLanguage {
    settings::UiLanguage::French
}
