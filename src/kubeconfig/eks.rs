//! The entries for a cluster of EKS, as `aws eks update-kubeconfig` writes them (aws-cli 1.45, `customizations/eks`), or with
//! our own plugin in place of `aws`.

use super::edit::{Files, Put};
use super::entry::Exec;
use super::file::read;
use crate::base::Failure;
use crate::base::text::sanitise;

/// The version of the plugin protocol that the aws command line writes.
const API_VERSION: &str = "client.authentication.k8s.io/v1beta1";

/// A cluster as DescribeCluster tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Described {
    /// The name.
    pub name: String,
    /// The ARN.
    pub arn: String,
    /// `ACTIVE`, `CREATING`, …
    pub status: Option<String>,
    /// The URL of the API server.
    pub endpoint: String,
    /// The authority to trust, PEM in base64.
    pub certificate_authority_data: String,
    /// The id of a cluster on an Outpost, which its tokens name in place of the cluster's name.
    pub local_id: Option<String>,
}

/// What somebody wants of the entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// The name of the context; else the name of the user entry.
    pub alias: Option<String>,
    /// The name of the user entry; else the ARN.
    pub user_alias: Option<String>,
    /// A role that the plugin assumes.
    pub role_arn: Option<String>,
    /// A proxy before the cluster.
    pub proxy_url: Option<String>,
    /// The profile that the plugin uses.
    pub profile: Option<String>,
    /// Whether the context becomes the current one.
    pub makes_current: bool,
    /// Who makes the tokens.
    pub plugin: Plugin,
}

/// A plugin that makes tokens for clusters of EKS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Plugin {
    /// `aws eks get-token`.
    #[default]
    Aws,
    /// `whycan token mint`, many times as fast.
    Whycan,
}

impl Plugin {
    /// The plugin for a cluster.
    fn exec(self, cluster: &Described, region: &str, wishes: &Wishes) -> Exec {
        let (flag, id) = cluster.local_id.as_deref().map_or(("--cluster-name", cluster.name.as_str()), |id| ("--cluster-id", id));
        let role = wishes.role_arn.as_deref();
        let owned = |words: Vec<&str>| words.into_iter().map(str::to_owned).collect();
        let env = wishes.profile.iter().map(|profile| ("AWS_PROFILE".to_owned(), profile.clone())).collect();
        match self {
            Self::Aws => {
                let mut args = vec!["--region", region, "eks", "get-token", flag, id, "--output", "json"];
                // the short form is the aws command line's own
                args.extend(role.iter().flat_map(|role| ["--role", role]));
                Exec { api_version: API_VERSION.to_owned(), command: "aws".to_owned(), args: owned(args), env, ..Exec::default() }
            }
            Self::Whycan => {
                let mut args = vec!["token", "mint", flag, id, "--region", region];
                args.extend(role.iter().flat_map(|role| ["--role-arn", role]));
                Exec {
                    api_version: "client.authentication.k8s.io/v1".to_owned(),
                    command: "whycan".to_owned(),
                    args: owned(args),
                    env,
                    interactive_mode: "Never".to_owned(),
                    install_hint: Some("whycan is not on PATH. With the aws command line instead: aws eks update-kubeconfig".to_owned()),
                    ..Exec::default()
                }
            }
        }
    }
}

/// What is put into the file at `path`.
///
/// # Errors
/// When the cluster is in no state to be used, or AWS said too little of it.
pub fn put(cluster: &Described, wishes: &Wishes, path: &str) -> Result<Put, Failure> {
    let name = sanitise(&cluster.name);
    match cluster.status.as_deref() {
        Some("ACTIVE" | "UPDATING") => {}
        Some("CREATING" | "PENDING") => {
            return Err(Failure::failed(format!("cluster `{name}` is not ready yet: its status is {}", state(cluster)))
                .hint(format!("Wait for it: aws eks wait cluster-active --name {name}")));
        }
        Some(_) => return Err(Failure::failed(format!("cluster `{name}` cannot be used: its status is {}", state(cluster)))),
        None => return Err(Failure::failed(format!("AWS tells no status of cluster `{name}`"))),
    }
    let Some(region) = cluster.arn.split(':').nth(3).filter(|region| !region.is_empty()) else {
        return Err(Failure::failed(format!("AWS tells no ARN of cluster `{name}`")));
    };
    if cluster.endpoint.is_empty() {
        return Err(Failure::failed(format!("AWS tells no endpoint of cluster `{name}`")));
    }
    let user = wishes.user_alias.as_ref().filter(|alias| !alias.is_empty()).unwrap_or(&cluster.arn).clone();
    let context = wishes.alias.as_ref().filter(|alias| !alias.is_empty()).unwrap_or(&user).clone();
    Ok(Put {
        path: path.to_owned(),
        cluster: cluster.arn.clone(),
        server: cluster.endpoint.clone(),
        certificate_authority_data: cluster.certificate_authority_data.clone(),
        proxy_url: wishes.proxy_url.clone(),
        user,
        exec: wishes.plugin.exec(cluster, region, wishes),
        context,
        makes_current: wishes.makes_current,
    })
}

/// The file that the entries go to: the first that has a cluster entry of the ARN already, else the first of all. With the
/// reasons of those that cannot be read and were passed over.
///
/// # Errors
/// When no file is named at all.
pub fn file<'a>(files: &'a Files, arn: &str) -> Result<(&'a str, Vec<String>), Failure> {
    let mut passed = Vec::new();
    for given in &files.given {
        match read(&given.path, given.bytes.as_deref().unwrap_or_default()) {
            Ok(file) if file.clusters.iter().any(|cluster| cluster.name == arn) => return Ok((&given.path, passed)),
            Ok(_) => {}
            Err(failure) => passed.push(failure.message),
        }
    }
    match files.given.first() {
        Some(first) => Ok((&first.path, passed)),
        None => Err(Failure::failed("no kubeconfig is named: neither KUBECONFIG nor HOME is set").hint("Name one: --kubeconfig PATH")),
    }
}

fn state(cluster: &Described) -> String {
    sanitise(cluster.status.as_deref().unwrap_or_default()).into_owned()
}

/// An ARN of a cluster taken apart: region, account and name; none for anything else.
pub fn of_arn(text: &str) -> Option<(&str, &str, &str)> {
    let mut parts = text.splitn(6, ':');
    let is_arn = parts.next() == Some("arn") && parts.next()?.starts_with("aws") && parts.next() == Some("eks");
    let (region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
    let name = resource.strip_prefix("cluster/").filter(|name| !name.is_empty() && !name.contains('/'))?;
    (is_arn && !region.is_empty() && !account.is_empty()).then_some((region, account, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:eks:eu-central-1:111122223333:cluster/blue";

    fn blue() -> Described {
        Described {
            name: "blue".to_owned(),
            arn: ARN.to_owned(),
            status: Some("ACTIVE".to_owned()),
            endpoint: "https://blue.example".to_owned(),
            certificate_authority_data: "Y2E=".to_owned(),
            local_id: None,
        }
    }

    #[test]
    fn entries_are_the_aws_command_lines() {
        let plain = Wishes::default();
        for (wishes, user, context, args, env) in [
            (plain.clone(), ARN, ARN, "", &[][..]),
            (Wishes { alias: Some("b".to_owned()), ..plain.clone() }, ARN, "b", "", &[]),
            (Wishes { user_alias: Some("me".to_owned()), ..plain.clone() }, "me", "me", "", &[]),
            (Wishes { alias: Some("b".to_owned()), user_alias: Some("me".to_owned()), ..plain.clone() }, "me", "b", "", &[]),
            (Wishes { alias: Some(String::new()), user_alias: Some(String::new()), ..plain.clone() }, ARN, ARN, "", &[]),
            (Wishes { role_arn: Some("arn:r".to_owned()), ..plain.clone() }, ARN, ARN, " --role arn:r", &[]),
            (Wishes { profile: Some("prod".to_owned()), ..plain.clone() }, ARN, ARN, "", &[("AWS_PROFILE", "prod")]),
        ] {
            let put = put(&blue(), &wishes, "/config").unwrap();
            assert_eq!((put.user.as_str(), put.context.as_str(), put.cluster.as_str()), (user, context, ARN), "{wishes:?}");
            let expected = format!("--region eu-central-1 eks get-token --cluster-name blue --output json{args}");
            assert_eq!((put.exec.command.as_str(), put.exec.args.join(" ")), ("aws", expected), "{wishes:?}");
            let found: Vec<_> = put.exec.env.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            assert_eq!(found, env, "{wishes:?}");
            assert_eq!((put.exec.api_version.as_str(), put.exec.interactive_mode.as_str()), (API_VERSION, ""));
        }
        let proxied = Wishes { proxy_url: Some("http://p".to_owned()), makes_current: true, ..plain };
        let proxied = put(&blue(), &proxied, "/config").unwrap();
        assert_eq!((proxied.proxy_url.as_deref(), proxied.makes_current, proxied.path.as_str()), (Some("http://p"), true, "/config"));
        assert_eq!((proxied.server.as_str(), proxied.certificate_authority_data.as_str()), ("https://blue.example", "Y2E="));
        let local = put(&Described { local_id: Some("uuid".to_owned()), ..blue() }, &Wishes::default(), "/config").unwrap();
        assert_eq!(local.exec.args.get(4..6), Some(&["--cluster-id".to_owned(), "uuid".to_owned()][..]));
    }

    #[test]
    fn a_cluster_that_cannot_be_used_is_not_added() {
        let said = |cluster: Described| put(&cluster, &Wishes::default(), "/config").map(drop).map_err(|failure| failure.message);
        let status = |status: &str| Described { status: Some(status.to_owned()), ..blue() };
        assert_eq!(said(status("UPDATING")), Ok(()));
        for (cluster, message) in [
            (status("CREATING"), "cluster `blue` is not ready yet: its status is CREATING"),
            (status("DELETING"), "cluster `blue` cannot be used: its status is DELETING"),
            (Described { status: None, ..blue() }, "AWS tells no status of cluster `blue`"),
            (Described { arn: String::new(), ..blue() }, "AWS tells no ARN of cluster `blue`"),
            (Described { endpoint: String::new(), ..blue() }, "AWS tells no endpoint of cluster `blue`"),
        ] {
            assert_eq!(said(cluster).unwrap_err(), message);
        }
    }

    #[test]
    fn the_file_that_has_the_cluster_is_taken_else_the_first() {
        let with = format!("clusters: [{{name: '{ARN}', cluster: {{server: x}}}}]");
        let chosen = |texts: &[Option<&str>]| {
            let given = |(index, text): (usize, Option<&str>)| super::super::edit::Given {
                path: format!("/{index}"),
                bytes: text.map(|text| text.as_bytes().to_vec()),
            };
            let files = Files { given: texts.iter().copied().enumerate().map(given).collect(), is_explicit: false };
            file(&files, ARN).map(|(path, passed)| (path.to_owned(), passed.len())).map_err(|failure| failure.message)
        };
        let broken = Some("clusters: 5");
        for (texts, path, passed) in [
            (&[None][..], "/0", 0),
            (&[None, Some("")], "/0", 0),
            (&[None, Some(&with), Some(&with)], "/1", 0),
            (&[broken, Some(&with)], "/1", 1),
            (&[broken, Some("")], "/0", 1),
            (&[Some(""), broken], "/0", 1),
        ] {
            assert_eq!(chosen(texts), Ok((path.to_owned(), passed)), "{texts:?}");
        }
        assert_eq!(chosen(&[]).unwrap_err(), "no kubeconfig is named: neither KUBECONFIG nor HOME is set");
    }

    #[test]
    fn our_own_plugin_stands_in_place_of_theirs() {
        let wishes = Wishes {
            plugin: Plugin::Whycan,
            role_arn: Some("arn:aws:iam::111122223333:role/admin".to_owned()),
            profile: Some("prod".to_owned()),
            ..Wishes::default()
        };
        let Exec { api_version, command, args, env, interactive_mode, install_hint, .. } = put(&blue(), &wishes, "/config").unwrap().exec;
        assert_eq!((command.as_str(), interactive_mode.as_str()), ("whycan", "Never"));
        assert_eq!(api_version, "client.authentication.k8s.io/v1");
        assert_eq!(args.join(" "), "token mint --cluster-name blue --region eu-central-1 --role-arn arn:aws:iam::111122223333:role/admin");
        assert_eq!(env, [("AWS_PROFILE".to_owned(), "prod".to_owned())]);
        assert!(install_hint.is_some());
        // a cluster on an Outpost is named by its id
        let local = Described { local_id: Some("id-1".to_owned()), ..blue() };
        assert_eq!(put(&local, &wishes, "/config").unwrap().exec.args[..4], ["token", "mint", "--cluster-id", "id-1"]);
    }

    #[test]
    fn arns_are_taken_apart() {
        assert_eq!(of_arn(ARN), Some(("eu-central-1", "111122223333", "blue")));
        assert_eq!(of_arn("arn:aws-cn:eks:cn-north-1:1:cluster/b"), Some(("cn-north-1", "1", "b")));
        for text in
            ["blue", "arn:aws:eks:::cluster/b", "arn:aws:iam::1:role/b", "arn:aws:eks:r:1:nodegroup/b", "arn:aws:eks:r:1:cluster/a/b", ""]
        {
            assert_eq!(of_arn(text), None, "{text}");
        }
    }
}
