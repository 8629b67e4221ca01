//! Who a bootstrap token is of, by its Secret where that is known.
//!
//! Sources (Kubernetes 1.36): `plugin/pkg/auth/authenticator/token/bootstrap`, `cluster-bootstrap/util/secrets`.

use jiff::Timestamp;

use super::{Computed, Identity, Unsaid};
use crate::base::text::sanitise;
use crate::credential::bootstrap::Token;
use crate::facts::{BootstrapToken, Facts};

/// The group of all that join, and what further groups must begin with.
const GROUP: &str = "system:bootstrappers";

/// Who a token is of.
///
/// # Errors
/// When its Secret is known and lets nobody in.
pub fn identify(token: &Token, facts: &Facts) -> Result<Computed, Unsaid> {
    let secret = facts.authentication().bootstrap_tokens.get(&token.id);
    let mut groups = vec![GROUP.to_owned()];
    let mut notes = Vec::new();
    if let Some(secret) = secret {
        let refused = |why: &str| Unsaid {
            is_refused: true,
            ..Unsaid::new(format!("the API server refuses it: {why}"), &["Make a new one: kubeadm token create"])
        };
        let flaw =
            secret.flaw.or_else(|| (!secret.may_log_in).then_some("its Secret does not have usage-bootstrap-authentication \"true\""));
        if let Some(why) = flaw {
            return Err(refused(why));
        }
        groups.extend(further(&secret.groups).map_err(|why| refused(&why))?);
        groups.sort();
        groups.dedup();
        notes.extend(end(secret));
    }
    let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
    let from = if secret.is_some() { "the token's id and its Secret" } else { "the token's id" };
    let identity = Identity::asked(Some(&token.username()), &groups, from);
    let open = secret.is_none().then_some("the token's Secret may give it further groups, or keep it out");
    Ok(Computed { identity, open, notes })
}

/// The groups that a Secret adds; one that is not allowed keeps the token out.
fn further(groups: &str) -> Result<Vec<String>, String> {
    if groups.is_empty() {
        return Ok(Vec::new());
    }
    let is_allowed = |group: &str| {
        let rest = group.strip_prefix(GROUP).and_then(|rest| rest.strip_prefix(':')).unwrap_or_default();
        let is_fit = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let is_within = |byte: u8| is_fit(byte) || byte == b':' || byte == b'-';
        rest.len() <= 256 && rest.bytes().next_back().is_some_and(is_fit) && rest.bytes().all(is_within)
    };
    let groups: Vec<&str> = groups.split(',').collect();
    match groups.iter().find(|group| !is_allowed(group)) {
        Some(group) => {
            Err(format!("its Secret gives it group `{}`, which does not begin with {GROUP}: or is no such name", sanitise(group)))
        }
        None => Ok(groups.into_iter().map(str::to_owned).collect()),
    }
}

/// Until when it counts, as a clause.
fn end(secret: &BootstrapToken) -> Option<String> {
    match (secret.expiration.as_str(), secret.expiration.parse::<Timestamp>()) {
        ("", _) => None,
        (_, Ok(end)) => Some(format!("its Secret says that it ends on {end}")),
        // what is no time counts as over
        (text, Err(_)) => {
            Some(format!("its Secret says that it ends on `{}`, which is no time: the API server refuses it", sanitise(text)))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::credential::Decoded;
    use crate::facts::{AuthenticationFact, BootstrapToken, Change, Facts};
    use crate::identity::{Computed, Unsaid};

    fn of(secret: Option<BootstrapToken>) -> Result<Computed, Unsaid> {
        let facts = Facts::collect(secret.map(|secret| Change::Authentication(AuthenticationFact::BootstrapToken(secret))));
        Computed::of(&Decoded::read(b"abcdef.0123456789abcdef"), &facts)
    }

    fn secret(groups: &str) -> BootstrapToken {
        BootstrapToken { id: "abcdef".into(), groups: groups.into(), may_log_in: true, ..BootstrapToken::default() }
    }

    fn groups(computed: &Computed) -> String {
        computed.identity.groups.iter().map(|group| group.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn without_its_secret_it_may_have_further_groups() {
        let computed = of(None).unwrap();
        assert_eq!(computed.identity.username.unwrap(), "system:bootstrap:abcdef");
        assert_eq!((groups(&computed).as_str(), computed.open.is_some()), ("system:bootstrappers system:authenticated", true));
        let mut server = computed.identity.clone();
        server.groups.push("system:bootstrappers:kubeadm:default-node-token".into());
        assert_eq!(computed.differences(&server), Vec::<String>::new());
    }

    #[test]
    fn its_secret_says_the_groups_and_whether_it_counts() {
        let computed = of(Some(secret("system:bootstrappers:worker,system:bootstrappers:ci"))).unwrap();
        assert_eq!(groups(&computed), "system:bootstrappers system:bootstrappers:ci system:bootstrappers:worker system:authenticated");
        assert_eq!(computed.open, None);
        for bad in
            ["system:masters", "system:bootstrappers:", "system:bootstrappers:A", "system:bootstrappers:a, b", "system:bootstrappers:a-"]
        {
            assert!(of(Some(secret(bad))).unwrap_err().why.contains("refuses it"), "{bad}");
        }
        assert!(of(Some(BootstrapToken { may_log_in: false, ..secret("") })).is_err());
        let late = of(Some(BootstrapToken { expiration: "soon".into(), ..secret("") })).unwrap();
        assert!(late.notes[0].contains("no time"), "{:?}", late.notes);
    }
}
