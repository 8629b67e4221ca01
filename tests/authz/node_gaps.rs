//! Unknown is honest about nodes too: of pods, volumes, attachments and devices inside the gaps some relate the object to the
//! node, and none does where the answer is Denied.

use std::sync::Arc;

use whycan::authz::node::{Sort, Vertex};
use whycan::authz::{Door, Index, Request, Verdict, explain, node};
use whycan::base::{Gap, Loss, Name};
use whycan::facts::{
    Change, Facts, Kind, Meta, Object, PersistentVolume, Pod, ResourceSlice, Use, Used, VolumeAttachment, VolumeSecret, Way, parse,
};
use whycan::identity::Identity;

use crate::nodes;
use crate::seed::{Random, cases};

/// Questions to each cluster.
const EACH: u64 = 8;

#[test]
fn unknown_is_an_answer_exactly_where_it_is_one() {
    let total = cases(100_000);
    let (mut unknown, mut denied, mut unasked) = (0, 0, 0);
    for case in 0..total / EACH {
        let mut random = Random::of_case("node gaps", case);
        let cluster = nodes::cluster(&mut random);
        let whole = Facts::collect(parse::document("generated", cluster.to_string().as_bytes()));
        let mut facts = whole.clone();
        for _ in 0..=random.below(2) {
            facts.apply(hole(&mut random));
        }
        let index = Index::new(&facts);
        for _ in 0..EACH {
            let (identity, request) = nodes::question(&mut random, &cluster);
            let told = || format!("case {case}: {:?} {identity:?} {request:?}\n{cluster}", facts.gaps());
            let decision = explain(&index, &identity, &request, Door::Person);
            assert_eq!(decision.verdict, index.decide(&identity, &request, Door::Person), "{}", told());
            let full = Index::new(&whole).decide(&identity, &request, Door::Person);
            let strongest = Index::new(&filled(&facts, &whole, &identity, &request)).decide(&identity, &request, Door::Person);
            let flips = match decision.verdict {
                Verdict::Allowed => (Verdict::Allowed, Verdict::Allowed),
                Verdict::Unknown => (Verdict::Denied, Verdict::Allowed),
                Verdict::Denied => (Verdict::Denied, Verdict::Denied),
            };
            assert_eq!((full, strongest), flips, "{}", told());
            unknown += u64::from(decision.verdict == Verdict::Unknown);
            denied += u64::from(decision.verdict == Verdict::Denied);
            unasked += u64::from(decision.gaps.iter().any(|effect| effect.gap.loss == Loss::Unasked));
        }
    }
    println!("{total} cases, {unknown} unknown, {unasked} of them for what nobody asked for, {denied} denied in spite of gaps");
    assert!(unknown > total / 10 && denied > total / 10 && unasked > total / 50, "{unknown} unknown, {unasked} unasked, {denied} denied");
}

fn hole(random: &mut Random) -> Change {
    if random.percent(25) {
        return Change::Unlisted(random.pick(&Kind::GRAPH));
    }
    if random.percent(8) {
        return Change::PodsOf(Name::new("n1"));
    }
    let kinds = ["Pod", "PersistentVolume", "VolumeAttachment", "ResourceSlice", "Secret"];
    let namespaces = ["dev", "prod", "other"];
    let some = |random: &mut Random| random.some(&namespaces, 1, 2).into_iter().map(|n| Name::new(n)).collect();
    let (namespaces, except) = match random.below(3) {
        0 => (some(random), Vec::new()),
        1 => (Vec::new(), some(random)),
        _ => (Vec::new(), Vec::new()),
    };
    Change::Gap(Gap {
        what: "something".to_owned(),
        why: "generated".to_owned(),
        kinds: random.some(&kinds, 1, 2).into_iter().map(|kind| Name::new(kind)).collect(),
        namespaces,
        except,
        ..Gap::default()
    })
}

/// All with the strongest objects that could be missing, all at once: relations only add up.
fn filled(facts: &Facts, whole: &Facts, identity: &Identity, request: &Request) -> Facts {
    let mut full = whole.clone();
    let (Some(node), Some(object)) = (identity.node(), node::rule(identity, request).and_then(|opinion| opinion.object)) else {
        return full;
    };
    let node_name = Name::new(node);
    let is_unlisted = |kind: Kind| match facts.pods_of() {
        Some(of) if kind == Kind::Pod => of != node_name,
        _ => facts.is_unlisted(kind),
    };
    let fits = |kind: Kind, namespace: Name| is_unlisted(kind) || facts.gaps().iter().any(|gap| gap.may_hold(kind.as_str(), namespace));
    let is_pod = |namespace: Name, name: Name| whole.pods().any(|pod| (pod.meta.namespace, pod.meta.name) == (namespace, name));
    let is_volume = |name: Name| whole.volumes().any(|volume| volume.meta.name == name);
    let mut objects = Vec::new();
    let is_attachment = |name: Name| whole.attachments().any(|attachment| attachment.meta.name == name);
    let is_slice = |name: Name| whole.slices().any(|slice| slice.meta.name == name);
    let is_cluster_wide = object.namespace.is_empty();
    if object.sort == Sort::VolumeAttachment && is_cluster_wide && !is_attachment(object.name) && fits(Kind::VolumeAttachment, Name::EMPTY)
    {
        let meta = Meta::named("", object.name);
        objects.push(Object::VolumeAttachment(Arc::new(VolumeAttachment { meta, node_name, ..VolumeAttachment::default() })));
    }
    if object.sort == Sort::ResourceSlice && is_cluster_wide && !is_slice(object.name) && fits(Kind::ResourceSlice, Name::EMPTY) {
        objects.push(Object::ResourceSlice(Arc::new(ResourceSlice { meta: Meta::named("", object.name), node_name })));
    }
    // unread volumes, each for one claim of what is known or unread, that lead to the object
    let mut claims: Vec<(Name, Name)> = ["dev", "prod", "other", "elsewhere"].iter().map(|n| (Name::new(n), Name::new("unread"))).collect();
    claims.extend(whole.volumes().filter_map(|volume| volume.claim));
    claims.extend(whole.pods().flat_map(|pod| {
        pod.uses.iter().filter(|used| used.what == Used::PersistentVolumeClaim).map(|used| (pod.meta.namespace, used.name))
    }));
    if fits(Kind::PersistentVolume, Name::EMPTY) {
        for (number, claim) in claims.iter().enumerate() {
            let secrets = vec![VolumeSecret { namespace: object.namespace, name: object.name, is_for_kubelet: true }];
            let unread = format!("unread-{number}");
            let meta = Meta::named("", if object.sort == Sort::PersistentVolume { object.name.as_str() } else { unread.as_str() });
            // one volume has one claim: another world for each would be needed, so the claim that helps is taken
            let helps = object.sort != Sort::PersistentVolume || leads(whole, &fits, node_name, *claim);
            if helps && !is_volume(meta.name) {
                objects.push(Object::PersistentVolume(Arc::new(PersistentVolume { meta, claim: Some(*claim), secrets })));
            }
        }
    }
    // unread pods that use everything
    for namespace in ["dev", "prod", "other", "elsewhere"].map(Name::new).into_iter().filter(|namespace| fits(Kind::Pod, *namespace)) {
        let name = if object.sort == Sort::Pod { object.name } else { Name::new("unread") };
        if is_pod(namespace, name) {
            continue;
        }
        let mut uses: Vec<Use> =
            claims.iter().map(|(_, name)| Use { what: Used::PersistentVolumeClaim, name: *name, way: Way::Volume }).collect();
        uses.retain(|used| !used.name.is_empty());
        let wanted = [Used::Secret, Used::ConfigMap, Used::PersistentVolumeClaim, Used::ResourceClaim];
        uses.extend(wanted.map(|what| Use { what, name: object.name, way: Way::Volume }));
        let service_account_name = if object.sort == Sort::ServiceAccount { object.name } else { Name::EMPTY };
        let meta = Meta::named(namespace, name);
        objects.push(Object::Pod(Arc::new(Pod {
            meta,
            node_name,
            service_account_name,
            is_mirror: false,
            uses: uses.into(),
            ..Pod::default()
        })));
    }
    full.apply(Change::Batch(objects));
    full
}

/// Whether a pod of the node mounts a claim, or an unread one could.
fn leads(whole: &Facts, fits: &impl Fn(Kind, Name) -> bool, node: Name, claim: (Name, Name)) -> bool {
    let claim_vertex = Vertex::new(Sort::Used(Used::PersistentVolumeClaim), claim.0, claim.1);
    let could = !claim.0.is_empty() && !claim.1.is_empty() && fits(Kind::Pod, claim.0);
    could || Index::new(whole).graph().is_related(node, &claim_vertex)
}
