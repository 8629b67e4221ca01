//! What the AWS CLI and AWS say about credentials, regions and clusters, by themselves or out of a plugin.

use super::Symptom;

const WHOAMI: &str = "See with which profile and role: whycan whoami";
const CLUSTERS: &str = "See which clusters there are: whycan eks list --all-regions";

/// Of credentials first, then of clusters.
pub const SYMPTOMS: [Symptom; 15] = [
    // credentials: botocore's exceptions
    Symptom {
        marks: &[&["Partial credentials found"]],
        means: "the AWS credentials are half there",
        causes: &["one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set and the other is not"],
        check: WHOAMI,
        fix: "Set both, or neither.",
    },
    Symptom {
        marks: &[&["Unable to locate credentials"]],
        means: "there are no AWS credentials",
        causes: &[
            "no profile is chosen, no variable is set, and there is no role of a machine",
            "the login was made for another profile or home",
        ],
        check: WHOAMI,
        fix: "Log in (aws sso login), choose a profile (AWS_PROFILE), or make one: aws configure sso",
    },
    Symptom {
        marks: &[&["The config profile (", ") could not be found"]],
        means: "the AWS config has no such profile",
        causes: &["the user entry of the kubeconfig pins it (AWS_PROFILE in exec.env, --profile), and it is not configured here"],
        check: "See who names it: whycan lint kubeconfig",
        fix: "Make the profile (aws configure sso), or remove it from the user entry.",
    },
    Symptom {
        marks: &[
            &["Error loading SSO Token"],
            &["SSO session associated with this profile has expired"],
            &["Token has expired and refresh failed"],
        ],
        means: "the login of IAM Identity Center (SSO) is missing or has expired",
        causes: &["nobody has logged in since"],
        check: WHOAMI,
        fix: "Log in: aws sso login --profile PROFILE",
    },
    Symptom {
        marks: &[&["ExpiredToken"], &["security token included in the request is expired"]],
        means: "the AWS session has expired",
        causes: &["temporary keys stand in the credentials file or in variables, and nobody renewed them"],
        check: WHOAMI,
        fix: "Get new ones: log in or assume the role again; aws sts get-caller-identity says when it works.",
    },
    Symptom {
        marks: &[&["MFA token required"], &["Enter MFA code for"], &["MultiFactorAuthentication failed"]],
        means: "the profile needs an MFA code",
        causes: &["a plugin has no terminal to ask for it"],
        check: WHOAMI,
        fix: r#"Get a session first: eval "$(aws configure export-credentials --profile PROFILE --format env)""#,
    },
    Symptom {
        marks: &[&["calling the AssumeRole operation", "AccessDenied"], &["not authorized to perform: sts:AssumeRole"]],
        means: "the role cannot be assumed",
        causes: &[
            "its trust policy does not name the caller, or the caller is not allowed sts:AssumeRole on it",
            "it is another role than the one that is meant (--role-arn of the user entry)",
            "the trust policy demands MFA",
        ],
        check: WHOAMI,
        fix: "Name the caller in the trust policy of the role, and allow the caller sts:AssumeRole on it.",
    },
    Symptom {
        marks: &[&["Signature not yet current"], &["Signature expired"]],
        means: "AWS does not take the signature for its time",
        causes: &["the clock of this machine is wrong, by 5 minutes or more"],
        check: WHOAMI,
        fix: "Set the clock: timedatectl set-ntp true, or sntp -sS time.apple.com on macOS",
    },
    Symptom {
        marks: &[&["SignatureDoesNotMatch"], &["signature we calculated does not match"]],
        means: "AWS does not accept the signature",
        causes: &["the secret key does not fit the access key", "a token for EKS was signed for another cluster's name"],
        check: "See for which cluster a token is: whycan token decode --cluster-name CLUSTER",
        fix: "Check the keys of the profile, and --cluster-name of the user entry.",
    },
    Symptom {
        marks: &[&["InvalidClientTokenId"], &["UnrecognizedClientException"], &["security token included in the request is invalid"]],
        means: "AWS does not know the access key",
        causes: &[
            "it was deleted or disabled",
            "it is of another partition (China, GovCloud) than the endpoint",
            "AWS_SESSION_TOKEN is missing beside a temporary key (ASIA…)",
        ],
        check: WHOAMI,
        fix: "Get a new key, or set all three of AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.",
    },
    // EKS, and the AWS CLI's update-kubeconfig
    Symptom {
        marks: &[&["not authorized to perform: eks:DescribeCluster"]],
        means: "this is IAM, not Kubernetes, and the caller may not describe the cluster",
        causes: &["no policy of the caller allows eks:DescribeCluster, which says nothing of rights in the cluster"],
        check: WHOAMI,
        fix: "Ask whoever administers the account to allow it; or get the server and its authority from a colleague, and write the entry by hand.",
    },
    Symptom {
        marks: &[&["No cluster found for name"]],
        means: "EKS knows no cluster of that name there",
        causes: &["it is in another region, or in the account of another profile"],
        check: CLUSTERS,
        fix: "Name the region and profile: aws eks update-kubeconfig --name CLUSTER --region REGION --profile PROFILE",
    },
    Symptom {
        marks: &[&["Cluster status is "]],
        means: "no kubeconfig is written for the cluster yet",
        causes: &["it is neither ACTIVE nor UPDATING"],
        check: CLUSTERS,
        fix: "Wait until it is there: aws eks wait cluster-active --name CLUSTER",
    },
    Symptom {
        marks: &[&["You must specify a region"]],
        means: "the AWS CLI knows no region",
        causes: &["neither AWS_REGION, AWS_DEFAULT_REGION nor the profile names one"],
        check: WHOAMI,
        fix: "Name one: --region REGION, AWS_REGION=REGION, or region in the profile",
    },
    Symptom {
        marks: &[&["TooManyRequestsException"], &["ThrottlingException"], &["Rate exceeded"]],
        means: "AWS turns requests away (throttling)",
        causes: &["the limit is the account's in this region, and others use it up too"],
        check: "",
        fix: "Try again later, ask less often, and keep what was answered.",
    },
];
