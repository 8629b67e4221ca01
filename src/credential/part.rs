//! Parts of a credential, each with what it means and who looks at it: a tree that screens and reports are made of.

/// A part: a header, a claim, a parameter, a field of a certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Its name, as the credential has it.
    pub name: String,
    /// Its value; what is secret in it is masked.
    pub value: String,
    /// One sentence: what it means and who looks at it; empty where that is not known.
    pub explanation: &'static str,
    /// What it consists of.
    pub children: Vec<Self>,
}

impl Part {
    /// A part without further ones.
    pub fn new(name: impl Into<String>, value: impl Into<String>, explanation: &'static str) -> Self {
        Self { name: name.into(), value: value.into(), explanation, children: Vec::new() }
    }

    /// A part that consists of others.
    #[must_use]
    pub fn with(mut self, children: Vec<Self>) -> Self {
        self.children = children;
        self
    }
}
