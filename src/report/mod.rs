//! Figures, tables and pictures over a period. Owns what is counted and how it is said and drawn; reads no
//! store itself, and a mail's or page's frame is `notify`'s.
//!
//! Net tone is (positive − negative) / all mentions of a known tone × 100, in [−100, 100]: neutral and
//! uncertain mentions are known, those in a language that vigie does not read are not.

pub mod chart;
pub mod csv;
pub mod figures;
pub mod newcomer;
pub mod objective;
pub mod period;
pub mod picture;
pub mod sheet;
pub mod text;
pub mod words;

pub use figures::{BrandLine, Report, Scope};
pub use objective::{Figure, Objective};
pub use period::{Frame, Span};
pub use sheet::Sheet;
