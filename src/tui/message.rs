//! What happens to the state, and what it wants done.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use super::scene::{Listing, Scene};
use crate::authz::identities::KnownIdentity;
use crate::authz::matrix::Matrix;
use crate::authz::who_can::WhoCan;
use crate::authz::{Decision, Part, Request, ServerVerdict};
use crate::base::{Failure, Finding};
use crate::identity::Identity;
use crate::kubeconfig::Target;
use crate::session::{Event, Snapshot, Step};
use crate::source::World;
use crate::view::change::{Planned, Wish};
use crate::view::eks::Place;
use crate::view::mapping::Mappings;
use crate::view::question::Question;
use crate::view::rules::{Rules, Wanted};

/// Something that happened.
#[derive(Debug)]
pub enum Message {
    /// A key, by its name: `j`, `enter`, `ctrl-c`.
    Key(String),
    /// Text that was pasted.
    Paste(String),
    /// The terminal has this size now.
    Resize(u16, u16),
    /// Recorded facts are there, or why not.
    Loaded(Result<Box<Loaded>, Failure>),
    /// The contexts of the kubeconfig are there, the current one among them marked, or why not.
    Contexts(Result<Listing, Failure>),
    /// A search in AWS has begun in so many places, by its number, or why not.
    Searching(u64, Result<usize, Failure>),
    /// A place of AWS was looked at.
    Discovered(u64, Box<Place>),
    /// All places of AWS were looked at.
    SearchEnded(u64),
    /// Something became known of the context that was opened under this number; which may be past.
    Session(u64, When, Event),
    /// Time has passed.
    Tick(Pace, When),
    /// A question is decided; of a generation that may be past.
    Decided(Ticket, When, Result<Answer, Failure>),
    /// The server's own verdicts on requests of an answer.
    Reviewed(Ticket, Vec<(Request, Result<ServerVerdict, Failure>)>),
    /// What a screen shows is computed.
    Prepared(u64, Result<Prepared, Failure>),
    /// The server has told what it can of the caller's rights.
    Told(u64, Prepared),
    /// A change of kubeconfigs is planned, by its number, or why not.
    Planned(u64, Result<Box<Planned>, Failure>),
    /// A change of kubeconfigs was made, by its number: what came of it, as sentences; or why not.
    Changed(u64, Result<Vec<String>, Failure>),
    /// Files that the contexts come from have changed.
    FilesChanged,
    /// The shell of a context has ended, or why there was none.
    ShellEnded(Result<String, Failure>),
    /// The plugin that was lent the terminal has ended: what it gave, or why nothing.
    LoggedIn(Result<String, Failure>),
    /// The token that is shown is to be hidden again, by the number of its showing.
    Hide(u64),
    /// Something was copied: what, and how many bytes.
    Copied(String, usize),
    /// The toast has been read.
    ToastOver(u64),
}

/// A moment: what a clock on the wall says, and how long the program has run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct When {
    /// `15:02:11`
    pub clock: String,
    /// Since the start of the program.
    pub elapsed: Duration,
    /// Seconds since 1970 in UTC; none where no clock was looked at.
    pub unix: Option<i64>,
}

/// Why time is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Something runs, and its time grows.
    Running,
    /// What is presented ends before long.
    Ending,
    /// The screen that is shown counts seconds.
    Counting,
    /// A screen has come up that hangs on the time.
    Once,
}

/// The facts of a world, with a snapshot for each cluster.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The world.
    pub world: World,
    /// The snapshots, in the order of the clusters.
    pub snapshots: Vec<Arc<Snapshot>>,
}

/// The answer to a question.
#[derive(Clone, Debug)]
pub struct Answer {
    /// How it was read.
    pub read_as: String,
    /// What was made of it, as sentences.
    pub notes: Vec<String>,
    /// The requests it needs, each decided.
    pub parts: Vec<(Part, Arc<Decision>)>,
    /// Whether it is about the caller.
    pub is_caller: bool,
    /// Whether everything had been read when it was decided.
    pub is_whole: bool,
}

/// Who waits for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ticket {
    /// The screen, with the generation of the answer.
    Screen(u64),
    /// A pin, by its number, and the generation.
    Pin(u64, u64),
}

/// What a screen shows of the facts, and takes too long to compute between two frames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// Everyone who may; the identity of the question is of no account.
    WhoCan(Question),
    /// All that somebody may.
    Matrix {
        /// Who: an IDENTITY, or nothing for the caller.
        identity: String,
        /// Groups, with commas.
        groups: String,
        /// The namespace; none for the context's, `-A` for what holds in all.
        namespace: Option<String>,
    },
    /// Roles and bindings.
    Rules(Wanted),
    /// Everybody whom objects name.
    Identities,
    /// Who is let in under which name.
    Mapping,
    /// What is wrong with roles and bindings.
    Findings,
}

/// What a task came to.
#[derive(Clone, Debug)]
pub enum Prepared {
    /// Everyone who may, for each request of the question; and what was assumed while it was read.
    WhoCan(Vec<WhoCan>, Vec<String>),
    /// All that somebody may, and what was assumed.
    Matrix(Box<Matrix>, Vec<String>),
    /// Roles and bindings.
    Rules(Rules),
    /// Everybody whom objects name.
    Identities(Vec<KnownIdentity>),
    /// Who is let in under which name.
    Mapping(Box<Mappings>),
    /// What is wrong.
    Findings(Vec<Finding>),
}

/// Something to be done outside.
#[derive(Debug)]
pub enum Effect {
    /// Decide a question.
    Decide {
        /// Who waits; what nobody waits for any more is dropped.
        ticket: Ticket,
        /// The question.
        question: Question,
        /// Where it is asked.
        scene: Scene,
    },
    /// Ask the server for its own verdicts.
    Review {
        /// Who waits.
        ticket: Ticket,
        /// Whose rights; none for the caller's.
        identity: Option<Identity>,
        /// The requests.
        requests: Vec<Request>,
        /// After this time: a server that is behind is asked again.
        after: Duration,
    },
    /// Compute what a screen shows.
    Prepare {
        /// The generation of the result; an older one is dropped.
        generation: u64,
        /// What is wanted.
        task: Task,
        /// Of which facts.
        scene: Scene,
    },
    /// Fill a matrix of the caller with what the server tells.
    Tell {
        /// The generation of the result; an older one is dropped.
        generation: u64,
        /// The matrix.
        matrix: Box<Matrix>,
        /// What was assumed.
        notes: Vec<String>,
        /// Of which facts.
        scene: Scene,
    },
    /// Connect to a context; what is told carries this number. A session that was open before ends.
    Open {
        /// The number.
        session: u64,
        /// The context; none where there are no contexts.
        context: Option<String>,
        /// The kubeconfig that it stands in, where kubectl does not look at that one.
        file: Option<String>,
    },
    /// Run plugins of a kubeconfig that kubectl does not look at: somebody has said so.
    Allow(String),
    /// Run the plugin of a target on the terminal.
    LogIn(Arc<Target>),
    /// Stop what a stage is doing.
    Cancel(Step),
    /// Read everything anew.
    Refresh,
    /// List the contexts anew; what is open goes on.
    List,
    /// Plan a change of kubeconfigs; nothing is written.
    Plan {
        /// Its number.
        number: u64,
        /// What is wanted.
        wish: Wish,
    },
    /// Make a change of kubeconfigs as it was shown.
    Change {
        /// Its number.
        number: u64,
        /// What was shown.
        planned: Box<Planned>,
    },
    /// Open a shell in the foreground where only this context is known.
    Shell(String),
    /// Look for clusters in AWS; what is found carries this number.
    Search(u64),
    /// Stop looking for clusters in AWS.
    StopSearch,
    /// Tell the time after a while.
    TickLater(Pace),
    /// Copy a text; `what` says what it is.
    Copy {
        /// What it is.
        what: String,
        /// The text.
        text: String,
    },
    /// Copy a token, which goes nowhere else.
    CopySecret(SecretString),
    /// Hide the token that is shown after ten seconds; the number says which showing.
    HideLater(u64),
    /// Take the toast away after a while.
    ToastLater(u64),
    /// Give the terminal back until `fg`.
    Suspend,
    /// Draw everything anew.
    Redraw,
    /// End.
    Quit,
}
