//! What IAM answers, in XML.

use std::collections::BTreeMap;

use aws_smithy_xml::decode::{Document, ScopedDecoder, try_data};
use percent_encoding::percent_decode_str;

use crate::facts::aws::{IamPrincipal, OpenIdProvider};

/// A role or user of the answer to an action.
pub fn principal(text: &str, action: &str, element: &str) -> Option<IamPrincipal> {
    let fields = fields(text, &[&format!("{action}Result"), element]);
    let get = |name: &str| fields.get(name).cloned();
    Some(IamPrincipal {
        arn: get("Arn")?,
        id: get("RoleId").or_else(|| get("UserId")).unwrap_or_default(),
        created: get("CreateDate").and_then(|date| date.parse().ok()),
        trust: get("AssumeRolePolicyDocument").map(|text| percent_decode_str(&text).decode_utf8_lossy().into_owned()),
    })
}

/// The ARNs of the issuers of an account.
pub fn openid_arns(text: &str) -> Vec<String> {
    texts(text, &["ListOpenIDConnectProvidersResult", "OpenIDConnectProviderList", "member", "Arn"])
}

/// An issuer.
pub fn openid_provider(text: &str, arn: &str) -> OpenIdProvider {
    const RESULT: &str = "GetOpenIDConnectProviderResult";
    let known = OpenIdProvider::of_arn(arn);
    let url = texts(text, &[RESULT, "Url"]).into_iter().next();
    let url = url.map(|url| url.strip_prefix("https://").unwrap_or(&url).to_owned());
    OpenIdProvider { url: url.unwrap_or(known.url), audiences: Some(texts(text, &[RESULT, "ClientIDList", "member"])), arn: known.arn }
}

/// The aliases of an account.
pub fn aliases(text: &str) -> Vec<String> {
    texts(text, &["ListAccountAliasesResult", "AccountAliases", "member"])
}

/// The code and message of a refusal.
pub fn refusal(text: &str) -> (Option<String>, String) {
    let mut fields = fields(text, &["Error"]);
    (fields.remove("Code"), fields.remove("Message").unwrap_or_default())
}

/// What stands in the elements of a path below the root.
fn texts(text: &str, path: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    each(text, path, &mut |element| found.extend(try_data(element).map(|text| text.trim().to_owned())));
    found
}

/// The children of the first element of a path that hold nothing but text.
fn fields(text: &str, path: &[&str]) -> BTreeMap<String, String> {
    let mut found: Option<BTreeMap<String, String>> = None;
    each(text, path, &mut |element| {
        let mut fields = BTreeMap::new();
        while let Some(mut child) = element.next_tag() {
            let name = child.start_el().local().to_owned();
            if let Ok(text) = try_data(&mut child) {
                fields.insert(name, text.trim().to_owned());
            }
        }
        found.get_or_insert(fields);
    });
    found.unwrap_or_default()
}

fn each<'text>(text: &'text str, path: &[&str], take: &mut impl FnMut(&mut ScopedDecoder<'text, '_>)) {
    let mut document = Document::new(text);
    if let Ok(mut root) = document.root_element() {
        descend(&mut root, path, take);
    }
}

fn descend<'text>(element: &mut ScopedDecoder<'text, '_>, path: &[&str], take: &mut impl FnMut(&mut ScopedDecoder<'text, '_>)) {
    let Some((first, rest)) = path.split_first() else { return take(element) };
    while let Some(mut child) = element.next_tag() {
        if child.start_el().local() == *first {
            descend(&mut child, rest, take);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_users_issuers_and_refusals_are_read() {
        let role = "<GetRoleResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\n <GetRoleResult>\n  <Role>\n   <Path>/team/</Path>\n   \
             <RoleName>dev</RoleName><RoleId>AROA1</RoleId><Arn>arn:aws:iam::1:role/team/dev</Arn><CreateDate>2026-03-01T12:00:00Z</CreateDate>\
             <AssumeRolePolicyDocument>%7B%22Statement%22%3A%5B%5D%7D</AssumeRolePolicyDocument>\
             <PermissionsBoundary><PermissionsBoundaryArn>arn:b</PermissionsBoundaryArn></PermissionsBoundary>\
             <Tags><member><Key>a&amp;b</Key><Value>Arn</Value></member></Tags></Role></GetRoleResult></GetRoleResponse>";
        assert_eq!(
            principal(role, "GetRole", "Role"),
            Some(IamPrincipal {
                arn: "arn:aws:iam::1:role/team/dev".to_owned(),
                id: "AROA1".to_owned(),
                created: "2026-03-01T12:00:00Z".parse().ok(),
                trust: Some("{\"Statement\":[]}".to_owned()),
            })
        );
        let user = "<GetUserResponse><GetUserResult><User><UserId>AIDA1</UserId><Arn>arn:aws:iam::1:user/a&amp;b</Arn></User></GetUserResult></GetUserResponse>";
        let read = principal(user, "GetUser", "User").unwrap();
        assert_eq!((read.arn.as_str(), read.id.as_str(), read.created, read.trust), ("arn:aws:iam::1:user/a&b", "AIDA1", None, None));
        let list = "<ListOpenIDConnectProvidersResponse><ListOpenIDConnectProvidersResult><OpenIDConnectProviderList><member><Arn>arn:1</Arn></member>\
             <member><Arn>arn:2</Arn></member></OpenIDConnectProviderList></ListOpenIDConnectProvidersResult></ListOpenIDConnectProvidersResponse>";
        assert_eq!(openid_arns(list), ["arn:1", "arn:2"]);
        let issuer = "<GetOpenIDConnectProviderResponse><GetOpenIDConnectProviderResult><ThumbprintList><member>ab</member></ThumbprintList>\
             <ClientIDList><member>sts.amazonaws.com</member></ClientIDList><Url>oidc.example/id/1</Url></GetOpenIDConnectProviderResult></GetOpenIDConnectProviderResponse>";
        let arn = "arn:aws:iam::1:oidc-provider/oidc.example/id/1";
        let read = openid_provider(issuer, arn);
        assert_eq!((read.arn.as_str(), read.url.as_str()), (arn, "oidc.example/id/1"));
        assert_eq!(read.audiences, Some(vec!["sts.amazonaws.com".to_owned()]));
        let refused =
            "<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>a &lt;b&gt;</Message></Error></ErrorResponse>";
        assert_eq!(refusal(refused), (Some("NoSuchEntity".to_owned()), "a <b>".to_owned()));
    }

    #[test]
    fn what_is_no_answer_is_none() {
        for text in ["", "{}", "<html><body>", "<a", "<GetRoleResponse><GetRoleResult><Role/></GetRoleResult></GetRoleResponse>", "\u{0}"] {
            assert_eq!(principal(text, "GetRole", "Role"), None, "{text}");
            assert_eq!(refusal(text).0, None, "{text}");
            assert!(openid_arns(text).is_empty() && aliases(text).is_empty(), "{text}");
        }
    }
}
