//! Work spread over threads, where there is much of it.

use std::sync::Mutex;
use std::sync::PoisonError;

use crate::kubeconfig::Spread;

/// How many threads work at the same time.
const THREADS: usize = 4;

/// How many things are worth a thread: one costs more than a few files do.
const MANY: usize = 8 * THREADS;

/// Does the same with many things; the order stays.
pub fn side_by_side<T: Sync, R: Send>(things: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    if things.len() < MANY {
        return things.iter().map(work).collect();
    }
    let chunks: Vec<&[T]> = things.chunks(things.len().div_ceil(THREADS * 2)).collect();
    SideBySide.each(chunks, |chunk| chunk.iter().map(&work).collect::<Vec<_>>()).into_iter().flatten().collect()
}

/// A thread for each processor; each takes the next thing that nobody has.
#[derive(Clone, Copy, Debug)]
pub struct SideBySide;

impl Spread for SideBySide {
    fn each<T: Send, R: Send>(&self, things: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(THREADS).min(things.len());
        if threads < 2 {
            return things.into_iter().map(work).collect();
        }
        let next = Mutex::new(things.into_iter().enumerate());
        let take = || next.lock().unwrap_or_else(PoisonError::into_inner).next();
        let worker = || std::iter::from_fn(take).map(|(place, thing)| (place, work(thing))).collect::<Vec<_>>();
        let mut done = std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(worker)).collect();
            let mut done = worker();
            for other in others {
                done.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            }
            done
        });
        done.sort_unstable_by_key(|(place, _)| *place);
        done.into_iter().map(|(_, result)| result).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_stays() {
        for many in [0, 1, 31, 32, 33, 1000] {
            let things: Vec<usize> = (0..many).collect();
            assert_eq!(side_by_side(&things, |thing| thing + 1), (1..=many).collect::<Vec<_>>());
            assert_eq!(SideBySide.each(things.clone(), |thing| thing), things);
        }
    }
}
