//! Interned names: four bytes instead of a string, equal when the ids are equal.
//!
//! A cluster repeats a few thousand names in hundreds of thousands of places (verbs, resources, namespaces, subjects).
//! Facts, the index and decisions hold ids; so they are small, `Copy`, borrow nothing, and compare in one instruction.
//!
//! The table is append-only and lives as long as the process, as a compiler's does: whycan looks at a handful of
//! clusters, and what it keeps is bounded by the distinct names that it has read.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU32, Ordering as Memory};
use std::sync::{OnceLock, PoisonError, RwLock};

use rustc_hash::{FxBuildHasher, FxHashMap};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An interned string; `Name::default()` is the empty one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Name(u32);

/// The strings of ids `2^k - 1` to `2^(k+1) - 2` are in bucket `k`, so that a bucket never moves once it is there.
type Bucket = Box<[OnceLock<&'static str>]>;
static BUCKETS: [OnceLock<Bucket>; 32] = [const { OnceLock::new() }; 32];

/// The ids of all strings seen, in shards so that parsers running side by side seldom wait for each other.
static SHARDS: [RwLock<Shard>; 16] = [const { RwLock::new(FxHashMap::with_hasher(FxBuildHasher)) }; 16];
type Shard = FxHashMap<&'static str, Name>;

/// The next free id; 0 is the empty name, 1 the star, and both are in no shard.
static NEXT: AtomicU32 = AtomicU32::new(2);

impl Name {
    /// The empty name: the core API group, no namespace, no subresource.
    pub const EMPTY: Self = Self(0);

    /// `*`, which most rules are compared with.
    pub const STAR: Self = Self(1);

    /// Interns `text`.
    pub fn new(text: &str) -> Self {
        if let Some(constant) = constant(text) {
            return constant;
        }
        let shard = shard(text);
        if let Some(name) = shard.read().unwrap_or_else(PoisonError::into_inner).get(text) {
            return *name;
        }
        let mut ids = shard.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(name) = ids.get(text) {
            return *name;
        }
        let id = NEXT.fetch_add(1, Memory::Relaxed);
        let kept: &'static str = Box::leak(Box::from(text));
        let (bucket, offset) = place(id);
        if let Some(slot) =
            BUCKETS.get(bucket).and_then(|b| b.get_or_init(|| (0..1_usize << bucket).map(|_| OnceLock::new()).collect()).get(offset))
        {
            // an id is handed out once, so the slot is empty
            let _ = slot.set(kept);
        }
        let name = Self(id);
        ids.insert(kept, name);
        name
    }

    /// The name of `text` if it has been interned, without keeping `text`.
    pub fn find(text: &str) -> Option<Self> {
        if let Some(constant) = constant(text) {
            return Some(constant);
        }
        shard(text).read().unwrap_or_else(PoisonError::into_inner).get(text).copied()
    }

    /// The string behind the name.
    pub fn as_str(self) -> &'static str {
        if self == Self::STAR {
            return "*";
        }
        let (bucket, offset) = place(self.0);
        BUCKETS.get(bucket).and_then(OnceLock::get).and_then(|b| b.get(offset)).and_then(OnceLock::get).copied().unwrap_or_default()
    }

    /// Whether this is the empty name.
    pub fn is_empty(self) -> bool {
        self == Self::EMPTY
    }
}

fn constant(text: &str) -> Option<Name> {
    match text {
        "" => Some(Name::EMPTY),
        "*" => Some(Name::STAR),
        _ => None,
    }
}

fn shard(text: &str) -> &'static RwLock<Shard> {
    // the top bits: the maps inside use the low ones
    let hash = FxBuildHasher.hash_one(text);
    let index = usize::try_from(hash >> 60).unwrap_or_default();
    SHARDS.get(index).unwrap_or(&SHARDS[0])
}

fn place(id: u32) -> (usize, usize) {
    let position = u64::from(id) + 1;
    let bucket = position.ilog2();
    (bucket as usize, usize::try_from(position - (1 << bucket)).unwrap_or(usize::MAX))
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<&String> for Name {
    fn from(text: &String) -> Self {
        Self::new(text)
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

/// Alphabetical, so that lists of names come out in a stable order.
impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        if self == other { Ordering::Equal } else { self.as_str().cmp(other.as_str()) }
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = Name;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Name, E> {
                Ok(Name::new(text))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(feature = "app")]
impl schemars::JsonSchema for Name {
    fn schema_name() -> Cow<'static, str> {
        String::schema_name()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        String::json_schema(generator)
    }
}

/// `Cow` is how texts that are nearly always constant travel.
pub type Text = Cow<'static, str>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_strings_have_one_id() {
        assert_eq!(Name::new("pods"), Name::new("pods"));
        assert_ne!(Name::new("pods"), Name::new("pod"));
        assert_eq!(Name::new("pods").as_str(), "pods");
        assert_eq!(Name::new(""), Name::EMPTY);
        assert_eq!(Name::EMPTY.as_str(), "");
        assert_eq!(Name::new("*"), Name::STAR);
        assert_eq!(Name::STAR.as_str(), "*");
    }

    #[test]
    fn find_does_not_keep_a_string() {
        assert_eq!(Name::find("nobody has ever said this"), None);
        assert_eq!(Name::find("nobody has ever said this"), None);
        let name = Name::new("somebody has said this");
        assert_eq!(Name::find("somebody has said this"), Some(name));
    }

    #[test]
    fn order_is_alphabetical() {
        let mut names = ["web", "", "api", "db"].map(Name::new);
        names.sort();
        assert_eq!(names.map(Name::as_str), ["", "api", "db", "web"]);
    }

    #[test]
    fn threads_agree() {
        let texts: Vec<String> = (0..5000).map(|i| format!("thread-name-{i}")).collect();
        let ids: Vec<Vec<Name>> = std::thread::scope(|scope| {
            let mut workers = Vec::new();
            for _ in 0..4 {
                workers.push(scope.spawn(|| texts.iter().map(Name::from).collect()));
            }
            workers.into_iter().map(|worker| worker.join().unwrap()).collect()
        });
        for worker in &ids {
            assert_eq!(worker, &ids[0]);
        }
        for (text, name) in texts.iter().zip(&ids[0]) {
            assert_eq!(name.as_str(), text);
        }
    }
}
