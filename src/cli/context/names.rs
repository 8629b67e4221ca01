//! The context that a word means: its name, an alias, or `-` for the one before.

use crate::base::text::sanitise;
use crate::base::{Failure, FailureKind};
use crate::cli::args::Global;
use crate::kubeconfig::{Change, Kubeconfig};
use crate::source::state::{Memory, State};
use crate::source::switch::Switch;

/// A context that is meant, and the namespace that goes with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meant {
    /// The context.
    pub context: String,
    /// Its namespace.
    pub namespace: Namespace,
}

/// The namespace that goes with a context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Namespace {
    /// The one that the kubeconfig gives it.
    Own,
    /// This one, or none at all.
    Given(Option<String>),
}

/// What changes kubeconfigs in this run.
pub fn switch(global: &Global) -> Switch {
    Switch::new(global.kubeconfig.clone(), Memory::here())
}

/// The context that a word means.
///
/// # Errors
/// When there is no such context or alias, or none was before.
pub fn resolve(word: &str, kubeconfig: &Kubeconfig, state: &State) -> Result<Meant, Failure> {
    if word == "-" {
        let previous = state.previous(kubeconfig.current_context()).ok_or_else(|| {
            Failure::failed("there is no context before this one: whycan remembers those that it or its terminal UI made current")
                .hint("Name one: whycan context use NAME")
        })?;
        kubeconfig.selected(Some(&previous.context))?;
        return Ok(Meant { context: previous.context.clone(), namespace: Namespace::Given(previous.namespace.clone()) });
    }
    if kubeconfig.context(word).is_some() {
        return Ok(Meant { context: word.to_owned(), namespace: Namespace::Own });
    }
    if let Some(alias) = state.aliases.get(word) {
        let gone = |failure: Failure| Failure {
            kind: FailureKind::Failed,
            message: format!("`{}` is an alias of context `{}`, which is not there", sanitise(word), sanitise(&alias.context)),
            hints: failure.hints,
        };
        kubeconfig.selected(Some(&alias.context)).map_err(gone)?;
        let namespace = alias.namespace.clone().map_or(Namespace::Own, |namespace| Namespace::Given(Some(namespace)));
        return Ok(Meant { context: alias.context.clone(), namespace });
    }
    kubeconfig.selected(Some(word)).map(|context| Meant { context: context.name.clone(), namespace: Namespace::Own })
}

impl Meant {
    /// The changes that make it the current context, with its namespace.
    pub fn changes(self) -> Vec<Change> {
        let Self { context, namespace } = self;
        let mut changes = vec![Change::Use(context.clone())];
        if let Namespace::Given(namespace) = namespace {
            changes.push(Change::Namespace { context: Some(context), namespace });
        }
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kubeconfig::{merge, read};
    use crate::source::state::Alias;

    #[test]
    fn what_a_word_means() {
        let text = "current-context: b\ncontexts:\n- {name: a}\n- {name: b}\n- {name: both}\n";
        let kubeconfig = merge(vec![read("/x", text.as_bytes()).unwrap()]);
        let mut state = State::default();
        let alias = |context: &str, namespace: Option<&str>| Alias { context: context.to_owned(), namespace: namespace.map(str::to_owned) };
        state.aliases.extend([
            ("p".to_owned(), alias("a", Some("web"))),
            ("q".to_owned(), alias("a", None)),
            ("both".to_owned(), alias("a", None)),
            ("dead".to_owned(), alias("gone", None)),
        ]);
        let means = |word: &str, state: &State| resolve(word, &kubeconfig, state).map_err(|failure| failure.message);
        let meant = |context: &str, namespace: Namespace| Ok(Meant { context: context.to_owned(), namespace });
        let given = |namespace: Option<&str>| Namespace::Given(namespace.map(str::to_owned));
        assert_eq!(means("a", &state), meant("a", Namespace::Own));
        assert_eq!(means("p", &state), meant("a", given(Some("web"))));
        assert_eq!(means("q", &state), meant("a", Namespace::Own));
        assert_eq!(means("both", &state), meant("both", Namespace::Own), "a context wins over an alias");
        assert_eq!(means("dead", &state), Err("`dead` is an alias of context `gone`, which is not there".to_owned()));
        assert_eq!(means("c", &state), Err("there is no context `c` in /x".to_owned()));
        assert!(means("-", &state).unwrap_err().starts_with("there is no context before this one"));
        let at = jiff::Timestamp::from_second(0).unwrap();
        state.visit("a", None, at);
        state.visit("b", Some("x"), at);
        assert_eq!(means("-", &state), meant("a", given(None)));
    }
}
