#![expect(clippy::unnecessary_wraps, reason = "fields are given so")]

use super::*;
use crate::kubeconfig::{Data, Exec};

fn name(name: &str) -> Option<String> {
    Some(name.to_owned())
}

fn exec() -> Option<Exec> {
    Some(Exec { command: "aws".to_owned(), ..Exec::default() })
}

fn data(path: &str) -> Option<Data> {
    Some(Data::File(path.to_owned()))
}

#[test]
fn a_password_without_a_user_name_is_no_way() {
    let alone = User { password: Some("secret".into()), ..User::default() };
    let token = Some("t".into());
    for (user, way) in [
        (User { exec: exec(), ..alone.clone() }, Way::Exec),
        (User { username: name(""), exec: exec(), ..alone.clone() }, Way::Exec),
        (User { auth_provider: name("gcp"), ..alone.clone() }, Way::AuthProvider),
        (User { username: name("me"), exec: exec(), ..alone.clone() }, Way::Basic),
        (User { username: name("me"), ..User::default() }, Way::Basic),
        (User { token, exec: exec(), ..alone.clone() }, Way::Token),
        (User { client_certificate: data("a.crt"), username: name("me"), exec: exec(), ..alone.clone() }, Way::Certificate),
        (alone, Way::Nothing),
    ] {
        assert_eq!(user.way(), way, "{user:?}");
    }
}

#[test]
fn of_several_ways_each_has_its_fate() {
    let certified = || User { client_certificate: data("a.crt"), client_key: data("a.key"), ..User::default() };
    let token = || Some("t".into());
    let file = || name("/token");
    let both_sent = "the token is sent too, and the server takes the certificate before it, even where the token is another user's";
    let not_run = |winner: &str| format!("plugin `aws` is never run: {winner} is given");
    for (user, sentence, others) in [
        (User::default(), "nothing is presented: the request is anonymous", vec![]),
        (
            User { password: token(), ..User::default() },
            "nothing is presented: a password without a user name is none",
            vec![(Way::Basic, "the password is not sent: there is no user name".to_owned())],
        ),
        (User { exec: exec(), ..User::default() }, "what plugin `aws` gives is presented", vec![]),
        (
            User { exec: exec(), client_key: data("a.key"), ..User::default() },
            "what plugin `aws` gives is presented",
            vec![(Way::Certificate, "the client key is not looked at: there is no certificate".to_owned())],
        ),
        (User { token: token(), exec: exec(), ..User::default() }, "the token is presented", vec![(Way::Exec, not_run("a token"))]),
        (
            User { token: token(), token_file: file(), ..User::default() },
            "the token of file /token is presented",
            vec![(Way::Token, "the token in the kubeconfig counts only while its file cannot be read".to_owned())],
        ),
        (
            User { token_file: file(), password: token(), ..User::default() },
            "the token of file /token is presented",
            vec![(Way::Basic, "the password is not sent: there is no user name".to_owned())],
        ),
        (certified(), "the client certificate is presented", vec![]),
        (
            User { token: token(), exec: exec(), ..certified() },
            "the client certificate is presented",
            vec![(Way::Token, both_sent.to_owned()), (Way::Exec, not_run("a client certificate"))],
        ),
        (
            User { username: name("me"), ..certified() },
            "the client certificate is presented",
            vec![(Way::Basic, "the user name and password are sent too, and the server takes the certificate".to_owned())],
        ),
        (
            User { auth_provider: name("oidc"), ..certified() },
            "the client certificate is presented",
            vec![(Way::AuthProvider, "the token of the auth provider is sent too, and the server takes the certificate".to_owned())],
        ),
        (
            User { auth_provider: name("oidc"), token: token(), ..User::default() },
            "the token is presented",
            vec![(Way::AuthProvider, "the auth provider is not asked: a token is given".to_owned())],
        ),
        (User { auth_provider: name("oidc"), ..User::default() }, "the token of the auth provider is presented", vec![]),
        (
            User { username: name("me"), exec: exec(), ..User::default() },
            "the user name and password are presented, which no current server takes: the request is anonymous",
            vec![(Way::Exec, not_run("a user name"))],
        ),
    ] {
        let ways = ways(&user);
        assert_eq!((ways.sentence.as_str(), ways.others, ways.wins, ways.is_refused), (sentence, others, user.way(), false), "{user:?}");
    }
}

#[test]
fn what_clients_refuse_is_told_first() {
    let token = || Some("t".into());
    for (user, sentence) in [
        (User { client_certificate: data("a.crt"), token: token(), ..User::default() }, "clients refuse a certificate without its key"),
        (User { token: token(), password: token(), ..User::default() }, "clients refuse a token beside a user name or password"),
        (User { token_file: name("/t"), username: name("me"), ..User::default() }, "clients refuse a token beside a user name or password"),
        (User { exec: exec(), auth_provider: name("oidc"), ..User::default() }, "clients refuse a plugin beside an auth provider"),
        (
            User { token: token(), auth_provider: name("gcp"), ..User::default() },
            "clients have given up this auth provider, and refuse all that is beside it",
        ),
    ] {
        let ways = ways(&user);
        assert_eq!((ways.sentence.as_str(), ways.is_refused, ways.others.len()), (sentence, true, 0), "{user:?}");
    }
}
