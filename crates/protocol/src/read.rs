//! Reads a value out of JSON and says no more than that it could not: where size matters more than words.
//!
//! The words with which serde tells what it had expected, and all that formats them, make 15 KB of a compressed page that
//! never shows them.

use std::fmt;

use serde::Deserializer;
use serde::de::value::{MapAccessDeserializer, MapDeserializer, SeqDeserializer};
use serde::de::{self, DeserializeOwned, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Value;

/// It is not of the form that was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not of the stated form")
    }
}

impl std::error::Error for Unreadable {}

impl de::Error for Unreadable {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

/// Reads a value out of JSON that is parsed already.
///
/// # Errors
///
/// If it is not of the form that `T` has.
pub fn read<T: DeserializeOwned>(json: Value) -> Result<T, Unreadable> {
    T::deserialize(Json(json))
}

/// Reads a value out of JSON text (RFC 8259).
///
/// # Errors
///
/// If it is no JSON, or not of the form that `T` has.
pub fn read_text<T: DeserializeOwned>(text: &[u8]) -> Result<T, Unreadable> {
    // The page reads text elsewhere as well: bytes would bring a second parser.
    let text = std::str::from_utf8(text).map_err(|_| Unreadable)?;
    serde_json::from_str(text).map_err(|_| Unreadable).and_then(read)
}

struct Json(Value);

impl IntoDeserializer<'_, Unreadable> for Json {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Json {
    type Error = Unreadable;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(value),
            Value::Number(value) => match (value.as_u64(), value.as_i64(), value.as_f64()) {
                (Some(value), ..) => visitor.visit_u64(value),
                (_, Some(value), _) => visitor.visit_i64(value),
                (.., Some(value)) => visitor.visit_f64(value),
                _ => Err(Unreadable),
            },
            Value::String(value) => visitor.visit_string(value),
            Value::Array(values) => {
                let mut values = SeqDeserializer::new(values.into_iter().map(Self));
                let read = visitor.visit_seq(&mut values)?;
                values.end().map(|()| read)
            }
            Value::Object(entries) => visitor.visit_map(members(entries)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_newtype_struct(self)
    }

    /// Externally tagged: the name alone, or an object with the name as its only member.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        match self.0 {
            Value::String(variant) => visitor.visit_enum(variant.into_deserializer()),
            Value::Object(entries) if entries.len() == 1 => {
                MapAccessDeserializer::new(members(entries)).deserialize_enum(name, variants, visitor)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                Err(Unreadable)
            }
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

fn members<'de>(
    entries: serde_json::Map<String, Value>,
) -> MapDeserializer<'de, impl Iterator<Item = (String, Json)>, Unreadable> {
    MapDeserializer::new(entries.into_iter().map(|(name, value)| (name, Json(value))))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::{Deserialize, Serialize};
    use serde_json::json;

    use super::*;

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Shape {
        Point,
        Line(i32),
        Arc { radius: f64, name: Option<String> },
        Path(Vec<Shape>),
        Pair(u8, bool),
    }

    fn shapes() -> impl Strategy<Value = Shape> {
        let leaf = prop_oneof![
            Just(Shape::Point),
            any::<i32>().prop_map(Shape::Line),
            (any::<i32>(), any::<Option<String>>())
                .prop_map(|(halves, name)| Shape::Arc { radius: f64::from(halves) / 2.0, name }),
            any::<(u8, bool)>().prop_map(|(at, closed)| Shape::Pair(at, closed)),
        ];
        leaf.prop_recursive(3, 16, 4, |shape| prop::collection::vec(shape, 0..4).prop_map(Shape::Path))
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(shape in shapes()) {
            let json = serde_json::to_value(&shape).unwrap();
            prop_assert_eq!(read::<Shape>(json.clone()), Ok(shape.clone()));
            prop_assert_eq!(read_text::<Shape>(json.to_string().as_bytes()), Ok(shape));
        }

        #[test]
        fn serde_json_takes_and_refuses_the_same(text in r#"[\[\]{}:,"a-z0-9 .-]{0,24}"#) {
            let theirs = serde_json::from_str::<Shape>(&text).ok();
            prop_assert_eq!(read_text::<Shape>(text.as_bytes()).ok(), theirs);
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for json in [
            json!(null),
            json!("circle"),
            json!({"point": 3}),
            json!({"line": "3"}),
            json!({"line": 3, "point": null}),
            json!({"line": 1e20}),
            json!({"arc": {"name": null}}),
            json!({"arc": {"radius": true, "name": null}}),
            json!({"pair": [1]}),
            json!({"pair": [1, true, 2]}),
            json!({"pair": [300, true]}),
        ] {
            assert_eq!(read::<Shape>(json.clone()), Err(Unreadable), "{json}");
            assert!(serde_json::from_value::<Shape>(json).is_err());
        }
    }
}
