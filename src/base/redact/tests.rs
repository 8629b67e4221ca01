use proptest::prelude::*;

use super::*;

/// As AWS's documentation has it.
const KEY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

#[test]
fn secrets_are_hidden_wherever_they_stand() {
    let session = "IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQDx9Qm/3fT+8Kz1pYw0aB7cH/2nR5sLvE4gJkZ6uXo==";
    for (said, clean) in [
        (format!("key {KEY} refused"), "key (hidden) refused".to_owned()),
        (format!("AWS_SECRET_ACCESS_KEY={KEY}"), "(hidden)".to_owned()),
        (
            format!(r#"{{"SecretAccessKey":"{KEY}","SessionToken":"{session}","Version":1}}"#),
            r#"{"SecretAccessKey":"(hidden)","SessionToken":"(hidden)","Version":1}"#.to_owned(),
        ),
        (r#"{"id_token":"eyJh.eyJz.x-y","n":1}"#.to_owned(), r#"{"id_token":"(hidden)","n":1}"#.to_owned()),
        (format!("key /{}", &KEY[1..]), "key (hidden)".to_owned()),
        (format!("key {}/", &KEY[..39]), "key (hidden)".to_owned()),
        // as random as any, with a row of eight small letters
        ("key aB3/qwertyui9ZxP+LmN7Kd/R2tVhgYc5W0JfQes".to_owned(), "key (hidden)".to_owned()),
        ("token:k8s-aws-v1.aHR0c".to_owned(), "token:(hidden)".to_owned()),
        (
            "https://sts.aws/?sig=0123456789abcdef0123456789abcdef0123456789abcdef&x=1".to_owned(),
            "https://sts.aws/?(hidden)&x=1".to_owned(),
        ),
        (format!("https://vault/v1/{KEY}"), "https://vault(hidden)".to_owned()),
    ] {
        assert_eq!(redact(&said), clean);
    }
}

#[test]
fn what_is_called_a_secret_is_hidden_whatever_it_looks_like() {
    for (said, clean) in [
        ("password=hunter2 is wrong", "password=(hidden) is wrong"),
        ("Password: hunter", "Password: (hidden)"),
        (r#"{"password": "correct horse", "n": 1}"#, r#"{"password": "(hidden)", "n": 1}"#),
        (r#"{\"client_secret\":\"a b\"}"#, r#"{\"client_secret\":\"(hidden)"}"#),
        ("aws_session_token = abc", "aws_session_token = (hidden)"),
        (
            "GET /?X-Amz-Signature=abc&X-Amz-Security-Token=d%2Fe&Version=1",
            "GET /?X-Amz-Signature=(hidden)&X-Amz-Security-Token=(hidden)&Version=1",
        ),
        ("password=basically, token=bearer1", "password=(hidden), token=(hidden)"),
        ("Authorization: Bearer abc123", "Authorization: Bearer (hidden)"),
        ("authorization: Basic dTpw", "authorization: Basic (hidden)"),
        ("-H 'Authorization: Bearer Abc'", "-H 'Authorization: Bearer (hidden)'"),
        ("http://me:pa55@proxy:3128 refused", "http://(hidden)@proxy:3128 refused"),
        ("http://me:a/b@proxy:3128", "http://(hidden)@proxy:3128"),
        ("https://ghp_16C7e42F292c6912E7710c838347Ae178B4a@github.com/x", "https://(hidden)@github.com/x"),
        ("key: -----BEGIN EC PRIVATE KEY-----\nMHc\n-----END EC PRIVATE KEY-----\nend", "key: (hidden)\nend"),
        (r"-----BEGIN PRIVATE KEY-----\nMHc\n-----END PRIVATE KEY-----\n", r"(hidden)\n"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMHc", "(hidden)"),
        ("MHc\n-----END RSA PRIVATE KEY-----\nend", "(hidden)\nend"),
        ("-----BEGIN CERTIFICATE-----\nMHc", "-----BEGIN CERTIFICATE-----\nMHc"),
    ] {
        assert_eq!(redact(said), clean, "{said}");
    }
}

#[test]
fn paths_addresses_names_and_sentences_are_no_secrets() {
    for said in [
        "",
        "ä",
        "open /home/alice/.kube/cache/oidc-login/0123456789abcdef0123456789abcdef01234567: no such file",
        "open /Users/JohnDoe/Documents/MyProject/Config1/kubeconfig.yaml: permission denied",
        "--config=/etc/rancher/k3s/clusters/production-eu-west-1/config.yaml",
        "Post https://0123456789ABCDEF0123456789ABCDEF.gr7.eu-west-1.eks.amazonaws.com:443/apis/v1: EOF",
        "https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE is unknown",
        "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_AdministratorAccess_0123456789abcdef/alice@example.com may not",
        r#"{"arn":"arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-very-long-name-of-a-secret-of-ours-AbCdE1"}"#,
        "alice@the-cluster-of-the-platform-team.eu-west-1.eksctl.io",
        "gke_acme-platform-1234_europe-west1-b_the-cluster-of-the-platform-team",
        "the token: expired",
        "invalid bearer token",
        "no bearer token was given",
        "https://host:8080/a@b and https://[::1]:6443/c@d",
        "secrets is forbidden: User \"alice\" cannot list resource \"secrets\" in API group \"\"",
        "system:serviceaccount:dev:token-reader may not create serviceaccounts/token",
    ] {
        assert_eq!(redact(said), said);
        assert!(!has_secret(said));
    }
}

/// Secrets of every shape that is known.
fn secret() -> impl Strategy<Value = String> {
    prop_oneof![
        "k8s-aws-v1\\.[A-Za-z0-9_-]{20,80}",
        "eyJ[A-Za-z0-9_-]{8,40}\\.eyJ[A-Za-z0-9_-]{8,40}\\.[A-Za-z0-9_-]{8,40}",
        // as random as keys are: no shorter draw could miss a digit or a capital
        "([A-Z][0-9][a-z][A-Z+]){10}",
        "([A-Z][0-9]/[a-z]){10}",
        "[a-f]([0-9][a-f]){20,30}",
        "password=[!#-%(*-+\\--9<-Z^-_a-z~]{8,30}",
        "\"client_secret\": \"[ -!#-\\[\\]-~]{8,30}",
        "X-Amz-Signature=[0-9a-f]{8,64}",
        "Bearer [A-Z][0-9][!#-%(*-+\\--9<-Z^-_a-z~]{8,30}",
        "-----BEGIN PRIVATE KEY-----\n[A-Za-z0-9+/\n]{20,80}\n-----END PRIVATE KEY-----",
        "https://me:[!$-%(*-+\\-.0-9;A-Z_a-z~]{8,20}@proxy",
    ]
}

/// The part of it that nobody may see.
fn core(secret: &str) -> &str {
    let marks = ["password=", "\"client_secret\": \"", "X-Amz-Signature=", "Bearer ", "-----BEGIN PRIVATE KEY-----\n", "https://me:"];
    let core = marks.iter().find_map(|mark| secret.strip_prefix(mark)).unwrap_or(secret);
    core.strip_suffix("@proxy").unwrap_or(core)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_secret_in_any_text_does_not_survive(
        before in "(\\PC|\n){0,40}", open in "[ \n(,\\[{]", secret in secret(), close in "[ \n\"]", after in "(\\PC|\n){0,40}",
    ) {
        let clean = redact(&format!("{before}{open}{secret}{close}{after}")).into_owned();
        let core = core(&secret);
        prop_assert!(!clean.contains(core), "{clean:?}");
        for window in core.as_bytes().windows(16) {
            prop_assert!(!clean.as_bytes().windows(16).any(|seen| seen == window), "{clean:?}");
        }
    }

    #[test]
    fn what_is_clean_stays(text in "(\\PC|\n){0,60}") {
        let once = redact(&text).into_owned();
        prop_assert_eq!(redact(&once), once.as_str());
    }
}
