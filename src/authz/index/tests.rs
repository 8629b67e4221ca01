//! An index that took changes one by one is the index of the changed facts, in every part.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use super::*;
use crate::authz::explain;
use crate::facts::{
    Aggregation, Change, LabelSelector, Meta, Object, PersistentVolume, Pod, Requirement, ResourceSlice, RoleRef, Scope, Use, Used,
    VolumeAttachment, VolumeSecret, Way,
};

/// How many sequences of changes are tried; `.ci` can ask for all that the project promises (10,000).
fn cases() -> u64 {
    match std::env::var("WHYCAN_CASES").as_deref() {
        Ok("full") => 10_000,
        _ => 300,
    }
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(end).unwrap()).unwrap()
    }

    fn pick<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())].clone()
    }

    fn names(&mut self, list: &[&str], most: usize) -> Arc<[Name]> {
        (0..self.below(most + 1)).map(|_| Name::new(self.pick(list))).collect()
    }
}

const NAMESPACES: [&str; 4] = ["", "dev", "prod", "ci"];
const ROLES: [&str; 5] = ["a", "b", "c", "d", "e"];
const LABELS: [&str; 3] = ["to-a", "to-b", "to-c"];

fn rule(random: &mut Random) -> Rule {
    Rule {
        verbs: random.names(&["get", "list", "*"], 2),
        api_groups: random.names(&["", "apps", "*"], 2),
        resources: random.names(&["pods", "pods/log", "*/log", "*"], 3),
        resource_names: random.names(&["x", ""], 1),
        // a path and a resource may be in one rule in memory
        non_resource_urls: random.names(&["/a", "/a/*", "*"], 1),
    }
}

fn aggregation(random: &mut Random) -> Aggregation {
    let requirement = |random: &mut Random| {
        let (key, yes) = (Name::new(random.pick(&LABELS)), Name::new("true"));
        match random.below(7) {
            0 => Requirement::NotIn(key, vec![yes]),
            1 => Requirement::Exists(key),
            2 => Requirement::DoesNotExist(key),
            3 => Requirement::Invalid(key),
            _ => Requirement::In(key, vec![yes]),
        }
    };
    let selector = |random: &mut Random| LabelSelector { requirements: (0..random.below(3)).map(|_| requirement(random)).collect() };
    Aggregation { selectors: (0..=random.below(2)).map(|_| selector(random)).collect() }
}

/// A role; chains and circles of aggregation among five ClusterRoles are frequent.
fn role(random: &mut Random) -> Object {
    let cluster = random.below(3) > 0;
    // a Role without namespace is a manifest
    let namespace = if cluster { "" } else { random.pick(&NAMESPACES) };
    let mut labels: Vec<(Name, Name)> =
        LABELS.iter().filter(|_| random.below(3) == 0).map(|key| (Name::new(key), Name::new("true"))).collect();
    labels.sort_unstable();
    let aggregation = (cluster && random.below(3) == 0).then(|| Arc::new(aggregation(random)));
    let rules = if aggregation.is_some() && random.below(3) > 0 { 0 } else { random.below(4) };
    Object::Role(Arc::new(Role {
        meta: Meta { labels: labels.into(), ..Meta::named(namespace, random.pick(&ROLES)) },
        cluster,
        rules: (0..rules).map(|_| rule(random)).collect(),
        aggregation,
    }))
}

fn binding(random: &mut Random) -> Object {
    let cluster = random.below(3) == 0;
    let namespace = if cluster { "" } else { random.pick(&NAMESPACES) };
    let subject = |random: &mut Random| Subject {
        kind: SubjectKind::new(random.pick(&["User", "Group", "ServiceAccount", "user"])),
        namespace: random.pick(&NAMESPACES).into(),
        name: random.pick(&["u", "v", "system:serviceaccount:dev:u"]).into(),
    };
    Object::Binding(Arc::new(Binding {
        meta: Meta::named(namespace, random.pick(&["b0", "b1", "b2"])),
        cluster,
        role_ref: RoleRef { kind: random.pick(&["Role", "ClusterRole", "ClusterRole", "Group"]).into(), name: random.pick(&ROLES).into() },
        // the same subject may stand in it twice
        subjects: (0..random.below(4)).map(|_| subject(random)).collect(),
    }))
}

fn object(random: &mut Random) -> Object {
    match random.below(12) {
        0..=3 => role(random),
        4..=7 => binding(random),
        _ => belonging(random),
    }
}

/// Something that may belong to a node.
fn belonging(random: &mut Random) -> Object {
    let name = random.pick(&["x0", "x1"]);
    let node_name = Name::new(random.pick(&["", "n1", "n2"]));
    let meta = Meta::named("", name);
    match random.below(6) {
        0 => Object::VolumeAttachment(Arc::new(VolumeAttachment { meta, node_name, ..VolumeAttachment::default() })),
        1 => Object::ResourceSlice(Arc::new(ResourceSlice { meta, node_name })),
        2 => {
            let claim = (random.below(3) > 0).then(|| (Name::new(random.pick(&NAMESPACES)), Name::new(name)));
            let secret = VolumeSecret { namespace: "dev".into(), name: "s".into(), is_for_kubelet: random.below(2) == 0 };
            Object::PersistentVolume(Arc::new(PersistentVolume { meta, claim, secrets: vec![secret] }))
        }
        _ => {
            let what = random.pick(&[Used::Secret, Used::PersistentVolumeClaim]);
            let uses = Arc::from([Use { what, name: random.pick(&["s", "x0"]).into(), way: Way::Volume }]);
            let meta = Meta::named(random.pick(&NAMESPACES), name);
            Object::Pod(Arc::new(Pod { meta, node_name, uses, is_mirror: random.below(4) == 0, ..Pod::default() }))
        }
    }
}

fn change(random: &mut Random) -> Change {
    match random.below(20) {
        0..=9 => Change::Upsert(object(random)),
        10..=13 => Change::Delete(object(random).reference().unwrap()),
        14..=16 => Change::Batch((0..random.below(6)).map(|_| object(random)).collect()),
        17 => {
            let kind = random.pick(&Kind::ALL);
            let namespace = (random.below(2) == 0).then(|| random.pick(&NAMESPACES).into());
            Change::Clear(Scope { kind, namespace })
        }
        18 => Change::Gap(Gap {
            what: "roles".to_owned(),
            why: "forbidden".to_owned(),
            kinds: random.names(&["Role", "ClusterRole"], 1).to_vec(),
            namespaces: Vec::new(),
            loss: crate::base::Loss::Refused,
            except: Vec::new(),
            settled_by: None,
        }),
        _ => random.pick(&[
            Change::Complete,
            Change::Skipped("Secret".into()),
            Change::Unlisted(Kind::Pod),
            Change::PodsOf("n1".into()),
            Change::Filled("roles".to_owned()),
        ]),
    }
}

/// Every part of an index, told without positions, which depend on history.
#[derive(Debug, PartialEq)]
struct Canonical {
    roles: BTreeMap<ObjectRef, (Arc<Role>, Option<Filled>)>,
    bindings: BTreeMap<ObjectRef, (Arc<Binding>, Option<ObjectRef>)>,
    postings: BTreeMap<(Principal, Name), Vec<ObjectRef>>,
    namespaces: BTreeMap<Principal, Vec<Name>>,
    bound: BTreeMap<(ObjectRef, Name), Vec<ObjectRef>>,
    by_resource: BTreeMap<(Name, Name), Vec<ObjectRef>>,
    unfilled: Vec<ObjectRef>,
    gaps: Vec<Gap>,
    counts: [usize; Kind::ALL.len()],
    graph: Graph,
    unlisted: BTreeSet<Kind>,
    pods_of: Option<Name>,
    aws: crate::facts::AwsFacts,
}

fn canonical(index: &Index) -> Canonical {
    let role = |id: &RoleId| index.roles[id.0 as usize].reference;
    let binding = |id: &BindingId| index.entry(*id).expect("lists name bindings that are there").binding.reference();
    Canonical {
        roles: index
            .roles
            .iter()
            .filter_map(|entry| Some((entry.reference, (Arc::clone(entry.role.as_ref()?), entry.filled.clone()))))
            .collect(),
        bindings: index
            .bindings
            .iter()
            .flatten()
            .map(|entry| (entry.binding.reference(), (Arc::clone(&entry.binding), entry.role.as_ref().map(role))))
            .collect(),
        postings: index.postings.iter().map(|(key, ids)| (*key, listed(ids.iter().map(binding), key))).collect(),
        namespaces: index.namespaces.iter().map(|(key, names)| (*key, listed(names.iter().copied(), key))).collect(),
        bound: index.bound.iter().map(|((id, namespace), ids)| ((role(id), *namespace), listed(ids.iter().map(binding), id))).collect(),
        by_resource: index.by_resource.iter().map(|(key, ids)| (*key, listed(ids.iter().map(role), key))).collect(),
        unfilled: sorted(index.unfilled.iter().map(role)),
        gaps: index.gaps.clone(),
        counts: index.counts,
        graph: Graph::clone(&index.graph),
        unlisted: index.unlisted.clone(),
        pods_of: index.pods_of,
        aws: index.access.aws().clone(),
    }
}

fn sorted<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.collect();
    items.sort_unstable();
    items
}

/// A list of a map: sorted, never empty, and nothing in it twice.
fn listed<T: Ord + Debug>(items: impl Iterator<Item = T>, key: &impl Debug) -> Vec<T> {
    let items = sorted(items);
    assert!(!items.is_empty(), "{key:?} keeps an empty list");
    assert!(items.windows(2).all(|pair| pair[0] != pair[1]), "{key:?} names something twice: {items:?}");
    items
}

/// What has no counterpart in a rebuilt index: positions that are free again, roles that are only named.
fn assert_is_sound(index: &Index) {
    let mut free = index.free.clone();
    free.sort_unstable();
    let ids = (0..index.bindings.len()).map(|id| BindingId(u32::try_from(id).unwrap()));
    let gone: Vec<BindingId> = ids.filter(|id| index.entry(*id).is_none()).collect();
    assert_eq!(free, gone);
    for (reference, id) in &index.binding_ids {
        assert_eq!(index.entry(*id).unwrap().binding.reference(), *reference);
    }
    assert_eq!(index.binding_ids.len(), index.bindings.iter().flatten().count());
    for (reference, id) in &index.role_ids {
        let entry = &index.roles[id.0 as usize];
        assert_eq!(entry.reference, *reference);
        assert!(entry.role.as_ref().is_none_or(|role| role.reference() == *reference));
        let is_unfilled = entry.role.as_ref().is_some_and(|role| role.is_unfilled());
        assert_eq!(entry.filled.is_some(), is_unfilled, "{reference}");
    }
    assert_eq!(index.role_ids.len(), index.roles.len());
}

#[test]
fn changes_one_by_one_equal_a_rebuild() {
    for case in 0..cases() {
        let mut random = Random(case);
        let mut facts = Facts::default();
        let mut index = Index::new(&facts);
        let mut told = Vec::new();
        for step in 0..=random.below(40) {
            let change = change(&mut random);
            told.push(change.clone());
            index.apply(&change);
            facts.apply(change);
            // each step at first, then now and then: a rebuild costs more than a change
            if step < 4 || step % 5 == 0 {
                compare(&index, &facts, case, &told);
            }
        }
        compare(&index, &facts, case, &told);
        let collected = Facts::collect(told.iter().cloned());
        assert_eq!(canonical(&Index::new(&collected)), canonical(&Index::new(&facts)), "case {case}: collecting is applying");
    }
}

fn compare(index: &Index, facts: &Facts, case: u64, told: &[Change]) {
    assert_is_sound(index);
    let rebuilt = Index::new(facts);
    assert_is_sound(&rebuilt);
    assert_eq!(canonical(index), canonical(&rebuilt), "case {case} after {told:#?}");
    for request in probes() {
        for door in [Door::Literal, Door::Person] {
            let identity = Identity::literal("u", [Name::new("v")]);
            assert_eq!(index.decide(&identity, &request, door), rebuilt.decide(&identity, &request, door), "case {case} {request}");
        }
    }
    let node = Identity::literal("system:node:n1", [Name::new("system:nodes")]);
    let [ours, theirs] = [index, &rebuilt].map(|index| explain(index, &node, &secret(), Door::Literal));
    assert_eq!((ours.verdict, ours.relation, ours.gaps), (theirs.verdict, theirs.relation, theirs.gaps), "case {case}");
}

/// What pods and volumes above name.
fn secret() -> Request {
    Request::Resource(crate::authz::request::ResourceRequest {
        verb: "get".into(),
        resource: "secrets".into(),
        namespace: "dev".into(),
        name: "s".into(),
        ..Default::default()
    })
}

fn probes() -> impl Iterator<Item = Request> {
    let resources = NAMESPACES.into_iter().map(|namespace| Request::resource("get", "", "pods", namespace));
    resources.chain([Request::path("get", "/a/b"), Request::path("list", "/a")])
}

#[test]
fn what_is_said_does_not_depend_on_history() {
    let names = |decision: &crate::authz::Decision| -> Vec<String> {
        let misses = decision.near_misses.iter().map(|miss| miss.sentence.clone());
        misses.chain(decision.fixes.iter().map(|fix| fix.yaml.clone())).chain(decision.notes.clone()).collect()
    };
    for case in 0..cases() / 10 {
        let mut random = Random(1 << 40 | case);
        let changes: Vec<Change> = (0..40).map(|_| change(&mut random)).collect();
        let mut index = Index::default();
        for change in &changes {
            index.apply(change);
        }
        let rebuilt = Index::new(&Facts::collect(changes));
        let identity = Identity::literal("u", [Name::new("v")]);
        for request in probes() {
            let [ours, theirs] = [&index, &rebuilt].map(|index| explain(index, &identity, &request, Door::Person));
            assert_eq!((ours.verdict, &ours.grants, &ours.links), (theirs.verdict, &theirs.grants, &theirs.links), "case {case} {request}");
            assert_eq!(names(&ours), names(&theirs), "case {case} {request}");
        }
    }
}

#[test]
fn taking_all_away_leaves_nothing() {
    let mut random = Random(7);
    let mut index = Index::default();
    let objects: Vec<Object> = (0..200).map(|_| object(&mut random)).collect();
    index.apply(&Change::Batch(objects));
    for kind in Kind::ALL {
        index.apply(&Change::Clear(Scope { kind, namespace: None }));
    }
    assert_is_sound(&index);
    assert_eq!(canonical(&index), canonical(&Index::default()));
}

#[test]
fn a_manifest_without_namespace_is_no_object() {
    let binding = Binding {
        meta: Meta::named("", "b"),
        cluster: false,
        role_ref: RoleRef { kind: "ClusterRole".into(), name: "all".into() },
        subjects: Arc::from([Subject { kind: SubjectKind::User, namespace: Name::EMPTY, name: "u".into() }]),
    };
    let all = |names: &str| -> Arc<[Name]> { Arc::from([Name::new(names)]) };
    let rule = Rule { verbs: all("*"), api_groups: all("*"), resources: all("*"), ..Rule::default() };
    let role = Role { meta: Meta::named("", "all"), cluster: true, rules: Arc::from([rule]), aggregation: None };
    let facts = Facts::collect([Change::Batch(vec![Object::Role(Arc::new(role)), Object::Binding(Arc::new(binding))])]);
    let index = Index::new(&facts);
    for request in [Request::resource("get", "", "nodes", ""), Request::resource("get", "", "pods", "dev")] {
        assert_eq!(index.decide(&Identity::user("u"), &request, Door::Literal), Verdict::Denied, "{request}");
    }
}
