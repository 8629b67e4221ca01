//! The terminal UI: screens on one open context, recorded or live.
//!
//! Elm-shaped: [`update`] takes a message and gives effects, without I/O; effects run beside the loop and come back as
//! messages; [`draw`](mod@draw) paints a state. The loop is generic over the backend and over where events come from.

pub mod draw;
pub mod effect;
pub mod keymap;
pub mod message;
pub mod run;
pub mod scene;
pub mod screens;
pub mod state;
mod terminal;
pub mod theme;
pub mod update;

use std::path::PathBuf;

use crate::base::Failure;
use crate::source::World;

/// What to do where there is no terminal.
pub const PRINTING: &str = "These commands print: why, who-can, can, whoami, cluster, rules, identities, lint, review, context.";

/// Loads the facts; called once the first frame is on the screen.
pub type Load = Box<dyn FnOnce() -> Result<World, Failure> + Send>;

/// Where contexts lead.
pub enum Origin {
    /// To recorded facts.
    Recorded(Load),
    /// To clusters.
    Live(Live),
}

impl std::fmt::Debug for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Recorded(_) => f.write_str("Recorded"),
            Self::Live(live) => f.debug_tuple("Live").field(live).finish(),
        }
    }
}

/// How live clusters are found and spoken to.
#[derive(Clone, Debug, Default)]
pub struct Live {
    /// The kubeconfig; none for those of the environment.
    pub kubeconfig: Option<PathBuf>,
    /// Limits, and namespaces that were typed.
    pub options: crate::source::live::Options,
}

/// What the terminal UI starts with.
pub struct Options {
    /// Where contexts lead.
    pub origin: Origin,
    /// Something to be said on the first screen.
    pub notice: Option<String>,
    /// The context to start in; none for the current one.
    pub context: Option<String>,
    /// The request to ask first, as words.
    pub request: Vec<String>,
    /// Who asks.
    pub identity: Option<String>,
    /// Groups of whoever asks.
    pub groups: Vec<String>,
    /// The namespace.
    pub namespace: Option<String>,
    /// Only ASCII signs.
    pub ascii: bool,
    /// Colours.
    pub color: bool,
    /// Whether the facts are the demo's.
    pub demo: bool,
    /// The flags that say where the facts come from: `--from PATH`, `--kubeconfig PATH`.
    pub flags: Vec<String>,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options").field("context", &self.context).field("request", &self.request).finish_non_exhaustive()
    }
}

/// Runs the terminal UI until it is quit; the status is that of the process (128 and the signal's number after one).
///
/// # Errors
/// When the terminal cannot be had, or the facts cannot be loaded.
pub fn run(options: Options) -> Result<u8, Failure> {
    run::run(options)
}
