//! What a kubectl line is about: `pods`, `pod web-0 web-1`, `deploy/web`, `-f manifest.yaml`.

use super::line::Line;
use super::manifest::{self, Manifest};
use crate::authz::ask::Surroundings;
use crate::authz::ask::resolve::{self, Resolved};
use crate::base::{Failure, Name};

/// One thing that a line is about.
#[derive(Clone, Debug)]
pub struct Target {
    /// The resource.
    pub resource: Resolved,
    /// The object's name; none for all of them.
    pub name: Option<String>,
    /// The namespace that a manifest gives.
    pub namespace: Option<String>,
}

/// Every target of a line; a bare name is of the resource `by_default`.
pub fn targets(
    line: &Line,
    by_default: Option<&str>,
    surroundings: &Surroundings<'_>,
    notes: &mut Vec<String>,
) -> Result<Vec<Target>, Failure> {
    let mut targets = Vec::new();
    for file in line.values("filename").flat_map(|files| files.split(',')) {
        targets.extend(of_file(file, surroundings, notes)?);
    }
    if line.value("kustomize").is_some() {
        return Err(Failure::usage("a kustomization is not built here")
            .hint("Build it first: kubectl kustomize FOLDER > all.yaml, and give -f all.yaml."));
    }
    let target = |resource: Resolved, name: Option<&str>| Target { resource, name: name.map(str::to_owned), namespace: None };
    let slashed = |word: &str, notes: &mut Vec<String>| {
        let (resource, name) = word.split_once('/').unwrap_or((word, ""));
        target(resolve::resource(resource, surroundings, notes), Some(name).filter(|name| !name.is_empty()))
    };
    match line.arguments.as_slice() {
        [] => {}
        words if words.iter().any(|word| word.contains('/')) => targets.extend(words.iter().map(|word| slashed(word, notes))),
        names if by_default.is_some() => {
            let resource = resolve::resource(by_default.unwrap_or_default(), surroundings, notes);
            targets.extend(names.iter().take(1).map(|name| target(resource.clone(), Some(name))));
        }
        [kinds, names @ ..] => {
            for kind in kinds.split(',').filter(|kind| !kind.is_empty()) {
                for resource in of_word(kind, surroundings, notes) {
                    if names.is_empty() {
                        targets.push(target(resource, None));
                    } else {
                        targets.extend(names.iter().map(|name| target(resource.clone(), Some(name))));
                    }
                }
            }
        }
    }
    Ok(targets)
}

/// A resource, or those of a category such as `all`.
fn of_word(word: &str, surroundings: &Surroundings<'_>, notes: &mut Vec<String>) -> Vec<Resolved> {
    let category = Name::find(word);
    let members: Vec<Resolved> = surroundings
        .resources
        .iter()
        .filter(|resource| category.is_some_and(|category| resource.categories.contains(&category)))
        .map(|resource| Resolved {
            group: resource.group,
            plural: resource.plural,
            scoping: Some(resource.scoping),
            subresources: resource.subresources.to_vec(),
        })
        .collect();
    if members.is_empty() { vec![resolve::resource(word, surroundings, notes)] } else { members }
}

fn of_file(file: &str, surroundings: &Surroundings<'_>, notes: &mut Vec<String>) -> Result<Vec<Target>, Failure> {
    let instead = "Ask for the request itself: whycan why patch deployments NAME -n NAMESPACE --as USER";
    let Some(read) = surroundings.files else {
        return Err(Failure::usage(format!("file `{file}` of the kubectl line is not read here")).hint(instead));
    };
    if file.starts_with("http://") || file.starts_with("https://") {
        return Err(Failure::usage(format!("`{file}` is not fetched")).hint("Save it, and give the file.").hint(instead));
    }
    let bytes = read(file).map_err(|why| Failure::failed(format!("cannot read `{file}` of the kubectl line: {why}")).hint(instead))?;
    Ok(manifest::read(file, &bytes)?.into_iter().map(|manifest| of_manifest(manifest, surroundings, notes)).collect())
}

fn of_manifest(manifest: Manifest, surroundings: &Surroundings<'_>, notes: &mut Vec<String>) -> Target {
    let known =
        surroundings.resources.iter().find(|resource| resource.kind == manifest.kind.as_str() && resource.group == manifest.group.as_str());
    let resource = if let Some(known) = known {
        Resolved { group: known.group, plural: known.plural, scoping: Some(known.scoping), subresources: known.subresources.to_vec() }
    } else {
        let plural = format!("{}s", manifest.kind.to_lowercase());
        notes.push(format!("no resource of kind {} is known here; taken to be {plural}", manifest.kind));
        Resolved { group: Name::new(&manifest.group), plural: Name::new(&plural), scoping: None, subresources: Vec::new() }
    };
    let given = |text: String| Some(text).filter(|text| !text.is_empty());
    Target { resource, name: given(manifest.name), namespace: given(manifest.namespace) }
}
