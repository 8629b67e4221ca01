//! The parts of a token, explained.

use super::{CLUSTER_HEADER, PREFIX, Token, host};
use crate::credential::part::Part;

/// The parts, in the order of the token.
pub fn parts(token: &Token) -> Vec<Part> {
    let prefix = if token.has_prefix { PREFIX } else { "absent" };
    let mut parts = vec![Part::new("prefix", prefix, "Says that a signed request to STS follows; the server takes no other.")];
    if let Some(host) = token.host() {
        let value = format!("{host}, {}", host::flavour(host));
        let text = "The STS that the server asks who signed this; it must be one of the cluster's partition.";
        parts.push(Part::new("host", value, text));
    }
    parts.extend(token.address.parameters.iter().map(|parameter| of_parameter(token, &parameter.name, &parameter.value)));
    parts
}

fn of_parameter(token: &Token, name: &str, value: &str) -> Part {
    let part = |explanation| Part::new(name, value, explanation);
    match name.to_ascii_lowercase().as_str() {
        "action" => part("What STS is asked: who the caller is; the server takes no other question."),
        "version" => part("The version of the STS API; nobody checks it before STS does."),
        "x-amz-algorithm" => part("How it is signed; STS checks it."),
        "x-amz-credential" => {
            part("Who signed it and for what; STS finds the secret key by it, and the server puts the access key into its log.")
                .with(of_credential(token))
        }
        "x-amz-date" => part("When it was signed; the server refuses it 15 minutes later."),
        "x-amz-expires" => part("Must be 0 to 900 for the server, and has no effect: the token lives 15 minutes from its date."),
        "x-amz-security-token" => part("The session token of temporary credentials; STS refuses a temporary key without it."),
        "x-amz-signature" => part("The signature with the secret key, which STS checks; with it whoever holds the token is its caller."),
        "x-amz-signedheaders" => part("The headers that the signature covers; the server demands the one that names the cluster.")
            .with(token.signed_headers().into_iter().map(of_header).collect()),
        _ => part("Is none of a signed request: the server refuses the token for it."),
    }
}

fn of_credential(token: &Token) -> Vec<Part> {
    let key = token.access_key_id().unwrap_or_default();
    let of_key = match key.get(..4) {
        Some("AKIA") => "A long-lived key of an IAM user; the audit of AWS (CloudTrail) names it too.",
        Some("ASIA") => "A temporary key of a role, of SSO or of a federation; it needs its session token.",
        _ => "The access key that signed it.",
    };
    let scope = token.credential_scope().unwrap_or_default().split('/');
    let names = [
        ("date", "The day for which the key of the signature was made; it must be that of X-Amz-Date."),
        ("region", "The region of the STS that is asked; it must fit the host."),
        ("service", "The service that is asked; it must be sts."),
        ("terminator", "Ends the scope of every signature of this kind."),
    ];
    let scope = scope.zip(names).filter(|(value, _)| !value.is_empty());
    let scope = scope.map(|(value, (name, explanation))| Part::new(name, value, explanation));
    std::iter::once(Part::new("access key", key, of_key)).filter(|part| !part.value.is_empty()).chain(scope).collect()
}

fn of_header(name: &str) -> Part {
    let explanation = match name.to_ascii_lowercase().as_str() {
        "host" => "The host of STS; so the request cannot be sent to another.",
        CLUSTER_HEADER => "Names the cluster; its value stands nowhere in the token, and the server puts its own name there.",
        _ => "",
    };
    Part::new("header", name, explanation)
}
