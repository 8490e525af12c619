//! Stand-in until the sources land.
use jiff::tz::TimeZone;

use super::select::SelectError;
use crate::text::language::Language;
/// Stub.
#[derive(Debug, Clone)]
pub struct Json;
/// Stub.
#[derive(Debug, Clone)]
pub struct JsonConfig {
    /// Stub.
    pub url: String,
    /// Stub.
    pub items: String,
    /// Stub.
    pub fields: std::collections::BTreeMap<String, Vec<String>>,
    /// Stub.
    pub timezone: Option<TimeZone>,
    /// Stub.
    pub language: Option<Language>,
}

impl JsonConfig {
    /// Stub.
    pub fn compile(self) -> Result<Json, SelectError> {
        Ok(Json)
    }
}
