//! Answers as JSON: types that serialise to the published shapes, and give their schema.
//!
//! Keys are camelCase; what is absent is `null`; lists have a stable order. Keys may be added, never renamed.

mod can;
mod changed;
mod cluster;
mod contexts;
mod eks;
mod identities;
mod lint;
mod map;
mod mappings;
mod relation;
mod review;
mod rules;
mod shapes;
mod token;
mod who_can;
mod whoami;
mod why;
mod workload;

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::Serialize;

use crate::base::Failure;
use crate::base::text::is_harmless;

pub use can::{Can, MatrixRow, PathRow};
pub use changed::{Changed, ChangedFile};
pub use cluster::Cluster;
pub use contexts::{Aliases, Context, Contexts, CurrentContext, Namespaces};
pub use eks::{EksCluster, EksPlace};
pub use identities::{Identities, Known};
pub use lint::Lint;
pub use map::{Considered, Map, Mapped};
pub use mappings::Mappings;
pub use review::Review;
pub use rules::{BindingOf, RoleOf, Rules};
pub use shapes::{AccessPolicy, Fix, Gap, Grant, Identity, NearMiss, Object, Request, Rule, Subject, Told};
pub use token::Token;
pub use who_can::{Entitled, WhoCan, WhoCanPart};
pub use whoami::Whoami;
pub use why::{Why, WhyOne, WhyPart};
pub use workload::{Admitted, Workload};

/// The value as indented JSON with a newline at its end.
///
/// # Errors
/// None that can be met: the types here have string keys.
pub fn to_json<T: Serialize>(value: &T) -> Result<String, Failure> {
    let text =
        serde_json::to_string_pretty(value).map_err(|error| Failure::failed(format!("the answer cannot be written as JSON: {error}")))?;
    Ok(escape(&text).into_owned() + "\n")
}

/// The value as one line of JSON.
///
/// # Errors
/// None that can be met: the types here have string keys.
pub fn to_line<T: Serialize>(value: &T) -> Result<String, Failure> {
    let text = serde_json::to_string(value).map_err(|error| Failure::failed(format!("the answer cannot be written as JSON: {error}")))?;
    Ok(escape(&text).into_owned() + "\n")
}

/// The value as YAML: the same keys.
///
/// # Errors
/// None that can be met: the types here have string keys.
pub fn to_yaml<T: Serialize>(value: &T) -> Result<String, Failure> {
    serde_yaml::to_string(value).map_err(|error| Failure::failed(format!("the answer cannot be written as YAML: {error}")))
}

/// Writes characters that could act on a terminal as JSON escapes; outside strings JSON has none of them but newlines.
///
/// `serde_json` escapes the controls of ASCII alone.
pub fn escape(json: &str) -> Cow<'_, str> {
    let is_fit = |c: char| c == '\n' || is_harmless(c);
    if json.chars().all(is_fit) {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if is_fit(c) {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_survive_and_nothing_acts() {
        for text in ["alice", "a\u{9b}2Jb", "\u{7f}\u{202e}x\u{e0001}", "\"\\\n\t", "名前"] {
            let json = to_json(&text).unwrap();
            assert!(json.trim_end().chars().all(is_harmless), "{json:?}");
            assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }
    }
}
