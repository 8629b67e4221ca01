//! The server's verdict beside ours: whether they agree, and why they may not.

use super::{grant, lost};
use crate::authz::server::Asked;
use crate::authz::{Decision, Request, Verdict};
use crate::base::Loss;

/// The words that RBAC's own reasons begin with.
const RBAC: &str = "RBAC: ";

/// Whether it was decided while what could change it was still being read.
pub fn is_loading(decision: &Decision) -> bool {
    decision.gaps.iter().any(|effect| effect.gap.loss == Loss::Loading)
}

/// The cause of a verdict that is the server's and not ours; none where ours stands.
pub fn overruled(decision: &Decision) -> Option<String> {
    let is_loading = is_loading(decision);
    let cause = match (decision.verdict, decision.computed) {
        (verdict, computed) if verdict == computed => return None,
        (Verdict::Allowed, Verdict::Unknown) if is_loading => "the server allows it; what grants it is still being read".to_owned(),
        (Verdict::Denied, Verdict::Unknown) if is_loading => {
            "the server does not allow it; what comes nearest is still being read".to_owned()
        }
        (Verdict::Allowed, Verdict::Unknown) => "the server allows it; what grants it could not be read".to_owned(),
        (Verdict::Allowed, _) => "the server allows it; nothing that whycan read grants it".to_owned(),
        (_, Verdict::Allowed) => match decision.grants.first() {
            Some(first) => format!("the server does not allow it, though {}", grant(first)),
            None => "the server does not allow it".to_owned(),
        },
        (_, _) => "the server does not allow it; not everything that might grant it could be read".to_owned(),
    };
    Some(cause)
}

/// What the server says, in one line: that it agrees, what it says instead, or that it cannot say; none where it was not
/// asked.
pub fn server(decision: &Decision) -> Option<String> {
    let server = decision.server.as_ref()?;
    Some(match server.verdict() {
        None => match server.discounted {
            Some(why) => format!("the server says no, which counts for nothing here: {why}"),
            None => format!("the server could not decide: {}", server.evaluation_error),
        },
        Some(verdict) if verdict == decision.computed => "server agrees".to_owned(),
        Some(verdict) if decision.computed == Verdict::Unknown => {
            format!("the server says {}; whycan alone cannot tell", verdict.as_str())
        }
        Some(verdict) => format!("the server says {}, whycan computes {}", verdict.as_str(), decision.computed.as_str()),
    })
}

/// The server's verdict while ours is not there yet.
pub fn early(request: &Request, verdict: Verdict) -> String {
    format!("the server says: {}, {request}; reading roles and bindings for the reasons", verdict.as_str())
}

/// How the server was asked, as its API has it.
pub fn asked(asked: Asked) -> &'static str {
    match asked {
        Asked::ForOneself => "SelfSubjectAccessReview",
        Asked::ForSomebody => "SubjectAccessReview",
        Asked::Impersonating => "SelfSubjectAccessReview while impersonating",
    }
}

/// What may explain that the server says something else, one sentence each; nothing where it does not.
pub fn difference(decision: &Decision) -> Vec<String> {
    let Some(server) = decision.server.as_ref().filter(|_| decision.verdict != decision.computed) else { return Vec::new() };
    let names_rbac = server.reason.starts_with(RBAC);
    let mut told = Vec::new();
    if decision.computed == Verdict::Unknown {
        let open = decision.gaps.iter().filter(|effect| effect.could_change_verdict);
        told.extend(open.map(|effect| format!("{} {} here; the server knows them", effect.gap.what, lost(effect.gap.loss))));
        return told;
    }
    if decision.verdict == Verdict::Allowed {
        if names_rbac {
            told.push("its reason names a role and a binding: they may have come after whycan read them".to_owned());
        } else {
            told.push("another authorizer may allow it: a webhook, or an EKS access policy of an access entry".to_owned());
            told.push("or the server knows more of the identity than is known here, such as a group".to_owned());
        }
        return told;
    }
    if server.denied {
        told.push("an authorizer denies it outright, which RBAC never does: a webhook before it".to_owned());
    } else {
        told.push("the server may be behind: a role or binding counts for it about a second after it is written".to_owned());
        told.push("or its authorizers are others than Node and RBAC".to_owned());
    }
    if server.asked == Asked::ForSomebody {
        told.push("or the identity has other groups when it asks itself".to_owned());
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authz::{Door, Index, Request, ServerVerdict, explain};
    use crate::base::{Gap, Name};
    use crate::facts::{Change, Facts};
    use crate::identity::Identity;

    fn decided(gap: bool, masters: bool, server: ServerVerdict) -> Decision {
        let kinds = vec![Name::new("ClusterRoleBinding"), Name::new("ClusterRole")];
        let gap =
            gap.then(|| Gap { what: "bindings".to_owned(), why: "forbidden".to_owned(), kinds, loss: Loss::Refused, ..Gap::default() });
        let index = Index::new(&Facts::collect(gap.map(Change::Gap)));
        let groups = masters.then(|| Name::new("system:masters"));
        let mut decision = explain(&index, &Identity::literal("alice", groups), &Request::resource("get", "", "pods", "dev"), Door::Person);
        decision.heed(server);
        decision
    }

    #[test]
    fn the_servers_verdict_has_its_own_words() {
        let no = ServerVerdict::default();
        let yes = ServerVerdict { allowed: true, ..no.clone() };
        let rbac = ServerVerdict { reason: "RBAC: allowed by …".to_owned(), ..yes.clone() };
        let never = ServerVerdict { denied: true, ..no.clone() };
        let discounted = ServerVerdict { discounted: Some("the question lacks extra"), ..no.clone() };
        let unsure = ServerVerdict { evaluation_error: "no answer".to_owned(), ..no.clone() };
        for (gap, masters, verdict, cause, line, told) in [
            (false, false, &no, "no binding reaches", "server agrees", ""),
            (false, true, &yes, "group system:masters may do everything", "server agrees", ""),
            (false, false, &yes, "nothing that whycan read grants it", "the server says allowed, whycan computes denied", "webhook"),
            (false, false, &rbac, "nothing that whycan read grants it", "the server says allowed, whycan computes denied", "come after"),
            (true, false, &yes, "could not be read", "the server says allowed; whycan alone cannot tell", "bindings could not be read"),
            (true, false, &no, "not everything", "the server says denied; whycan alone cannot tell", "bindings could not be read"),
            (false, true, &no, "though group system:masters", "the server says denied, whycan computes allowed", "behind"),
            (false, true, &never, "though group system:masters", "the server says denied, whycan computes allowed", "outright"),
            (
                false,
                false,
                &discounted,
                "no binding reaches",
                "the server says no, which counts for nothing here: the question lacks extra",
                "",
            ),
            (false, false, &unsure, "no binding reaches", "the server could not decide: no answer", ""),
        ] {
            let decision = decided(gap, masters, verdict.clone());
            let because = super::super::because(&decision);
            assert!(because.contains(cause), "{because}");
            assert_eq!(server(&decision).unwrap(), line);
            let difference = difference(&decision).join("; ");
            assert_eq!(difference.is_empty(), told.is_empty(), "{difference}");
            assert!(difference.contains(told), "{difference}");
        }
    }
}
