//! When a credential ends: of several ends that are known, the soonest, with its reason.

use jiff::Timestamp;

use super::{Content, Decoded};

/// What is known of the end of a credential.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// What is presented.
    pub decoded: Option<&'a Decoded>,
    /// A certificate that is presented beside it.
    pub beside: Option<&'a Decoded>,
    /// Until when the plugin says that its answer is to be used: clients run it again then.
    pub plugin: Option<Timestamp>,
    /// When the session with AWS ends that signed it: STS refuses what it signed from then on.
    pub session: Option<Timestamp>,
}

/// The end of a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// When.
    pub at: Timestamp,
    /// Why then.
    pub why: Why,
}

/// Why a credential ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    /// A token says so itself (`exp`).
    Token,
    /// A token of EKS counts for 15 minutes from when it was signed.
    Signature,
    /// A certificate says so itself (`notAfter`).
    Certificate,
    /// The session with AWS ends that signed it.
    Session,
    /// The plugin says so.
    Plugin,
}

impl Why {
    /// As a clause.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Token => "the token says so",
            Self::Signature => "15 minutes after it was signed",
            Self::Certificate => "the certificate says so",
            Self::Session => "the session that signed it ends",
            Self::Plugin => "the plugin says so",
        }
    }
}

/// The soonest of the ends that are known; none where none is. Of two at the same time what cannot be changed is the reason.
///
/// That a token should have been replaced (`warnafter`) is no end: it goes on counting.
pub fn soonest(known: &Known<'_>) -> Option<End> {
    let own = [known.decoded, known.beside].into_iter().flatten().filter_map(|decoded| {
        let why = match &decoded.content {
            Content::Eks(_) => Why::Signature,
            Content::X509(_) => Why::Certificate,
            Content::Jwt(_) | Content::Bootstrap(_) | Content::Opaque => Why::Token,
        };
        Some(End { at: decoded.expires_at()?, why })
    });
    let session = known.session.map(|at| End { at, why: Why::Session });
    let plugin = known.plugin.map(|at| End { at, why: Why::Plugin });
    // the first of several that are equally soon
    own.chain(session).chain(plugin).min_by_key(|end| end.at)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    fn jwt(claims: &str) -> Decoded {
        let [header, claims] = [r#"{"alg":"RS256"}"#, claims].map(|part| URL_SAFE_NO_PAD.encode(part));
        Decoded::read(format!("{header}.{claims}.c2ln").as_bytes())
    }

    fn eks() -> Decoded {
        let url = "https://sts.eu-central-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Date=20260301T120000Z";
        Decoded::read(format!("k8s-aws-v1.{}", URL_SAFE_NO_PAD.encode(url)).as_bytes())
    }

    #[test]
    fn the_soonest_end_is_told_with_its_reason() {
        let certificate = Decoded::read(include_bytes!("key/made/ec.crt"));
        let (token, eks, opaque) = (jwt(r#"{"exp":1772370000,"kubernetes.io":{"warnafter":1}}"#), eks(), Decoded::read(b"opaque"));
        let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
        let known = |decoded| Known { decoded: Some(decoded), ..Known::default() };
        let told = |known: &Known<'_>| soonest(known).map(|end| format!("{} {}", end.at, end.why.as_str()));
        for (known, end) in [
            (Known::default(), None),
            (known(&opaque), None),
            (known(&token), Some("2026-03-01T13:00:00Z the token says so")),
            (known(&eks), Some("2026-03-01T12:15:00Z 15 minutes after it was signed")),
            (Known { plugin: at("2026-03-01T12:14:00Z"), ..known(&eks) }, Some("2026-03-01T12:14:00Z the plugin says so")),
            (Known { plugin: at("2026-03-01T12:15:00Z"), ..known(&eks) }, Some("2026-03-01T12:15:00Z 15 minutes after it was signed")),
            // a plugin that says more than the token can hold
            (Known { plugin: at("2026-03-01T14:00:00Z"), ..known(&token) }, Some("2026-03-01T13:00:00Z the token says so")),
            (
                Known { plugin: at("2026-03-01T12:14:00Z"), session: at("2026-03-01T12:03:00Z"), ..known(&eks) },
                Some("2026-03-01T12:03:00Z the session that signed it ends"),
            ),
            (Known { plugin: at("2026-03-01T12:14:00Z"), ..known(&opaque) }, Some("2026-03-01T12:14:00Z the plugin says so")),
            (Known { beside: Some(&token), ..known(&certificate) }, Some("2026-03-01T13:00:00Z the token says so")),
        ] {
            assert_eq!(told(&known).as_deref(), end);
        }
        assert_eq!(soonest(&known(&certificate)).map(|end| end.why), Some(Why::Certificate));
    }
}
