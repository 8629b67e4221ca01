//! Contexts as rows: where each leads and as whom, where that stands, and what is wrong with it. All of it is local
//! data: nothing is run or asked for.

use jiff::Timestamp;
use rustc_hash::FxHashSet;

use crate::base::text::{edit_distance, enumerate};
use crate::base::{Finding, Severity, Source};
use crate::kubeconfig::provider::{Eks, Producer, is_plugin};
use crate::kubeconfig::{Address, Cluster, Context, Exec, Kubeconfig, Place, Provider, Realm, Recognition, User, Way};
use crate::source::kubeconfig::{Broken, Browsed};
use crate::source::live::without_secret;
use crate::source::{self, World};

/// All contexts of a kubeconfig or a world.
#[derive(Clone, Debug, Default)]
pub struct Contexts {
    /// The contexts in the order of the files; those that are shadowed come last.
    pub rows: Vec<Row>,
    /// The files that were read.
    pub files: Vec<String>,
    /// The files that were looked for and are not there.
    pub missing: Vec<String>,
    /// What is wrong with the whole.
    pub findings: Vec<Finding>,
    /// What to do where there is no kubeconfig.
    pub hints: Vec<String>,
}

/// One context.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// Whether it is the current one.
    pub is_current: bool,
    /// The name of its cluster; empty where it names none.
    pub cluster: String,
    /// The URL of the server, without a secret; none where there is none.
    pub server: Option<String>,
    /// `HOST:PORT`, or why there is none.
    pub address: String,
    /// The name of its user; empty where it names none.
    pub user: String,
    /// What is presented: `aws exec, profile prod`, `certificate until 2027-02-03`, `token`.
    pub presents: String,
    /// Until when that holds, where the kubeconfig itself tells.
    pub expires: Option<Timestamp>,
    /// How it is presented.
    pub way: Way,
    /// Its namespace, when it has one.
    pub namespace: Option<String>,
    /// What kind of cluster it leads to.
    pub provider: Provider,
    /// Where that belongs: the group of a list.
    pub place: Place,
    /// What else is told of a cluster of EKS.
    pub eks: Option<Eks>,
    /// Where it stands.
    pub source: Option<Source>,
    /// The context of the same name that counts instead of it.
    pub shadowed_by: Option<Source>,
    /// Where its parts stand, and what else is worth knowing, as sentences.
    pub details: Vec<String>,
    /// What is wrong with it, the worst first.
    pub findings: Vec<Finding>,
}

impl Contexts {
    /// The contexts of a kubeconfig.
    pub fn of(kubeconfig: &Kubeconfig) -> Self {
        let rows = kubeconfig.contexts().iter().map(|context| row(kubeconfig, context, None));
        let shadowed = kubeconfig.shadowed_contexts().iter().map(|context| {
            let first = kubeconfig.context(&context.name).map(|first| first.source.clone());
            row(kubeconfig, context, first)
        });
        Self {
            rows: rows.chain(shadowed).collect(),
            files: kubeconfig.files().to_vec(),
            missing: kubeconfig.missing().to_vec(),
            findings: dangling(kubeconfig).into_iter().collect(),
            hints: if kubeconfig.files().is_empty() { source::kubeconfig::none(kubeconfig).hints } else { Vec::new() },
        }
    }

    /// The contexts of the files that could be read, with those that break as findings.
    pub fn browsed(browsed: &Browsed) -> Self {
        let contexts = Self::of(&browsed.kubeconfig);
        let broken: Vec<Finding> = browsed.broken.iter().map(Broken::finding).collect();
        // what to do where there is no kubeconfig is no advice to somebody who has a broken one
        let hints = if broken.is_empty() { contexts.hints } else { Vec::new() };
        Self { findings: [broken, contexts.findings].concat(), hints, ..contexts }
    }

    /// How many files break.
    pub fn broken(&self) -> usize {
        self.findings.iter().filter(|finding| finding.code == "broken-file").count()
    }

    /// The contexts of a world: those whose clusters are recorded in it.
    pub fn recorded(world: &World) -> Self {
        let row = |cluster: &source::Cluster| {
            let name = cluster.context.as_ref()?;
            let known = world.kubeconfig.context(name).map(|context| row(&world.kubeconfig, context, None));
            let mut row = known.unwrap_or_else(|| Row::bare(name));
            row.is_current = Some(name) == world.current_context.as_ref();
            row.namespace.clone_from(&cluster.namespace);
            Some(row)
        };
        Self { rows: world.clusters.iter().filter_map(row).collect(), files: vec![world.name.clone()], ..Self::default() }
    }

    /// The current context.
    pub fn current(&self) -> Option<&Row> {
        self.rows.iter().find(|row| row.is_current)
    }

    /// All findings, each once though it concerns several contexts.
    pub fn all_findings(&self) -> Vec<Finding> {
        let mut seen = FxHashSet::default();
        let all = self.findings.iter().chain(self.rows.iter().flat_map(|row| &row.findings));
        let mut each: Vec<Finding> = all.filter(|finding| seen.insert((finding.code, &finding.message))).cloned().collect();
        each.sort_by_key(|finding| finding.severity);
        each
    }
}

impl Row {
    /// A context of which nothing but the name is known.
    fn bare(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            is_current: false,
            cluster: String::new(),
            server: None,
            address: "not recorded".to_owned(),
            user: String::new(),
            presents: "not recorded".to_owned(),
            way: Way::Nothing,
            namespace: None,
            expires: None,
            provider: Provider::Generic,
            place: Place { realm: Realm::Other, account: None, region: None },
            eks: None,
            source: None,
            shadowed_by: None,
            details: Vec::new(),
            findings: Vec::new(),
        }
    }
}

fn row(kubeconfig: &Kubeconfig, context: &Context, shadowed_by: Option<Source>) -> Row {
    let (cluster, user) = (kubeconfig.cluster_of(context), kubeconfig.user_of(context));
    let server = cluster.map(|cluster| cluster.server.as_str()).filter(|server| !server.is_empty());
    let Recognition { provider, place, eks } = Recognition::of(context, cluster, user);
    let expires = user.and_then(User::expiry);
    Row {
        name: context.name.clone(),
        is_current: shadowed_by.is_none() && kubeconfig.current_context() == Some(&context.name),
        cluster: context.cluster.clone(),
        server: server.map(without_secret),
        address: match (server, cluster) {
            (Some(server), _) => Address::of(server).to_string(),
            (None, Some(_)) => "no server".to_owned(),
            (None, None) if context.cluster.is_empty() => "no cluster".to_owned(),
            (None, None) => format!("cluster {} is missing", context.cluster),
        },
        user: context.user.clone(),
        presents: match user {
            Some(user) => presents(user, expires),
            None if context.user.is_empty() => "nothing".to_owned(),
            None => format!("nothing: user {} is missing", context.user),
        },
        expires,
        way: user.map_or(Way::Nothing, User::way),
        namespace: context.namespace.clone(),
        provider,
        place,
        source: Some(context.source.clone()),
        details: details(context, cluster, user, eks.as_ref(), shadowed_by.as_ref()),
        eks,
        findings: if shadowed_by.is_none() { kubeconfig.findings(context) } else { Vec::new() },
        shadowed_by,
    }
}

/// What a user presents, in a few words.
fn presents(user: &User, expires: Option<Timestamp>) -> String {
    // the day is near enough, and UTC as everywhere
    let until = expires.map_or_else(String::new, |moment| format!(" until {}", moment.strftime("%Y-%m-%d")));
    match user.way() {
        Way::Nothing => "nothing".to_owned(),
        Way::Certificate if user.has_token() => format!("certificate{until} and token"),
        Way::Certificate => format!("certificate{until}"),
        Way::Token if user.token_file.is_some() => "token of a file".to_owned(),
        Way::Token => format!("token{until}"),
        Way::Basic => "user name and password".to_owned(),
        Way::Exec => user.exec.as_ref().map_or_else(String::new, plugin),
        Way::AuthProvider => format!("auth provider {}", user.auth_provider.as_deref().unwrap_or_default()),
    }
}

/// A plugin by its program and, for AWS, profile and role. Its other arguments may be secrets.
fn plugin(exec: &Exec) -> String {
    let mut words = format!("{} exec", exec.program());
    if exec.program() == "aws" || is_plugin(exec) {
        words.extend(exec.aws_profile().map(|profile| format!(", profile {profile}")));
        // the path of a role is long, and tells less than its name
        words.extend(exec.aws_role().map(|role| format!(", role {}", role.rsplit('/').next().unwrap_or(role))));
    }
    words
}

fn details(
    context: &Context,
    cluster: Option<&Cluster>,
    user: Option<&User>,
    eks: Option<&Eks>,
    shadowed_by: Option<&Source>,
) -> Vec<String> {
    let mut details = vec![format!("The context stands in {}.", place(&context.source))];
    let part = |kind: &str, name: &str, source: &Option<Source>| {
        let source = source.as_ref()?;
        let other = if source.file == context.source.file { "" } else { ": another file!" };
        Some(format!("{kind} {name} stands in {}{other}", place(source)) + if other.is_empty() { "." } else { "" })
    };
    details.extend(cluster.and_then(|cluster| part("Cluster", &cluster.name, &cluster.source)));
    details.extend(user.and_then(|user| part("User", &user.name, &user.source)));
    details.extend(shadowed_by.map(|first| format!("It does not count: {} has a context of this name before it.", place(first))));
    details.extend(eks.and_then(of_eks));
    details.extend(eks.and_then(|eks| eks.role.as_ref()).map(|role| format!("The plugin assumes {role} (not run).")));
    if let Some(user) = user.and_then(|user| user.impersonation.user.as_ref()) {
        details.push(format!("Requests are made as {user}."));
    }
    if cluster.is_some_and(|cluster| cluster.proxy_url.is_some()) {
        details.push("The server is reached through a proxy of the kubeconfig.".to_owned());
    }
    if cluster.is_some_and(|cluster| cluster.insecure_skip_tls_verify) {
        details.push("The server's certificate is not verified.".to_owned());
    }
    details
}

/// A cluster of EKS by its name, account and region, and by who wrote its entry.
fn of_eks(eks: &Eks) -> Option<String> {
    let cluster = eks.cluster.as_ref().map(|name| format!("cluster {name}"));
    let account = eks.account.as_ref().map(|account| format!("account {account}"));
    let region = eks.region.as_ref().map(|region| format!("region {region}"));
    let parts: Vec<String> = [cluster, account, region].into_iter().flatten().collect();
    let written = if eks.producer == Producer::Hand { String::new() } else { format!(", as {} writes it", eks.producer.as_str()) };
    (!parts.is_empty()).then(|| format!("It is EKS {}{written}.", parts.join(", ")))
}

/// `FILE:LINE`.
pub fn place(source: &Source) -> String {
    source.line.map_or_else(|| source.file.clone(), |line| format!("{}:{line}", source.file))
}

/// A current context that is none.
fn dangling(kubeconfig: &Kubeconfig) -> Option<Finding> {
    let name = kubeconfig.current_context().filter(|name| kubeconfig.context(name).is_none())?;
    let near = kubeconfig.contexts().iter().filter_map(|context| Some((edit_distance(name, &context.name, 2)?, &context.name))).min();
    let fix = match near {
        Some((_, near)) => format!("kubectl config use-context {near}"),
        None => "Choose one: kubectl config use-context NAME".to_owned(),
    };
    Some(Finding {
        code: "dangling-current-context",
        severity: Severity::Error,
        subject: "current-context".to_owned(),
        message: format!("the current context is {name}, and there is no such context"),
        fix: Some(fix),
        source: kubeconfig.current_context_source().cloned(),
    })
}

/// The files, for a sentence.
pub fn files(files: &[String]) -> String {
    match files {
        [_, _, _, ..] => format!("{} files", files.len()),
        files => enumerate(files, "and"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kubeconfig::{merge, read};

    fn contexts(texts: &[&str]) -> Contexts {
        let file = |(index, text): (usize, &&str)| read(&format!("/{}", index + 1), text.as_bytes()).unwrap();
        Contexts::of(&merge(texts.iter().enumerate().map(file).collect()))
    }

    #[test]
    fn a_user_is_told_by_what_it_presents() {
        let certificate = "client-certificate: c, client-key: k";
        for (user, presents, way) in [
            ("{}", "nothing", "none"),
            ("{token: t}", "token", "token"),
            ("{tokenFile: t}", "token of a file", "token"),
            ("{username: u}", "user name and password", "basic"),
            (&format!("{{{certificate}}}"), "certificate", "certificate"),
            (&format!("{{{certificate}, token: t}}"), "certificate and token", "certificate"),
            ("{auth-provider: {name: oidc}}", "auth provider oidc", "auth-provider"),
            ("{exec: {command: /bin/gke-gcloud-auth-plugin}}", "gke-gcloud-auth-plugin exec", "exec"),
            ("{exec: {command: aws, args: [eks, get-token]}}", "aws exec", "exec"),
            ("{exec: {command: aws, env: [{name: AWS_PROFILE, value: prod}]}}", "aws exec, profile prod", "exec"),
            ("{exec: {command: aws, args: [--profile, dev], env: [{name: AWS_PROFILE, value: prod}]}}", "aws exec, profile dev", "exec"),
            ("{exec: {command: aws, args: [--profile=dev]}}", "aws exec, profile dev", "exec"),
            (
                "{exec: {command: aws, args: [eks, get-token, --role, 'arn:aws:iam::1:role/team/Admin'], env: [{name: AWS_PROFILE, value: prod}]}}",
                "aws exec, profile prod, role Admin",
                "exec",
            ),
            ("{exec: {command: aws-vault, args: [exec, prod, --, aws, eks, get-token]}}", "aws-vault exec, profile prod", "exec"),
            ("{token: e30.eyJleHAiOiAxOTAwMDAwMDAwfQ.x}", "token until 2030-03-17", "token"),
            ("{exec: {command: kubectl, args: [oidc-login, --oidc-client-secret=s3cret, --profile=x]}}", "kubectl exec", "exec"),
        ] {
            let found = contexts(&[&format!("contexts: [{{name: a, context: {{user: u}}}}]\nusers: [{{name: u, user: {user}}}]")]);
            assert_eq!((found.rows[0].presents.as_str(), found.rows[0].way.as_str()), (presents, way), "{user}");
        }
    }

    #[test]
    fn details_say_where_the_parts_stand() {
        let found = contexts(&[
            "contexts: [{name: a, context: {cluster: c, user: u}}]\nusers: [{name: u, user: {as: bob}}]",
            "clusters: [{name: c, cluster: {server: 'https://me:pw@s:6443', proxy-url: 'http://p', insecure-skip-tls-verify: true}}]",
            "contexts: [{name: a}]",
        ]);
        assert_eq!(
            found.rows[0].details,
            [
                "The context stands in /1:1.",
                "Cluster c stands in /2:1: another file!",
                "User u stands in /1:2.",
                "Requests are made as bob.",
                "The server is reached through a proxy of the kubeconfig.",
                "The server's certificate is not verified.",
            ]
        );
        assert_eq!((found.rows[0].address.as_str(), found.rows[0].server.as_deref()), ("s:6443", Some("https://s:6443")));
        assert_eq!(found.rows[1].details[1], "It does not count: /1:1 has a context of this name before it.");
        assert_eq!(found.rows[1].shadowed_by.as_ref().map(place).as_deref(), Some("/1:1"));
    }

    #[test]
    fn details_say_what_is_known_of_an_eks_cluster() {
        let arn = "arn:aws:eks:eu-central-1:111122223333:cluster/acme";
        let found = contexts(&[&format!(
            "contexts: [{{name: a, context: {{cluster: '{arn}', user: u}}}}]\nclusters: [{{name: '{arn}', cluster: {{server: 'https://x'}}}}]\n\
             users: [{{name: u, user: {{exec: {{command: aws, args: [eks, get-token, --role, 'arn:aws:iam::1:role/Admin']}}}}}}]"
        )]);
        assert_eq!(
            found.rows[0].details[3..],
            [
                "It is EKS cluster acme, account 111122223333, region eu-central-1, as aws eks update-kubeconfig writes it.",
                "The plugin assumes arn:aws:iam::1:role/Admin (not run).",
            ]
        );
        assert_eq!(found.rows[0].place.to_string(), "EKS 111122223333 eu-central-1");
    }

    #[test]
    fn files_that_break_are_findings_beside_the_rest() {
        let source = Source { file: "/2".to_owned(), line: Some(3) };
        let broken = Broken { source: source.clone(), message: "cannot read /2:3:1: x".to_owned(), fix: None, verdict: "kubectl stops" };
        let browsed = |texts: &[&str]| {
            let file = |text: &&str| read("/1", text.as_bytes()).unwrap();
            Browsed { kubeconfig: merge(texts.iter().map(file).collect()), broken: vec![broken.clone()] }
        };
        let found = Contexts::browsed(&browsed(&["current-context: b\ncontexts: [{name: a}]"]));
        assert_eq!((found.rows.len(), found.broken()), (1, 1));
        let told: Vec<(&str, &str)> = found.findings.iter().map(|finding| (finding.code, finding.message.as_str())).collect();
        assert_eq!(told[0], ("broken-file", "cannot read /2:3:1: x; kubectl stops"));
        assert_eq!((told[1].0, found.findings[0].source.as_ref()), ("dangling-current-context", Some(&source)));
        assert_eq!(Contexts::browsed(&browsed(&[])).hints, Vec::<String>::new());
    }

    #[test]
    fn what_is_missing_is_said_in_its_place() {
        let found = contexts(&["current-context: c\ncontexts: [{name: a, context: {cluster: x, user: z}}, {name: b}]"]);
        let row = |index: usize| (found.rows[index].address.as_str(), found.rows[index].presents.as_str());
        assert_eq!(row(0), ("cluster x is missing", "nothing: user z is missing"));
        assert_eq!(row(1), ("no cluster", "nothing"));
        assert!(found.current().is_none());
        assert_eq!(found.findings[0].fix.as_deref(), Some("kubectl config use-context a"));
    }

    #[test]
    fn a_world_lists_the_contexts_that_it_holds() {
        let world = source::demo().unwrap();
        let found = Contexts::recorded(&world);
        let rows: Vec<_> = found.rows.iter().map(|row| (row.name.as_str(), row.provider, row.presents.as_str(), row.is_current)).collect();
        assert_eq!(
            rows,
            [("acme-dev", Provider::Kind, "nothing", false), ("acme-prod", Provider::Eks, "aws exec, profile acme-prod", true)]
        );
    }
}
