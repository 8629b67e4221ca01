//! What the authenticator, EKS and its console say about who is mapped to whom.

use super::Symptom;

const MAP: &str = "See its mapping: whycan map ARN";

/// Of the authenticator, of EKS, and of who looks for what is not there.
pub const SYMPTOMS: [Symptom; 14] = [
    // aws-iam-authenticator pkg/server and pkg/token, in its log
    Symptom {
        marks: &[&["sts getCallerIdentity was throttled"]],
        means: "STS turned the authenticator away (throttling), and good tokens are refused meanwhile",
        causes: &["many clients make new tokens at once"],
        check: "",
        fix: "Use a token again while it is good, and run fewer processes that each make one.",
    },
    Symptom {
        marks: &[&["SessionName did not contain an instance id"]],
        means: "the authenticator refuses the mapping",
        causes: &["its user name has {{EC2PrivateDNSName}}, and who logs in is no EC2 instance"],
        check: MAP,
        fix: "Give people and their roles a plain username; keep the template for nodes.",
    },
    Symptom {
        marks: &[&["username must not begin with"]],
        means: "the authenticator refuses the access entry",
        causes: &["its user name begins with a reserved prefix: aws:, eks:, amazon:, iam: or system:"],
        check: MAP,
        fix: "Change it: aws eks update-access-entry --cluster-name CLUSTER --principal-arn ARN --username NAME",
    },
    Symptom {
        marks: &[&["InvalidInstanceID.NotFound"]],
        means: "the authenticator does not find the instance of a node",
        causes: &[
            "the node is of another account than the cluster, and the instance is looked for in the cluster's",
            "the instance is gone",
        ],
        check: "See the mapping of the node's role: whycan map ARN",
        fix: "Run nodes in the cluster's account, or name them by {{SessionName}} in place of {{EC2PrivateDNSName}}.",
    },
    Symptom {
        marks: &[&["ec2:DescribeInstances"], &["DescribeInstances", "UnauthorizedOperation"], &["DescribeInstances", "AccessDenied"]],
        means: "EC2 does not tell the names of nodes",
        causes: &["the cluster's role has lost AmazonEKSClusterPolicy", "it is another principal that asks, and IAM does not allow it"],
        check: "",
        fix: "Attach it again: aws iam attach-role-policy --role-name CLUSTER-ROLE --policy-arn arn:aws:iam::aws:policy/AmazonEKSClusterPolicy",
    },
    Symptom {
        marks: &[&["register node with API server", "Unauthorized"], &["kubelet", "Unauthorized"]],
        means: "the server does not know the node: its kubelet hears Unauthorized",
        causes: &[
            "the role of the node is mapped to nobody",
            "its access entry is of another type than the node",
            "aws-auth names the instance profile, and what calls is its role",
        ],
        check: "See the mapping of the node's role: whycan map ARN",
        fix: "Map it: aws eks create-access-entry --cluster-name CLUSTER --principal-arn ARN --type EC2_LINUX, or mapRoles with system:bootstrappers and system:nodes",
    },
    Symptom {
        marks: &[&[r#"node "" not found"#]],
        means: "the kubelet does not know its own name",
        causes: &["the DNS settings of its VPC give it none"],
        check: "",
        fix: "Look at the VPC: DNS resolution, DNS host names and the DHCP options.",
    },
    // answers of EKS
    Symptom {
        marks: &[&["authentication mode must be set to one of"]],
        means: "the cluster takes no access entries",
        causes: &["its authentication mode is CONFIG_MAP"],
        check: "See mode and mappings: whycan map",
        fix: "Switch it, which cannot be taken back: aws eks update-cluster-config --name CLUSTER --access-config authenticationMode=API_AND_CONFIG_MAP",
    },
    Symptom {
        marks: &[&["kubernetes group name ", " is invalid"]],
        means: "an access entry cannot have this group",
        causes: &["it begins with system:"],
        check: MAP,
        fix: "For system:masters: aws eks associate-access-policy with AmazonEKSClusterAdminPolicy; else bind a group of another name.",
    },
    Symptom {
        marks: &[&["access entry resource is already in use"]],
        means: "the principal has an access entry already",
        causes: &["EKS made it, for who created the cluster or for its nodes", "somebody else made it"],
        check: MAP,
        fix: "Update it, or import it into what manages it: aws eks update-access-entry --cluster-name CLUSTER --principal-arn ARN",
    },
    Symptom {
        marks: &[&["only be performed on Access Entries with a type of"]],
        means: "the access entry is one of nodes",
        causes: &["groups, user names and policies belong to entries of type STANDARD"],
        check: MAP,
        fix: "Leave them out, or make the entry anew with --type STANDARD.",
    },
    Symptom {
        marks: &[&["principalArn is invalid"]],
        means: "EKS does not take the ARN for an access entry",
        causes: &[
            "it is the form of aws-auth, without the path of the role: an access entry wants the role's own ARN",
            "there is no such role or user",
        ],
        check: "",
        fix: "Ask IAM for it, path and all: aws iam get-role --role-name NAME --query Role.Arn",
    },
    Symptom {
        marks: &[&[r#"configmaps "aws-auth" not found"#]],
        means: "there is no aws-auth",
        causes: &["no node group was ever made, which would have created it", "the authentication mode is API, and nothing reads it"],
        check: "See mode and mappings: whycan map",
        fix: "Create access entries; or the ConfigMap, where the mode is CONFIG_MAP or API_AND_CONFIG_MAP.",
    },
    Symptom {
        marks: &[&["does not have access to Kubernetes objects"]],
        means: "who is logged in to the console has no rights in the cluster",
        causes: &[
            "the principal is mapped to nobody",
            "it is mapped, and no binding and no access policy covers it",
            "IAM does not allow it eks:AccessKubernetesApi",
        ],
        check: "See the mapping of the console's role or user: whycan map ARN",
        fix: "Let it in: aws eks create-access-entry, and aws eks associate-access-policy or a binding of its groups",
    },
];
