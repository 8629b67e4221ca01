//! A REQUEST made ready to be answered: the words read, the cluster chosen, the identity settled.

use super::identity;
use super::live::{self, Live};
use super::scene::{self, Needs, Origin, Scene};
use super::session::Session;
use crate::authz::ask::{self, Asked, Surroundings};
use crate::authz::{Decision, Door, Request, Verdict};
use crate::base::Failure;
use crate::facts::{ApiResources, Facts};
use crate::identity::Identity;
use crate::session::{Options, heed};
use crate::source::live::{Connection, Reviewed, RulesReview};
use crate::source::{self, World};

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
    /// Whether it is the caller who asks.
    is_caller: bool,
    /// The cluster's own verdicts, where it can be asked.
    reviews: Vec<(Request, Reviewed)>,
    connection: Option<Connection>,
}

/// How often a server that says something else is asked again, and after what time first.
const ATTEMPTS: u32 = 3;
const BEHIND: std::time::Duration = std::time::Duration::from_millis(100);

/// The words as they were given.
struct Given {
    words: Vec<String>,
    origin: Origin,
}

impl Given {
    /// Takes the words, `-` from standard input, and finds the cluster: a kubectl line may name it.
    fn take(words: Vec<String>, session: &mut Session<'_>) -> Result<Self, Failure> {
        let is_piped = words == ["-"];
        if is_piped {
            session.claim_stdin("the request `-`")?;
        }
        let words = if is_piped { vec![piped()?] } else { words };
        if let Some(failure) = ask::elsewhere(&words) {
            return Err(failure);
        }
        let origin = scene::origin(None, session)?;
        if let Origin::Live(live) = &origin
            && let Ok(Asked { context: Some(context), .. }) = read_live(&words, live, &ApiResources::default(), session)
        {
            return Ok(Self { words, origin: scene::origin(Some(context.as_str()), session)? });
        }
        Ok(Self { words, origin })
    }
}

impl Words {
    /// Reads the words; `-` stands for standard input.
    pub fn read(words: Vec<String>, session: &mut Session<'_>, needs: Needs) -> Result<Self, Failure> {
        let Given { words, origin } = Given::take(words, session)?;
        match origin {
            Origin::Recorded(world) => {
                let (scene, asked) = read_recorded(&words, &world, session)?;
                Ok(Self { scene, asked, notes: Vec::new() })
            }
            Origin::Live(mut live) => {
                live.start(needs(live::options(&session.global)));
                live.finish(session)?;
                live.check()?;
                let scene = Scene::of_live(*live, session);
                let asked = read(&words, &scene, session)?;
                Ok(Self { scene, asked, notes: Vec::new() })
            }
        }
    }
}

/// Chooses the cluster of a world that the words are about, and reads them there.
fn read_recorded(words: &[String], world: &World, session: &mut Session<'_>) -> Result<(Scene, Asked), Failure> {
    let scene = Scene::choose(world, None, session)?;
    let asked = read(words, &scene, session)?;
    // the context of a kubectl line is known only once it is read, and may have other resources
    let Some(context) = asked.context else { return Ok((scene, asked)) };
    let scene = Scene::choose(world, Some(context.as_str()), session)?;
    let asked = read(words, &scene, session)?;
    Ok((scene, asked))
}

fn read(words: &[String], scene: &Scene, session: &Session<'_>) -> Result<Asked, Failure> {
    let context = scene.context.as_ref().map_or_else(|| "the facts".to_owned(), |context| format!("context {context}"));
    let default_namespace = scene.default_namespace.as_deref().map(|namespace| (namespace, context.as_str()));
    read_in(words, default_namespace, scene.facts().resources(), session)
}

/// Reads the words before anything of the cluster is known but what the kubeconfig says.
fn read_live(words: &[String], live: &Live, resources: &ApiResources, session: &Session<'_>) -> Result<Asked, Failure> {
    let context = live.target.context.as_ref().map_or_else(|| "the pod".to_owned(), |context| format!("context {context}"));
    let default_namespace = live.target.namespace.as_deref().map(|namespace| (namespace, context.as_str()));
    read_in(words, default_namespace, resources, session)
}

fn read_in(
    words: &[String],
    default_namespace: Option<(&str, &str)>,
    resources: &ApiResources,
    session: &Session<'_>,
) -> Result<Asked, Failure> {
    ask::read(
        words,
        &Surroundings {
            namespace: session.global.namespace.as_deref(),
            all_namespaces: session.global.all_namespaces,
            default_namespace,
            resources,
            files: Some(&|file| source::read_input(std::path::Path::new(file)).map_err(|failure| failure.message)),
        },
    )
}

fn piped() -> Result<String, Failure> {
    let bytes = source::read_input(std::path::Path::new("-"))?;
    String::from_utf8(bytes).map_err(|_| Failure::usage("the request on standard input is not text"))
}

impl Question {
    /// Reads the words and settles who asks; a live cluster is asked for its own verdict at once.
    pub fn read(words: Vec<String>, session: &mut Session<'_>) -> Result<Self, Failure> {
        let Given { words, origin } = Given::take(words, session)?;
        match origin {
            Origin::Live(live) => Self::ask(&words, *live, session),
            Origin::Recorded(world) => {
                let (scene, asked) = read_recorded(&words, &world, session)?;
                let mut notes = Vec::new();
                let named = identity::of_question(&asked, session, scene.facts(), &mut notes)?;
                let identity = named.map_or_else(|| identity::of(None, session, scene.facts(), &mut notes), Ok)?;
                Ok(Self { scene, asked, identity, notes, is_caller: false, reviews: Vec::new(), connection: None })
            }
        }
    }

    fn ask(words: &[String], mut live: Live, session: &mut Session<'_>) -> Result<Self, Failure> {
        // most words mean the same whatever the cluster's resources are; what they turn out not to mean is asked again
        let early = read_live(words, &live, &ApiResources::default(), session);
        let is_late = identity::needs_facts(&session.global);
        let named = match &early {
            Ok(asked) if !is_late => identity::of_question(asked, session, &Facts::default(), &mut Vec::new())?,
            _ => None,
        };
        // a message that was pasted is most often one's own
        let may_be_oneself = early.as_ref().is_ok_and(identity::is_of_message) && !session.global.names_somebody();
        let early = early.as_ref().ok().filter(|_| !is_late);
        let requests: Vec<Request> = early.iter().flat_map(|asked| &asked.parts).map(|part| part.request).collect();
        let rights = Options::rights(live::options(&session.global));
        let given = session.global.as_identity.as_deref().filter(|_| is_late);
        let needs = identity::needs(rights, given, named.as_ref());
        let options = Options { whoami: named.is_none() && !is_late || may_be_oneself, ..needs };
        live.start(match &named {
            Some(named) => options.with_needs_of(named, &requests),
            None => options,
        });
        let beside = async |remote: crate::session::Remote| {
            let connection = remote.connection().await?;
            let is_oneself = may_be_oneself
                && connection
                    .whoami()
                    .await
                    .is_ok_and(|caller| caller.identity.username == named.as_ref().and_then(|named| named.username));
            let verdicts = live::review(&connection, named.as_ref().filter(|_| !is_oneself), &requests).await;
            Some((connection, verdicts, is_oneself))
        };
        let told = live.finish_beside(session, beside, |told: &Option<(Connection, Vec<Reviewed>, bool)>, session| {
            if let Some((_, verdicts, _)) = told {
                live::tell_early(&requests, verdicts, session);
            }
        })?;
        let Some((connection, verdicts, is_oneself)) = told.flatten() else {
            live.check()?;
            return Err(Failure::failed("the cluster cannot be asked"));
        };
        let mut reviews: Vec<(Request, Reviewed)> = requests.into_iter().zip(verdicts).collect();
        // a verdict is an answer even where nothing can be read
        if !reviews.iter().any(|(_, reviewed)| reviewed.is_ok()) {
            live.check()?;
        }
        let scene = Scene::of_live(live, session);
        let asked = read(words, &scene, session)?;
        let mut notes = Vec::new();
        let identity = identity::of_question(&asked, session, scene.facts(), &mut notes)?;
        if identity != named {
            // read with the cluster's own resources the words name somebody else
            reviews.clear();
        }
        let identity = identity.filter(|_| !is_oneself);
        if is_oneself {
            notes.push("the message is about yourself: your groups are what the server says".to_owned());
        }
        let mut question = Self::of_caller(scene, asked, identity, notes)?;
        let missing: Vec<Request> = question.requests().filter(|request| !reviews.iter().any(|(known, _)| known == request)).collect();
        if let Some(live) = question.scene.live.as_ref().filter(|_| !missing.is_empty()) {
            let verdicts = live.review(question.named(), &missing, &connection);
            reviews.extend(missing.into_iter().zip(verdicts));
        }
        question.reviews = reviews;
        question.connection = Some(connection);
        question.ask_again();
        Ok(question)
    }

    /// Asks again where the server says something else than what follows from what was read: what was written a moment ago
    /// counts for it a moment later.
    fn ask_again(&mut self) {
        for attempt in 0..ATTEMPTS {
            let index = self.scene.index();
            let differs = |(request, reviewed): &(Request, Reviewed)| {
                let ours = index.decide(&self.identity, request, Door::Person);
                let theirs = reviewed.as_ref().ok().and_then(crate::authz::ServerVerdict::verdict);
                ours != Verdict::Unknown && theirs.is_some_and(|theirs| theirs != ours)
            };
            let doubtful: Vec<Request> = self.reviews.iter().filter(|review| differs(review)).map(|(request, _)| *request).collect();
            let (Some(live), Some(connection)) = (self.scene.live.as_ref(), self.connection.as_ref()) else { return };
            if doubtful.is_empty() {
                return;
            }
            let named = self.named().cloned();
            let verdicts = live.ask(async {
                tokio::time::sleep(BEHIND * 2_u32.pow(attempt)).await;
                live::review(connection, named.as_ref(), &doubtful).await
            });
            for (request, verdict) in doubtful.into_iter().zip(verdicts) {
                // a verdict is not thrown away for a failure
                if let Some((_, known)) = self.reviews.iter_mut().find(|(known, _)| *known == request && verdict.is_ok()) {
                    *known = verdict;
                }
            }
        }
    }

    fn of_caller(mut scene: Scene, asked: Asked, identity: Option<Identity>, notes: Vec<String>) -> Result<Self, Failure> {
        let is_caller = identity.is_none();
        let identity = match (identity, &scene.live) {
            (Some(identity), _) => identity,
            (None, Some(live)) => {
                let caller = live.caller()?;
                scene.snapshot = scene.snapshot.about_caller(caller);
                caller.identity.clone()
            }
            (None, None) => return Err(Failure::usage("who asks is not said")),
        };
        Ok(Self { scene, asked, identity, notes, is_caller, reviews: Vec::new(), connection: None })
    }

    fn requests(&self) -> impl Iterator<Item = Request> + '_ {
        self.asked.parts.iter().map(|part| part.request)
    }

    /// Whom a review names: oneself it does not.
    fn named(&self) -> Option<&Identity> {
        (!self.is_caller).then_some(&self.identity)
    }

    /// A decision with the cluster's own verdict beside it.
    pub fn heed(&self, mut decision: Decision) -> Decision {
        if self.is_caller {
            decision.settle_by_oneself();
        }
        if let Some((_, reviewed)) = self.reviews.iter().find(|(request, _)| *request == decision.request) {
            heed(&mut decision, reviewed);
        }
        decision
    }

    /// What the cluster tells of the caller's rights, where whycan alone cannot tell.
    pub fn told(&self, decisions: &[&Decision]) -> Option<RulesReview> {
        let open = decisions.iter().find(|decision| decision.computed == Verdict::Unknown)?;
        let (live, connection) = (self.scene.live.as_ref()?, self.connection.as_ref().filter(|_| self.is_caller)?);
        let namespace = Some(open.request.namespace()).filter(|namespace| !namespace.is_empty());
        let namespace = match namespace {
            Some(namespace) => namespace.as_str(),
            None => self.scene.default_namespace.as_deref().unwrap_or("default"),
        };
        live.ask(connection.rules_review(namespace)).ok()
    }
}
