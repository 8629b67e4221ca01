//! What a live API server says to the same question, and how it joins ours: the cluster has the last word.

use super::{Decision, Verdict};

/// The answer of an API server to a review.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerVerdict {
    /// Whether some authorizer allows it.
    pub allowed: bool,
    /// Whether an authorizer denies it outright; RBAC never does.
    pub denied: bool,
    /// The reason, as the server gave it.
    pub reason: String,
    /// What went wrong while it decided; then its no is none.
    pub evaluation_error: String,
    /// Why its no counts for nothing, in whycan's own words: the question lacked what the answer hangs on.
    pub discounted: Option<&'static str>,
    /// How it was asked.
    pub asked: Asked,
}

/// How a server was asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Asked {
    /// SelfSubjectAccessReview, for oneself.
    #[default]
    ForOneself,
    /// SubjectAccessReview, for somebody else.
    ForSomebody,
    /// SelfSubjectAccessReview while impersonating somebody.
    Impersonating,
}

impl ServerVerdict {
    /// The verdict; none where an error on the way, or what the question lacked, makes a no worthless.
    pub fn verdict(&self) -> Option<Verdict> {
        match (self.allowed, self.evaluation_error.is_empty() && self.discounted.is_none()) {
            (true, _) => Some(Verdict::Allowed),
            (false, true) => Some(Verdict::Denied),
            (false, false) => None,
        }
    }
}

impl Decision {
    /// Takes the server's answer to the same identity and request: its verdict is the verdict, ours stays in `computed`.
    pub fn heed(&mut self, server: ServerVerdict) {
        if let Some(verdict) = server.verdict() {
            self.verdict = verdict;
        }
        self.server = Some(server);
    }

    /// Says how the caller settles what is open: who asks for oneself need not, and seldom may, impersonate oneself.
    pub fn settle_by_oneself(&mut self) {
        for effect in self.gaps.iter_mut().filter(|effect| effect.gap.settled_by.is_none()) {
            effect.settled_by = super::can_i_myself(&self.request);
        }
    }

    /// Whether the server was asked and says the same; none where it was not asked or could not say.
    pub fn agrees(&self) -> Option<bool> {
        Some(self.server.as_ref()?.verdict()? == self.computed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authz::{Door, Index, Request, explain};
    use crate::facts::Facts;
    use crate::identity::Identity;

    #[test]
    fn the_server_has_the_last_word() {
        let request = Request::resource("get", "", "pods", "dev");
        let denied = explain(&Index::new(&Facts::default()), &Identity::user("alice"), &request, Door::Person);
        let no = ServerVerdict::default();
        let yes = ServerVerdict { allowed: true, ..no.clone() };
        let unsure = ServerVerdict { evaluation_error: "webhook unreachable".to_owned(), ..no.clone() };
        let yes_though = ServerVerdict { evaluation_error: "webhook unreachable".to_owned(), ..yes.clone() };
        let discounted = ServerVerdict { discounted: Some("the question lacks extra"), ..no.clone() };
        for (server, verdict, agrees, decided_by) in [
            (discounted, Verdict::Denied, None, "none"),
            (no, Verdict::Denied, Some(true), "none"),
            (yes, Verdict::Allowed, Some(false), "server"),
            (unsure, Verdict::Denied, None, "none"),
            (yes_though, Verdict::Allowed, Some(false), "server"),
        ] {
            let mut decision = denied.clone();
            decision.heed(server);
            assert_eq!((decision.verdict, decision.agrees(), decision.decided_by()), (verdict, agrees, decided_by));
            assert_eq!(decision.computed, Verdict::Denied);
        }
    }
}
