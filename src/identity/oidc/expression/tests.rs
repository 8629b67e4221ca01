//! What expressions come to; `tests/peers/claims.rs` holds many more against the API server's own code.

use serde_json::{Value as Json, json};

use super::*;

fn told(text: &str, claims: &Json) -> String {
    let expression = match Expression::read(text, About::Claims) {
        Ok(expression) => expression,
        Err(Flaw::Open(why)) => return format!("open: {why}"),
        Err(Flaw::Refused(why)) => return format!("refused: {why}"),
    };
    match expression.of_claims(claims.as_object().unwrap()) {
        Ok(value) => format!("{value:?}"),
        Err(Stop::Error(why)) => format!("error: {why}"),
        Err(Stop::Open(why)) => format!("open: {why}"),
    }
}

#[test]
fn what_expressions_come_to() {
    let claims = json!({"sub": "1", "email": "a@example.com", "groups": ["dev", "ops"], "n": 3, "null": null,
        "example.com": {"role": "x", "a.b": "y"}, "flag": true,
        "nested": {"groups": ["dev", "ops"]}});
    for (text, result) in [
        ("claims.sub", "Text(\"1\")"),
        ("claims['sub'] + \":\" + claims.email", "Text(\"1:a@example.com\")"),
        ("claims.missing", "error: there is no `missing`"),
        ("has(claims.missing) ? claims.missing : 'none'", "Text(\"none\")"),
        ("claims.example__dot__com.role", "Text(\"x\")"),
        ("claims.example__dot__com.a__dot__b", "Text(\"y\")"),
        ("has(claims.sub.x)", "Bool(false)"),
        ("has(claims.missing.x)", "error: there is no `missing`"),
        ("claims.nested.groups.map(g, 'oidc:' + g)", "List([Text(\"oidc:dev\"), Text(\"oidc:ops\")])"),
        ("claims.nested.groups.filter(g, g.startsWith('d'))", "List([Text(\"dev\")])"),
        ("claims.nested.groups.exists(g, g == 'ops') && !claims.nested.groups.all(g, g == 'ops')", "Bool(true)"),
        ("claims.nested.groups.exists_one(g, g in ['dev', 'x'])", "Bool(true)"),
        ("claims.groups.map(g, g)", "refused: it goes through a claim, which may be anything; through what stands in one it could"),
        ("'dev' in claims.groups", "Bool(true)"),
        ("'sub' in claims", "error: the claims as a whole are not asked what is in them"),
        ("'example.com' in claims.nested || 'groups' in claims.nested", "Bool(true)"),
        ("claims.n == 3 && claims.n > 2.5", "Bool(true)"),
        ("claims.sub == claims.n", "Bool(false)"),
        ("claims.missing == 1 || claims.flag", "Bool(true)"),
        ("claims.missing == 1 && claims.flag", "error: there is no `missing`"),
        ("size(claims.groups) + 1", "Int(3)"),
        ("claims.sub + 1", "error: `+` does not take what it is given"),
        ("claims.groups[1]", "Text(\"ops\")"),
        ("claims.groups[2]", "error: there is no element 2"),
        ("has(claims.groups) ? claims.groups : []", "List([Text(\"dev\"), Text(\"ops\")])"),
    ] {
        assert_eq!(told(text, &claims), result, "{text}");
    }
}

#[test]
fn what_is_not_certain_is_open() {
    let claims = json!({"sub": "1", "o": {"p": {"a": 1, "b": 2}}});
    for text in [
        "claims.sub.lowerAscii()",
        "claims.?sub.orValue('x')",
        "claims.sub.matches('^1$')",
        "claims.sub.split('@')[0]",
        "claims.o.p.map(k, k)",
        "claims == claims",
        "\"a\" == 1",
        "['a', 1]",
        "{'a': 1}",
        "claims.sub +",
        "unknown.sub",
        "timestamp(claims.sub)",
        "claims.o == claims.o",
        "string(1)",
        "",
        "((((((((1))))))))",
    ] {
        assert!(told(text, &claims).starts_with("open: "), "{text}: {}", told(text, &claims));
    }
    let many = format!("claims.sub{}", " + claims.sub".repeat(100));
    assert!(told(&many, &claims).starts_with("open: it is longer"));
}

#[test]
fn hostile_ones_end() {
    for text in [
        "[".repeat(1000),
        "(".repeat(500),
        "a?".repeat(400),
        "!".repeat(1000),
        "-".repeat(900),
        ".".repeat(999),
        "\"".repeat(77),
        "\u{0}".into(),
        "é`".repeat(100),
    ] {
        assert!(told(&text, &json!({})).starts_with("open: "), "{text}");
    }
    let list: Vec<usize> = (0..2000).collect();
    let twice = "claims.o.l.all(a, claims.o.l.all(b, a == a))";
    assert_eq!(told(twice, &json!({"o": {"l": list}})), "open: it takes long to evaluate");
}

#[test]
fn a_user_is_looked_at() {
    let user = User { username: "system:x".into(), groups: vec!["a".into()], ..User::default() };
    for (text, holds) in [
        ("!user.username.startsWith('system:')", false),
        ("user.groups.all(g, !g.startsWith('system:'))", true),
        ("user.uid == ''", true),
        ("!('example.com/x' in user.extra)", true),
        ("has(user.uid)", true),
    ] {
        let expression = Expression::read(text, About::User).unwrap();
        assert_eq!(expression.kind, Kind::Bool, "{text}");
        assert_eq!(expression.of_user(&user), Ok(Value::Bool(holds)), "{text}");
    }
    assert!(Expression::read("user.name == ''", About::User).is_err());
}
