//! YAML documents as JSON values, as `kubectl` makes them: its reader turns YAML into JSON before anything looks at it.

use serde::Deserialize;
use serde_json::{Map, Number, Value};

/// Why a document could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Counted from 1.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
}

/// Every document; nothing for an empty one. After a mistake nothing more can be told apart.
pub fn documents(text: &str) -> impl Iterator<Item = Result<Option<Value>, Mistake>> + '_ {
    let mut failed = false;
    serde_yaml::Deserializer::from_str(text).map_while(move |document| {
        if failed {
            return None;
        }
        let read = serde_yaml::Value::deserialize(document).map_err(|error| mistake(&error)).and_then(|value| match value {
            serde_yaml::Value::Null => Ok(None),
            value => json(value, 0).map(Some),
        });
        failed = read.is_err();
        Some(read)
    })
}

/// `serde_yaml` ends its messages with the place, which is said before them here.
fn mistake(error: &serde_yaml::Error) -> Mistake {
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or(&message).to_owned();
    Mistake { line: error.location().map(|location| location.line()), message }
}

/// Deeper than this, JSON's own reader refuses too.
const DEEPEST: usize = 100;

fn json(value: serde_yaml::Value, depth: usize) -> Result<Value, Mistake> {
    let refuse = |message: &str| Err(Mistake { line: None, message: message.to_owned() });
    if depth > DEEPEST {
        return refuse("it is nested too deeply");
    }
    Ok(match value {
        serde_yaml::Value::Null => Value::Null,
        serde_yaml::Value::Bool(value) => Value::Bool(value),
        serde_yaml::Value::String(value) => Value::String(value),
        serde_yaml::Value::Number(value) => number(&value),
        serde_yaml::Value::Sequence(items) => Value::Array(items.into_iter().map(|item| json(item, depth + 1)).collect::<Result<_, _>>()?),
        serde_yaml::Value::Mapping(entries) => {
            let mut map = Map::new();
            for (key, value) in entries {
                let key = match key {
                    serde_yaml::Value::String(key) => key,
                    serde_yaml::Value::Number(key) => key.to_string(),
                    serde_yaml::Value::Bool(key) => key.to_string(),
                    _ => return refuse("a key is neither text, number nor boolean"),
                };
                map.insert(key, json(value, depth + 1)?);
            }
            Value::Object(map)
        }
        serde_yaml::Value::Tagged(tagged) => json(tagged.value, depth + 1)?,
    })
}

fn number(value: &serde_yaml::Number) -> Value {
    let integer = value.as_u64().map(Number::from).or_else(|| value.as_i64().map(Number::from));
    integer.or_else(|| value.as_f64().and_then(Number::from_f64)).map_or(Value::Null, Value::Number)
}
