//! Presets as data: files of `key TAB value` lines under `presets/`, compiled in. Owns their form and the
//! lookup; what the keys mean is `forums` and `search`.

/// One file: an engine or an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preset {
    /// What the watchlist calls it.
    pub name: &'static str,
    file: &'static str,
}

impl Preset {
    /// A file under its name.
    #[must_use]
    pub(super) const fn of(name: &'static str, file: &'static str) -> Self {
        Self { name, file }
    }

    /// Keys with their values, in the file's order. `#` opens a comment line.
    pub fn lines(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.file.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'))
    }

    /// The first value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&'static str> {
        self.lines().find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    /// All values of a key.
    #[must_use]
    pub fn all(&self, key: &str) -> Vec<String> {
        self.lines().filter(|(name, _)| *name == key).map(|(_, value)| value.to_owned()).collect()
    }

    /// Fields of JSON items (`field.NAME`), with `{NAME}` of `known` filled in.
    #[must_use]
    pub(super) fn fields(&self, known: &[(&str, &str)]) -> std::collections::BTreeMap<String, Vec<String>> {
        let mut fields = std::collections::BTreeMap::<String, Vec<String>>::new();
        for (key, value) in self.lines() {
            if let Some(field) = key.strip_prefix("field.") {
                fields.entry(field.to_owned()).or_default().push(filled(value, known));
            }
        }
        fields
    }
}

/// A text with each `{NAME}` of `known` replaced; what was put in is not looked at again.
#[must_use]
pub(super) fn filled(text: &str, known: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let found = known.iter().find_map(|(name, value)| Some((value, after.strip_prefix(name)?.strip_prefix('}')?)));
        if let Some((value, after)) = found {
            out.push_str(value);
            rest = after;
        } else {
            out.push('{');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// The preset of a name.
#[must_use]
pub(super) fn find(catalogue: &'static [Preset], name: &str) -> Option<&'static Preset> {
    catalogue.iter().find(|preset| preset.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_key_a_tab_and_a_value() {
        let preset =
            Preset::of("x", "# a\tb\ntopic\tli.row\nremove\t.a\nremove\t.b\nitems\t\nfield.url\t{base}/{id}\n");
        assert_eq!(preset.get("topic"), Some("li.row"));
        assert_eq!(preset.get("items"), Some(""));
        assert_eq!((preset.get("# a"), preset.get("next")), (None, None));
        assert_eq!(preset.all("remove"), [".a", ".b"]);
        assert_eq!(preset.fields(&[("base", "https://{id}")])["url"], ["https://{id}/{id}"]);
    }
}
