//! Which form the words of a request have.

use super::{Asked, Surroundings, kubectl, message, resolve, url};
use crate::authz::Request;
use crate::authz::request::VERBS;
use crate::base::Failure;

/// Reads the words of a REQUEST.
pub fn read(words: &[String], surroundings: &Surroundings<'_>) -> Result<Asked, Failure> {
    let words: Vec<&str> = words.iter().map(|word| word.trim()).filter(|word| !word.is_empty()).collect();
    let joined = words.join(" ");
    if is_message(&words, &joined) {
        return message::read(&joined);
    }
    // one argument may hold all the words
    let split;
    let words: &[&str] = if let [only] = words.as_slice()
        && only.contains(char::is_whitespace)
    {
        split = kubectl::shell_words(only)?;
        &split.iter().map(String::as_str).collect::<Vec<_>>()
    } else {
        &words
    };
    if let Some(rest) = kubectl::without_prompt(words) {
        return kubectl::read(rest, surroundings);
    }
    match words {
        [] => Err(Failure::usage("the request is empty").hint(EXAMPLE)),
        [word] if VERBS.contains(&word.to_lowercase().as_str()) => {
            Err(Failure::usage(format!("`{word}` is understood as the verb; what it acts on is missing")).hint(EXAMPLE))
        }
        [word] => Err(Failure::usage(format!("`{word}` alone is no request: a verb and a resource, or a path, are needed")).hint(EXAMPLE)),
        [method, url, rest @ ..] if is_url(url) => {
            nothing_more(rest, &format!("`{method} {url}`"))?;
            on_url(method, url)
        }
        [verb, resource] => Ok(resolve::request(verb, resource, None, surroundings)),
        [verb, resource, name] => Ok(resolve::request(verb, resource, Some(name), surroundings)),
        [verb, resource, name, rest @ ..] => {
            nothing_more(rest, &format!("verb `{verb}`, resource `{resource}`, name `{name}`"))?;
            Ok(resolve::request(verb, resource, Some(name), surroundings))
        }
    }
}

/// Whether words are a message; one with the command that met it before it, too.
fn is_message(words: &[&str], joined: &str) -> bool {
    let is_known = message::holds_denial(joined) || message::tells_of_symptom(joined);
    is_known || (!kubectl::is_line(words) && message::looks_like_one(joined))
}

/// Why the words are no question for any cluster: they are a message of another layer.
pub fn elsewhere(words: &[String]) -> Option<Failure> {
    let words: Vec<&str> = words.iter().map(|word| word.trim()).filter(|word| !word.is_empty()).collect();
    let joined = words.join(" ");
    if is_message(&words, &joined) { message::read(&joined).err() } else { None }
}

const EXAMPLE: &str = "For example: whycan why delete pods -n dev --as alice";

fn nothing_more(rest: &[&str], understood: &str) -> Result<(), Failure> {
    match rest.first() {
        None => Ok(()),
        Some(word) => Err(Failure::usage(format!("understood {understood}, but not `{word}` after it")).hint(EXAMPLE)),
    }
}

fn is_url(word: &str) -> bool {
    word.starts_with('/') || word.starts_with("https://") || word.starts_with("http://")
}

/// `METHOD URL`, or a verb and a path.
fn on_url(word: &str, url: &str) -> Result<Asked, Failure> {
    let mut notes = Vec::new();
    let is_method = word.chars().all(|c| c.is_ascii_uppercase());
    let method = word.to_uppercase();
    let attributes = url::attributes(&method, url)
        .map_err(|error| Failure::usage(error.to_string()).hint("For example: whycan why GET /api/v1/namespaces/dev/pods"))?;
    if !attributes.is_resource {
        // a verb on a path is asked as it stands: rules hold methods in lower case
        let verb = if is_method { attributes.verb.clone() } else { resolve::verb(word, &mut notes) };
        return Ok(resolve::asked(Request::path(&verb, &attributes.path), if is_method { "URL" } else { "verb and path" }, notes));
    }
    if !is_method {
        notes.push(format!("{url} is the path of a resource; read as {method} {url}"));
    }
    Ok(resolve::asked(attributes.request(), "URL", notes))
}
