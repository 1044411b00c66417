//! Takes inputs and bends them until the time is over.

use std::fmt;
use std::path::Path;
use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};

/// How many inputs are tried between two looks at the clock.
const BATCH: u32 = 64;
/// How many changes one input gets at most.
const MOST_CHANGES: usize = 6;

/// What often breaks readers.
const WORDS: &[&[u8]] = &[
    b"\"",
    b"\\",
    b"\0",
    b"\r\n",
    b"\n",
    b" ",
    b",",
    b";",
    b":",
    b"=",
    b"(",
    b")",
    b"<",
    b">",
    b"&",
    b"%00",
    b"%",
    b"@",
    b"//",
    b"..",
    b"[",
    b"]",
    b"{",
    b"}",
    b"null",
    b"-1",
    b"0",
    b"99999999999999999999",
    b"-9223372036854775808",
    b"1e400",
    b"\\u0000",
    b"\\ud800",
    b"\xff",
    b"\xe2\x80\xae",
    b"\xef\xbb\xbf",
    b"\xc3\xa9",
    b"<script>",
    b"javascript:",
    b"onerror=",
    b"<!--",
    b"-->",
    b"<![CDATA[",
    b"sig1=",
    b";sf",
    b"xn--",
    b"::1",
    b"0x7f.1",
    b"127.1",
];

/// An input, printed so that it can be copied.
struct Input(Vec<u8>);

#[derive(Clone, Debug)]
enum Change {
    Put(Index, u8),
    Insert(Index, Vec<u8>),
    Word(Index, Index),
    Cut(Index, Index),
    Repeat(Index, Index, u8),
    /// The start of this one with the end of another.
    Cross(Index, Index, Index),
}

/// Calls `run` with every file of the corpus, then with bent ones until the time is over.
pub fn fuzz(target: &str, run: impl Fn(&[u8])) {
    let corpus = corpus(target);
    corpus.iter().for_each(|seed| run(seed));
    let end = Instant::now() + duration();
    let config = Config { cases: BATCH, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new(config);
    let inputs = inputs(corpus);
    while Instant::now() < end {
        let found = runner.run(&inputs, |input| {
            run(&input.0);
            Ok(())
        });
        if let Err(error) = found {
            panic!("{target}: {error}");
        }
    }
}

/// The files of a target's corpus.
pub fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fuzz/corpus").join(target);
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{target} has no corpus");
    files.into_iter().map(|file| std::fs::read(file).unwrap()).collect()
}

#[expect(clippy::disallowed_methods, reason = "how long to look is for whoever runs this")]
fn duration() -> Duration {
    let seconds = std::env::var("FUZZ_SECONDS").ok();
    Duration::from_secs(seconds.map_or(1, |seconds| seconds.parse().unwrap()))
}

fn inputs(corpus: Vec<Vec<u8>>) -> impl Strategy<Value = Input> {
    let place = any::<Index>;
    let change = prop_oneof![
        (place(), any::<u8>()).prop_map(|(at, byte)| Change::Put(at, byte)),
        (place(), vec(any::<u8>(), 1..8)).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        (place(), place()).prop_map(|(at, word)| Change::Word(at, word)),
        (place(), place()).prop_map(|(from, to)| Change::Cut(from, to)),
        (place(), place(), any::<u8>())
            .prop_map(|(from, to, times)| Change::Repeat(from, to, times)),
        (place(), place(), place())
            .prop_map(|(here, other, there)| Change::Cross(here, other, there)),
    ];
    let changes = vec(change, 0..=MOST_CHANGES);
    (place(), changes).prop_map(move |(seed, changes)| {
        let mut input = seed.get(&corpus).clone();
        changes.into_iter().for_each(|change| change.apply(&mut input, &corpus));
        Input(input)
    })
}

impl Change {
    fn apply(self, input: &mut Vec<u8>, corpus: &[Vec<u8>]) {
        let length = input.len() + 1;
        match self {
            Self::Put(place, byte) => {
                if let Some(old) = input.get_mut(place.index(length)) {
                    *old = byte;
                }
            }
            Self::Insert(place, bytes) => insert(input, place.index(length), &bytes),
            Self::Word(place, word) => insert(input, place.index(length), word.get::<&[u8]>(WORDS)),
            Self::Cut(from, to) => {
                let (from, to) = ordered(from.index(length), to.index(length));
                input.drain(from..to);
            }
            Self::Repeat(from, to, times) => {
                let (from, to) = ordered(from.index(length), to.index(length));
                // Long enough to reach every limit on length, short enough to stay quick.
                let part = input[from..to.min(from + 256)].repeat(usize::from(times));
                insert(input, to, &part);
            }
            Self::Cross(here, other, there) => {
                let other = other.get(corpus);
                input.truncate(here.index(length));
                input.extend_from_slice(&other[there.index(other.len() + 1)..]);
            }
        }
    }
}

fn insert(input: &mut Vec<u8>, place: usize, bytes: &[u8]) {
    input.splice(place..place, bytes.iter().copied());
}

fn ordered(one: usize, other: usize) -> (usize, usize) {
    (one.min(other), one.max(other))
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}
