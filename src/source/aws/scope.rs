//! Where to look: profiles times regions.

use super::profiles::Profiles;
use super::regions;
use crate::base::Failure;
use crate::base::text::sanitise;

/// Which profiles and regions are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Profiles by name; none means the one that the environment chooses.
    pub profiles: Vec<String>,
    /// All profiles instead.
    pub all_profiles: bool,
    /// Regions by name; none means that of the environment or of each profile.
    pub regions: Vec<String>,
    /// All regions of each profile's partition instead.
    pub all_regions: bool,
    /// Regions that are known from elsewhere: looked at too where all regions are.
    pub seen: Vec<String>,
}

/// One profile in one region.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The profile; none where the credentials are the environment's or the machine's.
    pub profile: Option<String>,
    /// The region; none where nothing says which.
    pub region: Option<String>,
}

impl Scope {
    /// The places in order, each once.
    ///
    /// # Errors
    /// When a profile is not there, or a region can be none.
    pub(super) fn places(&self, profiles: &Profiles) -> Result<Vec<Place>, Failure> {
        for region in &self.regions {
            check_region(region)?;
        }
        let names: Vec<Option<String>> = if self.all_profiles {
            profiles.names().into_iter().map(Some).collect()
        } else if self.profiles.is_empty() {
            vec![profiles.chosen()?]
        } else {
            self.profiles.iter().map(|name| profiles.check(name).map(|()| Some(name.clone()))).collect::<Result<_, _>>()?
        };
        if names.is_empty() {
            return Err(
                Failure::failed("there is no AWS profile").hint("Make one: aws configure sso, or name the files: AWS_CONFIG_FILE=PATH")
            );
        }
        let mut places = Vec::new();
        for profile in names {
            for region in self.regions_of(profiles, profile.as_deref()) {
                let place = Place { profile: profile.clone(), region };
                if !places.contains(&place) {
                    places.push(place);
                }
            }
        }
        Ok(places)
    }

    fn regions_of(&self, profiles: &Profiles, profile: Option<&str>) -> Vec<Option<String>> {
        let own = profiles.region(profile);
        if self.all_regions {
            let home = own.unwrap_or_default();
            let seen = profiles.regions().chain(self.seen.iter().map(String::as_str));
            let seen = seen.filter(|region| regions::partition(region) == regions::partition(home) && regions::is_name(region));
            let mut all: Vec<String> = regions::beside(home).iter().copied().chain(seen).map(str::to_owned).collect();
            all.sort();
            all.dedup();
            return all.into_iter().map(Some).collect();
        }
        if self.regions.is_empty() {
            return vec![own.map(str::to_owned)];
        }
        self.regions.iter().cloned().map(Some).collect()
    }
}

/// That a text can be a region's name.
///
/// # Errors
/// When it cannot.
pub(super) fn check_region(region: &str) -> Result<(), Failure> {
    if regions::is_name(region) {
        return Ok(());
    }
    Err(Failure::usage(format!("`{}` is no name of a region", sanitise(region))).hint("Regions are named like eu-central-1."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(scope: &Scope, variables: &[(&'static str, &str)]) -> Result<Vec<String>, Failure> {
        let files: &[(&str, &[(&str, &str)])] = &[
            ("default", &[]),
            ("china", &[("region", "cn-north-1")]),
            ("prod", &[("region", "eu-west-1")]),
            ("new", &[("region", "xx-new-9")]),
        ];
        let shown = |place: Place| format!("{}/{}", place.profile.unwrap_or_default(), place.region.unwrap_or_default());
        Ok(scope.places(&Profiles::given(files, variables))?.into_iter().map(shown).collect())
    }

    fn list(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn profiles_times_regions() {
        let named = Scope { profiles: list(&["prod", "china", "prod"]), ..Scope::default() };
        assert_eq!(places(&Scope::default(), &[]).unwrap(), ["default/"]);
        assert_eq!(places(&Scope::default(), &[("AWS_PROFILE", "prod")]).unwrap(), ["prod/eu-west-1"]);
        assert_eq!(places(&named, &[]).unwrap(), ["prod/eu-west-1", "china/cn-north-1"]);
        let both = Scope { regions: list(&["us-east-1", "us-east-2"]), ..named };
        assert_eq!(places(&both, &[]).unwrap(), ["prod/us-east-1", "prod/us-east-2", "china/us-east-1", "china/us-east-2"]);
        let all = Scope { all_profiles: true, ..Scope::default() };
        assert_eq!(places(&all, &[]).unwrap(), ["default/", "china/cn-north-1", "new/xx-new-9", "prod/eu-west-1"]);
    }

    #[test]
    fn all_regions_stay_in_the_partition_of_the_profile() {
        let all = |profile: &str| Scope {
            profiles: list(&[profile]),
            all_regions: true,
            seen: list(&["xx-seen-1", "cn-seen-1"]),
            ..Scope::default()
        };
        assert_eq!(places(&all("china"), &[]).unwrap(), ["china/cn-north-1", "china/cn-northwest-1", "china/cn-seen-1"]);
        let prod = places(&all("prod"), &[]).unwrap();
        assert_eq!((prod.len(), prod.last().map(String::as_str)), (36, Some("prod/xx-seen-1")));
        assert!(prod.contains(&"prod/xx-new-9".to_owned()) && !prod.iter().any(|place| place.contains("/cn-")));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let said = |scope: Scope| places(&scope, &[]).unwrap_err().message;
        assert_eq!(said(Scope { profiles: list(&["prdo"]), ..Scope::default() }), "there is no AWS profile `prdo`");
        assert_eq!(said(Scope { regions: list(&["evil.example/"]), ..Scope::default() }), "`evil.example/` is no name of a region");
    }
}
