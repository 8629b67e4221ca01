//! What somebody has settled for good, in words of theirs.

use crate::base::text::is_like;

/// The settings; the default ones settle nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Further files that may be kubeconfigs, as patterns of paths: listed, and never merged.
    pub kubeconfigs: Vec<String>,
    /// What is production, as patterns of names of contexts and clusters.
    pub production: Vec<String>,
}

impl Settings {
    /// Whether a context or its cluster is production. Capitals are not told from small letters: to warn once too often is better.
    pub fn is_production(&self, context: &str, cluster: &str) -> bool {
        let names = [context, cluster].map(str::to_lowercase);
        let is_so = |pattern: &String| {
            let pattern = pattern.to_lowercase();
            names.iter().any(|name| is_like(name, &pattern))
        };
        self.production.iter().any(is_so)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn production_is_told_by_patterns() {
        let settings = Settings { production: vec!["*prod*".to_owned(), "live".to_owned()], ..Settings::default() };
        for (context, cluster, is_so) in
            [("acme-prod", "", true), ("x", "ACME-PROD", true), ("Live", "", true), ("alive", "", false), ("acme-dev", "dev", false)]
        {
            assert_eq!(settings.is_production(context, cluster), is_so, "{context} {cluster}");
        }
        assert!(!Settings::default().is_production("prod", "prod"));
    }
}
