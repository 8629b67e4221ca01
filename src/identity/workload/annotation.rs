//! What a service account's annotations say to the webhook of EKS, as it reads them (its `pkg/cache`).

use crate::base::Name;
use crate::facts::Meta;

/// The annotation that names the role.
pub const ROLE: &str = "eks.amazonaws.com/role-arn";

/// The audience of the token where no annotation says otherwise.
pub const AUDIENCE: &str = "sts.amazonaws.com";

/// How long a token is good where nothing says otherwise, in seconds, and the least.
const EXPIRATION: (u64, u64) = (86_400, 600);

/// What the annotations come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotations {
    /// The role, as it stands; none where it is missing or empty.
    pub role: Option<Name>,
    /// The token's audience.
    pub audience: Name,
    /// Whether regional endpoints of STS are asked for; none where it is not said, or not in a way that counts.
    pub regional: Option<bool>,
    /// How long the token is good, in seconds.
    pub expiration: u64,
    /// Annotations that were meant to name a role, and that nothing reads: the key, and the value.
    pub misspelt: Vec<(Name, Name)>,
}

impl Annotations {
    /// Reads them.
    pub fn of(meta: &Meta) -> Self {
        let given = |name: &str| meta.annotation(&format!("eks.amazonaws.com/{name}"));
        let seconds = given("token-expiration").and_then(|text| text.as_str().parse::<i64>().ok());
        Self {
            role: given("role-arn").filter(|role| !role.is_empty()),
            audience: given("audience").unwrap_or_else(|| Name::new(AUDIENCE)),
            regional: given("sts-regional-endpoints").and_then(|text| truth(text.as_str())),
            expiration: seconds.map_or(EXPIRATION.0, |seconds| u64::try_from(seconds).unwrap_or_default().max(EXPIRATION.1)),
            misspelt: meta.annotations.iter().copied().filter(|(key, _)| is_misspelt(key.as_str())).collect(),
        }
    }
}

/// What Go's `ParseBool` takes.
fn truth(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// Whether a key was meant to name a role to the webhook, and does not.
fn is_misspelt(key: &str) -> bool {
    let (domain, name) = key.split_once('/').unwrap_or(("", key));
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let is_role = matches!(letters.as_str(), "rolearn" | "iamrole" | "iamrolearn") || (letters == "role" && domain.contains("eks"));
    is_role && key != ROLE
}

/// What is wrong with a role's ARN, as a clause; none where STS takes it. The pattern is the webhook's own.
pub fn malformed(arn: &str) -> Option<&'static str> {
    if arn != arn.trim() {
        return Some("there are blanks around it");
    }
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [prefix, partition, service, region, account, resource] = parts.as_slice() else {
        return Some(if arn.contains(':') { "it is no ARN" } else { "it is a name, and no ARN" });
    };
    let is_name = |c: char| c.is_ascii_alphanumeric() || "_-/.@+=,".contains(c);
    match () {
        () if *prefix != "arn" || !partition.starts_with("aws") => Some("it is no ARN of AWS"),
        () if *service == "sts" => Some("it is a session, and must be the role"),
        () if *service != "iam" || !region.is_empty() => Some("it is no ARN of IAM"),
        () if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some("its account is no number of twelve digits")
        }
        () if resource.starts_with("instance-profile/") => Some("it is an instance profile, and must be the role"),
        () if resource.strip_prefix("role/").is_none_or(|name| name.is_empty() || !name.chars().all(is_name)) => Some("it is no role"),
        () => None,
    }
}
