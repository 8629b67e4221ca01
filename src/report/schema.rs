//! JSON Schema of what the commands print with `-o json`, generated from the types that print it.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Value, json};

use super::json as shapes;

/// A command that prints JSON, and what it prints.
struct Output {
    command: &'static str,
    /// The schema as a document of its own.
    document: fn(SchemaGenerator) -> Schema,
    /// The schema as part of a larger document.
    part: fn(&mut SchemaGenerator) -> Schema,
}

fn output<T: JsonSchema>(command: &'static str) -> Output {
    Output { command, document: |generator| generator.into_root_schema_for::<T>(), part: |generator| generator.subschema_for::<T>() }
}

fn outputs() -> [Output; 17] {
    [
        output::<shapes::Why>("why"),
        output::<shapes::Review>("review"),
        output::<shapes::WhoCan>("who-can"),
        output::<shapes::Can>("can"),
        output::<shapes::Whoami>("whoami"),
        output::<shapes::Rules>("rules"),
        output::<shapes::Cluster>("cluster"),
        output::<shapes::Identities>("identities"),
        output::<shapes::Contexts>("context"),
        output::<shapes::CurrentContext>("context current"),
        output::<shapes::Changed>("context use"),
        output::<shapes::Aliases>("context alias"),
        output::<shapes::Namespaces>("namespace"),
        output::<shapes::EksPlace>("eks list"),
        output::<shapes::Mapped>("map"),
        output::<shapes::Lint>("lint"),
        output::<shapes::Token>("token decode"),
    ]
}

/// The commands that print JSON.
pub fn commands() -> impl Iterator<Item = &'static str> {
    outputs().into_iter().map(|output| output.command)
}

/// The schema of one command's output, or of each line where it prints JSON lines; none for a command without JSON.
pub fn of(command: &str) -> Option<Schema> {
    let output = outputs().into_iter().find(|output| output.command == command)?;
    Some((output.document)(generator()))
}

/// The schemas of all commands in one document: `$defs` has one by the name of each command.
pub fn all() -> Value {
    let mut generator = generator();
    let parts: Vec<(String, Value)> =
        outputs().iter().map(|output| (output.command.to_owned(), (output.part)(&mut generator).to_value())).collect();
    // a reference is a URI, where a blank is written so
    let any: Vec<Value> = commands().map(|command| json!({ "$ref": format!("#/$defs/{}", command.replace(' ', "%20")) })).collect();
    let mut definitions = generator.take_definitions(true);
    definitions.extend(parts);
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "whycan -o json",
        "description": "What each command prints; `$defs` has one schema by the name of each command.",
        "anyOf": any,
        "$defs": definitions,
    })
}

fn generator() -> SchemaGenerator {
    SchemaSettings::draft2020_12().for_serialize().into_generator()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_schema() {
        for command in commands() {
            let schema = of(command).unwrap();
            assert!(schema.get("$schema").is_some(), "{command}");
            assert!(all()["$defs"][command].is_object(), "{command}");
        }
        assert!(of("completions").is_none());
    }
}
