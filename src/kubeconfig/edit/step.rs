//! One change of one document, and what it makes of the document's value.

use serde_json::{Map, Value};

/// A key of a mapping, or an index of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// A key.
    Name(String),
    /// An index.
    Index(usize),
}

/// The way from the root to a value.
pub type Path = Vec<Key>;

/// A change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A key of a mapping gets a value; mappings on the way that are not there come to be.
    Set(Path, Value),
    /// A key is removed from its mapping.
    Unset(Path),
    /// An entry is added to a list of the root.
    Add(&'static str, Value),
    /// An entry is removed from a list of the root.
    Remove(&'static str, usize),
}

/// The way to a field of an entry.
pub fn path(section: &str, index: usize, keys: &[&str]) -> Path {
    let mut path = vec![Key::Name(section.to_owned()), Key::Index(index)];
    path.extend(keys.iter().map(|key| Key::Name((*key).to_owned())));
    path
}

impl Step {
    /// What becomes of a document; none where the way leads through something else than mappings and lists.
    pub fn intend(&self, mut root: Value) -> Option<Value> {
        match self {
            Self::Set(path, value) => *reach(&mut root, path)? = value.clone(),
            Self::Unset(path) => {
                let (Key::Name(last), way) = path.split_last()? else { return None };
                if let Value::Object(map) = reach(&mut root, way)? {
                    map.remove(last);
                }
            }
            Self::Add(section, entry) => match reach(&mut root, &[Key::Name((*section).to_owned())])? {
                Value::Array(items) => items.push(entry.clone()),
                empty @ Value::Null => *empty = Value::Array(vec![entry.clone()]),
                _ => return None,
            },
            Self::Remove(section, index) => match root.get_mut(section)? {
                Value::Array(items) if *index < items.len() => drop(items.remove(*index)),
                _ => return None,
            },
        }
        Some(root)
    }
}

/// The value at the end of a way; what is not there or null comes to be.
fn reach<'a>(root: &'a mut Value, way: &[Key]) -> Option<&'a mut Value> {
    way.iter().try_fold(root, |value, key| match key {
        Key::Name(name) => {
            if value.is_null() {
                *value = Value::Object(Map::new());
            }
            Some(value.as_object_mut()?.entry(name.clone()).or_insert(Value::Null))
        }
        Key::Index(index) => value.as_array_mut()?.get_mut(*index),
    })
}

/// What turns one value into another, changing as little as it can: keys that stay keep their places.
pub fn steps(way: &Path, old: &Value, new: &Value) -> Vec<Step> {
    match (old, new) {
        (old, new) if old == new => Vec::new(),
        (Value::Object(old), Value::Object(new)) => {
            let at = |key: &String| {
                let mut way = way.clone();
                way.push(Key::Name(key.clone()));
                way
            };
            let gone = old.keys().filter(|key| !new.contains_key(*key)).map(|key| Step::Unset(at(key)));
            let kept = new.iter().flat_map(|(key, value)| match old.get(key) {
                Some(before) => steps(&at(key), before, value),
                None => vec![Step::Set(at(key), value.clone())],
            });
            // what is added first leaves no mapping empty on the way
            kept.chain(gone).collect()
        }
        _ => vec![Step::Set(way.clone(), new.clone())],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn steps_lead_from_one_value_to_the_other() {
        for (old, new, count) in [
            (json!({"a": 1}), json!({"a": 1}), 0),
            (json!({"a": 1, "b": {"c": 2, "d": 3}}), json!({"a": 1, "b": {"c": 4, "e": 5}}), 3),
            (json!({"a": null}), json!({"a": {"b": 1}}), 1),
            (json!({"a": [1]}), json!({"a": [2]}), 1),
        ] {
            let wrap = |value: &Value| json!({"users": [value]});
            let steps = steps(&path("users", 0, &[]), &old, &new);
            let done = steps.iter().try_fold(wrap(&old), |value, step| step.intend(value));
            assert_eq!((done, steps.len()), (Some(wrap(&new)), count), "{old} to {new}");
        }
    }

    #[test]
    fn what_is_not_there_comes_to_be() {
        let set = Step::Set(path("contexts", 0, &["context", "namespace"]), json!("web"));
        assert_eq!(set.intend(json!({"contexts": [null]})), Some(json!({"contexts": [{"context": {"namespace": "web"}}]})));
        assert_eq!(set.intend(json!({"contexts": []})), None);
        assert_eq!(Step::Add("users", json!(1)).intend(Value::Null), Some(json!({"users": [1]})));
        assert_eq!(Step::Remove("users", 1).intend(json!({"users": [1]})), None);
    }
}
