//! Reviews out of a file: one object, a list, an array, YAML documents or JSON lines.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::base::Failure;

/// The API group of reviews.
const GROUP: &str = "authorization.k8s.io/";

/// One review as it was given.
#[derive(Clone, Debug)]
pub struct Item {
    /// Where it stands: `review 3 (line 3)`.
    pub place: String,
    /// What kind of review it is.
    pub kind: Kind,
    /// All that was given.
    pub given: Map<String, Value>,
}

/// The kinds of reviews.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// SubjectAccessReview: names who asks.
    Subject,
    /// SelfSubjectAccessReview: whoever sends it asks.
    SelfSubject,
    /// LocalSubjectAccessReview: for one namespace.
    LocalSubject,
}

impl Item {
    /// Whether it does not say who asks.
    pub fn is_about_oneself(&self) -> bool {
        self.kind == Kind::SelfSubject
    }
}

/// Every review of a file.
///
/// # Errors
/// When the file cannot be read as JSON or YAML, or something in it is no review: nothing is answered then.
pub fn items(name: &str, bytes: &[u8]) -> Result<Vec<Item>, Failure> {
    let text = std::str::from_utf8(bytes)
        .map_err(|error| Failure::failed(format!("`{name}` is not text: byte {} is not UTF-8", error.valid_up_to())).hint(expected()))?;
    let text = text.trim_start_matches('\u{feff}');
    let is_json = text.trim_start().starts_with(['{', '[']);
    let values = if is_json { json_values(name, text)? } else { yaml_values(name, text)? };
    let mut items = Vec::new();
    for (value, place) in values {
        spread(name, value, &place, &mut items)?;
    }
    if items.is_empty() {
        return Err(Failure::failed(format!("`{name}` holds no review")).hint(expected()));
    }
    Ok(items)
}

fn expected() -> String {
    "Expected: SubjectAccessReviews as one object, a list, a JSON array, YAML documents or JSON lines.".to_owned()
}

fn json_values(name: &str, text: &str) -> Result<Vec<(Value, String)>, Failure> {
    let mut values = Vec::new();
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let mut line = 1;
    let mut counted = 0;
    loop {
        // the next value begins after the blanks that follow the last
        let offset = stream.byte_offset();
        let start = offset + text.get(offset..).map_or(0, |rest| rest.len() - rest.trim_start().len());
        line += text.get(counted..start).unwrap_or_default().matches('\n').count();
        counted = start;
        match stream.next() {
            None => return Ok(values),
            Some(Ok(value)) => values.push((value, format!("line {line}"))),
            Some(Err(error)) => {
                return Err(
                    Failure::failed(format!("`{name}` is not JSON: {error}")).hint(format!("{} could be read before that.", values.len()))
                );
            }
        }
    }
}

fn yaml_values(name: &str, text: &str) -> Result<Vec<(Value, String)>, Failure> {
    let mut values = Vec::new();
    for (position, document) in serde_yaml::Deserializer::from_str(text).enumerate() {
        match Value::deserialize(document) {
            Ok(Value::Null) => {}
            Ok(value) => values.push((value, format!("document {}", position + 1))),
            Err(error) => return Err(Failure::failed(format!("`{name}` is neither JSON nor YAML: {error}")).hint(expected())),
        }
    }
    Ok(values)
}

/// A value that may be a review, a list of them or an array of them.
fn spread(name: &str, value: Value, place: &str, items: &mut Vec<Item>) -> Result<(), Failure> {
    match value {
        Value::Array(values) => values.into_iter().try_for_each(|value| spread(name, value, place, items)),
        Value::Object(mut object) => match object.get_mut("items").map(Value::take) {
            Some(Value::Array(values)) => values.into_iter().try_for_each(|value| spread(name, value, place, items)),
            Some(_) => Err(no_review(name, items.len(), place, "its `items` is not a list")),
            None => {
                let kind = kind(&object).map_err(|why| no_review(name, items.len(), place, &why))?;
                items.push(Item { place: format!("review {} ({place})", items.len() + 1), kind, given: object });
                Ok(())
            }
        },
        other => Err(no_review(name, items.len(), place, &format!("it is {}", what(&other)))),
    }
}

fn no_review(name: &str, before: usize, place: &str, why: &str) -> Failure {
    Failure::failed(format!("item {} of `{name}` ({place}) is no SubjectAccessReview: {why}", before + 1)).hint(expected())
}

fn what(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

fn kind(object: &Map<String, Value>) -> Result<Kind, String> {
    let text = |key: &str| match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str())),
        Some(other) => Err(format!("its `{key}` is {}", what(other))),
    };
    if let Some(version) = text("apiVersion")?.filter(|version| !version.starts_with(GROUP)) {
        return Err(format!("its apiVersion is `{version}`, not `{GROUP}v1`"));
    }
    match text("kind")? {
        Some("SubjectAccessReview") => Ok(Kind::Subject),
        Some("SelfSubjectAccessReview") => Ok(Kind::SelfSubject),
        Some("LocalSubjectAccessReview") => Ok(Kind::LocalSubject),
        Some(other) => Err(format!("its kind is `{other}`")),
        None if object.contains_key("spec") => Ok(Kind::Subject),
        None => Err("it has neither `kind` nor `spec`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REVIEW: &str = r#"{"kind":"SubjectAccessReview","apiVersion":"authorization.k8s.io/v1","spec":{"user":"a"}}"#;

    fn places(text: &str) -> Vec<String> {
        items("f", text.as_bytes()).unwrap().into_iter().map(|item| item.place).collect()
    }

    fn refusal(text: &str) -> String {
        items("f", text.as_bytes()).unwrap_err().message
    }

    #[test]
    fn every_form_is_read_in_order() {
        assert_eq!(places(REVIEW), ["review 1 (line 1)"]);
        assert_eq!(places(&format!("\u{feff}\n{REVIEW}\n\n{REVIEW}\n")), ["review 1 (line 2)", "review 2 (line 4)"]);
        assert_eq!(places(&format!("[{REVIEW},{REVIEW}]")), ["review 1 (line 1)", "review 2 (line 1)"]);
        assert_eq!(places(&format!(r#"{{"kind":"List","items":[{REVIEW},{REVIEW}]}}"#)).len(), 2);
        assert_eq!(
            places("kind: SubjectAccessReview\nspec: {user: a}\n---\n---\nspec: {}\n"),
            ["review 1 (document 1)", "review 2 (document 3)"]
        );
        assert_eq!(places("- spec: {}\n- spec: {}\n").len(), 2);
    }

    #[test]
    fn bad_input_is_named() {
        assert_eq!(refusal(""), "`f` holds no review");
        assert_eq!(refusal("[]"), "`f` holds no review");
        assert_eq!(refusal("{\"spec\":"), "`f` is not JSON: EOF while parsing a value at line 1 column 8");
        assert!(refusal(&format!("{REVIEW}\n{{\"a\" 1}}")).starts_with("`f` is not JSON: expected `:` at line 2"));
        assert_eq!(
            refusal(&format!("{REVIEW}\n{{\"kind\":\"Pod\"}}")),
            "item 2 of `f` (line 2) is no SubjectAccessReview: its kind is `Pod`"
        );
        assert_eq!(refusal("[1]"), "item 1 of `f` (line 1) is no SubjectAccessReview: it is a number");
        assert_eq!(refusal("{\"items\":{}}"), "item 1 of `f` (line 1) is no SubjectAccessReview: its `items` is not a list");
        assert_eq!(refusal("{\"a\":1}"), "item 1 of `f` (line 1) is no SubjectAccessReview: it has neither `kind` nor `spec`");
        assert_eq!(
            refusal("{\"kind\":\"SubjectAccessReview\",\"apiVersion\":\"v1\"}"),
            "item 1 of `f` (line 1) is no SubjectAccessReview: its apiVersion is `v1`, not `authorization.k8s.io/v1`"
        );
        assert!(refusal("a: [").starts_with("`f` is neither JSON nor YAML"));
        let binary = items("f", &[0xff, 0xfe, 0x00]).unwrap_err();
        assert_eq!(binary.message, "`f` is not text: byte 0 is not UTF-8");
        assert_eq!(binary.exit_status(), 4);
    }
}
