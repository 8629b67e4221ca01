//! A REQUEST made ready to be answered: the words read, the cluster chosen, the identity settled.

use super::identity;
use super::scene::{self, Scene};
use super::session::Session;
use crate::authz::ask::{self, Asked, Surroundings};
use crate::base::Failure;
use crate::identity::Identity;
use crate::source;

/// A request understood, and the cluster that it is about.
pub struct Words {
    /// The cluster.
    pub scene: Scene,
    /// What was asked.
    pub asked: Asked,
    /// What was assumed, as sentences.
    pub notes: Vec<String>,
}

/// A request of somebody.
pub struct Question {
    /// The cluster.
    pub scene: Scene,
    /// What was asked.
    pub asked: Asked,
    /// Who asks.
    pub identity: Identity,
    /// What was assumed, as sentences.
    pub notes: Vec<String>,
}

impl Words {
    /// Reads the words; `-` stands for standard input.
    pub fn read(words: Vec<String>, session: &mut Session<'_>) -> Result<Self, Failure> {
        let is_piped = words == ["-"];
        if is_piped {
            session.claim_stdin("the request `-`")?;
        }
        let world = scene::world(session)?;
        let words = if is_piped { vec![piped()?] } else { words };
        let mut scene = Scene::choose(&world, None, session)?;
        let mut asked = read(&words, &scene, session)?;
        // the context of a kubectl line is known only once it is read, and may have other resources
        if let Some(context) = asked.context {
            scene = Scene::choose(&world, Some(context.as_str()), session)?;
            asked = read(&words, &scene, session)?;
        }
        Ok(Self { scene, asked, notes: Vec::new() })
    }
}

fn read(words: &[String], scene: &Scene, session: &Session<'_>) -> Result<Asked, Failure> {
    let context = scene.context.as_ref().map_or_else(|| "the facts".to_owned(), |context| format!("context {context}"));
    ask::read(
        words,
        &Surroundings {
            namespace: session.global.namespace.as_deref(),
            all_namespaces: session.global.all_namespaces,
            default_namespace: scene.default_namespace.as_deref().map(|namespace| (namespace, context.as_str())),
            resources: scene.facts.resources(),
            files: Some(&|file| source::read_input(std::path::Path::new(file)).map_err(|failure| failure.message)),
        },
    )
}

fn piped() -> Result<String, Failure> {
    let bytes = source::read_input(std::path::Path::new("-"))?;
    String::from_utf8(bytes).map_err(|_| Failure::usage("the request on standard input is not text"))
}

impl Question {
    /// Reads the words and settles who asks.
    pub fn read(words: Vec<String>, session: &mut Session<'_>) -> Result<Self, Failure> {
        let Words { scene, asked, mut notes } = Words::read(words, session)?;
        let identity = identity::of_question(&asked, &session.global, &mut notes)?;
        Ok(Self { scene, asked, identity, notes })
    }
}
