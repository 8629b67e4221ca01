//! Fields of a mapping, taken for what Go's decoder takes them: null is absent, and nothing is converted.

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use rustc_hash::FxHashMap;

use crate::base::text::quote;
use crate::kubeconfig::entry::Lines;
use crate::kubeconfig::mistake::Mistake;
use crate::kubeconfig::yaml::{Node, Value};

/// Go's `base64.StdEncoding`: padding is a must, bits that stand over are not looked at.
const BASE64: GeneralPurpose = GeneralPurpose::new(&STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));

/// The fields of a mapping.
#[derive(Clone, Copy)]
pub struct Fields<'a> {
    entries: &'a [(Cow<'a, str>, Node<'a>)],
}

/// An entry of a list of names.
pub struct Named<'a> {
    /// Its name; empty where it has none.
    pub name: String,
    /// The whole entry.
    pub node: &'a Node<'a>,
    fields: Fields<'a>,
}

impl Named<'_> {
    /// Reads the section that holds what the name stands for.
    pub fn inner<T>(&self, key: &str, read: impl FnOnce(&Fields<'_>) -> Result<T, Mistake>) -> Result<T, Mistake> {
        let fields = self.fields.mapping(key)?;
        read(&fields).map_err(|mistake| mistake.within(key))
    }
}

impl<'a> Fields<'a> {
    /// The fields of a node; null has none.
    pub fn of(node: &'a Node<'a>) -> Result<Self, Mistake> {
        match &node.value {
            Value::Null => Ok(Self { entries: &[] }),
            Value::Map(entries) => Ok(Self { entries }),
            other => Err(Mistake::new(node.place, format!("is {}, where a mapping is wanted", other.kind()))),
        }
    }

    /// A field, null or not. Names are case-sensitive.
    pub fn get(&self, key: &str) -> Option<&'a Node<'a>> {
        self.entries.iter().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    /// Where the fields stand, and those of sections among them.
    pub fn lines(&self) -> Lines {
        let mut lines = Lines::default();
        for (name, node) in self.entries {
            lines.note(None, name, node.place.line);
            if let Value::Map(inner) = &node.value {
                for (field, node) in inner {
                    lines.note(Some(name), field, node.place.line);
                }
            }
        }
        lines
    }

    /// A field read by a function, unless it is absent.
    fn read<T>(&self, key: &str, read: impl FnOnce(&'a Node<'a>) -> Result<T, Mistake>) -> Result<Option<T>, Mistake> {
        match self.get(key) {
            None | Some(Node { value: Value::Null, .. }) => Ok(None),
            Some(node) => read(node).map(Some).map_err(|mistake| mistake.within(key)),
        }
    }

    /// Text; what is empty counts as absent, as it does to client-go.
    pub fn text(&self, key: &str) -> Result<Option<String>, Mistake> {
        Ok(self.read(key, text)?.filter(|text| !text.is_empty()))
    }

    /// A boolean, false when absent.
    pub fn flag(&self, key: &str) -> Result<bool, Mistake> {
        let flag = self.read(key, |node| match &node.value {
            Value::Bool(value) => Ok(*value),
            other => Err(Mistake::new(node.place, format!("is {}, where true or false is wanted", other.kind()))
                .hint("Write true or false, without quotes.")),
        })?;
        Ok(flag.unwrap_or_default())
    }

    /// The items of a list.
    pub fn list<T>(&self, key: &str, mut read: impl FnMut(&'a Node<'a>) -> Result<T, Mistake>) -> Result<Vec<T>, Mistake> {
        let items = self.read(key, |node| match &node.value {
            Value::List(items) => {
                items.iter().enumerate().map(|(index, item)| read(item).map_err(|mistake| mistake.within(&format!("[{index}]")))).collect()
            }
            other => Err(Mistake::new(node.place, format!("is {}, where a list is wanted", other.kind()))),
        })?;
        Ok(items.unwrap_or_default())
    }

    /// A list of texts; null among them is empty text.
    pub fn texts(&self, key: &str) -> Result<Vec<String>, Mistake> {
        self.list(key, |node| if matches!(node.value, Value::Null) { Ok(String::new()) } else { text(node) })
    }

    /// The fields of a mapping, none when it is absent.
    pub fn mapping(&self, key: &str) -> Result<Self, Mistake> {
        Ok(self.read(key, Self::of)?.unwrap_or(Self { entries: &[] }))
    }

    /// A mapping that may be absent.
    pub fn section<T>(&self, key: &str, read: impl FnOnce(&Self) -> Result<T, Mistake>) -> Result<Option<T>, Mistake> {
        self.read(key, |node| read(&Self::of(node)?))
    }

    /// A mapping whose keys are not known, each value read by a function that takes its key.
    pub fn map<T: Default>(&self, key: &str, read: impl Fn(&Self, &str) -> Result<T, Mistake>) -> Result<BTreeMap<String, T>, Mistake> {
        let fields = self.mapping(key)?;
        let one = |(name, _): &(Cow<'_, str>, Node<'_>)| Ok((name.clone().into_owned(), read(&fields, name)?));
        fields.entries.iter().map(one).collect::<Result<_, Mistake>>().map_err(|mistake| mistake.within(key))
    }

    /// Bytes in base64; what is empty counts as absent.
    pub fn bytes(&self, key: &str) -> Result<Option<Vec<u8>>, Mistake> {
        let bytes = self.read(key, |node| {
            // Go skips line breaks, and no other blanks
            let text = text_of(node)?;
            let is_broken = text.contains(['\r', '\n']);
            let text = if is_broken { Cow::Owned(text.replace(['\r', '\n'], "")) } else { Cow::Borrowed(text) };
            BASE64.decode(text.as_bytes()).map_err(|_| {
                Mistake::new(node.place, "is no base64").hint("Encode the file on one line: base64 -w0 FILE (macOS: base64 -i FILE).")
            })
        })?;
        Ok(bytes.filter(|bytes| !bytes.is_empty()))
    }

    /// A list of entries with names, no two of one name.
    pub fn named<T>(&self, key: &str, mut read: impl FnMut(&Named<'a>) -> Result<T, Mistake>) -> Result<Vec<T>, Mistake> {
        self.distinct(key, |_| true, &mut read)
    }

    /// A list of entries with names, no two of one name among those that count.
    fn distinct<T>(
        &self,
        key: &str,
        counts: impl Fn(&Self) -> bool,
        mut read: impl FnMut(&Named<'a>) -> Result<T, Mistake>,
    ) -> Result<Vec<T>, Mistake> {
        let mut lines: FxHashMap<&str, usize> = FxHashMap::default();
        self.list(key, |node| {
            let fields = Self::of(node)?;
            let name = fields.read("name", text_of)?.unwrap_or_default();
            let first = lines.get(name).copied();
            if counts(&fields) {
                lines.entry(name).or_insert(node.place.line);
            }
            if let Some(first) = first {
                let problem = if name.is_empty() {
                    format!("has no name, and neither has the entry on line {first}")
                } else {
                    format!("has the name {}, which the entry on line {first} has too", quote(name))
                };
                return Err(
                    Mistake::new(node.place, problem).hint("kubectl reads no file with two entries of one name: rename or remove one.")
                );
            }
            read(&Named { name: name.to_owned(), node, fields })
        })
    }

    /// The extensions: a list of names with values of any shape.
    pub fn extensions(&self) -> Result<Vec<(String, &'a Node<'a>)>, Mistake> {
        // client-go's conversion looks whether there is a value of that name already
        let has_value = |fields: &Self| fields.get("extension").is_some_and(|node| !matches!(node.value, Value::Null));
        let found = self.distinct("extensions", has_value, |entry| Ok((entry.name.clone(), entry.fields.get("extension"))))?;
        Ok(found.into_iter().filter_map(|(name, node)| Some((name, node?))).collect())
    }
}

fn text(node: &Node<'_>) -> Result<String, Mistake> {
    text_of(node).map(str::to_owned)
}

/// Text as it stands. What YAML 1.1 takes for something else is no text to kubectl either.
fn text_of<'a>(node: &'a Node<'_>) -> Result<&'a str, Mistake> {
    match &node.value {
        Value::Text(text) => Ok(text),
        Value::Bool(_) => Err(Mistake::new(node.place, "is a boolean, where text is wanted")
            .hint("Put it in quotes: YAML 1.1 takes y, n, yes, no, on, off, true and false for booleans, and so does kubectl.")),
        Value::Number(_) => Err(Mistake::new(node.place, "is a number, where text is wanted").hint("Put it in quotes.")),
        other => Err(Mistake::new(node.place, format!("is {}, where text is wanted", other.kind()))),
    }
}
