//! Ways to credentials.

use super::*;

const ROLE: &str = "arn:aws:iam::111122223333:role/dev";

fn role() -> Role<'static> {
    Role { arn: ROLE, external_id: None, session_name: None }
}

#[test]
fn the_way_of_a_profile() {
    let process = ("credential_process", "vault-aws");
    let files: &[(&str, &[(&'static str, &str)])] = &[
        ("keys", &[("aws_access_key_id", "AKID")]),
        ("empty", &[("region", "eu-west-1")]),
        ("sso", &[("sso_session", "work"), process]),
        ("login", &[("login_session", "arn:…")]),
        ("process", &[process]),
        ("role", &[("role_arn", ROLE), ("source_profile", "process")]),
        ("twice", &[("role_arn", "arn:aws:iam::2:role/x"), ("external_id", "7"), ("role_session_name", "me"), ("source_profile", "role")]),
        ("of-keys", &[("role_arn", ROLE), ("source_profile", "keys")]),
        ("of-empty", &[("role_arn", ROLE), ("source_profile", "empty")]),
        ("itself", &[("role_arn", ROLE), ("source_profile", "itself"), process]),
        ("loop", &[("role_arn", ROLE), ("source_profile", "pool")]),
        ("pool", &[("role_arn", ROLE), ("source_profile", "loop")]),
        ("code", &[("role_arn", ROLE), ("source_profile", "process"), ("mfa_serial", "arn:aws:iam::1:mfa/me")]),
        ("of-code", &[("role_arn", ROLE), ("source_profile", "code")]),
        ("web", &[("role_arn", ROLE), ("web_identity_token_file", "/t"), ("mfa_serial", "x")]),
        ("machine", &[("role_arn", ROLE), ("credential_source", "Ec2InstanceMetadata")]),
        ("lost", &[("role_arn", ROLE), ("source_profile", "nowhere")]),
    ];
    let profiles = Profiles::given(files, &[]);
    let command = "vault-aws";
    let outer = Role { arn: "arn:aws:iam::2:role/x", external_id: Some("7"), session_name: Some("me") };
    for (name, expected) in [
        ("keys", Way::Sdk),
        ("empty", Way::Nothing),
        ("sso", Way::Sdk),
        ("login", Way::Login),
        ("process", Way::Process { command, roles: vec![] }),
        ("role", Way::Process { command, roles: vec![role()] }),
        ("twice", Way::Process { command, roles: vec![role(), outer] }),
        ("of-keys", Way::Sdk),
        ("of-empty", Way::Sdk),
        ("itself", Way::Process { command, roles: vec![role()] }),
        ("loop", Way::Sdk),
        ("code", Way::Code { serial: "arn:aws:iam::1:mfa/me" }),
        ("of-code", Way::Code { serial: "arn:aws:iam::1:mfa/me" }),
        ("web", Way::Sdk),
        ("machine", Way::Sdk),
        ("lost", Way::Sdk),
    ] {
        assert_eq!(way(&profiles, name), expected, "{name}");
    }
    assert_eq!((account(&profiles, "role"), account(&profiles, "keys")), (Some("111122223333"), None));
}
