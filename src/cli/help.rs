//! What the help says beside the flags.

/// What whycan is, in a few sentences.
pub const ABOUT: &str = "\
Explains why an identity can, or can't, do something on a Kubernetes cluster: the chain from the identity over bindings \
and roles to the rule that allows it, or the nearest one that does not, with the change that would.

It asks the cluster of the kubeconfig's current context, or reads what kubectl recorded. Without a command it opens the \
terminal UI. A first word that is no command but begins a request means `why`.";

/// After the short help.
pub const SHORT: &str = "\
Examples:
  whycan                                        the terminal UI, on the current context
  whycan why delete pods -n dev                 may I?
  whycan why delete pods -n dev --as alice      may she?
  whycan 'Error from server (Forbidden): pods is forbidden: User \"alice\" cannot list …'
  whycan who-can get secrets -A
  whycan --demo why delete pods -n dev --as alice

--help says more.";

/// After the long help.
pub const LONG: &str = "\
REQUEST is any of:
  delete pods web-0                 a verb, a resource (with .GROUP and /SUBRESOURCE) and a name
  get /metrics                      a verb and a path
  GET /api/v1/namespaces/dev/pods   a method and a URL
  kubectl exec web-0 -n dev         a kubectl command line; all words after kubectl are its own
  'Error from server (Forbidden)…'  a pasted message, as one word
  -                                 any of these from standard input

IDENTITY is any of:
  alice, user:NAME, group:NAME, sa:NAMESPACE/NAME, node:NAME, token:FILE

Without --as it is yourself who asks, as the cluster knows you.

The cluster is that of the kubeconfig's current context, or of --context. Its credential plugin is run once, and no
other; nothing is ever written to a cluster. Its own verdict stands beside whycan's. Without a cluster, facts come from files that
kubectl wrote, a folder of them, or standard input:
  kubectl get clusterroles,clusterrolebindings,roles,rolebindings -A -o json > rbac.json
  whycan why list pods -n dev --as alice --from rbac.json

Exit status:
  0  allowed, or done
  1  denied; findings of severity error
  2  the command line or the request cannot be understood
  3  unknown: something that could not be read might allow it
  4  failed: the cluster cannot be reached, or does not know you; input cannot be read

Environment:
  KUBECONFIG  the kubeconfigs, the first counting most; else ~/.kube/config
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY
              the way to the cluster, as kubectl takes it
  XDG_CONFIG_HOME
              where whycan/config.toml is, the settings; else ~/.config
  XDG_STATE_HOME
              whycan/ in it remembers contexts and the last change; else ~/.local/state
  SHELL       the shell of whycan context shell
  NO_COLOR    when set and not empty, no colours
  COLUMNS     the width to wrap at";
