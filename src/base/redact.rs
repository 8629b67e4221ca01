//! Text from outside without what looks like a secret: tokens, keys and passwords of known shapes, and what is named so.
//!
//! It is the last line, for texts of which nobody knows what is in them: what other programs say, messages of servers, a
//! panic. What is known to be a secret is a `SecretString`, and never comes here.

mod named;
mod pem;
mod shape;
mod url;

use std::borrow::Cow;

pub use named::{is_harmless_variable, is_secret_flag};

/// What stands for a secret.
pub const HIDDEN: &str = "(hidden)";

/// A text with `(hidden)` for what looks like a secret; addresses, paths and names of AWS (ARNs) stay, however long.
pub fn redact(text: &str) -> Cow<'_, str> {
    // a text so short has no room for a secret with its name
    if text.len() < 4 {
        return Cow::Borrowed(text);
    }
    let clean = named::hide(&shape::hide(&url::hide(&pem::hide(text))));
    if clean == text { Cow::Borrowed(text) } else { Cow::Owned(clean) }
}

/// Whether something in a text looks like a secret.
pub fn has_secret(text: &str) -> bool {
    redact(text) != text
}

#[cfg(test)]
mod tests;
