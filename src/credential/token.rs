//! Bearer tokens, as far as they say themselves what they are.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

/// What a token says.
#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    /// A token of Amazon EKS.
    Eks,
    /// A JSON web token.
    Jwt(Claims),
    /// Anything else: only the server knows.
    Opaque,
}

/// The claims of a JSON web token that say whose it is and when it ends.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Claims {
    /// Whose it is; empty where it does not say.
    pub sub: String,
    /// When it ends, seconds since 1970 in UTC; none for one that never does.
    pub exp: Option<f64>,
}

impl Claims {
    /// When it ends, in whole seconds.
    #[expect(clippy::cast_possible_truncation, reason = "seconds, and a number out of range is no time anyway")]
    pub fn ends(&self) -> Option<i64> {
        self.exp.map(|end| end as i64)
    }
}

/// Reads a token; its signature is not verified.
pub fn read(token: &str) -> Token {
    if token.starts_with("k8s-aws-v1.") {
        return Token::Eks;
    }
    let mut parts = token.split('.');
    let (Some(_), Some(claims), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else { return Token::Opaque };
    let decoded = URL_SAFE_NO_PAD.decode(claims).ok().and_then(|text| serde_json::from_slice(&text).ok());
    decoded.map_or(Token::Opaque, Token::Jwt)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_what_it_is() {
        let of = |claims: &str| read(&format!("h.{}.s", URL_SAFE_NO_PAD.encode(claims)));
        let jwt = |sub: &str, exp: Option<f64>| Token::Jwt(Claims { sub: sub.to_owned(), exp });
        assert_eq!(of(r#"{"sub": "alice", "exp": 1700000000, "aud": ["x"]}"#), jwt("alice", Some(1_700_000_000.0)));
        assert_eq!(of("{}"), jwt("", None));
        assert_eq!(of("[]x"), Token::Opaque);
        assert_eq!(of(r#"{"exp": "soon"}"#), Token::Opaque);
        for (text, token) in [
            ("k8s-aws-v1.abc", Token::Eks),
            ("", Token::Opaque),
            ("a.b.c", Token::Opaque),
            ("a.e30.c.d", Token::Opaque),
            ("a.e30.", jwt("", None)),
        ] {
            assert_eq!(read(text), token, "{text}");
        }
        let of = |exp: f64| Claims { exp: Some(exp), ..Claims::default() }.ends();
        assert_eq!((of(1.9), of(f64::NAN), of(1e300)), (Some(1), Some(0), Some(i64::MAX)));
    }
}
