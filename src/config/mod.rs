//! vigie.yaml: settings, secrets by reference, YAML loading, places, diagnostics.
//! The only room that names serde_yaml (in `yaml.rs`). Watchlists are read with the same steps, but
//! what they mean is `watchlist`.

pub mod access;
pub mod address;
mod broken;
mod channels;
mod chats;
pub mod diagnostic;
pub mod document;
pub mod findings;
pub mod guard;
pub mod imap;
pub mod keys;
pub mod lexical;
pub mod lexical_flow;
pub mod load;
pub mod mailbox;
pub mod mask;
pub mod places;
pub mod quantity;
mod quotes;
mod replies;
pub mod secret;
pub mod settings;
pub mod shape;
pub mod signing;
pub mod table;
pub mod yaml;

pub use diagnostic::{Diagnostic, Severity};
pub use load::{language_of_environment, load_settings, locate};
pub use places::Place;
pub use secret::{Secret, SecretRef};
pub use settings::Settings;
