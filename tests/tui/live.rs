//! Live contexts without a cluster: what a session tells, message by message, and what the screens make of it.

mod changing;
mod frames;
mod token;
mod updates;

use std::sync::Arc;
use std::time::Duration;

use whycan::authz::ServerVerdict;
use whycan::base::{Failure, Gap, Loss, Name, Source};
use whycan::facts::{Change, Facts, Kind};
use whycan::identity::Identity;
use whycan::kubeconfig::{Cluster, Target};
use whycan::session::{Event, Snapshot, Stage, State as Standing, Step};
use whycan::source::aws::Principal;
use whycan::source::live::{Caller, CallerSource, CredentialKind, Presented, Version};
use whycan::tui::message::{Effect, Message, When};
use whycan::tui::scene::Context;
use whycan::tui::theme::Theme;

use crate::support::{COLOR, Ui, facts};

const ARN: &str = "arn:aws:eks:eu-central-1:111122223333:cluster/acme-prod";
const DEV: &str = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Developer_0123456789abcdef/alice@acme.example";
/// Seconds since 1970 at the start of each test.
const START: i64 = 1_790_000_000;

const RBAC: &str = "
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules: [{apiGroups: [''], resources: [pods], verbs: [get, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: readers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects: [{kind: User, name: alice}, {kind: Group, name: acme-dev}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {namespace: dev, name: readers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects: [{kind: Group, name: acme-dev}]
";

const FIX: &str = "
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {namespace: dev, name: deleter}
rules: [{apiGroups: [''], resources: [pods], verbs: [delete]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {namespace: dev, name: deleters}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: deleter}
subjects: [{kind: User, name: alice}]
";

fn contexts() -> Vec<Context> {
    let row = |name: &str, provider: &str, cluster: &str, user: &str| Context {
        name: Some(name.to_owned()),
        provider: provider.to_owned(),
        cluster: cluster.to_owned(),
        user: user.to_owned(),
        details: vec![format!("The context stands in ~/.kube/config:{}.", 10 + name.len())],
        place: match provider {
            "eks" => "EKS 111122223333 eu-central-1",
            "colima" => "local",
            _ => "other",
        }
        .to_owned(),
        file: if name == "prod-admin" { "~/.kube/work.yaml" } else { "~/.kube/config" }.to_owned(),
        ..Context::default()
    };
    vec![
        Context {
            is_current: true,
            namespace: Some("dev".to_owned()),
            used: "now".to_owned(),
            ..row("prod", "eks", "0123456789ABCDEF.gr7.eu-central-1.eks.amazonaws.com:443", "aws exec, profile prod")
        },
        row(ARN, "eks", "FEDCBA9876543210.gr7.eu-central-1.eks.amazonaws.com:443", "aws exec"),
        Context {
            findings: vec!["user admin is defined twice: that of ~/.kube/config counts, that of ~/.kube/work is ignored".to_owned()],
            ..row("prod-admin", "eks", "0123456789ABCDEF.gr7.eu-central-1.eks.amazonaws.com:443", "aws exec, profile admin")
        },
        row("colima", "colima", "127.0.0.1:6443", "certificate"),
        Context {
            findings: vec!["context gone names cluster old, which does not exist".to_owned()],
            ..row("gone", "", "cluster old is missing", "nothing")
        },
    ]
}

/// A live context, told by a session.
struct Live {
    ui: Ui,
    elapsed: Duration,
}

impl Live {
    /// The contexts are listed and the current one is opened.
    fn new() -> Self {
        Self::with(COLOR, "")
    }

    /// The same with a look and a question, `delete pods -n dev as alice`.
    fn with(theme: Theme, asked: &str) -> Self {
        let mut ui = Ui::loading(theme, false);
        if !asked.is_empty() {
            let (words, identity) = asked.split_once(" as ").unwrap_or((asked, ""));
            ui.state.question = crate::support::question(words, identity);
        }
        ui.send(Message::Contexts(Ok(contexts().into())));
        Self { ui, elapsed: Duration::ZERO }
    }

    fn when(&self) -> When {
        let seconds = self.elapsed.as_secs();
        let clock = format!("03:{:02}:{:02}Z", seconds / 60 % 60, seconds % 60);
        When { clock, elapsed: self.elapsed, unix: Some(START + i64::try_from(seconds).unwrap()) }
    }

    fn after(mut self, seconds: u64) -> Self {
        self.elapsed += Duration::from_secs(seconds);
        self
    }

    fn tell(mut self, event: Event) -> Self {
        let message = Message::Session(self.ui.state.session, self.when(), event);
        self.ui.send(message);
        self
    }

    fn stage(self, step: Step, state: Standing, message: &str) -> Self {
        let took = Duration::from_millis(if state == Standing::Loading { 0 } else { 38 * (step as u64 + 1) });
        self.tell(Event::Stage(step, Stage { state, took, message: message.to_owned() }))
    }

    /// The context leads somewhere.
    fn pointed(self) -> Self {
        let source = Some(Source { file: "~/.kube/config".to_owned(), line: Some(14) });
        let cluster = Cluster { name: "prod".to_owned(), server: "https://acme.example:6443".to_owned(), ..Cluster::default() };
        let target = Target { context: Some("prod".to_owned()), source, namespace: Some("dev".to_owned()), cluster, ..Target::default() };
        self.stage(Step::Kubeconfig, Standing::Ready, "context prod of ~/.kube/config:14").tell(Event::Target(Arc::new(target)))
    }

    /// The credential is there.
    fn presenting(self) -> Self {
        let presented = Presented {
            kind: CredentialKind::Exec,
            description: "token of aws eks get-token".to_owned(),
            expires_at: Some(START + 13 * 60 + 40),
            ..Presented::default()
        };
        self.pointed().stage(Step::Credential, Standing::Ready, "token of aws eks get-token").tell(Event::Presented(Box::new(presented)))
    }

    /// The last two stages run.
    fn asking(self) -> Self {
        let principal = Principal {
            arn: "arn:aws:sts::111122223333:assumed-role/dev/alice".to_owned(),
            account: "111122223333".to_owned(),
            user_id: "AROAEXAMPLEEXAMPLEEX:alice".to_owned(),
        };
        let arn = principal.arn.clone();
        let named = self.presenting().stage(Step::Caller, Standing::Ready, &arn).tell(Event::Principal(principal));
        named.stage(Step::Identity, Standing::Loading, "asking the server who you are").stage(
            Step::Authorization,
            Standing::Loading,
            "reading roles and bindings",
        )
    }

    /// The server says who one is.
    fn known_as(self, username: &str, groups: &[&str]) -> Self {
        let groups = groups.iter().copied().map(Name::new);
        let caller = Caller { identity: Identity::literal(username, groups), from: CallerSource::Review };
        self.stage(Step::Identity, Standing::Ready, username)
            .tell(Event::Caller(caller))
            .tell(Event::Version(Version { git_version: "v1.36.3".to_owned(), platform: "linux/amd64".to_owned() }))
    }

    fn alice(self) -> Self {
        self.known_as("alice", &["acme-dev", "system:authenticated"])
    }

    /// Everything is read.
    fn read(self, known: Facts) -> Self {
        self.tell(Event::Snapshot(Arc::new(Snapshot::new(known)))).stage(Step::Authorization, Standing::Ready, "1 role, 2 bindings")
    }

    fn ready() -> Self {
        Self::new().asking().alice().read(facts(RBAC))
    }

    fn press(mut self, keys: &str) -> Self {
        self.ui.press(keys);
        self
    }

    /// The reviews that are asked for, taken out.
    fn reviews(&mut self) -> Vec<Effect> {
        let (reviews, others) =
            std::mem::take(&mut self.ui.effects).into_iter().partition(|effect| matches!(effect, Effect::Review { .. }));
        self.ui.effects = others;
        reviews
    }

    /// The server answers every review that is asked for; gives how many there were.
    fn server(&mut self, verdict: &Result<ServerVerdict, Failure>) -> usize {
        let reviews = self.reviews();
        let asked = reviews.len();
        for review in reviews {
            let Effect::Review { ticket, requests, .. } = review else { continue };
            let verdicts = requests.into_iter().map(|request| (request, verdict.clone())).collect();
            self.ui.send(Message::Reviewed(ticket, verdicts));
        }
        asked
    }

    fn toast(&self) -> &str {
        self.ui.state.toast.as_ref().map_or("", |toast| toast.text.as_str())
    }
}

fn no_answer() -> Failure {
    Failure::failed("no answer from https://acme.example:6443 within 10 s").hint("Check the network: a VPN may be needed.")
}

fn plugin_failed() -> Failure {
    Failure::failed("aws eks get-token failed (exit status 255): the SSO session associated with this profile has expired")
        .hint("Log in again: aws sso login --profile prod")
}

/// What a server refuses to somebody who may list nothing.
fn refused() -> Facts {
    let gap = |kind: &Kind| {
        let plural = format!("{}s", kind.as_str().to_lowercase());
        let why = format!(
            "{plural}.rbac.authorization.k8s.io is forbidden: User \"alice\" cannot list resource \"{plural}\" in API group \"rbac.authorization.k8s.io\" at the cluster scope"
        );
        Change::Gap(Gap { what: plural, why, kinds: vec![Name::new(kind.as_str())], loss: Loss::Refused, ..Gap::default() })
    };
    Facts::collect(Kind::RBAC.iter().map(gap))
}

fn says(allowed: bool) -> ServerVerdict {
    ServerVerdict { allowed, ..ServerVerdict::default() }
}
