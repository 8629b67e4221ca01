//! What `whoami` and `cluster` tell: where a context leads, who one is there, what the cluster is.

use std::sync::Arc;
use std::time::Duration;

use crate::base::{Finding, Gap, Severity};
use crate::credential::decoded;
use crate::facts::aws::{AuthenticationMode, EksCluster, Listed};
use crate::facts::{Facts, Kind};
use crate::identity::{Computed, Method, Unsaid};
use crate::kubeconfig::{Provider, Target};
use crate::session::{Snapshot, Stage, State, Step, Walk};
use crate::source::live::{CallerSource, CredentialKind, Version};
use crate::view::login;

/// The authorizers that a cluster is taken to have where nothing says otherwise.
const AUTHORIZERS: [&str; 2] = ["Node", "RBAC"];

/// A cluster as a whole.
#[derive(Clone, Debug)]
pub struct Overview<'a> {
    /// What it is called: by the kubeconfig, or by the recorded context.
    pub name: Option<String>,
    /// Where it is; none for recorded facts.
    pub target: Option<&'a Target>,
    /// What its server says it is.
    pub version: Option<&'a Version>,
    /// What provides it, as far as the kubeconfig tells: `eks`, `kind`.
    pub provider: Option<String>,
    /// The issuer of service account tokens.
    pub issuer: Option<String>,
    /// When the first of its certificate authorities ends, seconds since 1970 in UTC.
    pub authority_ends: Option<i64>,
    /// What is known of its objects.
    pub facts: &'a Facts,
    /// What is wrong with the way to it.
    pub findings: Vec<Finding>,
}

impl Overview<'_> {
    /// Every kind of which there is something, with how many; what AWS keeps of it last.
    pub fn counts(&self) -> impl Iterator<Item = (&'static str, usize)> + '_ {
        let aws = self.facts.aws();
        let listed = |listed: &Option<Listed>| listed.as_ref().map_or(0, |listed| listed.names.len());
        let kept = [
            ("AccessEntry", listed(&aws.listed).max(aws.entries.len())),
            ("IdentityProvider", listed(&aws.listed_identity_providers).max(aws.identity_providers.len())),
            ("PodIdentityAssociation", aws.pod_identities.len()),
        ];
        let objects = Kind::ALL.into_iter().map(|kind| (kind.as_str(), self.facts.count(kind)));
        objects.chain(kept).filter(|(_, count)| *count > 0)
    }

    /// What AWS says of it.
    fn eks(&self) -> Option<&EksCluster> {
        self.facts.aws().cluster()
    }

    /// How IAM principals become users, where AWS says it.
    pub fn mode(&self) -> Option<&'static str> {
        self.eks()?.authentication_mode.map(AuthenticationMode::as_str)
    }

    /// The issuer of service account tokens: as the server says or, else, AWS.
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref().or_else(|| Some(self.eks()?.issuer.as_str()).filter(|issuer| !issuer.is_empty()))
    }

    /// Its version: as the server says or, else, AWS.
    pub fn version(&self) -> Option<&str> {
        let of_server = self.version.map(|version| version.git_version.as_str());
        of_server.or_else(|| Some(self.eks()?.version.as_str()).filter(|version| !version.is_empty()))
    }

    /// The authorizers that answers take into account.
    pub fn authorizers(&self) -> Vec<&'static str> {
        let is_eks = self.eks().is_some() || self.provider.as_deref() == Some(Provider::Eks.as_str());
        AUTHORIZERS.into_iter().chain(is_eks.then_some("EKS access policies")).collect()
    }
}

/// What is wrong on the way to knowing who one is, the worst first.
pub fn findings(walk: &Walk) -> Vec<Finding> {
    let target = walk.target.iter().flat_map(|target| &target.findings);
    // what is said of the credential after asking stands in place of what it says itself
    let is_told = |finding: &&Finding| walk.checked.is_none() || !is_of_decoded(finding);
    let presented = walk.presented.iter().flat_map(|presented| &presented.findings).filter(is_told);
    let checked = walk.checked.iter().flat_map(|checked| &checked.findings);
    let own = target.chain(presented).chain(checked).cloned();
    let mut findings: Vec<Finding> = own.chain(differences(walk)).chain(login::differences(walk)).chain(another_principal(walk)).collect();
    // that nothing is sent says what the lack of TLS comes to
    if findings.iter().any(|finding| finding.code == "credential-not-sent") {
        findings.retain(|finding| finding.code != "plain-http");
    }
    findings.sort_by_key(|finding| finding.severity);
    findings
}

/// Whether a finding is about what stands in the credential, and not about how it is presented or what a plugin says of it.
fn is_of_decoded(finding: &Finding) -> bool {
    let is_plugins = finding.code == "expired" && finding.subject == "credential";
    !is_plugins && decoded::CODES.iter().any(|(code, _)| *code == finding.code)
}

/// Who the credential says one is, by the rules of the API server's authenticators, or why it does not say; none where
/// nothing is presented that could.
pub fn computed(walk: &Walk) -> Option<Result<Computed, Unsaid>> {
    let decoded = walk.presented.as_ref()?.decoded.as_ref()?;
    let facts = walk.snapshot.as_ref().map(|snapshot| snapshot.facts.clone()).unwrap_or_default();
    Some(Computed::of(decoded, &facts))
}

/// How the API server takes what is presented; none where nothing is known of that.
pub fn method(walk: &Walk) -> Option<Method> {
    let presented = walk.presented.as_ref()?;
    match (&presented.decoded, presented.kind) {
        (Some(decoded), _) => Some(Method::of(decoded, walk.snapshot.as_ref().map(|snapshot| &snapshot.facts))),
        (None, CredentialKind::None) => Some(Method::Anonymous),
        (None, CredentialKind::Basic) => Some(Method::Basic),
        (None, _) => None,
    }
}

/// Where the server says otherwise than the credential.
fn differences(walk: &Walk) -> Vec<Finding> {
    let acts = walk.target.as_ref().is_some_and(|target| target.user.impersonation.user.is_some());
    let told = if acts { &walk.oneself } else { &walk.caller };
    let Some(told) = told.as_ref().filter(|told| told.from == CallerSource::Review) else { return Vec::new() };
    let found = computed(walk).and_then(Result::ok).map(|computed| computed.differences(&told.identity)).unwrap_or_default();
    let finding = |message: String| Finding {
        code: "identity-differs",
        severity: Severity::Warning,
        subject: "identity".to_owned(),
        message,
        fix: Some("Another credential may be presented beside this one, or a proxy may log you in: whycan token show".to_owned()),
        source: None,
    };
    found.into_iter().map(finding).collect()
}

/// That AWS names another principal than the entry suggests: other credentials came first.
fn another_principal(walk: &Walk) -> Option<Finding> {
    let origin = walk.presented.as_ref()?.origin.as_ref()?;
    let (principal, suggested) = (walk.principal.as_ref()?, origin.suggests.as_ref()?);
    if is_session_of(&principal.arn, suggested) {
        return None;
    }
    Some(Finding {
        code: "another-principal",
        severity: Severity::Warning,
        subject: "caller".to_owned(),
        message: format!("the user entry suggests {suggested}, and the token was signed by {}: {}", principal.arn, origin.sentence()),
        fix: Some("See where the credentials come from: aws configure list".to_owned()),
        source: None,
    })
}

/// Whether an ARN is a session's of a role: STS leaves out the path of the role.
fn is_session_of(session: &str, role: &str) -> bool {
    let parts = |arn: &str| -> Option<(String, String)> {
        let mut parts = arn.splitn(6, ':').skip(4);
        Some((parts.next()?.to_owned(), parts.next()?.to_owned()))
    };
    let (Some((account, session)), Some((of_role, role))) = (parts(session), parts(role)) else { return false };
    let name = role.rsplit('/').next().unwrap_or_default();
    account == of_role && session.strip_prefix("assumed-role/").and_then(|rest| rest.split('/').next()) == Some(name)
}

/// What nobody told about oneself.
pub fn gaps(walk: &Walk) -> Vec<Gap> {
    walk.caller.as_ref().map_or_else(Vec::new, |caller| Arc::new(Snapshot::default()).about_caller(caller).facts.gaps().to_vec())
}

/// What a stage has to say: why it failed, or what came of it.
pub fn message(stage: &Stage) -> &str {
    stage.state.failure().map_or(&stage.message, |failure| &failure.message)
}

/// A moment as RFC 3339 has it; none for one that no calendar has.
pub fn moment(seconds: i64) -> Option<String> {
    jiff::Timestamp::from_second(seconds).ok().map(|moment| moment.to_string())
}

/// How long something took: `12 ms`, `1.2 s`.
pub fn took(time: Duration) -> String {
    if time < Duration::from_secs(1) { format!("{} ms", time.as_millis()) } else { format!("{:.1} s", time.as_secs_f64()) }
}

/// The stages up to the identity, as far as they were entered.
pub fn told(walk: &Walk) -> impl Iterator<Item = (Step, &Stage)> {
    walk.stages().filter(|(step, stage)| *step <= Step::Identity && stage.state != State::Idle)
}

#[cfg(test)]
mod tests;
