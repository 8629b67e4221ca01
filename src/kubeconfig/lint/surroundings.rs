//! What was found out about the machine that a kubeconfig is used on. `source` collects it; nothing is looked at here.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::kubeconfig::Data;

/// What is known of the surroundings. What is absent is not known, and gives no finding.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// The time.
    pub now: Option<Timestamp>,
    /// Files by their paths: kubeconfigs, certificates, keys and tokens.
    pub files: BTreeMap<String, Seen>,
    /// The programs of plugins, by `exec.command`.
    pub programs: BTreeMap<String, Program>,
    /// The names of the AWS profiles there are.
    pub profiles: Option<BTreeSet<String>>,
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Whether the path is a symbolic link.
    pub is_link: bool,
    /// Who may do what with it; none where it is not there, and where the system has no such modes.
    pub access: Option<Access>,
    /// What it holds.
    pub content: Content,
}

/// Who may do what with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// Its mode bits.
    pub mode: u32,
    /// Whether it belongs to whoever runs this.
    pub is_own: bool,
}

/// What a file holds.
#[derive(Clone, PartialEq, Eq)]
pub enum Content {
    /// These bytes.
    Bytes(Vec<u8>),
    /// It is there; what it holds was not asked for.
    NotRead,
    /// There is no such file.
    Missing,
    /// It cannot be read, for this reason.
    Unreadable(String),
}

/// A key is content too: the bytes are not shown.
impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(f, "Bytes({})", bytes.len()),
            Self::NotRead => f.write_str("NotRead"),
            Self::Missing => f.write_str("Missing"),
            Self::Unreadable(why) => write!(f, "Unreadable({why})"),
        }
    }
}

/// Whether a plugin's program can be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// It can.
    Found,
    /// It is not there, or not on PATH.
    NotFound,
    /// It is there, and may not be run.
    NotExecutable,
}

impl Surroundings {
    /// The bytes of a certificate or key, as far as they are known.
    pub fn bytes<'a>(&'a self, data: &'a Data) -> Option<&'a [u8]> {
        match data {
            Data::Inline(bytes) => Some(bytes),
            Data::File(path) => self.content(path),
        }
    }

    /// What a file holds, when it could be read.
    pub fn content(&self, path: &str) -> Option<&[u8]> {
        match &self.files.get(path)?.content {
            Content::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }
}
