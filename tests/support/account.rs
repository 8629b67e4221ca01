//! An account of AWS with one cluster of EKS, played on loopback.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use whycan::kubeconfig::{Cluster, Exec, Target, User};

use crate::aws::{Answer, Aws, Call};

pub const ACCOUNT: &str = "111122223333";
pub const REGION: &str = "eu-central-1";
pub const NAME: &str = "blue";

/// Who asks: a session of `role/team/dev`.
pub const ME: &str = "arn:aws:sts::111122223333:assumed-role/dev/me";

/// What there is.
#[derive(Clone, Debug)]
pub struct Account {
    pub mode: &'static str,
    pub endpoint: String,
    /// The principals that have access entries.
    pub principals: Vec<String>,
    pub issuers: usize,
    pub associations: usize,
}

impl Default for Account {
    fn default() -> Self {
        let principals = ["role/ops", "role/team/dev", "user/ci"].map(|name| format!("arn:aws:iam::{ACCOUNT}:{name}")).to_vec();
        Self {
            mode: "API_AND_CONFIG_MAP",
            endpoint: "https://AB12.gr7.eu-central-1.eks.amazonaws.com".to_owned(),
            principals,
            issuers: 1,
            associations: 1,
        }
    }
}

/// The IAM action of a call.
pub fn action(call: &Call) -> String {
    let parts = parts(call);
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    match (call.service.as_str(), parts.as_slice()) {
        ("sts" | "iam", _) => {
            let name = call.body.split('&').find_map(|pair| pair.strip_prefix("Action=")).unwrap_or_default();
            format!("{}:{name}", call.service)
        }
        (_, ["clusters"]) => "eks:ListClusters".to_owned(),
        (_, ["clusters", _]) => "eks:DescribeCluster".to_owned(),
        (_, ["clusters", _, "access-entries"]) => "eks:ListAccessEntries".to_owned(),
        (_, ["clusters", _, "access-entries", _]) => "eks:DescribeAccessEntry".to_owned(),
        (_, ["clusters", _, "access-entries", _, "access-policies"]) => "eks:ListAssociatedAccessPolicies".to_owned(),
        (_, ["clusters", _, "identity-provider-configs"]) => "eks:ListIdentityProviderConfigs".to_owned(),
        (_, ["clusters", _, "identity-provider-configs", "describe"]) => "eks:DescribeIdentityProviderConfig".to_owned(),
        (_, ["clusters", _, "pod-identity-associations"]) => "eks:ListPodIdentityAssociations".to_owned(),
        (_, ["clusters", _, "pod-identity-associations", _]) => "eks:DescribePodIdentityAssociation".to_owned(),
        _ => panic!("{call:?}"),
    }
}

fn parts(call: &Call) -> Vec<String> {
    let path = call.path.split('?').next().unwrap_or_default();
    path.split('/').filter(|part| !part.is_empty()).map(|part| part.replace("%3A", ":").replace("%2F", "/")).collect()
}

fn query(call: &Call) -> BTreeMap<&str, &str> {
    let query = call.path.split_once('?').map_or("", |(_, query)| query);
    query.split('&').filter_map(|pair| pair.split_once('=')).collect()
}

/// A page of things, as many as are asked for.
fn page(call: &Call, key: &str, things: Vec<Value>) -> Answer {
    let query = query(call);
    let from: usize = query.get("nextToken").map_or(0, |token| token.parse().unwrap());
    let most: usize = query.get("maxResults").map_or(100, |most| most.parse().unwrap());
    let next = (from + most < things.len()).then(|| (from + most).to_string());
    let page: Vec<Value> = things.into_iter().skip(from).take(most).collect();
    Answer::json(json!({ key: page, "nextToken": next }).to_string())
}

/// What AWS says of who may not do something.
pub fn denied(call: &Call) -> Answer {
    let action = action(call);
    let message = format!(
        "User: {ME} is not authorized to perform: {action} on resource: * because no identity-based policy allows the {action} action"
    );
    refused(call, 403, if call.service == "eks" { "AccessDeniedException" } else { "AccessDenied" }, &message)
}

/// A refusal, in the form of the service that was called.
pub fn refused(call: &Call, status: u16, code: &str, message: &str) -> Answer {
    // IAM speaks as STS does
    let mut call = call.clone();
    if call.service == "iam" {
        call.service = "sts".to_owned();
    }
    Answer::refusal(&call, status, code, message)
}

impl Account {
    /// So many roles with access entries, and who asks among the last.
    pub fn with_entries(count: usize) -> Self {
        let mut principals: Vec<String> = (1..count).map(|number| format!("arn:aws:iam::{ACCOUNT}:role/role-{number:03}")).collect();
        principals.push(format!("arn:aws:iam::{ACCOUNT}:role/team/dev"));
        Self { principals, ..Self::default() }
    }

    /// Starts it.
    pub fn start(self) -> Aws {
        Aws::start(move |call| self.answer(call))
    }

    /// What it answers.
    pub fn answer(&self, call: &Call) -> Answer {
        let parts = parts(call);
        let last = parts.last().map_or("", String::as_str);
        let entries_are_refused = self.mode == "CONFIG_MAP" && parts.get(2).is_some_and(|part| part == "access-entries");
        if entries_are_refused {
            let message = "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation.";
            return Answer::refusal(call, 400, "InvalidRequestException", message);
        }
        if parts.get(1).is_some_and(|name| name != NAME) {
            return Answer::refusal(call, 404, "ResourceNotFoundException", &format!("No cluster found for name: {last}."));
        }
        let json = |value: Value| Answer::json(value.to_string());
        match action(call).as_str() {
            "eks:ListClusters" => page(call, "clusters", vec![json!(NAME)]),
            "eks:DescribeCluster" => json(json!({ "cluster": {
                "name": NAME, "arn": format!("arn:aws:eks:{REGION}:{ACCOUNT}:cluster/{NAME}"), "version": "1.33", "status": "ACTIVE",
                "createdAt": 1_700_000_000.5, "endpoint": self.endpoint, "certificateAuthority": {"data": "Y2E="},
                "identity": {"oidc": {"issuer": format!("https://oidc.eks.{REGION}.amazonaws.com/id/AB12")}},
                "accessConfig": {"authenticationMode": self.mode},
            }})),
            "eks:ListAccessEntries" => page(call, "accessEntries", self.principals.iter().map(|principal| json!(principal)).collect()),
            "eks:DescribeAccessEntry" => json(json!({ "accessEntry": {
                "clusterName": NAME, "principalArn": last, "type": "STANDARD", "createdAt": 1_750_000_000.25, "modifiedAt": 1_750_000_000.25,
                "kubernetesGroups": ["readers"],
                "username": if last.contains(":user/") { last.to_owned() } else { format!("arn:aws:sts::{ACCOUNT}:assumed-role/{}/{{{{SessionName}}}}", last.rsplit('/').next().unwrap()) },
            }})),
            "eks:ListAssociatedAccessPolicies" => page(call, "associatedAccessPolicies", vec![json!({
                "policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy",
                "accessScope": {"type": "namespace", "namespaces": ["dev"]}, "associatedAt": 1_750_000_000, "modifiedAt": 1_750_000_000,
            })]),
            "eks:ListIdentityProviderConfigs" => {
                page(call, "identityProviderConfigs", (0..self.issuers).map(|number| json!({"type": "oidc", "name": format!("idp-{number}")})).collect())
            }
            "eks:DescribeIdentityProviderConfig" => json(json!({ "identityProviderConfig": {"oidc": {
                "identityProviderConfigName": "idp-0", "clusterName": NAME, "issuerUrl": "https://login.acme.example", "clientId": "kubernetes",
                "usernameClaim": "email", "groupsClaim": "groups", "groupsPrefix": "oidc:", "requiredClaims": {"team": "a"}, "status": "ACTIVE",
            }}})),
            "eks:ListPodIdentityAssociations" => page(call, "associations", (0..self.associations).map(|number| json!({
                "clusterName": NAME, "namespace": "dev", "serviceAccount": format!("sa-{number}"), "associationId": format!("a-{number}"),
                "associationArn": format!("arn:aws:eks:{REGION}:{ACCOUNT}:podidentityassociation/{NAME}/a-{number}"),
            })).collect()),
            "eks:DescribePodIdentityAssociation" => json(json!({ "association": {
                "clusterName": NAME, "namespace": "dev", "serviceAccount": "sa-0", "associationId": last, "roleArn": format!("arn:aws:iam::{ACCOUNT}:role/pod"),
            }})),
            "sts:GetCallerIdentity" => Answer::Says(200, "text/xml", format!(
                "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>{ME}</Arn><UserId>AROADEV:me</UserId><Account>{ACCOUNT}</Account>\
                 </GetCallerIdentityResult></GetCallerIdentityResponse>"
            )),
            "iam:GetRole" => Answer::Says(200, "text/xml", format!(
                "<GetRoleResponse><GetRoleResult><Role><Path>/team/</Path><RoleName>dev</RoleName><RoleId>AROADEV</RoleId>\
                 <Arn>arn:aws:iam::{ACCOUNT}:role/team/dev</Arn><CreateDate>2025-01-01T00:00:00Z</CreateDate>\
                 <AssumeRolePolicyDocument>%7B%22Version%22%3A%222012-10-17%22%7D</AssumeRolePolicyDocument></Role></GetRoleResult></GetRoleResponse>"
            )),
            other => panic!("{other}: {call:?}"),
        }
    }
}

/// A way to a server that is a cluster of the account: the user entry has a plugin of EKS, with a profile of its own file.
pub fn target(server: &str, aws: &str, folder: &Path) -> Target {
    let config = folder.join("aws-config");
    let profile = format!(
        "[profile me]\nregion = {REGION}\naws_access_key_id = AKIDME\naws_secret_access_key = hunter2hunter2\nendpoint_url = {aws}\n"
    );
    std::fs::write(&config, profile).unwrap();
    let none = folder.join("aws-credentials");
    std::fs::write(&none, "").unwrap();
    let variable = |name: &str, path: &Path| (name.to_owned(), path.display().to_string());
    let exec = Exec {
        api_version: "client.authentication.k8s.io/v1".to_owned(),
        command: "aws".to_owned(),
        args: ["--region", REGION, "eks", "get-token", "--cluster-name", NAME, "--profile", "me"].map(str::to_owned).to_vec(),
        env: vec![variable("AWS_CONFIG_FILE", &config), variable("AWS_SHARED_CREDENTIALS_FILE", &none)],
        interactive_mode: "Never".to_owned(),
        ..Exec::default()
    };
    Target {
        cluster: Cluster { name: "fake".to_owned(), server: server.to_owned(), ..Cluster::default() },
        user: User { name: "me".to_owned(), exec: Some(exec), ..User::default() },
        ..Target::default()
    }
}

/// One that takes its time.
pub fn slow(account: Account, pause: Duration) -> Aws {
    Aws::slow(pause, move |call| account.answer(call))
}
