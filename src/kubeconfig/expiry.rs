//! Until when a user's credential holds, as far as it stands in the kubeconfig itself. Nothing is verified.

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use x509_parser::pem::Pem;

use super::entry::{Data, User};
use super::merge::Kubeconfig;
use super::way::Way;

/// The base64 of a JWT; who pads it is not punished.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&URL_SAFE, GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent));

impl Kubeconfig {
    /// Finds out until when certificates hold that stand in files of their own; `read` gives the bytes of a file, where it can.
    pub fn read_certificates(&mut self, read: impl Fn(&str) -> Option<Vec<u8>>) {
        for user in self.users_mut() {
            if let Some(Data::File(path)) = &user.client_certificate {
                user.certificate_ends = read(path).and_then(|pem| of_certificate(&pem));
            }
        }
    }
}

impl User {
    /// Until when the certificate or the token holds that is presented; none where it does not say, or is somewhere else.
    pub fn expiry(&self) -> Option<Timestamp> {
        match self.way() {
            Way::Certificate => match self.client_certificate.as_ref()? {
                Data::Inline(pem) => of_certificate(pem),
                Data::File(_) => self.certificate_ends,
            },
            // a file wins over the token beside it
            Way::Token if self.token_file.is_none() => of_token(self.token.as_ref()?.expose_secret()),
            _ => None,
        }
    }
}

/// `notAfter` of the first certificate, which is the client's own.
fn of_certificate(pem: &[u8]) -> Option<Timestamp> {
    let pem = Pem::iter_from_buffer(pem).filter_map(Result::ok).find(|pem| pem.label == "CERTIFICATE")?;
    let certificate = pem.parse_x509().ok()?;
    Timestamp::from_second(certificate.validity().not_after.timestamp()).ok()
}

/// The claim `exp` of a JWT.
fn of_token(token: &str) -> Option<Timestamp> {
    #[derive(Deserialize)]
    struct Claims {
        exp: serde_json::Number,
    }
    let mut parts = token.trim().split('.');
    let (Some(_), Some(claims), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else { return None };
    let claims: Claims = serde_json::from_slice(&BASE64.decode(claims).ok()?).ok()?;
    // NumericDate may have a fraction
    #[expect(clippy::cast_possible_truncation, reason = "what does not fit is no time, and refused below")]
    let seconds = claims.exp.as_i64().or_else(|| claims.exp.as_f64().map(|seconds| seconds as i64))?;
    Timestamp::from_second(seconds).ok()
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;
    use crate::kubeconfig::Exec;

    fn of_user(user: &User) -> Option<String> {
        user.expiry().map(|moment| moment.to_string())
    }

    fn certificate() -> String {
        let mut params = CertificateParams::default();
        params.not_after = date_time_ymd(2031, 2, 3);
        params.self_signed(&KeyPair::generate().unwrap()).unwrap().pem()
    }

    fn jwt(claims: &str) -> User {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        User { token: Some(format!("{}.{}.c2ln", part("{}"), part(claims)).into()), ..User::default() }
    }

    #[test]
    fn a_certificate_in_a_file_tells_its_end_once_it_was_read() {
        let text = "users: [{name: a, user: {client-certificate: a.crt}}, {name: b, user: {client-certificate: b.crt}}]";
        let mut kubeconfig = crate::kubeconfig::merge(vec![crate::kubeconfig::read("/x/config", text.as_bytes()).unwrap()]);
        assert_eq!(kubeconfig.users().iter().map(of_user).collect::<Vec<_>>(), [None, None]);
        let pem = certificate();
        kubeconfig.read_certificates(|path| (path == "/x/a.crt").then(|| pem.clone().into_bytes()));
        assert_eq!(kubeconfig.users().iter().map(of_user).collect::<Vec<_>>(), [Some("2031-02-03T00:00:00Z".to_owned()), None]);
    }

    #[test]
    fn a_certificate_tells_its_end() {
        let inline = |pem: String| User { client_certificate: Some(Data::Inline(pem.into_bytes())), ..User::default() };
        let until = Some("2031-02-03T00:00:00Z".to_owned());
        assert_eq!(of_user(&inline(certificate())), until);
        // a key may stand before it, and its authority after it
        let key = KeyPair::generate().unwrap().serialize_pem();
        assert_eq!(of_user(&inline(format!("{key}{}{}", certificate(), key))), until);
        assert_eq!(of_user(&User { token: jwt("{\"exp\": 1}").token, ..inline(certificate()) }), until, "the server takes the certificate");
        for broken in [key.as_str(), "", "-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----\n"] {
            assert_eq!(of_user(&inline(broken.to_owned())), None);
        }
        let elsewhere = User { client_certificate: Some(Data::File("/x".to_owned())), ..User::default() };
        assert_eq!(of_user(&elsewhere), None);
    }

    #[test]
    fn a_token_tells_its_end_when_it_is_a_jwt() {
        for (claims, until) in [
            (r#"{"exp": 1900000000}"#, Some("2030-03-17T17:46:40Z")),
            (r#"{"exp": 1900000000.9, "sub": "x"}"#, Some("2030-03-17T17:46:40Z")),
            (r#"{"exp": "1900000000"}"#, None),
            (r#"{"exp": 1e300}"#, None),
            ("{}", None),
            ("[]", None),
        ] {
            assert_eq!(of_user(&jwt(claims)).as_deref(), until, "{claims}");
        }
        let token = |text: &str| User { token: Some(text.into()), ..User::default() };
        for opaque in ["abcdef.0123456789abcdef", "a.b.c", "a.b.c.d", ""] {
            assert_eq!(of_user(&token(opaque)), None, "{opaque}");
        }
        let padded = format!("e30=.{}.x", STANDARD.encode(r#"{"exp": 1900000000}"#));
        assert!(of_user(&token(&padded)).is_some());
        let of_file = User { token_file: Some("/t".to_owned()), ..jwt(r#"{"exp": 1900000000}"#) };
        assert_eq!(of_user(&of_file), None, "the file's counts");
        assert_eq!(of_user(&User { exec: Some(Exec::default()), ..User::default() }), None);
    }
}
