//! Loading, deciding and preparing: what happens beside the loop, without a terminal.

pub mod change;

use std::path::Path;
use std::sync::Arc;

use super::message::{Answer, Loaded, Message, Prepared, Task};
use super::scene::{Beyond, Context, Further, Listing, Scene};
use crate::authz::identities::identities;
use crate::authz::lint::lint;
use crate::authz::matrix::matrix;
use crate::authz::who_can::{is_namespaced, who_can, who_can_anywhere};
use crate::authz::{Door, Request, explain};
use crate::base::{Failure, Gap, Loss, Name, Settings};
use crate::facts::{Change, Kind};
use crate::identity::{Means, ReadCredential, Settled};
use crate::kubeconfig::Way;
use crate::session::Snapshot;
use crate::source::kubeconfig::Handed;
use crate::source::state::Memory;
use crate::source::{self, World, settings};
use crate::view::contexts::Contexts;
use crate::view::mapping::Mappings;
use crate::view::question::{ALL_NAMESPACES, Place, Question, Understood};
use crate::view::rules::rules;
use crate::view::token::command_line;

/// Indexes a world.
pub fn load(world: Result<World, Failure>) -> Message {
    Message::Loaded(world.map(|world| {
        let snapshots = world.clusters.iter().map(|cluster| Arc::new(Snapshot::new(cluster.facts.clone()))).collect();
        Box::new(Loaded { world, snapshots })
    }))
}

/// The contexts of the kubeconfig, as the screen shows them.
///
/// # Errors
/// When a file of it cannot be read, and when there is nothing to connect to.
pub fn contexts(kubeconfig: Option<&Path>, memory: &Memory, handed: &Handed) -> Result<Listing, Failure> {
    let browsed = source::kubeconfig::browse(kubeconfig);
    let found = Contexts::browsed(&browsed);
    // what is wrong with the settings keeps nobody from working
    let (settings, mistaken) = match settings::load() {
        Ok(settings) => (settings, None),
        Err(failure) => (Settings::default(), Some(failure.message)),
    };
    let (remembered, _) = memory.recall();
    let now = jiff::Timestamp::now();
    // those that do not count cannot be looked into: their name leads elsewhere
    let listed = found.rows.into_iter().filter(|row| row.shadowed_by.is_none());
    let visited = |name: &str| remembered.history.iter().find(|visit| visit.context == name);
    let mut rows: Vec<Context> = listed
        .map(|row| {
            let used = visited(&row.name).map(|visit| ago(now.as_second() - visit.at.as_second())).unwrap_or_default();
            let namespaces = remembered.namespaces.get(&row.name).cloned().unwrap_or_default();
            let is_production = settings.is_production(&row.name, &row.cluster);
            Context { namespaces, used, is_production, ..Context::of_row(row) }
        })
        .collect();
    if rows.is_empty() {
        // nothing can be done but to mend the file
        source::kubeconfig::load(kubeconfig)?;
        // without a context there may be the cluster of a pod; else this says what to do
        source::kubeconfig::target(&browsed.kubeconfig, None)?;
        rows.push(Context {
            is_current: true,
            cluster: "the cluster of this pod".to_owned(),
            user: "service account".to_owned(),
            ..Context::default()
        });
    }
    let further = if browsed.is_explicit { Vec::new() } else { source::kubeconfig::further(&browsed, &settings).files };
    let further = further.into_iter().map(|file| beyond(file, &settings)).collect();
    handed.leave(browsed);
    Ok(Listing {
        contexts: rows,
        problems: mistaken.into_iter().chain(found.findings.into_iter().map(|finding| finding.message)).collect(),
        further,
    })
}

/// A kubeconfig that kubectl does not see, and what its contexts would run.
fn beyond(file: source::kubeconfig::Further, settings: &Settings) -> Further {
    let kubeconfig = &file.kubeconfig;
    let rows = Contexts::of(kubeconfig).rows.into_iter().filter(|row| row.shadowed_by.is_none());
    let plugin = |name: &str| {
        let user = kubeconfig.context(name).and_then(|context| kubeconfig.user_of(context));
        user.filter(|user| user.way() == Way::Exec).and_then(|user| user.exec.as_ref()).map(command_line)
    };
    let contexts = rows.map(|row| Beyond {
        command: plugin(&row.name),
        is_production: settings.is_production(&row.name, &row.cluster),
        user: row.presents,
        name: row.name,
    });
    Further { contexts: contexts.collect(), path: file.path, export: file.export }
}

/// How long ago something was, in one unit.
fn ago(seconds: i64) -> String {
    match seconds {
        ..60 => "now".to_owned(),
        60..3_600 => format!("{} m", seconds / 60),
        3_600..86_400 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// Decides a question; files that a kubectl line names are read here.
///
/// # Errors
/// When the question cannot be understood.
pub fn decide(question: &Question, scene: &Scene) -> Result<Answer, Failure> {
    let files = |file: &str| source::read_input(Path::new(file)).map_err(|failure| failure.message);
    let understood = scene.in_place(|place| question.read(&reading(place), Some(&files)));
    let Understood { asked, identity, is_caller } = understood.map_err(|misread| misread.failure().clone())?;
    if let Some(context) = asked.context.filter(|context| scene.context.as_deref() != Some(context.as_str())) {
        return Err(Failure::usage(format!("the question is about context `{context}`, and another one is open"))
            .hint(format!("Open it first: :ctx {context}")));
    }
    let snapshot = known(scene, is_caller);
    let decided = |request: &Request| {
        let mut decision = explain(&snapshot.index, &identity, request, Door::Person);
        if is_caller {
            decision.settle_by_oneself();
        }
        Arc::new(decision)
    };
    let parts = asked.parts.iter().map(|part| (part.clone(), decided(&part.request))).collect();
    Ok(Answer { read_as: asked.read_as, notes: asked.notes, parts, is_caller, is_whole: scene.is_whole() })
}

/// The same place, where credentials are read; standard input is the keyboard.
fn reading<'a>(place: &Place<'a>) -> Place<'a> {
    let read: ReadCredential<'static> = &|file| match file {
        "-" => Err(Failure::usage("`token:-` cannot be read: standard input is the keyboard").hint("Name a file: token:FILE")),
        file => source::credential(Path::new(file)),
    };
    Place { means: Means { read: Some(read), now: Some(jiff::Timestamp::now()), ..place.means }, ..*place }
}

/// What is known for a question, about the caller or about somebody else.
fn known(scene: &Scene, is_caller: bool) -> Arc<Snapshot> {
    let snapshot = match &scene.caller {
        Some(caller) if is_caller => scene.snapshot.about_caller(caller),
        _ => Arc::clone(&scene.snapshot),
    };
    if scene.is_whole() { snapshot } else { unread(&snapshot) }
}

/// The same facts, with what is still being read as a gap: a denial could not be told from a binding that has not come yet.
fn unread(snapshot: &Snapshot) -> Arc<Snapshot> {
    let mut copy = snapshot.clone();
    copy.apply(Change::Gap(Gap {
        what: "roles and bindings".to_owned(),
        why: "the cluster has not given all of them yet".to_owned(),
        kinds: Kind::RBAC.iter().map(|kind| Name::new(kind.as_str())).collect(),
        loss: Loss::Loading,
        ..Gap::default()
    }));
    Arc::new(copy)
}

/// Computes what a screen shows.
///
/// # Errors
/// When what it is about cannot be understood.
pub fn prepare(task: &Task, scene: &Scene) -> Result<Prepared, Failure> {
    let Snapshot { facts, index } = &*known(scene, false);
    Ok(match task {
        Task::WhoCan(question) => {
            // who asks is of no account
            let anybody = Question { identity: "group:system:authenticated".to_owned(), groups: String::new(), ..question.clone() };
            let understood = scene.in_place(|place| anybody.read(place, None));
            let asked = understood.map_err(|misread| misread.failure().clone())?.asked;
            let everywhere = question.is_everywhere();
            let each = asked.parts.iter().map(|part| {
                if everywhere && is_namespaced(facts.resources(), &part.request) {
                    who_can_anywhere(index, facts, &part.request, Door::Person)
                } else {
                    who_can(index, facts, &part.request, Door::Person)
                }
            });
            Prepared::WhoCan(each.collect(), asked.notes)
        }
        Task::Matrix { identity, groups, namespace } => {
            let question = Question { identity: identity.clone(), groups: groups.clone(), ..Question::default() };
            let is_caller = !question.names_somebody();
            let who = scene.in_place(|place| question.who(&reading(place))).map_err(|misread| misread.failure().clone())?;
            let Settled { identity, notes: assumed } = who;
            let (namespace, mut notes) = match (namespace.as_deref(), &scene.namespace) {
                (Some(ALL_NAMESPACES), _) => (Name::EMPTY, Vec::new()),
                (Some(namespace), _) => (Name::new(namespace), Vec::new()),
                (None, Some(namespace)) => (Name::new(namespace), vec![format!("namespace {namespace}: the context's, as none was given")]),
                (None, None) => (Name::new("default"), vec!["namespace default, as none was given".to_owned()]),
            };
            let known = known(scene, is_caller);
            let mut matrix = matrix(&known.index, facts.resources(), &identity, namespace, Door::Person);
            if is_caller {
                matrix.settle_by_oneself();
            }
            notes.extend(assumed);
            Prepared::Matrix(Box::new(matrix), notes)
        }
        Task::Rules(wanted) => Prepared::Rules(rules(facts, index, wanted)),
        Task::Identities => Prepared::Identities(identities(facts)),
        Task::Mapping => Prepared::Mapping(Box::new(Mappings::of(facts))),
        Task::Findings => Prepared::Findings(lint(facts).into_iter().chain(crate::identity::lint::lint(facts)).collect()),
    })
}
