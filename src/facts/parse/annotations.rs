//! The annotations that matter: those about roles of AWS, and whether a pod is a mirror. Of the others not even the text is built.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::base::Name;

/// The annotations of an object.
#[derive(Debug, Default)]
pub struct Annotations {
    /// Whether `kubernetes.io/config.mirror` is there, whatever its value.
    pub mirror: bool,
    /// Those of EKS, kube2iam and kiam, and what was meant to name a role.
    pub roles: Vec<(Name, Name)>,
}

impl<'de> Deserialize<'de> for Annotations {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Kept)
    }
}

struct Kept;

impl<'de> Visitor<'de> for Kept {
    type Value = Annotations;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Annotations, A::Error> {
        let mut kept = Annotations::default();
        while let Some(key) = map.next_key()? {
            match key {
                Key::Role(key) => kept.roles.push((key, map.next_value()?)),
                Key::Mirror => {
                    kept.mirror = true;
                    map.next_value::<IgnoredAny>()?;
                }
                Key::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        kept.roles.sort_unstable();
        Ok(kept)
    }
}

/// What a key is, told without building its text.
enum Key {
    Role(Name),
    Mirror,
    Other,
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Key;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_str<E>(self, text: &str) -> Result<Key, E> {
                Ok(match text {
                    "kubernetes.io/config.mirror" => Key::Mirror,
                    text if is_about_roles(text) => Key::Role(Name::new(text)),
                    _ => Key::Other,
                })
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// Whether an annotation is of EKS, kube2iam or kiam, or was meant to name a role.
fn is_about_roles(key: &str) -> bool {
    let Some((domain, name)) = key.split_once('/') else { return is_role(key) };
    domain.eq_ignore_ascii_case("eks.amazonaws.com") || domain.eq_ignore_ascii_case("iam.amazonaws.com") || is_role(name)
}

/// `role-arn` and its misspellings.
fn is_role(name: &str) -> bool {
    let letters = name.bytes().filter(|byte| !matches!(byte, b'-' | b'_' | b'.')).map(|byte| byte.to_ascii_lowercase());
    letters.eq(b"rolearn".iter().copied()) || name.eq_ignore_ascii_case("iam-role")
}
