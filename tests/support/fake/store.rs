//! The objects of the server, their versions, and what happened to them.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use serde_json::{Value, json};
use whycan::authz::Index;
use whycan::facts::{Facts, parse};

use super::Then;

/// What is sent to who watches.
#[derive(Clone, Debug)]
pub enum Push {
    /// An event.
    Event(Value),
    /// These bytes, whatever they are.
    Raw(Vec<u8>),
    /// The end of the watch by its server, or something worse.
    End(Then),
}

/// The objects, each with its kind.
#[derive(Default)]
pub struct Store {
    /// By plural, namespace and name.
    objects: BTreeMap<(String, String, String), Value>,
    version: u64,
    /// What happened, each as of a version.
    history: Vec<(u64, String, Value)>,
    /// The first version that is remembered.
    oldest: u64,
    /// The objects for our own engine, until they change.
    index: OnceCell<Index>,
}

/// The resource of an object.
pub fn plural(object: &Value) -> String {
    format!("{}s", object["kind"].as_str().expect("it has a kind").to_lowercase())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A page of a list.
pub struct Page {
    pub items: Vec<Value>,
    pub version: u64,
    pub continues: String,
    pub remaining: usize,
}

impl Store {
    pub fn put(&mut self, object: &Value) -> (String, Push) {
        self.change(object, true)
    }

    pub fn delete(&mut self, object: &Value) -> (String, Push) {
        self.change(object, false)
    }

    fn change(&mut self, object: &Value, is_there: bool) -> (String, Push) {
        self.version += 1;
        self.index.take();
        let mut object = object.clone();
        object["metadata"]["resourceVersion"] = Value::from(self.version.to_string());
        let plural = plural(&object);
        let key = (plural.clone(), text(&object["metadata"]["namespace"]), text(&object["metadata"]["name"]));
        let known = if is_there { self.objects.insert(key, object.clone()) } else { self.objects.remove(&key) };
        let verb = match (is_there, known) {
            (true, None) => "ADDED",
            (true, Some(_)) => "MODIFIED",
            (false, _) => "DELETED",
        };
        let event = json!({ "type": verb, "object": object });
        self.history.push((self.version, plural.clone(), event.clone()));
        (plural, Push::Event(event))
    }

    pub fn compact(&mut self) {
        self.version += 1;
        self.oldest = self.version;
        self.history.clear();
    }

    /// What happened to a resource after a version; none when that is forgotten.
    pub fn since(&self, plural: &str, version: u64) -> Option<Vec<Value>> {
        let after = self.history.iter().filter(|(at, of, _)| *at > version && of == plural);
        (version >= self.oldest).then(|| after.map(|(_, _, event)| event.clone()).collect())
    }

    /// A page of a list from where an earlier one ended; none when that is forgotten.
    pub fn page(&self, plural: &str, namespace: &str, limit: usize, from: &str) -> Option<Page> {
        let (version, after) = match from.split_once('|') {
            Some((version, after)) => (version.parse().unwrap_or(0), Some(after)),
            None => (self.version, None),
        };
        if version < self.oldest {
            return None;
        }
        let place = |key: &(String, String, String)| format!("{}/{}", key.1, key.2);
        let mut all = self
            .objects
            .iter()
            .filter(|(key, _)| key.0 == plural && (namespace.is_empty() || key.1 == namespace))
            .filter(|(key, _)| after.is_none_or(|after| place(key).as_str() > after));
        let (mut items, mut last) = (Vec::new(), String::new());
        for (key, object) in all.by_ref().take(if limit == 0 { usize::MAX } else { limit }) {
            last = place(key);
            let mut item = object.clone();
            // a list tells the kind once
            if let Some(item) = item.as_object_mut() {
                item.remove("kind");
                item.remove("apiVersion");
            }
            items.push(item);
        }
        let remaining = all.count();
        let continues = if remaining == 0 { String::new() } else { format!("{version}|{last}") };
        Some(Page { items, version, continues, remaining })
    }

    pub fn get(&self, plural: &str, namespace: &str, name: &str) -> Option<&Value> {
        self.objects.get(&(plural.to_owned(), namespace.to_owned(), name.to_owned()))
    }

    /// The same for our own engine.
    pub fn index(&self) -> &Index {
        self.index.get_or_init(|| {
            let changes = self.objects.values().flat_map(|object| parse::document("store", object.to_string().as_bytes()));
            Index::new(&Facts::collect(changes))
        })
    }
}
