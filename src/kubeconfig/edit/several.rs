//! Several changes as one: each is planned from what the ones before it leave.

use super::{Change, Edit, Files, Plan, plan};
use crate::base::Failure;

/// What changes come to, one after another.
///
/// # Errors
/// When one of them is refused.
pub fn plan_all(files: &Files, changes: &[Change]) -> Result<Plan, Failure> {
    let mut files = files.clone();
    let mut whole = Plan::default();
    let mut done = Vec::new();
    for change in changes {
        let part = plan(&files, change)?;
        if !part.edits.is_empty() || changes.len() == 1 {
            done.push(part.summary.clone());
        }
        whole.notes.extend(part.notes);
        whole.unused.extend(part.unused);
        for edit in part.edits {
            if let Some(given) = files.given.iter_mut().find(|given| given.path == edit.path) {
                given.bytes = Some(edit.after.clone());
            }
            match whole.edits.iter_mut().find(|known| known.path == edit.path) {
                Some(known) => known.after = edit.after,
                None => whole.edits.push(edit),
            }
        }
        whole.summary = if done.is_empty() { part.summary } else { done.join("; ") };
    }
    whole.edits.retain(|Edit { before, after, .. }| before.as_deref() != Some(after.as_slice()));
    Ok(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kubeconfig::Given;

    #[test]
    fn each_follows_on_the_one_before() {
        let text = "current-context: a\ncontexts:\n- name: a\n- name: b\n  context:\n    cluster: c\n";
        let given = Given { path: "/x".to_owned(), bytes: Some(text.into()) };
        let files = Files { given: vec![given], is_explicit: false };
        let namespace = |namespace: &str| Change::Namespace { context: None, namespace: Some(namespace.to_owned()) };
        let plan = plan_all(&files, &[Change::Use("b".to_owned()), namespace("web")]).unwrap();
        assert_eq!(plan.summary, "b becomes the current context; context b gets namespace web");
        assert_eq!(plan.edits.len(), 1);
        assert_eq!(
            String::from_utf8_lossy(&plan.edits[0].after),
            "current-context: b\ncontexts:\n- name: a\n- name: b\n  context:\n    cluster: c\n    namespace: web\n"
        );
        assert_eq!(plan.edits[0].before.as_deref(), Some(text.as_bytes()));
        let nothing = plan_all(&files, &[Change::Use("a".to_owned())]).unwrap();
        assert_eq!((nothing.edits.len(), nothing.summary.as_str()), (0, "a is the current context already"));
        let back = plan_all(&files, &[Change::Use("b".to_owned()), Change::Use("a".to_owned())]).unwrap();
        assert_eq!(back.edits.len(), 0);
        assert!(plan_all(&files, &[Change::Use("b".to_owned()), Change::Use("gone".to_owned())]).is_err());
    }
}
