//! Values out of a guarded text: the one file that names serde_yaml. Never handed a text that `guard`,
//! `lexical`, `places` and `shape` have not let through.

use serde::de::{DeserializeOwned, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};

use super::lexical::without_guillemets;
use super::places::Span;

/// The values of a text.
///
/// # Errors
/// The place that the shape cannot take. The parser's own words are not kept: they quote values, and
/// values may be secret.
pub fn values<T: DeserializeOwned>(text: &str) -> Result<T, Span> {
    serde_yaml::from_str(text).map_err(|error| {
        let at = error.location();
        let line = at.as_ref().map_or(1, |at| at.line() as u32);
        let column = at.as_ref().map_or(1, |at| at.column() as u32);
        Span { line, column, end: column + 1 }
    })
}

/// A scalar as written, whatever YAML takes it for: `1e3`, `0x10`, `true` are texts. Guillemets around
/// all of it count as quotes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Written(pub String);

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Asked for a string, serde_yaml hands out any scalar's text.
        String::deserialize(deserializer).map(|text| Self(without_guillemets(&text)))
    }
}

/// A word or a list of words, as written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words(pub Vec<String>);

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WordsVisitor)
    }
}

struct WordsVisitor;

impl<'de> Visitor<'de> for WordsVisitor {
    type Value = Words;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a word or a list of words")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Words, E> {
        Ok(Words(vec![without_guillemets(word)]))
    }

    fn visit_bool<E: Error>(self, word: bool) -> Result<Words, E> {
        self.visit_str(&word.to_string())
    }

    fn visit_u64<E: Error>(self, word: u64) -> Result<Words, E> {
        self.visit_str(&word.to_string())
    }

    fn visit_i64<E: Error>(self, word: i64) -> Result<Words, E> {
        self.visit_str(&word.to_string())
    }

    fn visit_f64<E: Error>(self, word: f64) -> Result<Words, E> {
        self.visit_str(&word.to_string())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Words, A::Error> {
        let mut words = Vec::new();
        while let Some(Written(word)) = list.next_element()? {
            words.push(word);
        }
        Ok(Words(words))
    }
}

/// Values by free names, in the file's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named<T>(pub Vec<(String, T)>);

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(NamedVisitor(std::marker::PhantomData))
    }
}

struct NamedVisitor<T>(std::marker::PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for NamedVisitor<T> {
    type Value = Named<T>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("names and their values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Named(pairs))
    }
}

/// A scalar or a block. The scalar's text is taken from `places`: serde_yaml would coerce `1e3`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScalarOr<T> {
    /// A scalar.
    Scalar,
    /// A block.
    Block(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for ScalarOr<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarOrVisitor(std::marker::PhantomData))
    }
}

struct ScalarOrVisitor<T>(std::marker::PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ScalarOrVisitor<T> {
    type Value = ScalarOr<T>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a text or a block")
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
        Ok(ScalarOr::Scalar)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(ScalarOr::Scalar)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(ScalarOr::Scalar)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(ScalarOr::Scalar)
    }

    fn visit_i128<E: Error>(self, _: i128) -> Result<Self::Value, E> {
        Ok(ScalarOr::Scalar)
    }

    fn visit_u128<E: Error>(self, _: u128) -> Result<Self::Value, E> {
        Ok(ScalarOr::Scalar)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(ScalarOr::Scalar)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(ScalarOr::Scalar)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(de::value::MapAccessDeserializer::new(map)).map(ScalarOr::Block)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_yaml::Value;

    use super::super::places::{self, Content, Node};
    use super::*;

    #[test]
    fn scalars_are_texts_as_written() {
        for text in ["1e3", "0x10", "true", "118218", "1_000", "~x", "2026-11-20", "on", "no", "12:30"] {
            assert_eq!(values::<Vec<Written>>(&format!("- {text}\n")).unwrap(), [Written(text.to_owned())]);
            let list = values::<Vec<ScalarOr<Vec<String>>>>(&format!("- {text}\n")).unwrap();
            assert_eq!(list, [ScalarOr::Scalar]);
        }
        assert_eq!(values::<Words>("a").unwrap().0, ["a"]);
        assert_eq!(values::<Words>("[a, « b »]").unwrap().0, ["a", "b"]);
    }

    /// Random trees of texts with what people type, and what they paste.
    fn tree() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            "[a-zéèœ' #:,&*!|>@`%{}\\[\\]\"~.=0-9-]{0,12}".prop_map(Value::String),
            "[ \\na-zé🍊]{0,20}".prop_map(Value::String),
            any::<i32>().prop_map(Value::from),
            any::<bool>().prop_map(Value::from),
            Just(Value::Null),
        ];
        leaf.prop_recursive(5, 60, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Sequence),
                prop::collection::vec(("[a-zé: #-]{1,8}", inner), 0..5).prop_map(|pairs| {
                    Value::Mapping(pairs.into_iter().map(|(key, value)| (Value::String(key), value)).collect())
                }),
            ]
        })
    }

    fn agrees(node: &Node, value: &Value, lines: &[&str]) -> Result<(), TestCaseError> {
        let line = lines[node.span.line as usize - 1];
        prop_assert!(node.span.column as usize <= line.chars().count() + 1, "{:?} past the end of {line:?}", node.span);
        let rest: String = line.chars().skip(node.span.column as usize - 1).collect();
        match (&node.content, value) {
            (Content::Sequence(items), Value::Sequence(values)) => {
                prop_assert_eq!(items.len(), values.len());
                prop_assert!(rest.starts_with(['-', '[']), "a list at {rest:?}");
                items.iter().zip(values).try_for_each(|(item, value)| agrees(item, value, lines))
            }
            (Content::Mapping(pairs), Value::Mapping(values)) => {
                prop_assert_eq!(pairs.len(), values.len());
                for ((key, item), (name, value)) in pairs.iter().zip(values) {
                    agrees(key, name, lines)?;
                    agrees(item, value, lines)?;
                }
                Ok(())
            }
            (Content::Scalar { text, quoted }, Value::String(value)) => {
                prop_assert_eq!(&**text, value);
                if !quoted {
                    prop_assert!(rest.starts_with(value.split([' ', '\n']).next().unwrap_or_default()), "{rest:?}");
                }
                Ok(())
            }
            (Content::Scalar { quoted: false, .. }, Value::Null) => {
                prop_assert!(node.is_null());
                Ok(())
            }
            (Content::Scalar { text, quoted: false }, Value::Number(_) | Value::Bool(_)) => {
                prop_assert_eq!(&serde_yaml::from_str::<Value>(text).unwrap(), value);
                prop_assert!(rest.starts_with(&**text));
                Ok(())
            }
            other => Err(TestCaseError::fail(format!("{other:?}"))),
        }
    }

    proptest! {
        #[test]
        fn places_agree_with_the_values(value in tree()) {
            let text = serde_yaml::to_string(&value).unwrap();
            let lines: Vec<&str> = text.split('\n').collect();
            let back: Value = serde_yaml::from_str(&text).unwrap();
            match places::read(&text) {
                Ok(Some(node)) => agrees(&node, &back, &lines)?,
                Ok(None) => prop_assert_eq!(back, Value::Null),
                Err(error) => prop_assert!(false, "{error} in {text:?}"),
            }
        }
    }
}
