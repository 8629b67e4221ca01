//! The command line of the screen: the same words as on the command line of the program, read and completed.

use super::change::Wish;
use super::complete::{self, Completion};
use super::question::{ALL_NAMESPACES, Fields, Question, Words};
use super::rules::Wanted;
use crate::authz::Index;
use crate::authz::ask::shell_words;
use crate::base::Failure;
use crate::facts::Facts;
use crate::kubeconfig::Change;
use crate::kubeconfig::lint::{is_namespace, no_namespace};

/// A command, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Explain a request; who asks may be left open.
    Why(Question),
    /// List everyone who may.
    WhoCan(Question),
    /// All that somebody may.
    Can {
        /// Who; nothing for whoever asks now.
        identity: String,
        /// Groups, with commas.
        groups: String,
        /// The namespace.
        namespace: Option<String>,
    },
    /// Roles and bindings.
    Rules(Wanted),
    /// Everybody whom objects name.
    Identities,
    /// Who is let in under which name.
    Mapping,
    /// What is wrong.
    Lint,
    /// Who one is here.
    Whoami,
    /// What is presented.
    Token,
    /// A token that is pasted.
    PasteToken,
    /// The cluster.
    Cluster,
    /// The contexts, or one of them.
    Context(Option<String>),
    /// Ask the same as somebody else.
    As {
        /// Who.
        identity: String,
        /// Groups, with commas.
        groups: String,
    },
    /// Ask in another namespace.
    Namespace(String),
    /// Change kubeconfigs.
    Wish(Wish),
    /// Open a shell in a context, or in the one that is open.
    Shell(Option<String>),
    /// Look for clusters of EKS.
    Eks,
    /// Read everything anew.
    Refresh,
    /// The keys.
    Help,
    /// The end.
    Quit,
}

/// The commands: name, what follows it, and what it does.
const COMMANDS: [(&str, &str); 23] = [
    ("why", "REQUEST: explain one request"),
    ("who-can", "REQUEST: everyone who may"),
    ("can", "[IDENTITY]: all that somebody may"),
    ("rules", "[NAME]: roles and bindings"),
    ("identities", "everybody whom objects name"),
    ("map", "whom EKS lets in, under which name"),
    ("lint", "what is wrong with roles and bindings"),
    ("whoami", "who one is here"),
    ("token", "[paste]: what is presented, part by part; or one that you paste"),
    ("cluster", "the cluster and what is known of it"),
    ("ctx", "[NAME]: the contexts, or look into one"),
    ("as", "IDENTITY: ask the same as somebody else"),
    ("ns", "NAME: ask in another namespace"),
    ("use", "NAME, or -: make a context the current one"),
    ("namespace", "[CONTEXT] NAME: give a context a namespace in the kubeconfig"),
    ("rename", "CONTEXT NAME: give a context another name"),
    ("delete", "CONTEXT: remove it"),
    ("undo", "take the last change of kubeconfigs back"),
    ("shell", "[CONTEXT]: a shell where only this context is known"),
    ("eks", "look for clusters of EKS with your AWS profiles"),
    ("refresh", "read everything anew"),
    ("help", "the keys"),
    ("q", "quit"),
];

/// Words with the flags taken out.
#[derive(Debug, Default)]
struct Given {
    words: Vec<String>,
    namespace: Option<String>,
    identity: Option<String>,
    groups: Vec<String>,
}

impl Given {
    fn read(words: &[String]) -> Result<Self, Failure> {
        let mut given = Self::default();
        let mut rest = words.iter().map(String::as_str);
        while let Some(word) = rest.next() {
            let (flag, joined) = word.split_once('=').map_or((word, None), |(flag, value)| (flag, Some(value)));
            let mut value = || {
                let next = joined.or_else(|| rest.next()).filter(|value| !value.is_empty());
                next.map(str::to_owned).ok_or_else(|| Failure::usage(format!("`{flag}` needs a value")))
            };
            match flag {
                // after the word kubectl all words are its own
                "kubectl" | "k" => {
                    given.words.push(word.to_owned());
                    given.words.extend(rest.map(str::to_owned));
                    return Ok(given);
                }
                "-n" | "--namespace" => given.namespace = Some(value()?),
                "-A" | "--all-namespaces" => given.namespace = Some(ALL_NAMESPACES.to_owned()),
                "--as" => given.identity = Some(value()?),
                "--as-group" => given.groups.push(value()?),
                _ if word.len() > 1 && word.starts_with('-') => {
                    return Err(Failure::usage(format!("`{word}` is no flag here")).hint("These are: -n, -A, --as, --as-group."));
                }
                _ => given.words.push(word.to_owned()),
            }
        }
        Ok(given)
    }

    /// The question that the words ask.
    fn question(self, name: &str) -> Result<Question, Failure> {
        let words = match self.words.as_slice() {
            [] => return Err(Failure::usage(format!("`{name}` needs a request")).hint(format!("As in: {name} delete pods -n dev"))),
            // what belongs to kubectl stays as it is, and what is no verb with its object is read whole
            [first, ..] if first == "kubectl" || first == "k" => Words::Line(self.words.join(" ")),
            [verb, rest @ ..] if rest.len() <= 2 => {
                let of = |position: usize| rest.get(position).cloned().unwrap_or_default();
                let namespace = self.namespace.clone().unwrap_or_default();
                Words::Fields(Fields { verb: verb.clone(), resource: of(0), name: of(1), namespace })
            }
            words => Words::Line(words.join(" ")),
        };
        Ok(Question { words, identity: self.identity.unwrap_or_default(), groups: self.groups.join(", "), ..Question::default() })
    }
}

/// Reads a command.
///
/// # Errors
/// When it is none, or something is missing.
pub fn read(line: &str) -> Result<Command, Failure> {
    if crate::authz::ask::names_a_user(line) {
        // a pasted message has quotes of its own
        return Ok(Command::Why(Question { words: Words::Line(line.trim().to_owned()), ..Question::default() }));
    }
    let words = shell_words(line)?;
    let Some((name, rest)) = words.split_first() else {
        return Err(Failure::usage("no command is typed").hint("Try: why delete pods -n dev"));
    };
    let given = || Given::read(rest);
    let one = |what: &str| match rest {
        [word] => Ok(word.clone()),
        [] => Err(Failure::usage(format!("`{name}` needs {what}"))),
        [_, second, ..] => Err(Failure::usage(format!("`{name}` takes {what} alone, and `{second}` is one more"))),
    };
    let alone = |command: Command| match rest.first() {
        None => Ok(command),
        Some(word) => Err(Failure::usage(format!("`{name}` takes nothing, and `{word}` follows it"))),
    };
    match name.as_str() {
        "why" => given()?.question(name).map(Command::Why),
        "who-can" => given()?.question(name).map(Command::WhoCan),
        "can" => {
            let Given { words, namespace, identity, groups } = given()?;
            let mut words = words.into_iter();
            let identity = words.next().or(identity).unwrap_or_default();
            match words.next() {
                Some(word) => Err(Failure::usage(format!("`can` takes one identity, and `{word}` is one more"))),
                None => Ok(Command::Can { identity, groups: groups.join(", "), namespace }),
            }
        }
        "rules" if rest.is_empty() => Ok(Command::Rules(Wanted::default())),
        "rules" => {
            let Given { words, namespace, .. } = given()?;
            let wanted = if words.is_empty() { Wanted::default() } else { Wanted::read(&words.join(" ")) };
            Ok(Command::Rules(Wanted { namespace: wanted.namespace.or(namespace), ..wanted }))
        }
        "identities" => alone(Command::Identities),
        "map" => alone(Command::Mapping),
        "lint" | "findings" => alone(Command::Lint),
        "whoami" | "walk" => alone(Command::Whoami),
        "token" => match rest {
            [] => Ok(Command::Token),
            [word] if word == "paste" => Ok(Command::PasteToken),
            // a token on the command line would stay there to be read
            _ => Err(Failure::usage("`token` takes nothing but `paste`").hint("As in: token paste")),
        },
        "cluster" => alone(Command::Cluster),
        "ctx" | "context" | "contexts" if rest.is_empty() => Ok(Command::Context(None)),
        "ctx" | "context" => one("the name of a context").map(|name| Command::Context(Some(name))),
        "as" => {
            let Given { words, groups, .. } = given()?;
            match words.as_slice() {
                [identity] => Ok(Command::As { identity: identity.clone(), groups: groups.join(", ") }),
                _ => Err(Failure::usage("`as` needs one identity").hint("As in: as sa:ci/deployer --as-group dev")),
            }
        }
        "ns" => one("the name of a namespace").map(Command::Namespace),
        "use" => {
            one("the name of a context").map(|name| Command::Wish(if name == "-" { Wish::Back } else { Wish::Change(Change::Use(name)) }))
        }
        "namespace" => match rest {
            [namespace] => give(None, namespace),
            [context, namespace] => give(Some(context), namespace),
            [] => Err(Failure::usage("`namespace` needs the name of a namespace")),
            [_, _, third, ..] => {
                Err(Failure::usage(format!("`namespace` takes a context and the name of a namespace, and `{third}` is one more")))
            }
        },
        "rename" => match rest {
            [from, to] => Ok(Command::Wish(Wish::Change(Change::Rename { from: from.clone(), to: to.clone() }))),
            _ => Err(Failure::usage("`rename` needs the name of a context and the name that it gets")),
        },
        "delete" => one("the name of a context").map(|context| Command::Wish(Wish::Change(Change::Delete { context, with_unused: false }))),
        "undo" => alone(Command::Wish(Wish::Undo)),
        "shell" if rest.is_empty() => Ok(Command::Shell(None)),
        "shell" => one("the name of a context").map(|name| Command::Shell(Some(name))),
        "eks" => alone(Command::Eks),
        "refresh" => alone(Command::Refresh),
        "help" => alone(Command::Help),
        "q" | "q!" | "quit" | "exit" => alone(Command::Quit),
        // a first word that is no command begins a request
        _ if rest.is_empty() && !name.contains([' ', '/']) => {
            Err(Failure::usage(format!("`{name}` is no command")).hint("These are: why, who-can, can, rules, lint, ctx, as, ns, q."))
        }
        _ => Given::read(&words)?.question("why").map(Command::Why),
    }
}

/// A namespace for a context, or for the current one; an empty name takes it away.
fn give(context: Option<&String>, namespace: &str) -> Result<Command, Failure> {
    let namespace = Some(namespace.to_owned()).filter(|namespace| !namespace.is_empty());
    if let Some(wrong) = namespace.as_deref().filter(|namespace| !is_namespace(namespace)) {
        return Err(Failure::usage(no_namespace(wrong)));
    }
    Ok(Command::Wish(Wish::Change(Change::Namespace { context: context.cloned(), namespace })))
}

/// What completes a command, known of contexts and of the open one.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The names of the contexts.
    pub contexts: &'a [String],
    /// The open context's facts, and the same indexed.
    pub facts: Option<(&'a Facts, &'a Index)>,
    /// Which context is open.
    pub open: Option<&'a str>,
    /// The namespaces that contexts had and were given before, the latest first.
    pub namespaces: &'a [(String, Vec<String>)],
}

/// The namespaces that a context may be given: those it had, and those of its cluster where that is open.
fn namespaces(context: Option<&str>, known: &Known<'_>) -> Vec<Completion> {
    let named = context.or(known.open);
    let had = known.namespaces.iter().find(|(context, _)| Some(context.as_str()) == named);
    let had: Vec<Completion> =
        had.into_iter().flat_map(|(_, had)| had).map(|name| Completion::new(name.as_str(), "chosen before")).collect();
    let of_cluster = known.facts.filter(|_| named == known.open).map(|(facts, _)| facts.namespace_names()).unwrap_or_default();
    let new = of_cluster.iter().filter(|name| !had.iter().any(|had| had.text == name.as_str()));
    let new: Vec<Completion> = new.map(|name| Completion::new(name.as_str(), "of the cluster")).collect();
    // the first word may be a context too
    let contexts = known.contexts.iter().filter(|_| context.is_none()).map(|name| Completion::new(name.as_str(), "a context"));
    had.into_iter().chain(new).chain(contexts).collect()
}

/// What completes the last word of a line, best first.
pub fn completions(line: &str, known: &Known<'_>) -> Vec<Completion> {
    let words: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).collect();
    let is_begun = !line.ends_with(' ') && !line.is_empty();
    let (typed, before) = match words.split_last() {
        Some((last, before)) if is_begun => (*last, before),
        _ => ("", &words[..]),
    };
    let all = match (before, known.facts) {
        ([], _) => COMMANDS.iter().map(|(name, note)| Completion::new(*name, *note)).collect(),
        (["ctx" | "context" | "use" | "rename" | "delete" | "shell"], _) => {
            known.contexts.iter().map(|name| Completion::new(name.as_str(), "")).collect()
        }
        ([.., "-n" | "--namespace"] | ["ns"], Some((facts, _))) => complete::namespaces(facts),
        (["namespace"] | ["namespace", _], _) => namespaces(before.get(1).copied(), known),
        ([.., "--as"] | ["as" | "can"], Some((facts, index))) => complete::identities(facts, index),
        ([.., "--as-group"], Some((_, index))) => complete::groups(index),
        (["why" | "who-can"], Some((facts, _))) => complete::verbs(facts),
        (["why" | "who-can", _], Some((facts, _))) => complete::resources(facts),
        (["why" | "who-can", _, resource], Some((facts, _))) => complete::names(facts, resource, ""),
        (["rules"], Some((facts, _))) => complete::objects(facts),
        (["token"], _) => vec![Completion::new("paste", "a token that you paste, taken apart")],
        _ => Vec::new(),
    };
    complete::matching(all, typed)
}

/// The line with its last word completed.
pub fn completed(line: &str, completion: &Completion) -> String {
    let keep = if line.ends_with(' ') { line.len() } else { line.rfind(' ').map_or(0, |blank| blank + 1) };
    let before = line.get(..keep).unwrap_or_default();
    format!("{before}{} ", crate::authz::quote_for_shell(&completion.text))
}
