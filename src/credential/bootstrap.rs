//! Bootstrap tokens: what a machine joins a cluster with.
//!
//! Source: `cluster-bootstrap/token/api` and `plugin/pkg/auth/authenticator/token/bootstrap` of Kubernetes 1.36.

use super::part::Part;
use crate::base::{Finding, Severity};

/// A token: `abcdef.0123456789abcdef`. Its secret half is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its public half, the name of its Secret.
    pub id: String,
}

impl Token {
    /// Reads a token; none where the text is none.
    pub fn read(text: &str) -> Option<Self> {
        let (id, secret) = text.split_once('.')?;
        let is_fit = |part: &str, length| part.len() == length && part.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9'));
        (is_fit(id, 6) && is_fit(secret, 16)).then(|| Self { id: id.to_owned() })
    }

    /// Who it is to a cluster.
    pub fn username(&self) -> String {
        format!("system:bootstrap:{}", self.id)
    }

    /// What is worth knowing of it.
    pub fn lint(&self) -> Vec<Finding> {
        vec![Finding {
            code: "kept-in-secret",
            severity: Severity::Info,
            subject: "token".to_owned(),
            message: format!(
                "whether the token counts, and how long, stands in Secret kube-system/bootstrap-token-{}, and not in itself",
                self.id
            ),
            fix: Some(format!("Look there: kubectl get secret -n kube-system bootstrap-token-{} -o yaml", self.id)),
            source: None,
        }]
    }

    /// Its parts.
    pub fn parts(&self) -> Vec<Part> {
        let id = "Its public half; the API server looks for Secret kube-system/bootstrap-token-ID.";
        let secret = "Its secret half; it must be the one in the Secret.";
        let user = "Who it is to the cluster, in group system:bootstrappers and the groups that the Secret adds.";
        vec![Part::new("id", &*self.id, id), Part::new("secret", "…", secret), Part::new("user", self.username(), user)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_and_sixteen_of_small_letters_and_digits() {
        let id = |text: &str| Token::read(text).map(|token| token.id);
        assert_eq!(id("abcdef.0123456789abcdef").as_deref(), Some("abcdef"));
        for text in
            ["", ".", "abcdef", "abcde.0123456789abcdef", "abcdef.0123456789abcde", "Abcdef.0123456789abcdef", "abcdef.0123456789abcdef."]
        {
            assert_eq!(id(text), None, "{text}");
        }
        let token = Token::read("abcdef.0123456789abcdef").unwrap();
        assert_eq!(token.username(), "system:bootstrap:abcdef");
        assert!(!format!("{token:?}{:?}{:?}", token.parts(), token.lint()).contains("0123456789abcdef"));
    }
}
