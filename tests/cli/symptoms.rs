//! Each symptom that people meet on EKS, as a world or as the text that they paste: the true cause comes first, and its fix.
//!
//! The rows are numbered as in the project's list of symptoms, from 1 to 75.

mod kubeconfig;
mod mapping;
mod pasted;
mod rights;
mod tokens;

/// What a run printed, whatever the width of its lines.
fn flat(run: &crate::support::Run) -> String {
    run.stdout.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Rows that are shown where what decides them is tested: a plugin that runs, a server that answers, STS, pods.
const ELSEWHERE: [(u8, &str, &str); 22] = [
    (2, "src/view/login/tests.rs", "the_server_may_know_better_than_what_was_read"),
    (3, "src/view/login/tests.rs", "what_sts_says_comes_before_what_is_mapped"),
    (31, "src/source/plugin/tests.rs", "what_cannot_be_used_says_why"),
    (33, "src/source/plugin/tests.rs", "what_cannot_be_used_says_why"),
    (34, "tests/cli/eks.rs", "no_credentials_and_no_such_profile"),
    (35, "tests/cli/eks.rs", "no_credentials_and_no_such_profile"),
    (36, "tests/cli/eks.rs", "each_failure_has_its_sentence"),
    (37, "tests/cli/eks.rs", "each_failure_has_its_sentence"),
    (38, "tests/cli/eks.rs", "each_failure_has_its_sentence"),
    (39, "tests/cli/eks.rs", "each_failure_has_its_sentence"),
    (40, "src/source/aws/fault/tests.rs", "who_may_not_what_and_which_policy_decides_it"),
    (43, "tests/cli/eks.rs", "each_failure_has_its_sentence"),
    (45, "src/source/aws/fault/tests.rs", "a_key_that_a_region_does_not_know"),
    (46, "src/source/aws/fault/tests.rs", "other_refusals"),
    (47, "tests/live/faults.rs", "each_fault_has_a_cause_and_a_next_step"),
    (48, "src/source/live/failure.rs", "errors_of_the_network_are_named"),
    (49, "tests/live/faults.rs", "each_fault_has_a_cause_and_a_next_step"),
    (64, "src/identity/workload/tests/catalogue.rs", "failures_of_pods"),
    (65, "src/identity/workload/tests/catalogue.rs", "failures_of_associations"),
    (67, "src/source/aws/fault/tests.rs", "other_refusals"),
    (68, "src/source/plugin/tests.rs", "what_cannot_be_used_says_why"),
    (69, "src/source/plugin/tests.rs", "what_cannot_be_used_says_why"),
];

/// Rows that are not shown, and why.
const NOT_SHOWN: [(u8, &str); 1] =
    [(61, "nothing that is read says that a node runs Windows, so the group that its pods' network needs is not missed")];

#[test]
fn every_row_is_somewhere() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for (row, file, test) in ELSEWHERE {
        let text = std::fs::read_to_string(root.join(file)).unwrap();
        assert!(text.contains(&format!("fn {test}()")), "row {row}: {file} has no test {test}");
    }
    let mut shown: Vec<u8> = ELSEWHERE.iter().map(|(row, ..)| *row).collect();
    shown.extend(NOT_SHOWN.iter().map(|(row, _)| *row));
    shown.extend(pasted::TEXTS.iter().flat_map(|(rows, ..)| *rows));
    shown.extend(mapping::WORLDS.iter().map(|world| world.row));
    shown.extend(rights::WORLDS.iter().map(|world| world.row));
    shown.extend(kubeconfig::WORLDS.iter().map(|(row, ..)| *row));
    shown.extend(tokens::ROWS);
    let missing: Vec<u8> = (1..=75).filter(|row| !shown.contains(row)).collect();
    assert_eq!(missing, Vec::<u8>::new());
}
