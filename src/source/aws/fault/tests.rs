//! The sentence for every refusal.

use super::*;

fn profiles(variables: &[(&'static str, &str)]) -> Profiles {
    let files: &[(&str, &[(&'static str, &str)])] = &[
        ("keys", &[("aws_access_key_id", "AKID")]),
        ("sso", &[("sso_session", "work"), ("sso_account_id", "111122223333"), ("sso_role_name", "Admin")]),
        ("old-sso", &[("sso_start_url", "https://acme.awsapps.com/start")]),
        ("of-sso", &[("role_arn", "arn:aws:iam::1:role/x"), ("source_profile", "old-sso")]),
        ("vault", &[("credential_process", "vault-aws")]),
    ];
    Profiles::given(files, variables)
}

fn at<'a>(profiles: &'a Profiles, profile: Option<&'a str>, region: &'a str) -> At<'a> {
    At {
        service: "EKS",
        region,
        profiles,
        profile,
        entry: None,
        account: Some("111122223333"),
        is_accepted: false,
        limit: Duration::from_secs(10),
    }
}

fn said(fault: &Fault) -> String {
    let word = if fault.is_denied { "denied" } else { "failed" };
    format!("{word}: {} | {}", fault.failure, fault.failure.hints.join(" | "))
}

fn refused(code: &str, message: &str, status: u16) -> String {
    let profiles = profiles(&[]);
    said(&of_answer(Some(code), message, status, &at(&profiles, Some("keys"), "eu-west-1")))
}

#[test]
fn who_may_not_what_and_which_policy_decides_it() {
    let me = "arn:aws:iam::1:user/me";
    let ask = "Ask whoever administers the account to allow eks:ListClusters to profile keys, or take another --profile.";
    for (reason, sentence, hint) in [
        (" because no identity-based policy allows the eks:ListClusters action", ": no identity-based policy allows it", ask),
        (
            " with an explicit deny in a service control policy",
            ": a service control policy denies it",
            "Whoever administers the organization decides this, often for whole regions: look in another with --region.",
        ),
        (
            " with an explicit deny in an identity-based policy: arn:aws:iam::1:policy/no",
            ": an identity-based policy denies it (arn:aws:iam::1:policy/no)",
            "Look for a Deny of eks:ListClusters in the policies of profile keys: no Allow outweighs it.",
        ),
        (
            " because no permissions boundary allows the eks:ListClusters action",
            ": no permissions boundary allows it",
            "The boundary of the role or user must allow eks:ListClusters too.",
        ),
        (
            " because no session policy allows the eks:ListClusters action",
            ": no session policy allows it",
            "The session was made with a policy of its own: log in without it.",
        ),
        (
            " because no VPC endpoint policy allows the eks:ListClusters action",
            ": no VPC endpoint policy allows it",
            "The endpoint in the network decides this: ask whoever administers the VPC.",
        ),
        (" because of something new", ": of something new", ask),
        ("", "", ask),
    ] {
        let message = format!("User: {me} is not authorized to perform: eks:ListClusters on resource: *{reason}");
        let expected = format!("denied: {me} is not allowed eks:ListClusters in eu-west-1{sentence} | {hint}");
        assert_eq!(refused("AccessDeniedException", &message, 403), expected);
        assert_eq!(refused("AccessDenied", &message, 403), expected);
    }
    let other = "denied: EKS in eu-west-1 refuses: go away␛[2J | Ask whoever administers the account of profile keys.";
    assert_eq!(refused("AccessDeniedException", "go away\u{1b}[2J", 403), other);
    let long = "User: arn:aws:sts::111122223333:assumed-role/dev/me is not authorized to perform: eks:ListClusters on resource: *";
    assert_eq!((denial::account(long), denial::account("User: x is not authorized to perform: y")), (Some("111122223333"), None));
}

#[test]
fn other_refusals() {
    for (code, message, status, sentence) in [
        (
            "ExpiredTokenException",
            "The security token included in the request is expired",
            403,
            "failed: the session of profile keys has expired | Renew the keys of profile keys in the AWS credentials file.",
        ),
        (
            "InvalidSignatureException",
            "Signature expired: 20260301T120000Z is now earlier than 20260301T121500Z",
            403,
            "failed: the clock of this machine and that of EKS in eu-west-1 differ too much: Signature expired: 20260301T120000Z is now \
             earlier than 20260301T121500Z | Set the clock: timedatectl set-ntp true, or sntp -sS time.apple.com on macOS.",
        ),
        (
            "InvalidSignatureException",
            "The request signature we calculated does not match the signature you provided.",
            403,
            "failed: EKS in eu-west-1 does not accept the signature: the secret key does not fit the access key | Check the keys of profile \
             keys; a proxy that changes requests does this too.",
        ),
        (
            "ThrottlingException",
            "Rate exceeded",
            429,
            "failed: EKS in eu-west-1 turns requests away (throttling), also after several attempts | Try again later, or in fewer regions \
             at once: the limit is the account's, in this region.",
        ),
        (
            "OptInRequired",
            "The key needs a subscription",
            403,
            "denied: the account is not subscribed to EKS in eu-west-1: The key needs a subscription | Finish the registration of the \
             account in its console.",
        ),
        (
            "ServiceUnavailableException",
            "",
            503,
            "failed: EKS in eu-west-1 has failed (503 ServiceUnavailableException) | Try again; AWS tells of outages at \
             https://health.aws.amazon.com",
        ),
        ("InvalidParameterException", "maxResults", 400, "failed: EKS in eu-west-1 refuses (400 InvalidParameterException): maxResults | "),
    ] {
        assert_eq!(refused(code, message, status), sentence);
    }
}

#[test]
fn a_key_that_a_region_does_not_know() {
    let profiles = profiles(&[]);
    let unknown = |region, is_accepted| said(&unrecognised(&At { is_accepted, ..at(&profiles, Some("keys"), region) }));
    assert_eq!(
        unknown("af-south-1", true),
        "denied: region af-south-1 is not enabled for account 111122223333 | Enable it, if it is wanted: aws account enable-region \
         --region-name af-south-1"
    );
    let lost = "does not know the access key of profile keys: it was deleted, disabled, or is of another partition";
    assert_eq!(
        unknown("af-south-1", false),
        format!("failed: EKS in af-south-1 {lost} | Renew the keys of profile keys in the AWS credentials file.")
    );
    assert_eq!(
        unknown("cn-north-1", true),
        format!(
            "failed: EKS in cn-north-1 {lost} | AWS accepts them elsewhere: check that cn-north-1 is a region of the account's partition."
        )
    );
}

#[test]
fn what_answers_in_place_of_aws() {
    let plain = profiles(&[]);
    let own = profiles(&[("AWS_ENDPOINT_URL_EKS", "http://x"), ("AWS_ENDPOINT_URL", "http://y")]);
    let garbage = |profiles: &Profiles| said(&of_answer(None, "", 302, &at(profiles, None, "eu-west-1")));
    let sentence = "failed: what answers for EKS in eu-west-1 is not AWS (status 302)";
    assert_eq!(garbage(&plain), format!("{sentence} | Look for a proxy, a login page or a firewall on the way: HTTPS_PROXY, NO_PROXY."));
    assert_eq!(garbage(&own), format!("{sentence} | AWS_ENDPOINT_URL_EKS is set: check it, or unset it."));
}

#[test]
fn a_login_is_renewed_by_its_own_command() {
    let profiles = profiles(&[]);
    for (profile, command) in [
        (Some("sso"), "Log in again: aws sso login --sso-session work"),
        (Some("old-sso"), "Log in again: aws sso login --profile old-sso"),
        (Some("of-sso"), "Log in again: aws sso login --profile old-sso"),
        (Some("vault"), "Log in again where the profile's credential_process takes its credentials from."),
        (Some("keys"), "Renew the keys of profile keys in the AWS credentials file."),
        (None, "Set fresh AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN."),
    ] {
        assert_eq!(credentials::renew(&at(&profiles, profile, "eu-west-1")), command);
    }
}

/// What cannot be played on loopback.
#[test]
fn the_way_to_aws() {
    let profiles = profiles(&[]);
    let wrapped = |error: std::io::Error| std::io::Error::other(std::io::Error::other(error));
    let lookup = || std::io::Error::other("failed to lookup address information: Name or service not known");
    for (error, region, sentence) in [
        (lookup(), "eu-west-1", "the name of EKS in eu-west-1 cannot be resolved | Check the network or VPN."),
        (
            lookup(),
            "eu-west-9",
            "the name of EKS in eu-west-9 cannot be resolved | whycan knows no region eu-west-9: check its name, and the network.",
        ),
        (
            std::io::ErrorKind::HostUnreachable.into(),
            "eu-west-1",
            "there is no way to EKS in eu-west-1 | Check the network or VPN, and HTTPS_PROXY.",
        ),
        (
            std::io::Error::other("something\u{1b}[2J new"),
            "eu-west-1",
            "cannot talk to EKS in eu-west-1: something␛[2J new | Check the network or VPN, and HTTPS_PROXY.",
        ),
    ] {
        assert_eq!(said(&network::of(&wrapped(error), &at(&profiles, Some("keys"), region))), format!("failed: {sentence}"));
    }
}
