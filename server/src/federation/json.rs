//! Reading JSON that strangers wrote: bounded, and tolerant of the shapes that servers use.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use url::Url;

use crate::federation::vocab::{MUTUAL, OM2, PUBLIC, VALUEFLOWS, VALUEFLOWS_OLD};

/// How deep documents may nest.
const DEEPEST: usize = 32;
/// How many values a document may hold.
const MOST_NODES: usize = 20_000;
/// The longest address that is read.
const LONGEST_URL: usize = 2_000;

/// Parses a document. Refuses what is not JSON, nests too deep, holds too much, or names a key
/// twice (servers that read different ones of the two can be played against each other).
pub fn parse(bytes: &[u8]) -> Result<Value, serde_json::Error> {
    let mut nodes = 0;
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = Bounded { nodes: &mut nodes, depth: 0 }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

/// The value of a property under its compact name, or under the names by which servers that run
/// JSON-LD write the ValueFlows vocabulary.
pub fn field<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    let value = object.get(name).or_else(|| {
        ["vf:", "om2:", "mutual:", VALUEFLOWS, OM2, MUTUAL, VALUEFLOWS_OLD]
            .iter()
            .find_map(|prefix| object.get(format!("{prefix}{name}")))
    });
    value.filter(|value| !value.is_null())
}

/// A property as text: a string, or the first string of a list.
pub fn text<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    first(field(object, name)?).as_str()
}

/// A property as a number or a text that holds one; typed values (`@value`) too.
pub fn number(object: &Value, name: &str) -> Option<String> {
    let value = first(field(object, name)?);
    match value.get("@value").unwrap_or(value) {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A property as an object: itself, or the first of a list.
pub fn object<'a>(parent: &'a Value, name: &str) -> Option<&'a Value> {
    Some(first(field(parent, name)?)).filter(|value| value.is_object())
}

/// A property as an address: a string, or an object with an `id` or a `href`.
pub fn url(object: &Value, name: &str) -> Option<Url> {
    let value = first(field(object, name)?);
    let text = value
        .as_str()
        .or_else(|| value.get("id").and_then(Value::as_str))
        .or_else(|| value.get("href").and_then(Value::as_str))?;
    parse_url(text)
}

/// An address on the web, of bearable length.
pub fn parse_url(text: &str) -> Option<Url> {
    if text.len() > LONGEST_URL {
        return None;
    }
    Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}

/// The type: a string, or the first string of a list; without a namespace.
pub fn kind(object: &Value) -> &str {
    let kind = text(object, "type").unwrap_or_default();
    [VALUEFLOWS, VALUEFLOWS_OLD, "vf:", "as:"]
        .iter()
        .find_map(|prefix| kind.strip_prefix(prefix))
        .unwrap_or(kind)
}

/// A moment in time, if it can be read.
pub fn time(object: &Value, name: &str) -> Option<jiff::Timestamp> {
    let value = first(field(object, name)?);
    value.get("@value").unwrap_or(value).as_str()?.parse().ok()
}

/// Whether `to` or `cc` name everybody, in any of the ways in which servers write that.
pub fn is_public(object: &Value) -> bool {
    ["to", "cc"]
        .iter()
        .filter_map(|name| field(object, name))
        .flat_map(many)
        .any(|value| matches!(value.as_str(), Some(PUBLIC | "as:Public" | "Public")))
}

/// Whether `to` or `cc` name this address.
pub fn is_addressed_to(object: &Value, address: &str) -> bool {
    ["to", "cc"]
        .iter()
        .filter_map(|name| field(object, name))
        .flat_map(many)
        .any(|value| value.as_str() == Some(address))
}

/// A value, or each of a list's.
pub fn many(value: &Value) -> Box<dyn Iterator<Item = &Value> + Send + '_> {
    match value {
        Value::Array(list) => Box::new(list.iter()),
        other => Box::new(std::iter::once(other)),
    }
}

fn first(value: &Value) -> &Value {
    match value {
        Value::Array(list) => list.first().unwrap_or(&Value::Null),
        other => other,
    }
}

struct Bounded<'a> {
    nodes: &'a mut usize,
    depth: usize,
}

impl Bounded<'_> {
    fn inner(&mut self) -> Bounded<'_> {
        Bounded { nodes: self.nodes, depth: self.depth + 1 }
    }
}

impl<'de> DeserializeSeed<'de> for Bounded<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        *self.nodes += 1;
        if *self.nodes > MOST_NODES {
            return Err(D::Error::custom("the document holds too many values"));
        }
        if self.depth > DEEPEST {
            return Err(D::Error::custom("the document nests too deep"));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Bounded<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        // PostgreSQL cannot store NUL, and no text needs it.
        Ok(Value::String(value.replace('\u{0}', "")))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self.inner())? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(self.inner())?;
            if map.insert(key, value).is_some() {
                return Err(A::Error::custom("the document names a key twice"));
            }
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_too_deep_too_much_or_double_is_refused() {
        let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(nested(32).as_bytes()).is_ok());
        assert!(parse(nested(33).as_bytes()).is_err());
        assert!(parse(nested(5_000).as_bytes()).is_err());
        assert!(parse(format!("[{}1]", "1,".repeat(20_000)).as_bytes()).is_err());
        assert!(parse(br#"{"actor":"a","actor":"b"}"#).is_err());
        assert!(parse(br#"{"a":1} x"#).is_err());
        assert!(parse(br#"{"a":"\ud800"}"#).is_err());
        assert!(parse(br#"{"a":1e400}"#).is_err());
        assert_eq!(parse(br#"{"a":"x\u0000y"}"#).unwrap(), json!({"a": "xy"}));
    }

    #[test]
    fn everybody_is_named_in_many_ways() {
        for to in [
            json!("https://www.w3.org/ns/activitystreams#Public"),
            json!("as:Public"),
            json!(["Public"]),
            json!([{"x": 1}, null, "as:Public"]),
        ] {
            assert!(is_public(&json!({"to": to})), "{to}");
        }
        for to in [json!(null), json!([]), json!("https://a.test/followers"), json!({"a": 1})] {
            assert!(!is_public(&json!({"to": to})), "{to}");
        }
    }

    #[test]
    fn properties_are_found_under_every_name_that_servers_use() {
        for name in ["publishes", "vf:publishes", "https://w3id.org/valueflows/ont/vf#publishes"] {
            let note = json!({name: [{"hasUnit": "one"}]});
            assert_eq!(text(object(&note, "publishes").unwrap(), "hasUnit"), Some("one"), "{name}");
        }
        assert_eq!(number(&json!({"n": {"@value": "1"}}), "n"), Some("1".into()));
        assert_eq!(number(&json!({"n": 2}), "n"), Some("2".into()));
        assert_eq!(kind(&json!({"type": ["Note", "x"]})), "Note");
    }
}
