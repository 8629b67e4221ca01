//! Texts as people paste them: what they mean with the likeliest cause, and what mends it; no cluster is needed for that.

use crate::support::{Whycan, piped, whycan};

/// The rows, the text, the sentence, and the last hint, which is the fix.
pub const TEXTS: &[(&[u8], &str, &str, &str)] = &[
    (
        &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 70],
        "E1128 10:00:00.000000 1 memcache.go:265] \"Unhandled Error\" err=\"couldn't get current server API group list: the server has asked for the client to provide credentials\"\nerror: You must be logged in to the server (the server has asked for the client to provide credentials)",
        "this is authentication, not authorization: the server did not accept the credential, so nobody was asked for rights; most likely on EKS the principal that signs is mapped to nobody",
        "Let an IAM principal in: aws eks create-access-entry --cluster-name CLUSTER --principal-arn ARN; of one by its ARN: whycan map ARN",
    ),
    (
        &[1],
        "error: You must be logged in to the server (Unauthorized)",
        "this is authentication, not authorization: the server did not accept the credential, so nobody was asked for rights; most likely on EKS the principal that signs is mapped to nobody",
        "Let an IAM principal in: aws eks create-access-entry --cluster-name CLUSTER --principal-arn ARN; of one by its ARN: whycan map ARN",
    ),
    (
        &[1],
        "$ kubectl get pods\nerror: You must be logged in to the server (Unauthorized)",
        "this is authentication, not authorization: the server did not accept the credential, so nobody was asked for rights; most likely on EKS the principal that signs is mapped to nobody",
        "Let an IAM principal in: aws eks create-access-entry --cluster-name CLUSTER --principal-arn ARN; of one by its ARN: whycan map ARN",
    ),
    (
        &[12],
        r#"level=warning msg="access denied" error="mapper EKSConfigMap renderTemplates error: error rendering username template \"system:node:{{EC2PrivateDNSName}}\": SessionName did not contain an instance id""#,
        "the authenticator refuses the mapping: its user name has {{EC2PrivateDNSName}}, and who logs in is no EC2 instance",
        "Give people and their roles a plain username; keep the template for nodes.",
    ),
    (
        &[13],
        r#"level=warning msg="access denied" error="invalid username 'system:dev' for mapper DynamicFile: username must not begin with with the following prefixes: [aws: eks: amazon: iam: system:]""#,
        "the authenticator refuses the access entry: its user name begins with a reserved prefix: aws:, eks:, amazon:, iam: or system:",
        "Change it: aws eks update-access-entry --cluster-name CLUSTER --principal-arn ARN --username NAME",
    ),
    (
        &[14],
        r#"level=error msg="sts getCallerIdentity was throttled: input token was throttled""#,
        "STS turned the authenticator away (throttling), and good tokens are refused meanwhile: many clients make new tokens at once",
        "Use a token again while it is good, and run fewer processes that each make one.",
    ),
    (
        &[15],
        r#"Unable to authenticate the request" err="[invalid bearer token, oidc: verify token: oidc: id token issued by a different provider, expected "https://a.example" got "https://b.example"]""#,
        "the OIDC token is of another issuer: its iss is not the issuer URL that the server takes, letter by letter",
        "Set issuerUrl of the identity provider config to the token's iss, or log in at the issuer that the server takes.",
    ),
    (
        &[15],
        r#"Unable to authenticate the request" err="[invalid bearer token, oidc: verify token: oidc: token is expired (Token Expiry: 2026-03-01 12:00:00 +0000 UTC)]""#,
        "the OIDC token is over: the login has not been renewed",
        "Log in again at the issuer.",
    ),
    (
        &[16],
        r#"oidc: verify token: oidc: expected audience "kubernetes" got ["webapp"]"#,
        "the OIDC token is for another client: its aud is not the client ID that the server takes",
        "Set clientId of the identity provider config to the token's aud, or log in with the client that the server takes.",
    ),
    (
        &[26],
        "Please enter Username: ",
        "kubectl has no credential to send: the context's user is missing, or empty",
        "Set context.user to the name of a user; of an EKS cluster write it anew: aws eks update-kubeconfig --name CLUSTER",
    ),
    (
        &[27],
        "The connection to the server localhost:8080 was refused - did you specify the right host or port?",
        "kubectl has no cluster to talk to; most likely there is no kubeconfig where it looks, or KUBECONFIG names another file",
        "Write one: aws eks update-kubeconfig --name CLUSTER; or choose: whycan context use CONTEXT",
    ),
    (
        &[28],
        "Error in configuration: context was not found for specified context: prd",
        "the kubeconfig has no such context: its name is misspelt, or the context is gone or in another file",
        "Choose one that is there: whycan context use CONTEXT",
    ),
    (
        &[28],
        r#"error: no context exists with the name: "prd""#,
        "the kubeconfig has no such context: its name is misspelt, or the context is gone or in another file",
        "Choose one that is there: whycan context use CONTEXT",
    ),
    (
        &[29],
        r#"error: exec plugin: invalid apiVersion "client.authentication.k8s.io/v1alpha1""#,
        "kubectl does not run the plugin by this apiVersion: the kubeconfig is older than kubectl 1.24, which gave v1alpha1 up",
        "Write the entry anew with a current AWS CLI: aws eks update-kubeconfig --name CLUSTER; or set exec.apiVersion to client.authentication.k8s.io/v1beta1",
    ),
    (
        &[30],
        "Error in configuration: interactiveMode must be specified for prod to use exec authentication plugin",
        "kubectl does not run the plugin: its apiVersion is client.authentication.k8s.io/v1, and interactiveMode is missing",
        "Set exec.interactiveMode to IfAvailable.",
    ),
    (
        &[31],
        "Unable to connect to the server: getting credentials: exec plugin is configured to use API version client.authentication.k8s.io/v1beta1, plugin returned version client.authentication.k8s.io/v1alpha1",
        "the plugin answers in another version than the kubeconfig asks for: it has one version built in, and does not heed KUBERNETES_EXEC_INFO",
        "Set exec.apiVersion to the version that it returned, or update the plugin.",
    ),
    (
        &[32],
        "Unable to connect to the server: getting credentials: exec: executable aws not found\n\nIt looks like you are trying to use a client-go credential plugin that is not installed.",
        "the credential plugin is not there: it is not installed, or its folder is not in PATH there: cron, editors and containers have another one",
        "Install it, or write its whole path into exec.command.",
    ),
    (
        &[32],
        "Unable to connect to the server: getting credentials: exec: executable aws-iam-authenticator not found",
        "the credential plugin is not there: it is not installed, or its folder is not in PATH there: cron, editors and containers have another one",
        "Install it, or write its whole path into exec.command.",
    ),
    (
        &[33],
        "Unable to connect to the server: getting credentials: exec: executable aws failed with exit code 255",
        "the credential plugin failed: what it said stands in the lines above this one",
        "Paste these lines too.",
    ),
    (
        &[34],
        "Unable to locate credentials. You can configure credentials by running \"aws configure\".\nUnable to connect to the server: getting credentials: exec: executable aws failed with exit code 253",
        "there are no AWS credentials; most likely no profile is chosen, no variable is set, and there is no role of a machine",
        "Log in (aws sso login), choose a profile (AWS_PROFILE), or make one: aws configure sso",
    ),
    (
        &[35],
        "The config profile (prod) could not be found\nUnable to connect to the server: getting credentials: exec: executable aws failed with exit code 255",
        "the AWS config has no such profile: the user entry of the kubeconfig pins it (AWS_PROFILE in exec.env, --profile), and it is not configured here",
        "Make the profile (aws configure sso), or remove it from the user entry.",
    ),
    (
        &[36],
        "Error loading SSO Token: Token for https://acme.awsapps.com/start does not exist",
        "the login of IAM Identity Center (SSO) is missing or has expired: nobody has logged in since",
        "Log in: aws sso login --profile PROFILE",
    ),
    (
        &[36],
        "The SSO session associated with this profile has expired or is otherwise invalid. To refresh this SSO session run aws sso login with the corresponding profile.",
        "the login of IAM Identity Center (SSO) is missing or has expired: nobody has logged in since",
        "Log in: aws sso login --profile PROFILE",
    ),
    (
        &[36],
        "Error when retrieving token from sso: Token has expired and refresh failed",
        "the login of IAM Identity Center (SSO) is missing or has expired: nobody has logged in since",
        "Log in: aws sso login --profile PROFILE",
    ),
    (
        &[37],
        "An error occurred (ExpiredToken) when calling the GetCallerIdentity operation: The security token included in the request is expired",
        "the AWS session has expired: temporary keys stand in the credentials file or in variables, and nobody renewed them",
        "Get new ones: log in or assume the role again; aws sts get-caller-identity says when it works.",
    ),
    (
        &[38],
        "An error occurred (AccessDenied) when calling the AssumeRole operation: User: arn:aws:iam::111122223333:user/me is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111122223333:role/admin",
        "the role cannot be assumed; most likely its trust policy does not name the caller, or the caller is not allowed sts:AssumeRole on it",
        "Name the caller in the trust policy of the role, and allow the caller sts:AssumeRole on it.",
    ),
    (
        &[39],
        "Cannot refresh credentials: MFA token required.",
        "the profile needs an MFA code: a plugin has no terminal to ask for it",
        r#"Get a session first: eval "$(aws configure export-credentials --profile PROFILE --format env)""#,
    ),
    (
        &[40],
        "An error occurred (AccessDeniedException) when calling the DescribeCluster operation: User: arn:aws:iam::111122223333:user/me is not authorized to perform: eks:DescribeCluster on resource: arn:aws:eks:eu-central-1:111122223333:cluster/prod",
        "this is IAM, not Kubernetes, and the caller may not describe the cluster: no policy of the caller allows eks:DescribeCluster, which says nothing of rights in the cluster",
        "Ask whoever administers the account to allow it; or get the server and its authority from a colleague, and write the entry by hand.",
    ),
    (
        &[41],
        "An error occurred (ResourceNotFoundException) when calling the DescribeCluster operation: No cluster found for name: prod.",
        "EKS knows no cluster of that name there: it is in another region, or in the account of another profile",
        "Name the region and profile: aws eks update-kubeconfig --name CLUSTER --region REGION --profile PROFILE",
    ),
    (
        &[42],
        "Cluster status is CREATING",
        "no kubeconfig is written for the cluster yet: it is neither ACTIVE nor UPDATING",
        "Wait until it is there: aws eks wait cluster-active --name CLUSTER",
    ),
    (
        &[43],
        r#"You must specify a region. You can also configure your region by running "aws configure"."#,
        "the AWS CLI knows no region: neither AWS_REGION, AWS_DEFAULT_REGION nor the profile names one",
        "Name one: --region REGION, AWS_REGION=REGION, or region in the profile",
    ),
    (
        &[44],
        "Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY",
        "the AWS credentials are half there: one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set and the other is not",
        "Set both, or neither.",
    ),
    (
        &[45],
        "An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: The security token included in the request is invalid.",
        "AWS does not know the access key; most likely it was deleted or disabled",
        "Get a new key, or set all three of AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.",
    ),
    (
        &[45],
        "An error occurred (UnrecognizedClientException) when calling the DescribeCluster operation: The security token included in the request is invalid.",
        "AWS does not know the access key; most likely it was deleted or disabled",
        "Get a new key, or set all three of AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.",
    ),
    (
        &[46],
        "An error occurred (SignatureDoesNotMatch) when calling the GetCallerIdentity operation: Signature not yet current: 20260301T121500Z is still later than 20260301T120000Z (20260301T115500Z + 5 min.)",
        "AWS does not take the signature for its time: the clock of this machine is wrong, by 5 minutes or more",
        "Set the clock: timedatectl set-ntp true, or sntp -sS time.apple.com on macOS",
    ),
    (
        &[5],
        "An error occurred (SignatureDoesNotMatch) when calling the GetCallerIdentity operation: The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.",
        "AWS does not accept the signature; most likely the secret key does not fit the access key",
        "Check the keys of the profile, and --cluster-name of the user entry.",
    ),
    (
        &[47],
        "Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority",
        "the server's certificate is of an authority that the kubeconfig does not trust; most likely the cluster was made anew, and has another authority",
        "Write the entry anew: aws eks update-kubeconfig --name CLUSTER",
    ),
    (
        &[48],
        "Unable to connect to the server: dial tcp: lookup 0123456789ABCDEF0123456789ABCDEF.gr7.eu-central-1.eks.amazonaws.com: no such host",
        "nobody knows the name of the server; most likely the cluster was deleted, or made anew under another name",
        "Write the entry anew: aws eks update-kubeconfig --name CLUSTER; for a private endpoint connect the VPN.",
    ),
    (
        &[49],
        "Unable to connect to the server: dial tcp 10.0.1.2:443: i/o timeout",
        "the server does not answer from here; most likely its endpoint is private, or publicAccessCidrs may leave this address out",
        "Connect the VPN, or let the address in: aws eks update-cluster-config --name CLUSTER --resources-vpc-config publicAccessCidrs=CIDR",
    ),
    (
        &[50],
        "Unable to connect to the server: net/http: TLS handshake timeout",
        "the server took the connection, and TLS did not begin; most likely the network loses packets on the way: routes, security groups or DNS of the VPC",
        "Look at the network between here and the endpoint; on nodes at the DNS settings of the VPC.",
    ),
    (
        &[50],
        r#"kubelet.go:2448] "Error getting node" err="node "" not found""#,
        "the kubelet does not know its own name: the DNS settings of its VPC give it none",
        "Look at the VPC: DNS resolution, DNS host names and the DHCP options.",
    ),
    (
        &[51],
        r#"error: the server doesn't have a resource type "svc""#,
        "kubectl did not learn what the server serves; most likely the server did not accept the credential, and this kubectl does not say so",
        "If not, mend the login as whoami says; else take a name of `kubectl api-resources`.",
    ),
    (
        &[52],
        "Your current user or role does not have access to Kubernetes objects on this EKS cluster",
        "who is logged in to the console has no rights in the cluster; most likely the principal is mapped to nobody",
        "Let it in: aws eks create-access-entry, and aws eks associate-access-policy or a binding of its groups",
    ),
    (
        &[53],
        "InvalidRequestException: The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation.",
        "the cluster takes no access entries: its authentication mode is CONFIG_MAP",
        "Switch it, which cannot be taken back: aws eks update-cluster-config --name CLUSTER --access-config authenticationMode=API_AND_CONFIG_MAP",
    ),
    (
        &[54],
        "InvalidParameterException: The kubernetes group name system:masters is invalid, it cannot start with system:",
        "an access entry cannot have this group: it begins with system:",
        "For system:masters: aws eks associate-access-policy with AmazonEKSClusterAdminPolicy; else bind a group of another name.",
    ),
    (
        &[55],
        "ResourceInUseException: The specified access entry resource is already in use on this cluster.",
        "the principal has an access entry already; most likely EKS made it, for who created the cluster or for its nodes",
        "Update it, or import it into what manages it: aws eks update-access-entry --cluster-name CLUSTER --principal-arn ARN",
    ),
    (
        &[56],
        r#"Error from server (NotFound): configmaps "aws-auth" not found"#,
        "there is no aws-auth; most likely no node group was ever made, which would have created it",
        "Create access entries; or the ConfigMap, where the mode is CONFIG_MAP or API_AND_CONFIG_MAP.",
    ),
    (
        &[57],
        r#"kubelet_node_status.go:94] "Unable to register node with API server" err="Unauthorized" node="ip-10-0-1-2.eu-central-1.compute.internal""#,
        "the server does not know the node: its kubelet hears Unauthorized; most likely the role of the node is mapped to nobody",
        "Map it: aws eks create-access-entry --cluster-name CLUSTER --principal-arn ARN --type EC2_LINUX, or mapRoles with system:bootstrappers and system:nodes",
    ),
    (
        &[58],
        "failed querying private DNS from EC2 API: UnauthorizedOperation: You are not authorized to perform this operation. User is not authorized to perform: ec2:DescribeInstances",
        "EC2 does not tell the names of nodes; most likely the cluster's role has lost AmazonEKSClusterPolicy",
        "Attach it again: aws iam attach-role-policy --role-name CLUSTER-ROLE --policy-arn arn:aws:iam::aws:policy/AmazonEKSClusterPolicy",
    ),
    (
        &[59],
        "InvalidInstanceID.NotFound: The instance ID 'i-0123456789abcdef0' does not exist",
        "the authenticator does not find the instance of a node; most likely the node is of another account than the cluster, and the instance is looked for in the cluster's",
        "Run nodes in the cluster's account, or name them by {{SessionName}} in place of {{EC2PrivateDNSName}}.",
    ),
    (
        &[62],
        "An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity",
        "STS does not let the service account become the role; most likely the trust policy of the role wants another sub (namespace and name), aud or provider",
        "Write the sub into the trust policy as system:serviceaccount:NAMESPACE:NAME, and the aud as sts.amazonaws.com.",
    ),
    (
        &[63],
        "InvalidIdentityToken: No OpenIDConnect provider found in your account for https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF",
        "the account of the role does not know the cluster's issuer: there is no IAM OIDC provider for it in that account",
        "Create it in the account of the role: aws iam create-open-id-connect-provider --url ISSUER --client-id-list sts.amazonaws.com",
    ),
    (
        &[65],
        "dial tcp 169.254.170.23:80: i/o timeout",
        "the pod does not reach the EKS Pod Identity agent; most likely the add-on eks-pod-identity-agent is not installed, or does not run on this node",
        "Install it: aws eks create-addon --cluster-name CLUSTER --addon-name eks-pod-identity-agent",
    ),
    (
        &[66],
        r#"Failed to pull image "111122223333.dkr.ecr.eu-central-1.amazonaws.com/app:1": no basic auth credentials"#,
        "this is the registry of images, not Kubernetes: it wants a login; most likely nobody has logged in to it, as docker must",
        "Log in: aws ecr get-login-password; or attach AmazonEC2ContainerRegistryReadOnly to the role of the node.",
    ),
    (
        &[67],
        "An error occurred (TooManyRequestsException) when calling the DescribeCluster operation: Too Many Requests",
        "AWS turns requests away (throttling): the limit is the account's in this region, and others use it up too",
        "Try again later, ask less often, and keep what was answered.",
    ),
    (
        &[68],
        "Unable to connect to the server: getting credentials: decoding stdout: couldn't get version/kind; json parse error: invalid character 'k' looking for beginning of value",
        "what the plugin printed is no ExecCredential; most likely AWS_DEFAULT_OUTPUT or the profile's output is not json, and the kubeconfig has no --output json",
        "Add --output json to exec.args, or write the entry anew: aws eks update-kubeconfig --name CLUSTER",
    ),
    (
        &[69],
        "Unable to connect to the server: getting credentials: exec plugin didn't return a token or cert/key pair",
        "the plugin gave no credential: its answer has an empty status",
        "Mend or update the plugin: it must give status.token, or a certificate with its key.",
    ),
    (
        &[71],
        r#"Unable to authenticate the request" err="[invalid bearer token, service account token has expired]""#,
        "the token of the service account is over: the client goes on with the token that it read when it began, and does not read the file again",
        "Update the client library to one that reads the token file again; until then restart the pod.",
    ),
    (
        &[72],
        r#"Error from server (Forbidden): admission webhook "policy.example" denied the request: no such host is allowed"#,
        "this refusal comes from an admission webhook; authorization had allowed the request",
        "Look at the webhook that the message names.",
    ),
    (
        &[72],
        r#"Error from server (Forbidden): pods "x" is forbidden: violates PodSecurity "restricted:latest": privileged"#,
        "this refusal comes from admission (PodSecurity); authorization had allowed the request",
        "Look at the labels pod-security.kubernetes.io/* of the namespace.",
    ),
    (
        &[72],
        r#"Error from server (Forbidden): pods "x" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1"#,
        "this refusal comes from admission (ResourceQuota); authorization had allowed the request",
        "Look at `kubectl describe quota` in the namespace.",
    ),
    (
        &[72],
        r#"Error from server (InternalError): Internal error occurred: failed calling webhook "policy.example": failed to call webhook: Post "https://policy.default.svc:443/": tls: failed to verify certificate: x509: certificate signed by unknown authority"#,
        "an admission webhook could not be called; authorization had allowed the request: the service behind it does not answer, or its certificate is not trusted",
        "Look at the webhook that the message names, and at the pods of its service.",
    ),
    (
        &[73],
        r#"InvalidParameterException: This operation can only be performed on Access Entries with a type of "STANDARD"."#,
        "the access entry is one of nodes: groups, user names and policies belong to entries of type STANDARD",
        "Leave them out, or make the entry anew with --type STANDARD.",
    ),
    (
        &[75],
        "InvalidParameterException: The specified principalArn is invalid: invalid principal.",
        "EKS does not take the ARN for an access entry; most likely it is the form of aws-auth, without the path of the role: an access entry wants the role's own ARN",
        "Ask IAM for it, path and all: aws iam get-role --role-name NAME --query Role.Arn",
    ),
];

#[test]
fn a_pasted_text_is_answered_with_its_likeliest_cause() {
    for (rows, text, says, fix) in TEXTS {
        let run = whycan(&["why", text]);
        let mut lines = run.stderr.lines();
        assert_eq!(lines.next(), Some(format!("whycan: {says}").as_str()), "{rows:?}\n{run}");
        assert_eq!(lines.next_back().map(str::trim), Some(*fix), "{rows:?}\n{run}");
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{rows:?}\n{run}");
    }
}

#[test]
fn it_is_read_from_standard_input_and_without_a_command_too() {
    let (_, text, says, _) = TEXTS[0];
    for run in [piped(&["why", "-"], text), whycan(&[text]), whycan(&["--demo", "why", text]), whycan(&["who-can", text])] {
        assert!(run.stderr.starts_with(&format!("whycan: {says}\n")) && run.status == 2, "{run}");
    }
}

#[test]
fn nothing_of_a_pasted_text_is_repeated() {
    let text = "export AWS_SECRET_ACCESS_KEY=hunter2hunter2hunter2\nUnable to locate credentials. k8s-aws-v1.aHVudGVyMg";
    let run = Whycan::new(&["why", text]).run();
    assert!(run.stderr.starts_with("whycan: there are no AWS credentials") && !run.to_string().contains("hunter2"), "{run}");
    assert!(!run.to_string().contains("aHVudGVyMg"), "{run}");
}
