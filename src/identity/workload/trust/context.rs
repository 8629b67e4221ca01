//! What STS knows of a call when it looks at a trust policy: the keys that conditions may name.
//!
//! Sources: AWS's reference of global condition keys and of the keys of STS and of OIDC federation; the user guide of EKS for
//! the tags of Pod Identity.

use std::collections::BTreeMap;

/// The claims of a token that are keys, behind the issuer and a colon.
const CLAIMS: [&str; 6] = ["sub", "aud", "amr", "azp", "oaud", "email"];

/// The tags that Pod Identity gives a session.
pub const TAGS: [&str; 6] = [
    "eks-cluster-arn",
    "eks-cluster-name",
    "kubernetes-namespace",
    "kubernetes-service-account",
    "kubernetes-pod-name",
    "kubernetes-pod-uid",
];

/// What is known of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// What has the values, for sentences: `the token`, `the call`.
    pub noun: &'static str,
    /// The values by key in small letters; none where a key is there and its value is not known: why.
    told: BTreeMap<String, Result<Vec<String>, String>>,
    /// Keys that are not there, in small letters: whole ones, and beginnings that end with a slash or a colon.
    missing: Vec<String>,
    /// The issuer of the token without its scheme, in small letters; empty for calls without a token.
    issuer: String,
}

/// What a call has under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence<'a> {
    /// These values.
    Values(&'a [String]),
    /// Nothing: the key is not there.
    Missing,
    /// That is not known: why.
    Unknown(String),
}

impl Context {
    /// A call with a token of an issuer (`host/path`, without `https://`).
    pub fn of_token(issuer: &str, subject: &str, audience: &str) -> Self {
        let small = issuer.to_ascii_lowercase();
        let mut context = Self { noun: "the token", issuer: small.clone(), ..Self::default() };
        context.put(&format!("{small}:sub"), subject);
        context.put(&format!("{small}:aud"), audience);
        // claims that a token of a service account does not have, and what only services or tags bring
        let claims = ["amr", "azp", "email"].iter().map(|claim| format!("{small}:{claim}"));
        context.missing = claims.chain(OF_SERVICES.iter().chain(&OF_TAGS).map(|key| (*key).to_owned())).collect();
        context.miss("sts:externalid");
        context
    }

    /// A call of Pod Identity for a service account. The cluster is known by its ARN, where it is known.
    pub fn of_pod_identity(namespace: &str, account: &str, cluster: Option<&str>, tags: bool) -> Self {
        let mut context = Self { noun: "the call", ..Self::default() };
        let unknown = || Err("the cluster is not described among the facts".to_owned());
        let of_cluster = |part: fn(&str) -> Option<&str>| cluster.and_then(part).map_or_else(unknown, |value| Ok(vec![value.to_owned()]));
        let account_of: fn(&str) -> Option<&str> = |arn| arn.split(':').nth(4);
        let name_of: fn(&str) -> Option<&str> = |arn| arn.rsplit('/').next();
        // the cluster is the source, not the association: terraform-aws-eks#3743, mountpoint-s3-csi-driver#781
        context.told.insert("aws:sourcearn".to_owned(), of_cluster(|arn| Some(arn)));
        context.told.insert("aws:sourceaccount".to_owned(), of_cluster(account_of));
        context.put("aws:principalisawsservice", "true");
        context.put("aws:principalservicename", "pods.eks.amazonaws.com");
        context.tag(tags, namespace, account, of_cluster(|arn| Some(arn)), of_cluster(name_of));
        context.miss("sts:externalid");
        context
    }

    /// The second call of Pod Identity, by a session of the first role for the target.
    pub fn of_target(namespace: &str, account: &str, cluster: Option<&str>, tags: bool, role: &str, external_id: Option<&str>) -> Self {
        let mut context = Self::of_pod_identity(namespace, account, cluster, tags);
        for key in ["aws:sourcearn", "aws:sourceaccount", "aws:principalservicename"] {
            context.told.remove(key);
        }
        context.missing.extend(OF_SERVICES.iter().filter(|key| **key != "aws:principalisawsservice").map(|key| (*key).to_owned()));
        context.put("aws:principalisawsservice", "false");
        context.put("aws:principalarn", role);
        if let Some(account) = role.split(':').nth(4) {
            context.put("aws:principalaccount", account);
        }
        context.missing.retain(|key| key != "sts:externalid");
        let external_id = external_id.map(|id| vec![id.to_owned()]);
        context
            .told
            .insert("sts:externalid".to_owned(), external_id.ok_or_else(|| "the association's external id was not read".to_owned()));
        context
    }

    fn tag(&mut self, tags: bool, namespace: &str, account: &str, arn: Result<Vec<String>, String>, name: Result<Vec<String>, String>) {
        if !tags {
            self.missing.extend(OF_TAGS.iter().map(|key| (*key).to_owned()));
            return;
        }
        let each = || Err("it is another for each pod".to_owned());
        let one = |value: &str| Ok(vec![value.to_owned()]);
        for (tag, value) in TAGS.into_iter().zip([arn, name, one(namespace), one(account), each(), each()]) {
            self.told.insert(format!("aws:requesttag/{tag}"), value);
        }
        let names: Vec<String> = TAGS.map(str::to_owned).to_vec();
        self.told.insert("aws:tagkeys".to_owned(), Ok(names.clone()));
        self.told.insert("sts:transitivetagkeys".to_owned(), Ok(names));
        self.miss("aws:requesttag/");
        self.miss("sts:sourceidentity");
    }

    /// The same call for another service account.
    pub fn set_subject(&mut self, subject: &str) {
        let key = format!("{}:sub", self.issuer);
        self.put(&key, subject);
    }

    /// Whether it is a call with a token.
    pub fn is_of_token(&self) -> bool {
        !self.issuer.is_empty()
    }

    fn put(&mut self, key: &str, value: &str) {
        self.told.insert(key.to_owned(), Ok(vec![value.to_owned()]));
    }

    fn miss(&mut self, key: &str) {
        self.missing.push(key.to_owned());
    }

    /// What the call has under a key. Keys are the same in any case.
    pub fn look(&self, key: &str) -> Presence<'_> {
        let small = key.to_ascii_lowercase();
        match self.told.get(&small) {
            Some(Ok(values)) => return Presence::Values(values),
            Some(Err(why)) => return Presence::Unknown(why.clone()),
            None => {}
        }
        let is_missing =
            self.missing.iter().any(|missing| *missing == small || (missing.ends_with(['/', ':']) && small.starts_with(missing.as_str())));
        // a claim of another issuer is not there
        if is_missing || self.other_issuer(key).is_some() {
            return Presence::Missing;
        }
        Presence::Unknown(format!("what {} has there is not known", self.noun))
    }

    /// The issuer of whose claims a key is one, where it is not the token's: all before the last colon.
    pub fn other_issuer<'a>(&self, key: &'a str) -> Option<&'a str> {
        let (issuer, claim) = key.rsplit_once(':')?;
        let is_claim = CLAIMS.contains(&claim.to_ascii_lowercase().as_str()) && issuer.contains('.');
        (is_claim && !issuer.eq_ignore_ascii_case(&self.issuer)).then_some(issuer)
    }
}

/// Keys that only a service of AWS brings.
const OF_SERVICES: [&str; 5] = ["aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:principalservicename", "aws:sourceorgpaths"];

/// Keys that only tags bring.
const OF_TAGS: [&str; 4] = ["aws:requesttag/", "aws:tagkeys", "sts:transitivetagkeys", "sts:sourceidentity"];
