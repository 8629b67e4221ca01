//! The caller's own rights as the server tells them, where not all roles and bindings could be read.

use futures::StreamExt as _;

use crate::authz::Verdict;
use crate::authz::matrix::{Matrix, Open};
use crate::base::Failure;
use crate::facts::ApiResources;
use crate::source::live::Connection;

/// How many single questions a server is asked to fill what it did not tell at once.
const MOST: usize = 400;

/// How many of them at a time.
const SIDE_BY_SIDE: usize = 8;

/// Fills a matrix of the caller with what the server tells: SelfSubjectRulesReview, and its verdict on each cell that stays
/// open. Gives what is to be said of that.
pub async fn tell(matrix: &mut Matrix, connection: &Connection, resources: &ApiResources) -> String {
    // the review is of some namespace; of the whole cluster it is asked cell by cell
    let namespace = if matrix.namespace.is_empty() { "default" } else { matrix.namespace.as_str() };
    let told = match connection.rules_review(namespace).await {
        Ok(told) => told,
        Err(failure) => return format!("not everything could be read, and the server does not tell your rights: {}", failure.message),
    };
    let is_everywhere = matrix.namespace.is_empty();
    if is_everywhere {
        // what holds in one namespace may hold in all; the server is asked
        matrix.speak_of(&told.rules);
    } else {
        matrix.tell(&told.rules, resources);
    }
    let open = matrix.open(resources);
    let questions: Vec<_> = open.iter().take(MOST).map(|open| least(open, connection)).collect();
    let mut asking = futures::stream::iter(questions).buffered(SIDE_BY_SIDE);
    let mut answers: Vec<Option<Verdict>> = Vec::new();
    // a server that does not answer one does not answer the others either, and each would take its time
    while let Some(Ok(answer)) = asking.next().await {
        answers.push(answer);
    }
    for (open, verdict) in open.iter().zip(answers) {
        if let Some(verdict) = verdict {
            matrix.settle(open, verdict);
        }
    }
    matrix.clear();
    // of the whole cluster nobody tells all rules
    let is_incomplete = is_everywhere || told.incomplete || !told.evaluation_error.is_empty();
    if !is_incomplete && matrix.open(resources).is_empty() {
        matrix.settle_gaps();
    }
    let incomplete = if is_incomplete { ", which says itself that it may be incomplete" } else { "" };
    format!("not everything could be read: the rows are what the server tells (SelfSubjectRulesReview{incomplete})")
}

/// The least of the server's verdicts on the requests of one cell; none where it does not decide one.
async fn least(open: &Open, connection: &Connection) -> Result<Option<Verdict>, Failure> {
    let mut least = Verdict::Allowed;
    for request in &open.requests {
        match connection.review(None, request).await?.verdict() {
            None => return Ok(None),
            Some(Verdict::Allowed) => {}
            Some(verdict) => least = verdict,
        }
    }
    Ok(Some(least))
}
