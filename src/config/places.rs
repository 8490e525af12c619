//! Where a value stands in a YAML file.

pub use crate::place::Place;
