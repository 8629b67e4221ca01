//! The version of the plugin protocol that a client asks for, as `aws eks get-token` makes it out.

use serde::Deserialize;

use crate::base::text::sanitise;

/// What is answered where the client does not say.
const USUAL: &str = "client.authentication.k8s.io/v1beta1";

/// A version, and what is odd about the question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// `client.authentication.k8s.io/v1`
    pub api_version: String,
    /// What the client should be told.
    pub remark: Option<String>,
}

#[derive(Deserialize)]
struct Asked {
    #[serde(rename = "apiVersion", default)]
    api_version: String,
}

/// The version that `KUBERNETES_EXEC_INFO` asks for.
pub fn asked_version() -> Version {
    of(&std::env::var("KUBERNETES_EXEC_INFO").unwrap_or_default())
}

fn of(information: &str) -> Version {
    let usual = |remark: Option<String>| Version { api_version: USUAL.to_owned(), remark };
    if information.is_empty() {
        return usual(None);
    }
    let Ok(Asked { api_version }) = serde_json::from_str(information) else {
        return usual(Some(format!("KUBERNETES_EXEC_INFO is no JSON: answering {USUAL}")));
    };
    match api_version.as_str() {
        "client.authentication.k8s.io/v1" | USUAL => Version { api_version, remark: None },
        "client.authentication.k8s.io/v1alpha1" => {
            let remark =
                "the user entry has apiVersion v1alpha1, which current clients refuse: set client.authentication.k8s.io/v1".to_owned();
            Version { api_version, remark: Some(remark) }
        }
        other => usual(Some(format!("KUBERNETES_EXEC_INFO asks for `{}`, which is not known: answering {USUAL}", sanitise(other)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_answered_as_the_aws_command_line_answers_them() {
        for (information, version, is_remarked) in [
            ("", "v1beta1", false),
            (r#"{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "spec": {}}"#, "v1", false),
            (r#"{"apiVersion": "client.authentication.k8s.io/v1beta1"}"#, "v1beta1", false),
            (r#"{"apiVersion": "client.authentication.k8s.io/v1alpha1"}"#, "v1alpha1", true),
            (r#"{"apiVersion": "client.authentication.k8s.io/v2"}"#, "v1beta1", true),
            ("{}", "v1beta1", true),
            ("{", "v1beta1", true),
        ] {
            let found = of(information);
            assert_eq!(found.api_version, format!("client.authentication.k8s.io/{version}"), "{information}");
            assert_eq!(found.remark.is_some(), is_remarked, "{information}");
        }
    }
}
