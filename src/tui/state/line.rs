//! A command while it is typed: what completes it, and what is wrong with it.

use tui_input::Input;

use crate::view::complete::Completion;

/// The command line.
#[derive(Clone, Debug, Default)]
pub struct CommandLine {
    /// What is typed.
    pub input: Input,
    /// What completes the last word, best first.
    pub completions: Vec<Completion>,
    /// The completion under the cursor, if one is.
    pub chosen: Option<usize>,
    /// What is wrong with what was entered.
    pub wrong: Option<String>,
}

impl CommandLine {
    /// With this much typed already.
    pub fn new(text: &str) -> Self {
        Self { input: Input::new(text.to_owned()), ..Self::default() }
    }
}
