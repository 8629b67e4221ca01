//! An edit as a person looks at it before it is made: a unified diff without its secrets, and the first line that differs.

use std::borrow::Cow;
use std::ops::Range;

use similar::{ChangeTag, TextDiff};

use super::Edit;
use crate::base::text::sanitise;
use crate::kubeconfig::text;
use crate::kubeconfig::yaml::layout::{Part, Shape, layout};

/// The fields of a user that hold secrets.
const SECRETS: [&str; 3] = ["token", "password", "client-key-data"];
/// What stands for one.
const MASK: &str = "•••";
/// How many unchanged lines are shown around those that change.
const AROUND: usize = 3;

impl Edit {
    /// The change as a unified diff; secrets in it are masked.
    pub fn diff(&self) -> String {
        let (before, after) = self.texts();
        let path = sanitise(&self.path);
        let old = if self.before.is_some() { path.as_ref() } else { "/dev/null" };
        TextDiff::from_lines(&before, &after).unified_diff().context_radius(AROUND).header(old, &path).to_string()
    }

    /// The first line that the change writes, counted from 1; none where it only takes lines away.
    pub fn line(&self) -> Option<usize> {
        let (before, after) = self.texts();
        let diff = TextDiff::from_lines(before.as_str(), after.as_str());
        let line = diff.iter_all_changes().find(|change| change.tag() == ChangeTag::Insert)?.new_index()?;
        Some(line + 1)
    }

    fn texts(&self) -> (String, String) {
        (masked(self.before.as_deref().unwrap_or_default()), masked(&self.after))
    }
}

/// A file as text, its secrets replaced; of one that is no YAML nothing is shown.
fn masked(bytes: &[u8]) -> String {
    let Ok((_, text)) = text::open(bytes) else { return String::new() };
    let mut secrets = Vec::new();
    if let Some(root) = layout(&text).and_then(|layout| layout.root) {
        hidden(&root, false, &mut secrets);
    }
    replace(&text, secrets)
}

/// Where secrets stand below a part: what is called so in a user, and all that an auth provider, a plugin's arguments and
/// its variables say.
fn hidden(part: &Part, is_all: bool, found: &mut Vec<Range<usize>>) {
    match &part.shape {
        Shape::Scalar(..) if is_all => found.push(part.range.clone()),
        Shape::Scalar(..) | Shape::Alias(_) => {}
        Shape::List(_, items) => items.iter().for_each(|item| hidden(item, is_all, found)),
        Shape::Map(_, pairs) => {
            for pair in pairs {
                let is_secret = SECRETS.iter().any(|name| pair.is(name));
                let is_told = ["args", "env", "config"].iter().any(|name| pair.is(name));
                let is_name = pair.is("name");
                hidden(&pair.value, is_secret || is_told || (is_all && !is_name), found);
            }
        }
    }
}

/// Puts the mask in the place of every part, line by line: what follows keeps its line.
fn replace(text: &str, mut secrets: Vec<Range<usize>>) -> String {
    secrets.sort_by_key(|range| range.start);
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for range in secrets {
        out.push_str(text.get(at..range.start).unwrap_or_default());
        let secret: Cow<'_, str> = text.get(range.clone()).unwrap_or_default().into();
        let masked: Vec<String> = secret
            .split('\n')
            .enumerate()
            .map(|(position, line)| {
                let indent = line.len() - line.trim_start().len();
                let indent = if position == 0 { "" } else { line.get(..indent).unwrap_or_default() };
                if line.trim().is_empty() { line.to_owned() } else { format!("{indent}{MASK}") }
            })
            .collect();
        out.push_str(&masked.join("\n"));
        at = range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(before: Option<&str>, after: &str) -> Edit {
        Edit { path: "/home/alice/.kube/config".to_owned(), before: before.map(Into::into), after: after.into() }
    }

    #[test]
    fn what_changes_and_what_is_around() {
        let before = "apiVersion: v1\nkind: Config\ncurrent-context: dev # mine\nx: 1\ny: 2\nz: 3\nlast: 4";
        let edit = edit(Some(before), &before.replace("dev", "prod"));
        let expected = "\
--- /home/alice/.kube/config
+++ /home/alice/.kube/config
@@ -1,6 +1,6 @@
 apiVersion: v1
 kind: Config
-current-context: dev # mine
+current-context: prod # mine
 x: 1
 y: 2
 z: 3
";
        assert_eq!((edit.diff().as_str(), edit.line()), (expected, Some(3)));
    }

    #[test]
    fn a_file_that_comes_to_be() {
        let edit = edit(None, "a: 1\n");
        assert_eq!(edit.diff(), "--- /dev/null\n+++ /home/alice/.kube/config\n@@ -0,0 +1 @@\n+a: 1\n");
        assert_eq!(self::edit(Some("a: 1\nb: 2\n"), "a: 1\n").line(), None);
    }

    #[test]
    fn no_secret_is_shown() {
        for user in [
            "{token: hunter2}",
            "{token: 'hunter2', as: alice}",
            "\n    token: |\n      hunter2\n      hunter2\n    as: alice",
            "\n    token: hunter2\n      hunter2",
            "{client-key-data: \"hunter2\", password: !!str hunter2}",
            "{auth-provider: {name: oidc, config: {id-token: hunter2, client-secret: hunter2}}}",
            "{exec: {command: c, args: [--secret, hunter2], env: [{name: A, value: hunter2}]}}",
        ] {
            let before = format!("users:\n- name: u\n  user: {user}\n- name: v\n");
            for edit in [edit(Some(&before), "users:\n- name: v\n"), edit(None, &before)] {
                let diff = edit.diff();
                assert!(!diff.contains("hunter2") && diff.contains(MASK) && diff.contains("name: u"), "{diff}");
            }
        }
        assert_eq!(edit(Some("a: [hunter2"), "a: 1\n").diff().matches("hunter2").count(), 1);
    }
}
