//! The last change of ours, kept so that it can be taken back: where bytes went and came, and what the whole file was.
//!
//! The bytes may be secrets (a user that was deleted): they stand only in a file of one's own, and only until the next change.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::effect::Effect;
use crate::base::Failure;
use crate::base::text::sanitise;
use crate::kubeconfig::{Edit, Plan};
use crate::source::files;
use crate::source::kubeconfig::{List, PATIENCE, Replacement};

/// What taking back a change does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undo {
    /// What is taken back, as the change put it.
    pub summary: String,
    /// When it was made.
    pub at: Timestamp,
    /// The files that change.
    pub edits: Vec<Edit>,
    /// Those among them that the change had made: they go again, and their `after` is empty.
    pub removed: Vec<String>,
}

/// A change that was made.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Last {
    /// When.
    at: Timestamp,
    /// What became of it, as a sentence.
    pub summary: String,
    /// Whether it was taken back.
    pub is_undone: bool,
    files: Vec<Touched>,
}

/// A file of the change.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Touched {
    path: String,
    /// The hash of what it held; none where it was not there.
    before: Option<String>,
    /// The hash of what it held then.
    after: String,
    pieces: Vec<Piece>,
    effects: Vec<Effect>,
}

/// Bytes that took the place of others.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Piece {
    /// Where they begin, in the file after the change.
    offset: usize,
    /// What was there, in base64.
    removed: String,
    /// What came, in base64.
    inserted: String,
}

impl Last {
    /// The record of a change.
    pub fn of(plan: &Plan, at: Timestamp) -> Self {
        let touched = |edit: &Edit| Touched {
            path: edit.path.clone(),
            before: edit.before.as_deref().map(hash),
            after: hash(&edit.after),
            pieces: pieces(edit.before.as_deref().unwrap_or_default(), &edit.after),
            effects: Effect::between(&edit.path, edit.before.as_deref(), &edit.after),
        };
        Self { at, summary: plan.summary.clone(), is_undone: false, files: plan.edits.iter().map(touched).collect() }
    }

    /// What taking it back would do to the files as they are.
    pub fn plan(&self) -> Result<Undo, Failure> {
        let mut undo = Undo { summary: self.summary.clone(), at: self.at, edits: Vec::new(), removed: Vec::new() };
        for file in &self.files {
            let now = files::read(Path::new(&file.path)).map_err(|why| {
                Failure::failed(format!("cannot read kubeconfig `{}`: {why}; nothing was taken back", sanitise(&file.path)))
            })?;
            if hash(&now) != file.after {
                return Err(changed_since(&file.path));
            }
            let before = file.before(&now).ok_or_else(|| {
                Failure::failed(format!("the record of the last change of `{}` is damaged: nothing was taken back", sanitise(&file.path)))
            })?;
            if file.before.is_none() {
                undo.removed.push(file.path.clone());
            }
            undo.edits.push(Edit { path: file.path.clone(), before: Some(now), after: before });
        }
        Ok(undo)
    }

    /// Takes it back.
    pub fn take_back(&self) -> Result<Undo, Failure> {
        let list = List::just(self.files.iter().map(|file| PathBuf::from(&file.path)).collect());
        let mut hold = list.hold(PATIENCE)?;
        let undo = self.plan()?;
        let replacements: Vec<Replacement<'_>> = undo
            .edits
            .iter()
            .map(|edit| Replacement {
                path: Path::new(&edit.path),
                before: edit.before.as_deref(),
                after: (!undo.removed.contains(&edit.path)).then_some(edit.after.as_slice()),
            })
            .collect();
        hold.replace(&replacements)?;
        Ok(undo)
    }

    /// It was taken back: nobody needs its bytes any more.
    pub fn forget(&mut self) {
        self.is_undone = true;
        self.files.clear();
    }

    /// What of it is no longer there, as a sentence.
    pub fn reverted(&self) -> Option<String> {
        self.files.iter().find_map(|file| {
            let now = files::read(Path::new(&file.path)).ok()?;
            if hash(&now) == file.after {
                return None;
            }
            let reverted = Effect::reverted(&file.effects, &file.path, &now);
            let first = reverted.first()?;
            let more = match reverted.len() {
                1 => String::new(),
                more => format!(", and {} more of that change", more - 1),
            };
            Some(format!(
                "another program has overwritten the last change of whycan ({}): {} has {} again, not {}{more}",
                self.at.strftime("%Y-%m-%d %H:%M:%S UTC"),
                sanitise(&file.path),
                first.phrase_before(),
                first.phrase_after()
            ))
        })
    }
}

impl Touched {
    /// What the file held before, from what it holds now; none where the record does not fit.
    fn before(&self, now: &[u8]) -> Option<Vec<u8>> {
        let (mut before, mut at) = (Vec::new(), 0);
        for piece in &self.pieces {
            let (removed, inserted) = (STANDARD.decode(&piece.removed).ok()?, STANDARD.decode(&piece.inserted).ok()?);
            before.extend_from_slice(now.get(at..piece.offset)?);
            before.extend(removed);
            at = piece.offset.checked_add(inserted.len())?;
            if now.get(piece.offset..at)? != inserted {
                return None;
            }
        }
        before.extend_from_slice(now.get(at..)?);
        let expected = self.before.clone().unwrap_or_else(|| hash(&[]));
        (hash(&before) == expected).then_some(before)
    }
}

/// Somebody else has written since.
fn changed_since(path: &str) -> Failure {
    let at = fs::metadata(path).and_then(|metadata| metadata.modified()).ok().and_then(|time| Timestamp::try_from(time).ok());
    let at = at.map(|at| format!(" (at {})", at.strftime("%Y-%m-%d %H:%M:%S UTC"))).unwrap_or_default();
    Failure::failed(format!("`{}` was changed since{at}: nothing was taken back", sanitise(path)))
        .hint("Change it by hand, or make the contrary change: whycan context --help")
}

/// The lines that differ.
fn pieces(before: &[u8], after: &[u8]) -> Vec<Piece> {
    let old: Vec<&[u8]> = before.split_inclusive(|byte| *byte == b'\n').collect();
    let new: Vec<&[u8]> = after.split_inclusive(|byte| *byte == b'\n').collect();
    let text = |lines: Option<&[&[u8]]>| STANDARD.encode(lines.unwrap_or_default().concat());
    capture_diff_slices(Algorithm::Myers, &old, &new)
        .into_iter()
        .filter(|op| !matches!(op, DiffOp::Equal { .. }))
        .map(|op| Piece {
            offset: new.iter().take(op.new_range().start).map(|line| line.len()).sum(),
            removed: text(old.get(op.old_range())),
            inserted: text(new.get(op.new_range())),
        })
        .collect()
}

/// SHA-256, in hexadecimal digits.
fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests;
