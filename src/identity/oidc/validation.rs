//! Which settings an API server refuses: it does not start with them, or keeps those that it had.
//!
//! Source: `apiserver/pkg/apis/apiserver/validation/validation.go` of Kubernetes 1.36.

use std::collections::BTreeSet;

use super::authenticator::{Authenticator, ClaimRule, Mapping, Standing};
use super::expression::{About, Expression, Flaw, Kind};
use super::settings::structured::{Issuer, Jwt, Plain, Prefixed};
use crate::base::text::sanitise;
use crate::credential::certificates;

/// How tokens may be signed at all.
pub const ALGORITHMS: [&str; 9] = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512"];

/// What is wrong with the form of settings; none where nothing is, as far as expressions are left out.
pub fn of_form(jwt: &Jwt) -> Option<Standing> {
    let Issuer { audiences, audience_match_policy, egress_selector_type, discovery_url, .. } = &jwt.issuer;
    let refused = |why: String| Some(Standing::Refused(why));
    if audiences.is_empty() || audiences.iter().any(String::is_empty) {
        return refused("issuer.audiences has none, or an empty one".to_owned());
    }
    if let Some(twice) = twice(audiences) {
        return refused(format!("issuer.audiences has `{}` twice", sanitise(twice)));
    }
    match audience_match_policy.as_str() {
        "MatchAny" => {}
        "" if audiences.len() == 1 => {}
        _ => return refused("issuer.audienceMatchPolicy must be MatchAny".to_owned()),
    }
    if !matches!(egress_selector_type.as_str(), "" | "controlplane" | "cluster") {
        return refused("issuer.egressSelectorType must be controlplane or cluster".to_owned());
    }
    if !discovery_url.is_empty() {
        if discovery_url.trim_end_matches('/') == jwt.issuer.url.trim_end_matches('/') {
            return refused("issuer.discoveryURL must be another than the issuer".to_owned());
        }
        if let Some(flaw) = of_url(discovery_url, "issuer.discoveryURL") {
            return Some(flaw);
        }
    }
    let mappings = &jwt.claim_mappings;
    let of_mappings = of_prefixed(&mappings.username, "username", true)
        .or_else(|| of_prefixed(&mappings.groups, "groups", false))
        .or_else(|| of_plain(&mappings.uid));
    if let Some(why) = of_mappings.or_else(|| of_extra(jwt)).or_else(|| of_rules(jwt)) {
        return refused(why);
    }
    let authority = jwt.issuer.certificate_authority.as_str();
    (!authority.is_empty() && certificates(authority.as_bytes()).is_err())
        .then(|| Standing::Open("issuer.certificateAuthority holds no certificate that can be read".to_owned()))
}

fn of_prefixed(mapping: &Prefixed, name: &str, is_needed: bool) -> Option<String> {
    match (mapping.claim.is_empty(), mapping.expression.is_empty()) {
        (false, false) => Some(format!("claimMappings.{name} has a claim and an expression")),
        (true, true) if is_needed => Some(format!("claimMappings.{name} has neither claim nor expression")),
        (true, false) if mapping.prefix.is_some() => Some(format!("claimMappings.{name} has a prefix beside an expression")),
        (false, true) if mapping.prefix.is_none() => {
            Some(format!("claimMappings.{name} has a claim without a prefix, which may be empty, but must be there"))
        }
        _ => None,
    }
}

fn of_plain(mapping: &Plain) -> Option<String> {
    (!mapping.claim.is_empty() && !mapping.expression.is_empty()).then(|| "claimMappings.uid has a claim and an expression".to_owned())
}

fn of_extra(jwt: &Jwt) -> Option<String> {
    let mut seen = BTreeSet::new();
    jwt.claim_mappings.extra.iter().find_map(|one| {
        let key = one.key.as_str();
        let told = || format!("claimMappings.extra has the key `{}`, ", sanitise(key));
        let Some((domain, path)) = key.split_once('/').filter(|(domain, path)| is_domain(domain) && is_path(path)) else {
            return Some(told() + "which is no path below a domain, as example.com/role is");
        };
        if key.chars().any(|c| c.is_ascii_uppercase()) || path.is_empty() {
            Some(told() + "which is not in small letters")
        } else if ["kubernetes.io", "k8s.io"].iter().any(|own| domain == *own || domain.ends_with(&format!(".{own}"))) {
            Some(told() + "which is Kubernetes' own")
        } else if !seen.insert(key) {
            Some(told() + "which stands there twice")
        } else if one.value_expression.is_empty() {
            Some(told() + "which has no expression")
        } else {
            None
        }
    })
}

/// A subdomain as RFC 1123 has it.
fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        let inner = label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        inner && !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(is_label)
}

fn is_path(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,;=:".contains(&byte))
}

fn of_rules(jwt: &Jwt) -> Option<String> {
    let mut seen = BTreeSet::new();
    let of_claims = jwt.claim_validation_rules.iter().find_map(|rule| {
        let (claim, expression) = (rule.claim.as_str(), rule.expression.as_str());
        let why = match (claim.is_empty(), expression.is_empty()) {
            (false, false) => "has a claim and an expression",
            (true, true) => "has neither claim nor expression",
            (false, true) if !rule.message.is_empty() => "has a message beside a claim",
            (true, false) if !rule.required_value.is_empty() => "has a requiredValue beside an expression",
            _ if !seen.insert((claim, expression)) => "stands there twice",
            _ => return None,
        };
        Some(format!("a rule of claimValidationRules {why}"))
    });
    let mut seen = BTreeSet::new();
    of_claims.or_else(|| {
        jwt.user_validation_rules.iter().find_map(|rule| {
            let why = if rule.expression.is_empty() {
                "has no expression"
            } else if !seen.insert(rule.expression.as_str()) {
                "stands there twice"
            } else {
                return None;
            };
            Some(format!("a rule of userValidationRules {why}"))
        })
    })
}

fn twice(texts: &[String]) -> Option<&str> {
    let mut seen = BTreeSet::new();
    texts.iter().find(|text| !seen.insert(text.as_str())).map(String::as_str)
}

/// What is wrong with a URL; whether Go reads an unusual one is not certain.
fn of_url(url: &str, field: &str) -> Option<Standing> {
    let refused = |why: &str| Some(Standing::Refused(format!("{field} `{}` {why}", sanitise(url))));
    if url.is_empty() {
        return Some(Standing::Refused(format!("{field} is empty")));
    }
    let Some(rest) = url.get(..6).filter(|scheme| scheme.eq_ignore_ascii_case("https:")).and_then(|_| url.get(6..)) else {
        return refused("does not begin with https:");
    };
    let (before, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (path, query) = before.split_once('?').unwrap_or((before, ""));
    let host = path.strip_prefix("//").map(|rest| rest.split('/').next().unwrap_or_default());
    if !fragment.is_empty() || !query.is_empty() {
        return refused("has a query or a fragment");
    }
    if host.is_some_and(|host| host.contains('@')) {
        return refused("has a user name in it");
    }
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._~-/:@!$&'()*+,;=".contains(&byte);
    let port = host.and_then(|host| host.split_once(':')).map_or("", |(_, port)| port);
    let is_usual =
        path.bytes().all(is_plain) && host.is_some_and(|host| !host.is_empty()) && port.bytes().all(|byte| byte.is_ascii_digit());
    (!is_usual).then(|| Standing::Open(format!("{field} `{}` is an unusual one", sanitise(url))))
}

/// Settings with what the API server says of their issuer and expressions.
pub fn validated(mut authenticator: Authenticator) -> Authenticator {
    if !matches!(authenticator.standing, Standing::Refused(_)) {
        let flaw =
            of_url(&authenticator.issuer, "the issuer").filter(|flaw| matches!(flaw, Standing::Refused(_)) || is_counting(&authenticator));
        if let Some(flaw) = flaw.or_else(|| of_expressions(&authenticator)) {
            authenticator.standing = flaw;
        }
    }
    authenticator
}

fn is_counting(authenticator: &Authenticator) -> bool {
    authenticator.standing == Standing::Counts
}

fn of_expressions(authenticator: &Authenticator) -> Option<Standing> {
    let (mut opened, mut refused) = (None, None);
    let mut read = |text: &str, about: About| match Expression::read(text, about) {
        Ok(expression) => Some(expression),
        Err(Flaw::Refused(why)) => {
            refused.get_or_insert_with(|| Standing::Refused(format!("the expression `{}` is refused: {why}", sanitise(text))));
            None
        }
        Err(Flaw::Open(why)) => {
            opened.get_or_insert_with(|| Standing::Open(format!("the expression `{}` is not evaluated here: {why}", sanitise(text))));
            None
        }
    };
    let mut no_boolean = None;
    let mut rule = |text: &str, expression: Option<&Expression>| {
        if expression.is_some_and(|expression| expression.kind != Kind::Bool) {
            no_boolean.get_or_insert_with(|| Standing::Refused(format!("the rule `{}` is no condition", sanitise(text))));
        }
    };
    let mut looks_at_verified = false;
    let mut username = None;
    for (position, mapping) in
        [Some(&authenticator.username), authenticator.groups.as_ref(), authenticator.uid.as_ref()].into_iter().enumerate()
    {
        let Some(Mapping::Expression(text)) = mapping else { continue };
        let expression = read(text, About::Claims);
        if position == 0 {
            looks_at_verified |= expression.as_ref().is_some_and(|expression| expression.selects("email_verified"));
            username = expression;
        }
    }
    for attribute in &authenticator.extra {
        looks_at_verified |= read(&attribute.expression, About::Claims).is_some_and(|expression| expression.selects("email_verified"));
    }
    for claim_rule in &authenticator.claim_rules {
        let ClaimRule::Expression { expression: text, .. } = claim_rule else { continue };
        let expression = read(text, About::Claims);
        looks_at_verified |= expression.as_ref().is_some_and(|expression| expression.selects("email_verified"));
        rule(text, expression.as_ref());
    }
    for user_rule in &authenticator.user_rules {
        let expression = read(&user_rule.expression, About::User);
        rule(&user_rule.expression, expression.as_ref());
    }
    // what cannot be read may be refused, and may look at anything
    if refused.is_some() || no_boolean.is_some() {
        return refused.or(no_boolean);
    }
    if opened.is_some() {
        return opened;
    }
    (username.is_some_and(|username| username.selects("email")) && !looks_at_verified)
        .then(|| Standing::Refused("claims.email becomes the user name, and no expression looks at claims.email_verified".to_owned()))
}
