//! Random numbers from a seed, and how many cases a generated test runs.

use std::env;

/// SplitMix64: small, good enough for choosing, and the same everywhere.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The numbers of one case of a test: `WHYCAN_SEED` (1 unless set), the test's name and the case decide them.
    pub fn of_case(test: &str, case: u64) -> Self {
        let seed = env::var("WHYCAN_SEED").ok().and_then(|seed| seed.parse::<u64>().ok()).unwrap_or(1);
        let name = test.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        let mut random = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ name ^ case.wrapping_mul(0xd1b5_4a32_d192_ed03));
        random.next();
        random
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).unwrap()).unwrap()
    }

    /// True so many times in a hundred.
    pub fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of a list.
    pub fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    /// Between `from` and `to` of a list, in its order, each at most once.
    pub fn some<'a, T>(&mut self, list: &'a [T], from: usize, to: usize) -> Vec<&'a T> {
        let count = from + self.below(to - from + 1);
        let mut positions: Vec<usize> = (0..count).map(|_| self.below(list.len())).collect();
        positions.sort_unstable();
        positions.dedup();
        positions.into_iter().map(|position| &list[position]).collect()
    }
}

/// How many of `full` cases to run: `WHYCAN_CASES` is `full` or a fraction (`1/50`); a thousandth unless set, and never
/// fewer than 200.
pub fn cases(full: u64) -> u64 {
    let wanted = env::var("WHYCAN_CASES").unwrap_or_else(|_| "1/1000".to_owned());
    if wanted == "full" {
        return full;
    }
    let (part, of) = wanted.split_once('/').expect("WHYCAN_CASES is `full` or a fraction such as 1/50");
    let (part, of): (u64, u64) = (part.parse().expect("a number"), of.parse().expect("a number"));
    (full * part / of).clamp(200.min(full), full)
}
