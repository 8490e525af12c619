//! `vigie schema`: a JSON Schema (draft 2020-12) of the files, for completion and checks in editors. Made of
//! the table of keys alone; `vigie check` says more.

use std::io::Write;

use serde_json::{Map, Value, json};

use super::Exit;
use crate::config::keys::{CHOICES, KEYS, REQUIRED, Section, Shape};

/// Print a JSON Schema of watchlists, for editors
#[derive(Debug, clap::Args)]
#[command(after_help = "\
With the YAML extension of an editor, put this line at the top of a watchlist:
  # yaml-language-server: $schema=schema.json")]
pub struct Args {
    /// Of vigie.yaml instead
    #[arg(long)]
    settings: bool,
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    let root = if args.settings { Section::Settings } else { Section::Watchlist };
    std::io::stdout().lock().write_all(schema(root).as_bytes())?;
    Ok(Exit::Fine)
}

/// The schema of files whose outermost block is `root`, as text that ends with a line break.
#[must_use]
pub fn schema(root: Section) -> String {
    let mut blocks = vec![root];
    let mut at = 0;
    while let Some(&section) = blocks.get(at) {
        for inside in
            KEYS.iter().filter(|(within, ..)| *within == section).filter_map(|(_, _, shape, _)| inside(*shape))
        {
            if !blocks.contains(&inside) {
                blocks.push(inside);
            }
        }
        at += 1;
    }
    let mut definitions = Map::new();
    definitions.insert("value".to_owned(), json!({"type": ["string", "number", "boolean"]}));
    for section in blocks {
        definitions.insert(name(section), block(section));
    }
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": if root == Section::Settings { "vigie.yaml" } else { "A watchlist of vigie" },
        "$ref": format!("#/$defs/{}", name(root)),
        "$defs": definitions,
    });
    format!("{schema:#}\n")
}

fn name(section: Section) -> String {
    format!("{section:?}").to_lowercase()
}

fn reference(section: Section) -> Value {
    json!({"$ref": format!("#/$defs/{}", name(section))})
}

/// The block that a shape leads to.
const fn inside(shape: Shape) -> Option<Section> {
    match shape {
        Shape::One(section) | Shape::Many(section) | Shape::NamedMany(section) => Some(section),
        Shape::Expressions | Shape::TermOr | Shape::NamedTerms => Some(Section::Expression),
        Shape::Masks => Some(Section::Mask),
        Shape::Selection => Some(Section::Selection),
        Shape::Secret | Shape::SecretOrText => Some(Section::Secret),
        Shape::Credential | Shape::NamedTextOrCredential => Some(Section::Credential),
        Shape::Recipients => Some(Section::Recipient),
        Shape::Text | Shape::Words | Shape::Texts | Shape::NamedTexts | Shape::NamedWords => None,
    }
}

fn block(section: Section) -> Value {
    let mut properties = Map::new();
    for (_, key, shape, description) in KEYS.iter().filter(|(within, ..)| *within == section) {
        let mut value = behind(section, key, *shape);
        value["description"] = json!(description);
        properties.insert((*key).to_owned(), value);
    }
    let required: Vec<&str> = REQUIRED.iter().filter(|(within, _)| *within == section).map(|(_, key)| *key).collect();
    let mut block = json!({"type": "object", "additionalProperties": false, "properties": properties});
    if !required.is_empty() {
        block["required"] = json!(required);
    }
    if section == Section::Brand {
        block["oneOf"] = json!([{"required": ["match"]}, {"required": ["query"]}]);
    }
    block
}

fn list(items: &Value) -> Value {
    json!({"type": "array", "items": items})
}

/// A list that says something.
fn full(items: &Value) -> Value {
    json!({"type": "array", "items": items, "minItems": 1})
}

/// One of the words that the key takes, or any value.
fn value(section: Section, key: &str) -> Value {
    let words = CHOICES.iter().find(|(within, name, _)| *within == section && *name == key);
    words.map_or_else(|| json!({"$ref": "#/$defs/value"}), |(.., words)| json!({"enum": words}))
}

fn behind(section: Section, key: &str, shape: Shape) -> Value {
    let word = value(section, key);
    let term = json!({"$ref": "#/$defs/value"});
    let term_or = |section| json!({"anyOf": [term, reference(section)]});
    let named = |one: Value| json!({"type": "object", "additionalProperties": one});
    match shape {
        Shape::Text => word,
        Shape::Words => json!({"anyOf": [word, list(&word)]}),
        Shape::Texts => list(&word),
        Shape::NamedWords => named(json!({"anyOf": [word, list(&word)]})),
        Shape::NamedTexts => named(word),
        Shape::Secret => reference(Section::Secret),
        Shape::SecretOrText => term_or(Section::Secret),
        Shape::Credential => reference(Section::Credential),
        Shape::NamedTextOrCredential => named(term_or(Section::Credential)),
        Shape::One(section) => json!({"allOf": [reference(section)]}),
        Shape::Many(section) => json!({"type": ["array", "null"], "items": reference(section)}),
        Shape::NamedMany(section) => json!({"type": ["object", "null"], "additionalProperties": reference(section)}),
        Shape::Expressions => full(&term_or(Section::Expression)),
        Shape::TermOr => term_or(Section::Expression),
        Shape::NamedTerms => named(full(&term_or(Section::Expression))),
        Shape::Masks => full(&term_or(Section::Mask)),
        Shape::Selection => json!({"anyOf": [full(&word), reference(Section::Selection)]}),
        Shape::Recipients => list(&term_or(Section::Recipient)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_to_paste_stands_alone_in_the_help() {
        use clap::CommandFactory;
        let mut command = crate::cli::Cli::command();
        let help = command.find_subcommand_mut("schema").unwrap().render_long_help().to_string();
        let line = "# yaml-language-server: $schema=schema.json";
        assert!(help.lines().any(|written| written.trim() == line), "{help}");
    }

    #[test]
    fn the_schema_that_is_checked_in_is_the_one_of_the_table() {
        let written = schema(Section::Watchlist);
        let shipped = std::fs::read_to_string("watchlists/schema.json").unwrap();
        assert!(shipped == written, "run `cargo run -- schema > watchlists/schema.json`");
    }

    #[test]
    fn every_key_is_described_and_every_reference_leads_somewhere() {
        for root in [Section::Watchlist, Section::Settings] {
            let schema: Value = serde_json::from_str(&schema(root)).unwrap();
            let definitions = schema["$defs"].as_object().unwrap();
            for (name, block) in definitions {
                for (key, value) in block["properties"].as_object().into_iter().flatten() {
                    let description = value["description"].as_str().unwrap();
                    assert!(description.ends_with('.'), "{name} {key}: {description:?}");
                }
            }
            let text = schema.to_string();
            for (at, _) in text.match_indices("#/$defs/") {
                let name = text[at + 8..].split('"').next().unwrap();
                assert!(definitions.contains_key(name), "{name}");
            }
        }
    }

    #[test]
    fn choices_and_required_keys_are_keys() {
        let known = |section, key: &str| crate::config::keys::shape_of(section, key).is_some();
        assert!(CHOICES.iter().all(|(section, key, _)| known(*section, key)));
        assert!(REQUIRED.iter().all(|(section, key)| known(*section, key)));
    }

    /// As far as this schema goes: types, required and unknown keys, alternatives, words.
    fn accepts(root: &Value, schema: &Value, value: &Value) -> bool {
        if let Some(reference) = schema["$ref"].as_str() {
            return accepts(root, root.pointer(&reference[1..]).unwrap(), value);
        }
        let each = |key: &str| schema[key].as_array().map(Vec::as_slice).unwrap_or_default();
        let kind = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        let typed = match &schema["type"] {
            Value::Null => true,
            Value::String(only) => only == kind,
            several => several.as_array().unwrap().iter().any(|one| one == kind),
        };
        let inner = match value {
            Value::Array(items) => {
                items.len() as u64 >= schema["minItems"].as_u64().unwrap_or(0)
                    && items.iter().all(|item| schema["items"].is_null() || accepts(root, &schema["items"], item))
            }
            Value::Object(pairs) => {
                each("required").iter().all(|key| pairs.contains_key(key.as_str().unwrap()))
                    && pairs.iter().all(|(key, value)| {
                        match (&schema["properties"][key], &schema["additionalProperties"]) {
                            (Value::Null, Value::Bool(false)) => false,
                            (Value::Null, Value::Null) => true,
                            (Value::Null, other) => accepts(root, other, value),
                            (known, _) => accepts(root, known, value),
                        }
                    })
            }
            _ => true,
        };
        typed
            && inner
            && (schema["enum"].is_null() || each("enum").contains(value))
            && each("allOf").iter().all(|one| accepts(root, one, value))
            && (schema["anyOf"].is_null() || each("anyOf").iter().any(|one| accepts(root, one, value)))
            && (schema["oneOf"].is_null() || each("oneOf").iter().filter(|one| accepts(root, one, value)).count() == 1)
    }

    #[test]
    fn shipped_watchlists_fit_the_schema_and_misspelt_keys_do_not() {
        let schema: Value = serde_json::from_str(&schema(Section::Watchlist)).unwrap();
        for file in crate::watchlist::read_folder(std::path::Path::new("watchlists")).unwrap() {
            let text = String::from_utf8(file.bytes).unwrap();
            let value: Value = crate::config::yaml::values(&text).unwrap();
            assert!(accepts(&schema, &schema, &value), "{}", file.path_shown);
            let broken: Value = crate::config::yaml::values(&text.replacen("id:", "identifier:", 1)).unwrap();
            assert!(accepts(&schema, &schema, &broken) != text.contains("- id:"), "{}", file.path_shown);
        }
    }
}
