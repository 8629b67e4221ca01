//! What goes wrong on the way to a server.

use super::Symptom;

const CONTEXT: &str = "See what answers: whycan cluster";

/// Of the way to a server.
pub const SYMPTOMS: [Symptom; 4] = [
    Symptom {
        marks: &[&["certificate signed by unknown authority"]],
        means: "the server's certificate is of an authority that the kubeconfig does not trust",
        causes: &[
            "the cluster was made anew, and has another authority",
            "the entry is of another cluster",
            "a proxy on the way opens TLS",
        ],
        check: CONTEXT,
        fix: "Write the entry anew: aws eks update-kubeconfig --name CLUSTER",
    },
    Symptom {
        marks: &[&["no such host"]],
        means: "nobody knows the name of the server",
        causes: &[
            "the cluster was deleted, or made anew under another name",
            "its endpoint is private, and the VPC's DNS is not asked from here",
        ],
        check: "Compare with what EKS says: whycan eks list",
        fix: "Write the entry anew: aws eks update-kubeconfig --name CLUSTER; for a private endpoint connect the VPN.",
    },
    Symptom {
        marks: &[&["TLS handshake timeout"]],
        means: "the server took the connection, and TLS did not begin",
        causes: &["the network loses packets on the way: routes, security groups or DNS of the VPC", "a proxy or firewall holds them"],
        check: CONTEXT,
        fix: "Look at the network between here and the endpoint; on nodes at the DNS settings of the VPC.",
    },
    Symptom {
        marks: &[&["i/o timeout"], &["context deadline exceeded (Client.Timeout"]],
        means: "the server does not answer from here",
        causes: &["its endpoint is private, or publicAccessCidrs may leave this address out", "a firewall drops the packets"],
        check: CONTEXT,
        fix: "Connect the VPN, or let the address in: aws eks update-cluster-config --name CLUSTER --resources-vpc-config publicAccessCidrs=CIDR",
    },
];
