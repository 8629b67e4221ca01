//! Objects of JSON from strangers: of bounded depth, and with the names that stand in them twice.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Why there is no object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// It is nested deeper than 128 levels.
    Depth,
    /// It is none: why.
    Other(String),
}

/// The most double names that are told.
const MOST: usize = 20;

/// An object, and the paths of names that stand twice in it, below `name`. Of two values of a name the last counts, as for Go.
///
/// # Errors
/// When it is no object, or one that is nested too deeply.
pub fn object(bytes: &[u8], name: &str) -> Result<(Map<String, Value>, Vec<String>), Problem> {
    // Go reads bytes that are no UTF-8 as the character that stands for them
    let text = String::from_utf8_lossy(bytes);
    let found = Found { path: RefCell::new(name.to_owned()), twice: RefCell::default() };
    let mut deserializer = serde_json::Deserializer::from_str(&text);
    let value = Seed(&found).deserialize(&mut deserializer).and_then(|value| deserializer.end().map(|()| value));
    match value {
        Ok(Value::Object(object)) => Ok((object, found.twice.into_inner())),
        Ok(other) => Err(Problem::Other(format!("it is {} and no object", kind(&other)))),
        Err(error) if error.to_string().starts_with("recursion limit exceeded") => Err(Problem::Depth),
        Err(error) => Err(Problem::Other(error.to_string())),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Where the reading is, and what was found.
struct Found {
    path: RefCell<String>,
    twice: RefCell<Vec<String>>,
}

impl Found {
    fn put(&self, name: &str) {
        let mut twice = self.twice.borrow_mut();
        if twice.len() < MOST {
            twice.push(format!("{}.{name}", self.path.borrow()));
        }
    }

    /// Goes below a name, and gives how long the path was.
    fn enter(&self, name: &str) -> usize {
        let mut path = self.path.borrow_mut();
        let before = path.len();
        path.push('.');
        path.push_str(name);
        before
    }

    fn leave(&self, before: usize) {
        self.path.borrow_mut().truncate(before);
    }
}

#[derive(Clone, Copy)]
struct Seed<'a>(&'a Found);

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(self)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            let before = self.0.enter(&name);
            let value = map.next_value_seed(self)?;
            self.0.leave(before);
            if object.contains_key(&name) {
                self.0.put(&name);
            }
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_and_what_stands_twice_in_them() {
        let told = |text: &str| object(text.as_bytes(), "c").map(|(object, twice)| (Value::Object(object).to_string(), twice.join(" ")));
        let ok = |value: &str, twice: &str| Ok((value.to_owned(), twice.to_owned()));
        assert_eq!(told("{}"), ok("{}", ""));
        assert_eq!(
            told(r#"{"a":1,"b":[{"x":1,"x":2.5}],"a":{"y":{"z":1,"z":2}}}"#),
            ok(r#"{"a":{"y":{"z":2}},"b":[{"x":2.5}]}"#, "c.b.x c.a.y.z c.a")
        );
        let big = r#"{"n":18446744073709551615,"m":-9223372036854775808}"#;
        assert_eq!(told(big), ok(r#"{"m":-9223372036854775808,"n":18446744073709551615}"#, ""));
        assert_eq!(told("[]"), Err(Problem::Other("it is a list and no object".to_owned())));
        assert!(matches!(told("{} x"), Err(Problem::Other(_))));
        assert!(matches!(told(r#"{"a":"#), Err(Problem::Other(_))));
        let deep = format!("{}1{}", r#"{"a":"#.repeat(5000), "}".repeat(5000));
        assert_eq!(told(&deep), Err(Problem::Depth));
        assert_eq!(object(b"{\"a\":\"\xff\"}", "c").unwrap().0["a"], "\u{fffd}");
    }
}
