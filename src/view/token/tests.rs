use super::*;
use crate::credential::Content;
use crate::credential::Expected;
use crate::credential::eks::check;
use crate::kubeconfig::{User, ways};

const URL: &str = "https://sts.eu-central-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256\
    &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20260301%2Feu-central-1%2Fsts%2Faws4_request&X-Amz-Date=20260301T123045Z&X-Amz-Expires=60\
    &X-Amz-SignedHeaders=host%3Bx-k8s-aws-id&X-Amz-Signature=05be427e529789be145db0c4e40e5efa0ebd577f177aa804b8e9ffc9c1ffbf1a";

fn token(url: &str) -> Decoded {
    use base64::Engine as _;
    Decoded::read(format!("k8s-aws-v1.{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(url)).as_bytes())
}

fn told(rows: &[Row<About>]) -> Vec<String> {
    let cells = |row: &Row<About>| row.cells.iter().map(Cell::text).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" | ");
    rows.iter().map(|row| format!("{}{}", "  ".repeat(row.depth), cells(row))).collect()
}

#[test]
fn what_is_wrong_comes_first_and_the_parts_hide_the_signature() {
    let decoded = token(URL);
    let findings = decoded.findings(&Expected { now: Some("2026-03-01T13:00:00Z".parse().unwrap()), ..Expected::default() });
    let shown = Shown { decoded: Some(&decoded), findings: &findings, has_secret: true, ..Shown::default() };
    let rows = rows(&shown);
    assert_eq!((&rows[0].topic, rows[0].sign), (&crate::view::table::Topic::Of(About::Finding(0)), Sign::Fails));
    let told = told(&rows);
    assert!(
        told.iter().any(|row| row == "    access key | AKIAIOSFODNN7EXAMPLE" || row == "  access key | AKIAIOSFODNN7EXAMPLE"),
        "{told:#?}"
    );
    assert!(told.last().unwrap().starts_with("the token itself | "), "{told:#?}");
    for row in &rows {
        let crate::view::table::Topic::Of(about) = &row.topic else { panic!("{row:?}") };
        let blocks = format!("{:?}", detail(&shown, about));
        assert!(blocks.len() > 20 && !blocks.contains("05be427e"), "{blocks}");
    }
    assert!(!told.concat().contains("05be427e"));
}

#[test]
fn the_servers_checks_end_where_one_fails() {
    let decoded = token(&URL.replace("Expires=60", "Expires=901"));
    let Content::Eks(token) = &decoded.content else { panic!("{decoded:?}") };
    let checks = check(token, &Expected::default().verifier());
    let told = told(&super::checks(&checks));
    assert_eq!(told[0], "what the server checks  it ends at: X-Amz-Expires is 0 to 900");
    let at = checks.iter().position(|check| matches!(check.outcome, Outcome::Fails(_))).unwrap();
    let shown = Shown { checks: &checks, ..Shown::default() };
    let failed = format!("{:?}", detail(&shown, &About::Check(at)));
    assert!(failed.contains("invalid X-Amz-Expires parameter in pre-signed URL: 901"), "{failed}");
    assert!(format!("{:?}", detail(&shown, &About::Check(at + 1))).contains("does not come this far"));
}

#[test]
fn which_of_several_ways_counts_is_told_only_where_there_are_several() {
    let mut user = User { token: Some("canary".to_owned().into()), ..User::default() };
    assert_eq!(ways_of(&user), Vec::<String>::new());
    user.exec = Some(crate::kubeconfig::Exec { command: "aws".to_owned(), ..crate::kubeconfig::Exec::default() });
    assert_eq!(
        ways_of(&user),
        ["which credential counts  2 ways given", "  the token is presented", "  plugin `aws` is never run: a token is given"]
    );
    user.password = Some("canary".to_owned().into());
    assert_eq!(ways_of(&user), ["what the user entry gives", "  clients refuse a token beside a user name or password"]);
}

fn ways_of(user: &User) -> Vec<String> {
    told(&super::ways(&ways(user)))
}
