//! What a server says, or its log, about a credential that it does not accept.

use super::Symptom;

/// The last that are looked for, as the words of the last of them stand in many texts.
pub const SYMPTOMS: [Symptom; 6] = [
    // go-oidc's verifier, as the API server's log repeats it
    Symptom {
        marks: &[&["oidc: ", "expected audience "]],
        means: "the OIDC token is for another client",
        causes: &["its aud is not the client ID that the server takes"],
        check: "Read the token: whycan token decode FILE",
        fix: "Set clientId of the identity provider config to the token's aud, or log in with the client that the server takes.",
    },
    Symptom {
        marks: &[&["oidc: ", "issued by a different provider"]],
        means: "the OIDC token is of another issuer",
        causes: &["its iss is not the issuer URL that the server takes, letter by letter"],
        check: "Read the token: whycan token decode FILE",
        fix: "Set issuerUrl of the identity provider config to the token's iss, or log in at the issuer that the server takes.",
    },
    Symptom {
        marks: &[&["oidc: ", "token is expired"]],
        means: "the OIDC token is over",
        causes: &["the login has not been renewed"],
        check: "Read the token: whycan token decode FILE",
        fix: "Log in again at the issuer.",
    },
    Symptom {
        marks: &[&["service account token has expired"]],
        means: "the token of the service account is over",
        causes: &["the client goes on with the token that it read when it began, and does not read the file again"],
        check: "Read the token: whycan token decode FILE",
        fix: "Update the client library to one that reads the token file again; until then restart the pod.",
    },
    // an old kubectl tells a 401 of discovery like this (aws-iam-authenticator issue 157)
    Symptom {
        marks: &[&["the server doesn't have a resource type"]],
        means: "kubectl did not learn what the server serves",
        causes: &["the server did not accept the credential, and this kubectl does not say so", "there is no resource of that name"],
        check: "See whether you are let in: whycan whoami",
        fix: "If not, mend the login as whoami says; else take a name of `kubectl api-resources`.",
    },
    Symptom {
        marks: &[&["logged in to the server"], &["the server has asked for the client to provide credentials"], &["Unauthorized"]],
        means: "this is authentication, not authorization: the server did not accept the credential, so nobody was asked for rights",
        causes: &[
            "on EKS the principal that signs is mapped to nobody",
            "another profile or role signs than the one that is meant (AWS_PROFILE, env and --role of the user entry)",
            "the AWS session, token or certificate has expired",
            "it is for another cluster, or a token that was pasted into the kubeconfig and is older than 15 minutes",
        ],
        check: "See which of them it is: whycan whoami",
        fix: "Let an IAM principal in: aws eks create-access-entry --cluster-name CLUSTER --principal-arn ARN; of one by its ARN: whycan map ARN",
    },
];
