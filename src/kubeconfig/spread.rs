//! Work on a large file spread over threads, which this room has none of: whoever reads files brings them.

/// Does the same with many things.
pub trait Spread {
    /// The results, in the order of the things.
    fn each<T: Send, R: Send>(&self, things: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R>;
}

/// One thing after the other.
#[derive(Clone, Copy, Debug)]
pub struct OneByOne;

impl Spread for OneByOne {
    fn each<T: Send, R: Send>(&self, things: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
        things.into_iter().map(work).collect()
    }
}
