//! Which role the pods of a service account become, and why not.

use super::annotation::{Annotations, ROLE};
use super::known::Known;
use super::legacy::{self, Legacy};
use super::trust::Holds;
use super::way::{Kind, Way};
use super::{pod_identity, pods, web_identity};
use crate::base::text::{edit_distance, shell_word};
use crate::base::{Finding, Gap, Name, Severity};
use crate::facts;
use crate::identity::aws::mapping::Open;

/// The AWS side of a service account.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Its namespace.
    pub namespace: Name,
    /// Its name.
    pub name: Name,
    /// What its annotations say; none where it was not read, or does not exist.
    pub annotations: Option<Annotations>,
    /// Whether it keeps the API server's tokens from its pods, where it says so; the tokens for AWS come all the same.
    pub automount: Option<bool>,
    /// Whether its pods become a role.
    pub holds: Holds,
    /// Why, as a clause.
    pub because: String,
    /// The ways to a role, the one that the webhook takes first.
    pub ways: Vec<Way>,
    /// What the webhook puts into its pods.
    pub injected: Vec<(&'static str, String)>,
    /// How many of its pods are known.
    pub pods: usize,
    /// Annotations of kube2iam and kiam.
    pub legacy: Vec<Legacy>,
    /// Defects.
    pub findings: Vec<Finding>,
    /// What is not known.
    pub open: Vec<Open>,
}

impl Workload {
    /// Looks a service account up.
    pub fn of(namespace: Name, name: Name, known: &Known<'_>) -> Self {
        let account = known.facts.service_account(namespace, name);
        let annotations = account.map(|account| Annotations::of(&account.meta));
        let associations = known.associations(namespace, name);
        let mut ways: Vec<Way> = associations.iter().map(|association| pod_identity::way(association, known)).collect();
        if let Some(annotations) = &annotations
            && let Some(role) = annotations.role
        {
            ways.push(web_identity::way(namespace.as_str(), name.as_str(), annotations, role.as_str(), known));
        }
        if associations.len() <= 1
            && let Some(first) = ways.first_mut()
        {
            first.is_taken = true;
        }
        let is_gone = account.is_none() && known.has_all(facts::Kind::ServiceAccount, namespace);
        let mut workload = Self {
            namespace,
            name,
            automount: account.and_then(|account| account.automount),
            holds: Holds::No,
            because: String::new(),
            injected: injected(ways.iter().find(|way| way.is_taken), annotations.as_ref(), known),
            pods: known.pods(namespace, name).len(),
            legacy: legacy::of(namespace, name, known),
            findings: Vec::new(),
            open: Vec::new(),
            annotations,
            ways,
        };
        workload.decide(is_gone, associations.len(), known);
        workload.find(known);
        workload.open_gaps(is_gone, known);
        workload
    }

    /// The way that the webhook takes.
    pub fn taken(&self) -> Option<&Way> {
        self.ways.iter().find(|way| way.is_taken)
    }

    /// The trust policy that would let it in, where the role's own refuses it.
    pub fn document(&self) -> Option<&str> {
        self.taken()?.failure()?.remedy.as_ref()?.document.as_deref()
    }

    /// The role that its pods become.
    pub fn role(&self) -> Option<&str> {
        self.taken().filter(|_| self.holds == Holds::Yes)?.role.as_deref()
    }

    /// Whether associations, which come before an annotation, may be there and were not read.
    fn is_open(&self, known: &Known<'_>) -> bool {
        !known.has_all_associations() && !self.ways.iter().any(|way| way.kind == Kind::PodIdentity)
    }

    fn decide(&mut self, is_gone: bool, associations: usize, known: &Known<'_>) {
        let is_eks = known.aws().cluster().is_some();
        let (holds, because) = match self.taken() {
            _ if is_gone => (Holds::No, "the service account does not exist".to_owned()),
            _ if associations > 1 => (Holds::Unknown, "the facts have several associations for it, and EKS takes one".to_owned()),
            _ if is_eks && self.is_open(known) => {
                (Holds::Unknown, "pod identity associations come before annotations, and were not all read".to_owned())
            }
            Some(way) => (way.holds, way.because.clone()),
            None if self.annotations.is_none() => (Holds::Unknown, "the service account was not read".to_owned()),
            None => (
                Holds::No,
                "no association and no annotation gives it a role: its pods take the node's, where they can reach it".to_owned(),
            ),
        };
        self.holds = holds;
        self.because = because;
    }

    fn find(&mut self, known: &Known<'_>) {
        let (namespace, name) = (self.namespace, self.name);
        let subject = format!("ServiceAccount {namespace}/{name}");
        let own = |code, severity, message: String, fix: String| Finding {
            code,
            severity,
            subject: subject.clone(),
            message,
            fix: Some(fix),
            source: None,
        };
        let mut findings = Vec::new();
        if let Some(way) = self.taken() {
            if let Some(step) = way.failure() {
                let fix = step.remedy.as_ref().map_or_else(String::new, super::Remedy::line);
                findings.push(own(step.code, Severity::Error, format!("its pods do not become {}: {}", role(way), step.sentence), fix));
            }
            findings.extend(pods::findings(namespace, name, way, known));
            if way.kind == Kind::PodIdentity {
                findings.extend(pods::agent(known));
            }
        }
        if self.ways.iter().any(|way| !way.is_taken && way.kind == Kind::WebIdentity) {
            let message = format!(
                "the annotation {ROLE} counts for nothing: an association comes before it, and names {}",
                self.ways.first().map_or("", role)
            );
            let fix =
                format!("Take the annotation away: kubectl annotate serviceaccount -n {namespace} {name} eks.amazonaws.com/role-arn-");
            findings.push(own("role-annotation-ignored", Severity::Warning, message, fix));
        }
        for (key, value) in self.annotations.iter().flat_map(|annotations| &annotations.misspelt) {
            let fix = format!("kubectl annotate serviceaccount -n {namespace} {name} {ROLE}={}", shell_word(value.as_str()));
            findings.push(own(
                "role-annotation-misspelt",
                Severity::Error,
                format!("nothing reads the annotation {key}: it is {ROLE}"),
                fix,
            ));
        }
        let annotated: Vec<Name> =
            known.pods(namespace, name).iter().filter(|pod| pod.meta.annotation(ROLE).is_some()).map(|pod| pod.meta.name).collect();
        if let Some(pod) = annotated.first() {
            let message = format!("Pod {namespace}/{pod} has the annotation {ROLE}, which counts on service accounts alone");
            let fix = format!("kubectl annotate serviceaccount -n {namespace} {name} {ROLE}=ROLE, and make the pods anew");
            findings.push(own("role-annotation-on-pod", Severity::Error, message, fix));
        }
        if self.ways.is_empty() {
            findings.extend(self.elsewhere(known).map(|(message, fix)| own("association-elsewhere", Severity::Warning, message, fix)));
        }
        for legacy in self.legacy.iter().filter(|legacy| legacy.annotation == "iam.amazonaws.com/role") {
            findings.push(Finding {
                code: "legacy-role-annotation",
                severity: Severity::Warning,
                subject: legacy.object.clone(),
                message: format!("{} is of kube2iam or kiam, and nothing of EKS reads it", legacy.annotation),
                fix: Some(format!(
                    "Give the service account a role: aws eks create-pod-identity-association --cluster-name {} --namespace {namespace} --service-account {name} --role-arn ROLE",
                    known.cluster_name()
                )),
                source: None,
            });
        }
        findings.sort_by_key(|finding| finding.severity);
        self.findings = findings;
    }

    /// An association that may have been meant for it: of the same name in another namespace, or of nearly the same name.
    fn elsewhere(&self, known: &Known<'_>) -> Option<(String, String)> {
        let (namespace, name) = (self.namespace.as_str(), self.name.as_str());
        let near = known.all_associations().find(|one| {
            (one.service_account == name && one.namespace != namespace)
                || (one.namespace == namespace && edit_distance(&one.service_account, name, 2).is_some())
        })?;
        let message =
            format!("association {} is for service account {}/{}, not for this one", near.id, near.namespace, near.service_account);
        let role = near.role.as_deref().unwrap_or("ROLE");
        let fix = format!(
            "If it was meant for this one: aws eks create-pod-identity-association --cluster-name {} --namespace {namespace} --service-account {name} --role-arn {role}",
            known.cluster_name()
        );
        Some((message, fix))
    }

    fn open_gaps(&mut self, is_gone: bool, known: &Known<'_>) {
        let is_unknown = self.holds == Holds::Unknown;
        let gap = |what: String, why: String, settled_by: String, could_change: bool| Open {
            gap: Gap { what, why, settled_by: Some(settled_by), ..Gap::default() },
            could_change,
        };
        let mut open = Vec::new();
        if self.is_open(known) && !is_gone {
            let why = if known.aws().pod_identities_listed.is_some() {
                "the list that was read has further pages"
            } else {
                "no list of them is among the facts"
            };
            let settle = format!("aws eks list-pod-identity-associations --cluster-name {}", known.cluster_name());
            // without a described cluster it is taken for one that has none, and that is said
            open.push(gap("pod identity associations".to_owned(), format!("{why}, and they come before annotations"), settle, true));
        }
        if self.annotations.is_none() && !is_gone {
            let settle = format!("kubectl get serviceaccount -n {} {} -o json", self.namespace, self.name);
            open.push(gap(
                format!("service account {}/{}", self.namespace, self.name),
                "it is not among the facts".to_owned(),
                settle,
                is_unknown,
            ));
        }
        for way in &self.ways {
            for step in way.steps.iter().filter(|step| step.holds == Holds::Unknown) {
                let could_change = way.is_taken && way.holds == Holds::Unknown;
                let settle = step.settled_by.clone().unwrap_or_else(|| "aws iam simulate-custom-policy, or try it in a pod".to_owned());
                open.push(gap(step.what.to_owned(), step.sentence.clone(), settle, could_change));
            }
        }
        self.open = open;
    }
}

fn role(way: &Way) -> &str {
    way.role.as_deref().unwrap_or("the role")
}

/// What the webhook puts into pods for the way that it takes.
fn injected(way: Option<&Way>, annotations: Option<&Annotations>, known: &Known<'_>) -> Vec<(&'static str, String)> {
    let Some(way) = way else { return Vec::new() };
    let mut injected = match way.kind {
        Kind::PodIdentity => vec![
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials".to_owned()),
            (
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
                "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token".to_owned(),
            ),
            ("token audience", pod_identity::SERVICE.to_owned()),
        ],
        Kind::WebIdentity => vec![
            ("AWS_ROLE_ARN", way.role.clone().unwrap_or_default()),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", "/var/run/secrets/eks.amazonaws.com/serviceaccount/token".to_owned()),
            ("token audience", annotations.map(|annotations| annotations.audience.to_string()).unwrap_or_default()),
        ],
    };
    if let Some(annotations) = annotations {
        injected.push(("token expires", format!("{} s", annotations.expiration)));
        let regional = annotations.regional.map(|regional| if regional { "regional" } else { "legacy" });
        injected
            .extend(regional.filter(|_| way.kind == Kind::WebIdentity).map(|regional| ("AWS_STS_REGIONAL_ENDPOINTS", regional.to_owned())));
    }
    if let Some(region) = known.cluster.and_then(|arn| arn.split(':').nth(3)) {
        injected.push(("AWS_REGION", region.to_owned()));
    }
    injected
}
