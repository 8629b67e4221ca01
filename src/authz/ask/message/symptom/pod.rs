//! What pods hear: of AWS about the role that they become, and of registries.

use super::Symptom;

const MAP: &str = "See each step: whycan map sa:NAMESPACE/NAME";

/// Of pods, and of what is called on their way.
pub const SYMPTOMS: [Symptom; 5] = [
    // an admission webhook that could not be called is told with the network's words
    Symptom {
        marks: &[&["failed calling webhook"]],
        means: "an admission webhook could not be called; authorization had allowed the request",
        causes: &["the service behind it does not answer, or its certificate is not trusted"],
        check: "",
        fix: "Look at the webhook that the message names, and at the pods of its service.",
    },
    Symptom {
        marks: &[&["sts:AssumeRoleWithWebIdentity"], &["AccessDenied", "AssumeRoleWithWebIdentity"]],
        means: "STS does not let the service account become the role",
        causes: &[
            "the trust policy of the role wants another sub (namespace and name), aud or provider",
            "the pod runs as another service account than the one that is meant",
        ],
        check: MAP,
        fix: "Write the sub into the trust policy as system:serviceaccount:NAMESPACE:NAME, and the aud as sts.amazonaws.com.",
    },
    Symptom {
        marks: &[&["No OpenIDConnect provider found"]],
        means: "the account of the role does not know the cluster's issuer",
        causes: &["there is no IAM OIDC provider for it in that account"],
        check: MAP,
        fix: "Create it in the account of the role: aws iam create-open-id-connect-provider --url ISSUER --client-id-list sts.amazonaws.com",
    },
    // the address of the Pod Identity agent
    Symptom {
        marks: &[&["169.254.170.23"], &["fd00:ec2::23"]],
        means: "the pod does not reach the EKS Pod Identity agent",
        causes: &[
            "the add-on eks-pod-identity-agent is not installed, or does not run on this node",
            "a network policy or proxy keeps the pod from it: the address must be in NO_PROXY",
            "it is a node that has none: Fargate, or an operating system that is not supported",
        ],
        check: MAP,
        fix: "Install it: aws eks create-addon --cluster-name CLUSTER --addon-name eks-pod-identity-agent",
    },
    Symptom {
        marks: &[&["no basic auth credentials"]],
        means: "this is the registry of images, not Kubernetes: it wants a login",
        causes: &["nobody has logged in to it, as docker must", "the role of the node may not read it (ECR)"],
        check: "",
        fix: "Log in: aws ecr get-login-password; or attach AmazonEC2ContainerRegistryReadOnly to the role of the node.",
    },
];
