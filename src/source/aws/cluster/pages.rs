//! Lists in pages, read to their end.

use std::future::Future;

use crate::source::aws::fault::Fault;

/// How many pages are read of one list: of a hundred things each.
const PAGES: usize = 100;

/// How many things a page has.
pub const SIZE: i32 = 100;

/// A list, as far as it could be read.
#[derive(Clone, Debug)]
pub struct Listing<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Why it is not all there.
    pub fault: Option<Fault>,
    /// Whether there are further pages that were not read.
    pub has_more: bool,
}

/// Reads a list: `page` reads one, from a token on, and gives the next token.
pub async fn read<T, F>(mut page: impl FnMut(Option<String>) -> F) -> Listing<T>
where
    F: Future<Output = Result<(Vec<T>, Option<String>), Fault>>,
{
    let mut listing = Listing { items: Vec::new(), fault: None, has_more: false };
    let mut next = None;
    for _ in 0..PAGES {
        match page(next.take()).await {
            Ok((items, token)) => {
                listing.items.extend(items);
                next = token.filter(|token| !token.is_empty());
                listing.has_more = next.is_some();
                if next.is_none() {
                    break;
                }
            }
            Err(fault) => {
                listing.has_more = true;
                listing.fault = Some(fault);
                break;
            }
        }
    }
    listing
}
