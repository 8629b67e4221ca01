//! Why nobody is mapped, or another than one thinks: `map ARN` by facts that fit on a page.

use super::flat;
use crate::support::{Whycan, piped};

/// A principal, what is known of the cluster, what is said first, and what mends it.
pub struct World {
    pub row: u8,
    /// The role whose session asks, and the session.
    who: &'static str,
    mode: &'static str,
    /// The rows of mapRoles.
    roles: &'static str,
    /// Access entries and what IAM says, as the AWS CLI prints them.
    aws: &'static str,
    /// The second line: the cause.
    says: &'static str,
    /// A line below it.
    fix: &'static str,
}

const MISSED: &str = "no access entry and nothing in aws-auth that was read names it; the API server says Unauthorized (401)";
const CREATE: &str = r#"aws eks create-access-entry --cluster-name prod --principal-arn "$(aws iam get-role --role-name dev --query Role.Arn --output text)""#;

const fn world(row: u8, mode: &'static str, roles: &'static str, says: &'static str, fix: &'static str) -> World {
    World { row, who: "dev/me", mode, roles, aws: "", says, fix }
}

pub const WORLDS: [World; 15] = [
    world(1, "API_AND_CONFIG_MAP", "[]", MISSED, CREATE),
    World {
        aws: r#"{"accessEntry": {"clusterName": "prod", "principalArn": "arn:aws:iam::111122223333:role/dev", "type": "STANDARD", "kubernetesGroups": [],
            "username": "", "createdAt": "2024-05-01T10:00:00Z"}} {"Role": {"Arn": "arn:aws:iam::111122223333:role/dev", "RoleId": "AROANEW",
            "CreateDate": "2026-02-01T00:00:00Z"}}"#,
        ..world(
            6,
            "API",
            "[]",
            "access-entry[0] does not map it: it is bound to a principal that is gone: the one of this ARN was created after the entry; \
             the API server says Unauthorized (401)",
            "aws eks delete-access-entry --cluster-name prod --principal-arn arn:aws:iam::111122223333:role/dev",
        )
    },
    world(
        7,
        "CONFIG_MAP",
        "- {rolearn: 'arn:aws:iam::111122223333:role/team/dev', username: dev}",
        "mapRoles[0], line 1 does not map it: it has the role's path, which no session shows: the authenticator never sees it; \
         the API server says Unauthorized (401)",
        "write rolearn: arn:aws:iam::111122223333:role/dev in mapRoles[0] (line 1): kubectl edit configmap aws-auth -n kube-system",
    ),
    World {
        who: "AWSReservedSSO_Dev_0123456789abcdef/me",
        ..world(
            8,
            "CONFIG_MAP",
            "- {rolearn: 'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_Dev_0123456789abcdef'}",
            "mapRoles[0], line 1 does not map it: it has the role's path, which no session shows: the authenticator never sees it; \
             the API server says Unauthorized (401)",
            "write rolearn: arn:aws:iam::111122223333:role/AWSReservedSSO_Dev_0123456789abcdef in mapRoles[0] (line 1): \
             kubectl edit configmap aws-auth -n kube-system",
        )
    },
    World {
        who: "AWSReservedSSO_Dev_0123456789abcdef/me",
        ..world(
            8,
            "CONFIG_MAP",
            "- {rolearn: 'arn:aws:iam::111122223333:role/AWSReservedSSO_Dev_fedcba9876543210'}",
            "mapRoles[0], line 1 does not map it: it is another role of permission set Dev: its name ends anew when the permission set is \
             provisioned again, and the entry has to follow; the API server says Unauthorized (401)",
            "write rolearn: arn:aws:iam::111122223333:role/AWSReservedSSO_Dev_0123456789abcdef in mapRoles[0] (line 1): \
             kubectl edit configmap aws-auth -n kube-system",
        )
    },
    world(
        9,
        "API",
        "- {rolearn: 'arn:aws:iam::111122223333:role/dev', username: dev}",
        "mapRoles[0], line 1 does not map it: it names the principal, but aws-auth is not read in mode API; \
         the API server says Unauthorized (401)",
        CREATE,
    ),
    world(
        10,
        "CONFIG_MAP",
        "- {rolearn: 'arn:aws:sts::111122223333:assumed-role/dev/me', username: dev}",
        "mapRoles[0], line 1 does not map it: it is the ARN of a session; a session is looked up by its role; \
         the API server says Unauthorized (401)",
        "write rolearn: arn:aws:iam::111122223333:role/dev in mapRoles[0] (line 1): kubectl edit configmap aws-auth -n kube-system",
    ),
    world(
        11,
        "CONFIG_MAP",
        "- rolearn: arn:aws:iam::111122223333:role/dev\n  username: dev\n groups: [dev]",
        "mapRoles is lost, nothing of it counts: the line does not fit those before it (line 3); the API server says Unauthorized (401)",
        "mend mapRoles, which is lost as a whole: kubectl edit configmap aws-auth -n kube-system",
    ),
    world(
        12,
        "CONFIG_MAP",
        "- {rolearn: 'arn:aws:iam::111122223333:role/dev', username: 'system:node:{{EC2PrivateDNSName}}'}",
        "the authenticator says: mapper EKSConfigMap renderTemplates error: error rendering username template \
         \"system:node:{{EC2PrivateDNSName}}\": SessionName did not contain an instance id",
        "give mapRoles[0] another user name, without {{EC2PrivateDNSName}} for who is no node: kubectl edit configmap aws-auth -n kube-system",
    ),
    World {
        aws: r#"{"accessEntry": {"clusterName": "prod", "principalArn": "arn:aws:iam::111122223333:role/dev", "type": "STANDARD", "kubernetesGroups": [],
            "username": "system:dev", "createdAt": "2024-05-01T10:00:00Z"}}"#,
        ..world(
            13,
            "API",
            "[]",
            "the authenticator says: invalid username 'system:dev' for mapper DynamicFile: username must not begin with with the following \
             prefixes: [aws: eks: amazon: iam: system:]",
            "aws eks update-access-entry --cluster-name prod --principal-arn arn:aws:iam::111122223333:role/dev --username NAME",
        )
    },
    World {
        aws: r#"{"accessEntry": {"clusterName": "prod", "principalArn": "arn:aws:iam::111122223333:role/dev", "type": "STANDARD", "kubernetesGroups": ["new"],
            "username": "dev", "createdAt": "2024-05-01T10:00:00Z"}}"#,
        ..world(
            22,
            "API_AND_CONFIG_MAP",
            "- {rolearn: 'arn:aws:iam::111122223333:role/dev', username: dev, groups: [old]}",
            "by access-entry[0]",
            "an access entry decides before it, and groups are not put together",
        )
    },
    World {
        who: "node/i-0123456789abcdef0",
        ..world(57, "API_AND_CONFIG_MAP", "[]", MISSED, "aws eks create-access-entry --cluster-name prod")
    },
    World {
        who: "node/i-0123456789abcdef0",
        ..world(
            57,
            "CONFIG_MAP",
            "- {rolearn: 'arn:aws:iam::111122223333:instance-profile/node', username: 'system:node:{{EC2PrivateDNSName}}'}",
            "mapRoles[0], line 1 does not map it: it is an instance profile, and what calls is its role; \
             the API server says Unauthorized (401)",
            "write rolearn: arn:aws:iam::111122223333:role/node in mapRoles[0] (line 1): kubectl edit configmap aws-auth -n kube-system",
        )
    },
    // the role of Fargate's pods was in aws-auth, which the mode no longer reads
    World {
        who: "fargate/fargate-ip-10-0-1-2.eu-central-1.compute.internal",
        ..world(
            60,
            "API",
            "- {rolearn: 'arn:aws:iam::111122223333:role/fargate', username: 'system:node:{{SessionName}}'}",
            "mapRoles[0], line 1 does not map it: it names the principal, but aws-auth is not read in mode API; \
             the API server says Unauthorized (401)",
            "aws eks create-access-entry --cluster-name prod",
        )
    },
    // an access entry wants the ARN with its path, which only IAM tells
    World {
        who: "AWSReservedSSO_Dev_0123456789abcdef/me",
        ..world(75, "API", "[]", MISSED, "aws iam get-role --role-name AWSReservedSSO_Dev_0123456789abcdef --query Role.Arn")
    },
];

#[test]
fn the_cause_comes_first() {
    for world in WORLDS {
        let listed = if world.aws.is_empty() { "[]" } else { r#"["arn:aws:iam::111122223333:role/dev"]"# };
        let rows: Vec<String> = world.roles.lines().map(|line| format!("    {line}\n")).collect();
        let rows = rows.concat();
        let facts = format!(
            "{{\"cluster\": {{\"name\": \"prod\", \"accessConfig\": {{\"authenticationMode\": \"{}\"}}}}}}\n---\n{{\"accessEntries\": {listed}}}\n---\n\
             {}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: aws-auth, namespace: kube-system}}\ndata:\n  mapRoles: |\n{rows}",
            world.mode,
            world.aws.replace("} {", "}\n---\n{"),
        );
        let arn = format!("arn:aws:sts::111122223333:assumed-role/{}", world.who);
        let run = Whycan::new(&["map", &arn, "--from", "-"]).env("COLUMNS", "400").stdin(facts.as_str()).run();
        let told = flat(&run);
        let (_, reason) = told.split_once(if told.starts_with('✓') { " in the cluster " } else { " is " }).unwrap();
        let reason = reason.trim_start_matches("not mapped ").trim_start_matches("refused ");
        assert!(reason.starts_with(&format!("{} looked up as", world.says)), "row {}\n{run}", world.row);
        assert!(told.contains(world.fix), "row {}\n{run}", world.row);
        // and so does a ticket
        let ticket = piped(&["map", &arn, "--from", "-", "-o", "markdown"], &facts);
        assert_eq!(ticket.status, run.status, "{ticket}");
    }
}
