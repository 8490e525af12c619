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
