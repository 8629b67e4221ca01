//! What is asked before something is done, and what is pasted.

use secrecy::SecretString;

/// A question that is answered by yes or no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asking {
    /// Whether the token that is presented is to be copied.
    Copy,
    /// Whether a plugin may be run of a kubeconfig that kubectl does not look at.
    Allow {
        /// The context that would run it, as it is called.
        context: String,
        /// The file.
        file: String,
        /// The command line, with what may be secret in it hidden.
        command: String,
    },
}

/// A token while it is pasted: what it is shows, and not the token.
#[derive(Clone, Debug)]
pub struct Pasting {
    /// The token.
    pub text: SecretString,
    /// Its kind, length and fingerprint; empty while there is nothing.
    pub masked: String,
}

impl Default for Pasting {
    fn default() -> Self {
        Self { text: SecretString::from(String::new()), masked: String::new() }
    }
}
