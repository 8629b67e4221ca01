//! The table of the conditions of tokens.

use super::super::Holds::{self, No, Unknown, Yes};

/// The conditions of the usual statement, what they come to, and the sentence of the one that fails. `$I` is the issuer, `$i` the
/// same in small letters, `$OLD` another cluster's, `$V` a variable; in sentences they are `I` and `OLD`.
pub const TOKENS: &[(&str, Holds, &str)] = &[
    ("", Yes, ""),
    (r#""StringEquals":{"$I:sub":"system:serviceaccount:shop:api","$I:aud":"sts.amazonaws.com"}"#, Yes, ""),
    (
        r#""StringEquals":{"$I:sub":"system:serviceaccount:shop:web"}"#,
        No,
        r#"StringEquals wants I:sub to be "system:serviceaccount:shop:web", and the token has "system:serviceaccount:shop:api": it is service account web of that namespace, not api"#,
    ),
    (
        r#""StringEquals":{"$I:sub":"system:serviceaccount:prod:api"}"#,
        No,
        r#"StringEquals wants I:sub to be "system:serviceaccount:prod:api", and the token has "system:serviceaccount:shop:api": it is of that name in namespace prod, not shop"#,
    ),
    (
        r#""StringEquals":{"$I:sub":"system:serviceaccount:shop:*"}"#,
        No,
        r#"StringEquals wants I:sub to be "system:serviceaccount:shop:*", and the token has "system:serviceaccount:shop:api": StringEquals takes a star as it stands, and StringLike would fit"#,
    ),
    (
        r#""StringEquals":{"$I:sub":"system:serviceaccount:shop:API"}"#,
        No,
        r#"StringEquals wants I:sub to be "system:serviceaccount:shop:API", and the token has "system:serviceaccount:shop:api": capitals and small letters differ"#,
    ),
    (
        r#""StringEquals":{"$I:sub":"shop:api"}"#,
        No,
        r#"StringEquals wants I:sub to be "shop:api", and the token has "system:serviceaccount:shop:api": sub begins with system:serviceaccount:"#,
    ),
    (
        r#""StringEquals":{"$I:sub":"system:serviceaccounts:shop"}"#,
        No,
        r#"StringEquals wants I:sub to be "system:serviceaccounts:shop", and the token has "system:serviceaccount:shop:api": that is a group, and sub names a service account"#,
    ),
    (r#""StringEquals":{"$I:aud":"$I"}"#, No, r#"StringEquals wants I:aud to be "I", and the token has "sts.amazonaws.com""#),
    (
        r#""StringEquals":{"$OLD:sub":"system:serviceaccount:shop:api"}"#,
        No,
        r#"StringEquals wants OLD:sub to be "system:serviceaccount:shop:api", and the token has no such key: the key is of OLD, which did not issue the token"#,
    ),
    // several values: one is enough; several keys: all are needed
    (r#""StringEquals":{"$I:sub":["system:serviceaccount:shop:web","system:serviceaccount:shop:api"]}"#, Yes, ""),
    (
        r#""StringEquals":{"$I:sub":["system:serviceaccount:a:b","c"]}"#,
        No,
        r#"StringEquals wants I:sub to be "system:serviceaccount:a:b" or "c", and the token has "system:serviceaccount:shop:api""#,
    ),
    (
        r#""StringLike":{"$I:sub":"system:serviceaccount:shop:*"},"StringEquals":{"$I:aud":"sts.amazonaws.com.cn"}"#,
        No,
        r#"StringEquals wants I:aud to be "sts.amazonaws.com.cn", and the token has "sts.amazonaws.com""#,
    ),
    (r#""StringLike":{"$I:sub":"system:serviceaccount:*:api"}"#, Yes, ""),
    (r#""StringLike":{"$I:sub":"system:serviceaccount:shop:ap?"}"#, Yes, ""),
    (
        r#""StringLike":{"$I:sub":"system:serviceaccount:shop:web-*"}"#,
        No,
        r#"StringLike wants I:sub to be "system:serviceaccount:shop:web-*", and the token has "system:serviceaccount:shop:api": it is service account web-* of that namespace, not api"#,
    ),
    // the keys of conditions are the same in any case, their values are not
    (r#""StringEquals":{"$i:SUB":"system:serviceaccount:shop:api"}"#, Yes, ""),
    (r#""StringEqualsIgnoreCase":{"$I:sub":"System:ServiceAccount:Shop:API"}"#, Yes, ""),
    (
        r#""StringNotEquals":{"$I:sub":"system:serviceaccount:shop:api"}"#,
        No,
        r#"StringNotEquals wants I:sub not to be "system:serviceaccount:shop:api", and the token has "system:serviceaccount:shop:api""#,
    ),
    (r#""StringNotEquals":{"$I:sub":["system:serviceaccount:shop:web","x"]}"#, Yes, ""),
    (
        r#""StringNotLike":{"$I:sub":["system:serviceaccount:kube-system:*","system:serviceaccount:shop:*"]}"#,
        No,
        r#"StringNotLike wants I:sub not to be "system:serviceaccount:kube-system:*" or "system:serviceaccount:shop:*", and the token has "system:serviceaccount:shop:api""#,
    ),
    // what is not there: what negates holds, and what says so
    (r#""StringNotEquals":{"$OLD:sub":"x"}"#, Yes, ""),
    (r#""StringEqualsIfExists":{"$OLD:sub":"x"}"#, Yes, ""),
    (
        r#""StringEqualsIfExists":{"$I:sub":"x"}"#,
        No,
        r#"StringEqualsIfExists wants I:sub to be "x", and the token has "system:serviceaccount:shop:api""#,
    ),
    (r#""Null":{"$I:sub":"false"}"#, Yes, ""),
    (r#""Null":{"$I:sub":"true"}"#, No, r#"Null wants I:sub not to be there, and the token has "system:serviceaccount:shop:api""#),
    (r#""Null":{"$I:amr":true}"#, Yes, ""),
    // the words of sets on a key of one value
    (r#""ForAnyValue:StringLike":{"$I:sub":["x","system:serviceaccount:shop:*"]}"#, Yes, ""),
    (
        r#""ForAnyValue:StringEquals":{"$I:amr":"x"}"#,
        No,
        r#"ForAnyValue:StringEquals wants I:amr to be "x", and the token has no such key"#,
    ),
    (r#""ForAllValues:StringEquals":{"$OLD:sub":"x"}"#, Yes, ""),
    (
        r#""ForAllValues:StringEquals":{"$I:sub":"x"}"#,
        No,
        r#"ForAllValues:StringEquals wants I:sub to be "x", and the token has "system:serviceaccount:shop:api""#,
    ),
    (r#""StringEquals":{"sts:ExternalId":"x"}"#, No, r#"StringEquals wants sts:ExternalId to be "x", and the token has no such key"#),
    (
        r#""StringEquals":{"aws:SourceAccount":"111122223333"}"#,
        No,
        r#"StringEquals wants aws:SourceAccount to be "111122223333", and the token has no such key"#,
    ),
    // what is not evaluated is named
    (
        r#""IpAddress":{"aws:SourceIp":"10.0.0.0/8"}"#,
        Unknown,
        r#"IpAddress wants aws:SourceIp to be "10.0.0.0/8", and IpAddress is not evaluated"#,
    ),
    (
        r#""StringEquals":{"sts:RoleSessionName":"x"}"#,
        Unknown,
        r#"StringEquals wants sts:RoleSessionName to be "x", and what the token has there is not known"#,
    ),
    (
        r#""StringEquals":{"$I:sub":"system:serviceaccount:shop:$V"}"#,
        Unknown,
        r#"StringEquals wants I:sub to be "system:serviceaccount:shop:$V", and variables of policies are not evaluated"#,
    ),
    (r#""stringequals":{"$I:sub":"x"}"#, Unknown, r#"stringequals wants I:sub to be "x", and stringequals is not evaluated"#),
    (
        r#""ForAnyValue:StringEqualsIfExists":{"$I:amr":"x"}"#,
        Unknown,
        r#"ForAnyValue:StringEqualsIfExists wants I:amr to be "x", and the token has no such key"#,
    ),
    // something unknown does not save what fails
    (
        r#""StringEquals":{"$I:aud":"x"},"Bool":{"aws:SecureTransport":"true"}"#,
        No,
        r#"StringEquals wants I:aud to be "x", and the token has "sts.amazonaws.com""#,
    ),
];
