//! The mappings of an EKS cluster as rows: access entries and aws-auth in the order in which they are asked, identity
//! providers, and what service accounts become in AWS.

use super::phrase::{Phrase, Sign, Tone};
use super::sentence::association;
use super::table::{Cell, Column, Row, remarks};
use super::why::detail::{Block, pair};
use crate::authz::GapEffect;
use crate::authz::access::of_arn;
use crate::base::text::{count, enumerate};
use crate::facts::aws::{IdentityProvider, PodIdentity};
use crate::facts::{AuthenticationMode, Facts};
use crate::identity::aws::Release;
use crate::identity::aws::aws_auth::SectionName;
use crate::identity::aws::listing::{self, Listed, Standing};
use crate::identity::aws::mapping::Source;

/// The columns.
pub const COLUMNS: [Column; 4] =
    [Column::words("PRINCIPAL", 30, 0), Column::words("USER", 16, 2), Column::words("GROUPS", 12, 3), Column::words("POLICIES", 10, 1)];

/// The kinds of gaps that hide mappings.
const KINDS: [&str; 6] = ["EKSCluster", "AccessEntry", "AccessPolicy", "IdentityProvider", "PodIdentityAssociation", "ConfigMap"];

/// How many names of a list stand in a row.
const MOST: usize = 2;

/// Everything that maps.
#[derive(Clone, Debug, Default)]
pub struct Mappings {
    /// The cluster's name, where it is described.
    pub cluster: Option<String>,
    /// Its authentication mode.
    pub mode: Option<AuthenticationMode>,
    /// Access entries, then the items of aws-auth.
    pub listed: Vec<Listed>,
    /// Identity providers.
    pub providers: Vec<IdentityProvider>,
    /// Pod identity associations.
    pub associations: Vec<PodIdentity>,
    /// What could not be read of that.
    pub gaps: Vec<GapEffect>,
}

/// What a row is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum About {
    /// A mapping, by where it stands.
    Mapping(Source, usize),
    /// Something more about it, by position.
    More(Source, usize, usize),
    /// An identity provider, by name.
    Provider(String),
    /// A pod identity association, by id.
    Association(String),
}

impl Mappings {
    /// Everything that maps, by the facts.
    pub fn of(facts: &Facts) -> Self {
        let aws = facts.aws();
        let is_about = |gap: &&crate::base::Gap| gap.kinds.iter().any(|kind| KINDS.contains(&kind.as_str()));
        let effect = |gap: &crate::base::Gap| GapEffect {
            gap: gap.clone(),
            could_change_verdict: true,
            settled_by: gap.settled_by.clone().unwrap_or_else(|| "whycan map ARN tells what hangs on it".to_owned()),
        };
        Self {
            cluster: aws.cluster().map(|cluster| cluster.name.clone()),
            mode: aws.cluster().and_then(|cluster| cluster.authentication_mode),
            listed: listing::list(facts, Release::default()),
            providers: aws.identity_providers.values().cloned().collect(),
            associations: aws.pod_identities.values().cloned().collect(),
            gaps: facts.gaps().iter().filter(is_about).map(effect).collect(),
        }
    }

    /// Whether nothing maps anybody.
    pub fn is_empty(&self) -> bool {
        self.listed.is_empty() && self.providers.is_empty() && self.associations.is_empty()
    }

    /// What there is, in a sentence.
    pub fn headline(&self) -> String {
        let of = |is: fn(Source) -> bool| self.listed.iter().filter(|listed| is(listed.source)).count();
        let entries = of(|source| source == Source::AccessEntry);
        let rows = of(|source| source != Source::AccessEntry);
        let mut told = vec![count(entries, "access entry"), format!("{rows} in aws-auth")];
        if !self.providers.is_empty() {
            told.push(count(self.providers.len(), "identity provider"));
        }
        if !self.associations.is_empty() {
            told.push(count(self.associations.len(), "pod identity association"));
        }
        let mode = self.mode.map_or_else(
            || "the authentication mode is not known".to_owned(),
            |mode| match mode {
                AuthenticationMode::Api => "access entries alone count (mode API)".to_owned(),
                AuthenticationMode::ApiAndConfigMap => "access entries come before aws-auth (mode API_AND_CONFIG_MAP)".to_owned(),
                AuthenticationMode::ConfigMap => "aws-auth alone counts (mode CONFIG_MAP)".to_owned(),
            },
        );
        format!("{}; {mode}", enumerate(&told, "and"))
    }

    fn find(&self, source: Source, index: usize) -> Option<&Listed> {
        self.listed.iter().find(|listed| listed.source == source && listed.index == index)
    }

    /// The IDENTITY of a row; none where it is nobody's.
    pub fn identity(&self, about: &About) -> Option<String> {
        match about {
            About::Mapping(source, index) | About::More(source, index, _) => {
                self.find(*source, *index).and_then(Listed::identity).map(str::to_owned)
            }
            About::Association(id) => {
                let association = self.associations.iter().find(|association| association.id == *id)?;
                Some(format!("sa:{}/{}", association.namespace, association.service_account))
            }
            About::Provider(_) => None,
        }
    }
}

/// The sections of the table: heading, and the source of its rows.
const SECTIONS: [(&str, Source); 4] = [
    ("access entries", Source::AccessEntry),
    ("aws-auth mapRoles", Source::AwsAuth(SectionName::Roles)),
    ("aws-auth mapUsers", Source::AwsAuth(SectionName::Users)),
    ("aws-auth mapAccounts", Source::AwsAuth(SectionName::Accounts)),
];

/// The rows.
pub fn rows(mappings: &Mappings) -> Vec<Row<About>> {
    let mut rows = Vec::new();
    for (heading, source) in SECTIONS {
        let of_source: Vec<&Listed> = mappings.listed.iter().filter(|listed| listed.source == source).collect();
        if !of_source.is_empty() {
            rows.push(Row::heading(heading, &of_source.len().to_string()));
        }
        for listed in of_source {
            mapping(&mut rows, listed);
        }
    }
    if !mappings.providers.is_empty() {
        rows.push(Row::heading("identity providers", &mappings.providers.len().to_string()));
    }
    for provider in &mappings.providers {
        let cells = vec![
            Cell::Words(Phrase::new().name(provider.name.as_str()).dim("  ").plain(provider.issuer.as_str())),
            Cell::Words(Phrase::new().plain(username_of(provider))),
            Cell::Words(Phrase::new().plain(groups_of(provider))),
            Cell::Words(Phrase::new().dim("none: RBAC alone")),
        ];
        let sign = if matches!(provider.status.as_str(), "" | "ACTIVE") { Sign::Holds } else { Sign::Warns };
        rows.push(Row::item(1, About::Provider(provider.name.clone()), cells).signed(sign));
    }
    if !mappings.associations.is_empty() {
        rows.push(Row::heading("pods that become a role of AWS", &mappings.associations.len().to_string()));
    }
    for association in &mappings.associations {
        let role = association.role.as_deref().unwrap_or("a role that was not read");
        let cells = vec![
            Cell::Words(Phrase::new().dim("sa:").name(format!("{}/{}", association.namespace, association.service_account))),
            Cell::Words(Phrase::new().dim("becomes ").plain(role)),
            Cell::Words(Phrase::new()),
            Cell::Words(Phrase::new()),
        ];
        rows.push(Row::item(1, About::Association(association.id.clone()), cells).signed(Sign::None));
    }
    rows.extend(remarks(&mappings.gaps, &[]));
    rows
}

fn mapping(rows: &mut Vec<Row<About>>, listed: &Listed) {
    let (sign, tone) = match &listed.standing {
        Standing::Counts => (Sign::Holds, Tone::Name),
        Standing::Shadowed(_) => (Sign::Idle, Tone::Dim),
        Standing::Never(_) => (Sign::Warns, Tone::Dim),
    };
    let subject = if listed.subject.is_empty() { "(no ARN)" } else { listed.subject.as_str() };
    let kind = match listed.kind.as_str() {
        "" | "STANDARD" => Phrase::new(),
        kind => Phrase::new().dim(format!("  {kind}")),
    };
    let username = match listed.username.as_deref() {
        None => Phrase::new().dim("not known"),
        Some("") => Phrase::new().dim("(empty)"),
        Some(name) => Phrase::new().plain(name),
    };
    let policies = match &listed.policies {
        None if listed.source == Source::AccessEntry => Phrase::new().dim("not read"),
        None => Phrase::new(),
        Some(policies) => Phrase::new().plain(few(&policies.iter().map(|policy| short(&policy.policy)).collect::<Vec<_>>())),
    };
    let cells = vec![
        Cell::Either(
            Phrase::new().with(tone, subject).then(kind.clone()).into(),
            Phrase::new().with(tone, brief(subject)).then(kind).into(),
        ),
        Cell::Words(username),
        Cell::Words(Phrase::new().plain(few(&listed.groups))),
        Cell::Words(policies),
    ];
    let (source, index) = (listed.source, listed.index);
    rows.push(Row::item(1, About::Mapping(source, index), cells).signed(sign));
    for (position, words) in more(listed).into_iter().enumerate() {
        rows.push(Row::part(2, About::More(source, index, position), words));
    }
}

/// What hangs on a mapping: why it does not count, its groups, its policies.
fn more(listed: &Listed) -> Vec<Phrase> {
    let mut more = Vec::new();
    match &listed.standing {
        Standing::Counts => {}
        Standing::Shadowed(why) => more.push(Phrase::new().dim("shadowed: ").plain(why.as_str())),
        Standing::Never(why) => more.push(Phrase::new().with(Tone::Open, format!("never counts: {why}"))),
    }
    more.extend(listed.line.map(|line| Phrase::new().dim(format!("{}, line {line} of its text", listed.place()))));
    more.extend(listed.groups.iter().map(|group| Phrase::new().dim("group ").name(group.as_str())));
    more.extend(listed.policies.iter().flatten().map(|policy| Phrase::new().plain(association(policy))));
    more
}

/// What an ARN names, without where: `role/team/dev`.
fn brief(arn: &str) -> &str {
    arn.splitn(6, ':').nth(5).unwrap_or(arn)
}

/// `AmazonEKSViewPolicy` is `View` in a row.
fn short(policy: &str) -> String {
    let name = policy.rsplit('/').next().unwrap_or_default();
    name.strip_prefix("AmazonEKS").and_then(|rest| rest.strip_suffix("Policy")).unwrap_or(name).to_owned()
}

fn few(names: &[String]) -> String {
    let more = names.len().saturating_sub(MOST);
    let shown = names.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{shown} +{more}") } else { shown }
}

/// What user names an identity provider gives: `oidc:<sub>`.
pub fn username_of(provider: &IdentityProvider) -> String {
    let (claim, prefix) = provider.username();
    format!("{prefix}<{claim}>")
}

/// What groups it gives.
pub fn groups_of(provider: &IdentityProvider) -> String {
    provider
        .groups_claim
        .as_deref()
        .map_or_else(|| "none".to_owned(), |claim| format!("{}<{claim}>", provider.groups_prefix.as_deref().unwrap_or_default()))
}

/// The details of a row.
pub fn detail(mappings: &Mappings, about: &About) -> Vec<Block> {
    match about {
        About::Mapping(source, index) | About::More(source, index, _) => {
            mappings.find(*source, *index).map(about_mapping).unwrap_or_default()
        }
        About::Provider(name) => mappings.providers.iter().find(|one| one.name == *name).map(about_provider).unwrap_or_default(),
        About::Association(id) => mappings.associations.iter().find(|one| one.id == *id).map(about_association).unwrap_or_default(),
    }
}

fn about_mapping(listed: &Listed) -> Vec<Block> {
    let mut blocks = vec![Block::Title(Phrase::new().name(listed.subject.as_str())), pair("stands", listed.place())];
    let standing = match &listed.standing {
        Standing::Counts => Block::Check(Sign::Holds, "it decides for whom it names".into()),
        Standing::Shadowed(why) => Block::Check(Sign::Idle, Phrase::new().plain(format!("it does not decide: {why}"))),
        Standing::Never(why) => Block::Check(Sign::Warns, Phrase::new().with(Tone::Open, format!("it never counts: {why}"))),
    };
    blocks.extend([standing, Block::Gap]);
    if !listed.kind.is_empty() {
        blocks.push(pair("type", listed.kind.as_str()));
    }
    let username = listed.username.as_deref().unwrap_or("not known");
    blocks.push(pair("user", Phrase::new().name(if username.is_empty() { "(empty)" } else { username })));
    blocks.extend(listed.groups.iter().map(|group| pair("group", Phrase::new().name(group.as_str()))));
    let policies = listed.policies.as_deref().unwrap_or_default();
    for policy in policies {
        blocks.extend([Block::Gap, Block::Heading(association(policy))]);
        match of_arn(&policy.policy).and_then(|policy| policy.rules.as_ref()) {
            Some(rules) => blocks.extend(rules.iter().map(|rule| Block::Line(super::sentence::rule(rule).into()))),
            None => blocks.push(Block::Line(Phrase::new().dim("AWS does not publish its rules"))),
        }
    }
    if listed.source == Source::AccessEntry && listed.policies.is_none() {
        blocks.extend([Block::Gap, Block::Line(Phrase::new().with(Tone::Open, "its access policies were not read"))]);
    }
    blocks.extend([Block::Gap, Block::Line(Phrase::new().dim("Enter shows what whoever it names may do"))]);
    blocks
}

fn about_provider(provider: &IdentityProvider) -> Vec<Block> {
    let mut blocks = vec![
        Block::Title(Phrase::new().dim("identity provider ").name(provider.name.as_str())),
        pair("issuer", Phrase::new().name(provider.issuer.as_str())),
        pair("audience", Phrase::new().name(provider.client_id.as_str())),
        pair("status", provider.status.as_str()),
        Block::Gap,
        pair("user", username_of(provider)),
        pair("groups", groups_of(provider)),
    ];
    blocks.extend(provider.required_claims.iter().map(|(claim, value)| pair("must have", format!("{claim} = {value}"))));
    blocks.extend([
        Block::Gap,
        Block::Line("Whoever logs in by it is no principal of IAM: access policies never count, RBAC alone does.".into()),
    ]);
    blocks
}

fn about_association(association: &PodIdentity) -> Vec<Block> {
    let mut blocks = vec![
        Block::Title(Phrase::new().dim("service account ").name(format!("{}/{}", association.namespace, association.service_account))),
        pair("role", Phrase::new().name(association.role.as_deref().unwrap_or("not read"))),
    ];
    blocks.extend(association.target_role.as_deref().map(|role| pair("then", Phrase::new().name(role))));
    blocks.push(pair("association", association.id.as_str()));
    let command = format!("whycan map sa:{}/{}", association.namespace, association.service_account);
    blocks.extend([
        Block::Gap,
        Block::Line("This is about AWS: what its pods may do in the cluster is another matter.".into()),
        Block::Command(command),
    ]);
    blocks
}
