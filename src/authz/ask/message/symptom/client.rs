//! What kubectl says about its kubeconfig and about credential plugins.

use super::Symptom;

const LINT: &str = "Look the kubeconfig over: whycan lint kubeconfig";

/// Of kubectl, what says more before what says less.
pub const SYMPTOMS: [Symptom; 10] = [
    Symptom {
        marks: &[&["Please enter Username:"]],
        means: "kubectl has no credential to send",
        causes: &["the context's user is missing, or empty"],
        check: LINT,
        fix: "Set context.user to the name of a user; of an EKS cluster write it anew: aws eks update-kubeconfig --name CLUSTER",
    },
    Symptom {
        marks: &[&["localhost:8080", "refused"]],
        means: "kubectl has no cluster to talk to",
        causes: &["there is no kubeconfig where it looks, or KUBECONFIG names another file", "no current context is set"],
        check: "See what there is: whycan context list",
        fix: "Write one: aws eks update-kubeconfig --name CLUSTER; or choose: whycan context use CONTEXT",
    },
    Symptom {
        marks: &[&["context was not found for specified context"], &["no context exists with the name"]],
        means: "the kubeconfig has no such context",
        causes: &["its name is misspelt, or the context is gone or in another file"],
        check: "See what there is: whycan context list",
        fix: "Choose one that is there: whycan context use CONTEXT",
    },
    Symptom {
        marks: &[&["exec plugin: invalid apiVersion "]],
        means: "kubectl does not run the plugin by this apiVersion",
        causes: &["the kubeconfig is older than kubectl 1.24, which gave v1alpha1 up"],
        check: LINT,
        fix: "Write the entry anew with a current AWS CLI: aws eks update-kubeconfig --name CLUSTER; or set exec.apiVersion to client.authentication.k8s.io/v1beta1",
    },
    Symptom {
        marks: &[&["interactiveMode must be specified"]],
        means: "kubectl does not run the plugin",
        causes: &["its apiVersion is client.authentication.k8s.io/v1, and interactiveMode is missing"],
        check: LINT,
        fix: "Set exec.interactiveMode to IfAvailable.",
    },
    Symptom {
        marks: &[&["exec plugin is configured to use API version", "plugin returned version"]],
        means: "the plugin answers in another version than the kubeconfig asks for",
        causes: &["it has one version built in, and does not heed KUBERNETES_EXEC_INFO"],
        check: "Run it and see: whycan whoami",
        fix: "Set exec.apiVersion to the version that it returned, or update the plugin.",
    },
    Symptom {
        marks: &[&["decoding stdout: "], &["couldn't get version/kind; json parse error"]],
        means: "what the plugin printed is no ExecCredential",
        causes: &[
            "AWS_DEFAULT_OUTPUT or the profile's output is not json, and the kubeconfig has no --output json",
            "something else prints on standard output, as a banner",
        ],
        check: "Run it and see: whycan whoami",
        fix: "Add --output json to exec.args, or write the entry anew: aws eks update-kubeconfig --name CLUSTER",
    },
    Symptom {
        marks: &[&["exec plugin didn't return a token or cert/key pair"]],
        means: "the plugin gave no credential",
        causes: &["its answer has an empty status"],
        check: "Run it and see: whycan whoami",
        fix: "Mend or update the plugin: it must give status.token, or a certificate with its key.",
    },
    Symptom {
        marks: &[&["executable ", " not found"], &["executable file not found in $PATH"], &["exec: ", "no such file or directory"]],
        means: "the credential plugin is not there",
        causes: &["it is not installed, or its folder is not in PATH there: cron, editors and containers have another one"],
        check: LINT,
        fix: "Install it, or write its whole path into exec.command.",
    },
    // any failure: what stands around it says which, and was looked for before
    Symptom {
        marks: &[&["exec: executable ", "failed with exit code"]],
        means: "the credential plugin failed",
        causes: &["what it said stands in the lines above this one"],
        check: "Run it and see what it says: whycan whoami",
        fix: "Paste these lines too.",
    },
];
