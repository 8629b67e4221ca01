//! One file while it is edited: every change is made in its text, read again, and compared with what was meant.

use serde_json::Value;

use super::splice::{MERGED, NO_WAY, Refused, propose, splice};
use super::step::{Key, Step};
use crate::base::Failure;
use crate::base::text::sanitise;
use crate::kubeconfig::mistake::Mistake;
use crate::kubeconfig::spread::OneByOne;
use crate::kubeconfig::text::{self, Encoding};
use crate::kubeconfig::yaml;
use crate::kubeconfig::yaml::layout::layout;

/// A file that is edited.
pub struct Document {
    /// Its path.
    pub path: String,
    encoding: Encoding,
    text: String,
    value: Value,
}

impl Document {
    /// Reads a file; one that is not there is empty.
    ///
    /// # Errors
    /// When it is no YAML that kubectl reads.
    pub fn read(path: &str, bytes: &[u8]) -> Result<Self, Failure> {
        let read = || {
            let (encoding, text) = text::open(bytes)?;
            let value = value(&text)?;
            Ok(Self { path: path.to_owned(), encoding, text: text.into_owned(), value })
        };
        read().map_err(|mistake: Mistake| mistake.failure(path))
    }

    /// The value of the document, aliases and merge keys put in.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The bytes of the file.
    pub fn bytes(&self) -> Vec<u8> {
        self.encoding.encode(&self.text)
    }

    /// The index of the entry of a name in a list of the root.
    pub fn index(&self, section: &str, name: &str) -> Option<usize> {
        let is_of_name = |entry: &Value| entry.get("name").and_then(Value::as_str).unwrap_or_default() == name;
        self.value.get(section)?.as_array()?.iter().position(is_of_name)
    }

    /// Makes a change.
    ///
    /// # Errors
    /// When the way the file is written leaves no safe way: nothing has changed then.
    pub fn apply(&mut self, step: &Step) -> Result<(), Failure> {
        let intended = step.intend(self.value.clone()).ok_or(Refused { offset: 0, why: NO_WAY });
        let changed = intended.and_then(|intended| {
            if intended == self.value {
                return Ok(None);
            }
            changed(&self.text, step, &intended).map(|text| Some((text, intended)))
        });
        match changed {
            Ok(Some((text, value))) => {
                self.text = text;
                self.value = value;
                Ok(())
            }
            Ok(None) => Ok(()),
            Err(refused) => Err(self.failure(&refused)),
        }
    }

    fn failure(&self, refused: &Refused) -> Failure {
        let lines = text::with_line_breaks(&self.text);
        let before = lines.get(..refused.offset).unwrap_or_default();
        let line = before.matches('\n').count() + before.replace("\r\n", "\n").matches('\r').count() + 1;
        Failure::failed(format!("cannot edit kubeconfig {}:{line}: {}; nothing is written", sanitise(&self.path), refused.why))
            .hint("Change it by hand, in an editor.")
    }
}

/// What a text stands for.
fn value(text: &str) -> Result<Value, Mistake> {
    let text = text::with_line_breaks(text);
    let root = yaml::parse(&text, &OneByOne)?;
    Ok(root.map_or(Value::Null, |root| root.to_json()))
}

/// The text with a change made, which stands for what is intended.
fn changed(text: &str, step: &Step, intended: &Value) -> Result<String, Refused> {
    // a key that stands twice goes twice
    let mut rounds = if matches!(step, Step::Unset(_)) { text.matches(last_name(step)).count() } else { 1 };
    let mut text = text.to_owned();
    loop {
        let lines = text::with_line_breaks(&text);
        let layout = layout(&lines).ok_or(Refused { offset: 0, why: NO_WAY })?;
        let proposals = propose(&lines, &layout, step)?;
        let mut nearest = None;
        for proposal in &proposals {
            let Some(new) = splice(&text, proposal) else { continue };
            match value(&new) {
                Ok(value) if value == *intended => return Ok(new),
                Ok(_) => nearest = nearest.or(Some(new)),
                Err(_) => {}
            }
        }
        rounds = rounds.saturating_sub(1);
        let offset = proposals.iter().flatten().map(|splice| splice.range.start).min().unwrap_or_default();
        // what is still there after each of them has gone comes from a merge key
        let why = if matches!(step, Step::Unset(_)) && nearest.is_some() { MERGED } else { NO_WAY };
        text = match nearest {
            Some(new) if rounds > 0 => new,
            _ => return Err(Refused { offset, why }),
        };
    }
}

/// The key that a change is about.
fn last_name(step: &Step) -> &str {
    match step {
        Step::Set(path, _) | Step::Unset(path) => match path.last() {
            Some(Key::Name(name)) => name,
            _ => "",
        },
        Step::Add(section, _) | Step::Remove(section, _) => section,
    }
}
