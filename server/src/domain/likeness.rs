//! How alike two texts are: the simhash of their words (Charikar, *Similarity estimation techniques
//! from rounding algorithms*, 2002; Manku, Jain and Das Sarma, *Detecting near-duplicates for web
//! crawling*, 2007). What is written a thousand times with other names and links in it is one text.

use unicode_normalization::UnicodeNormalization as _;

/// Texts whose likenesses differ in no more bits than this are the same for us.
const NEAR: u32 = 6;
/// So many words are looked at.
const MOST_WORDS: usize = 2_000;

/// What stands for a text when it is compared: 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Likeness(u64);

impl Likeness {
    /// Of a plain text. Names, links, numbers and the size of letters make no difference.
    pub fn of(text: &str) -> Self {
        let words = words(text);
        Self(simhash::simhash_stream(words.iter().map(String::as_str)))
    }

    /// As it is stored.
    pub fn from_number(number: i64) -> Self {
        Self(number.cast_unsigned())
    }

    /// For storage.
    pub fn number(self) -> i64 {
        self.0.cast_signed()
    }

    /// Whether two texts are the same but for a few words.
    pub fn is_like(self, other: Self) -> bool {
        simhash::hamming_distance(self.0, other.0) <= NEAR
    }
}

fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for piece in text.split_whitespace().take(MOST_WORDS) {
        if piece.starts_with('@') {
            continue;
        }
        if piece.contains("://") || piece.starts_with("www.") {
            words.push("://".to_owned());
            continue;
        }
        let piece = piece.nfkc().flat_map(char::to_lowercase).collect::<String>();
        let parts = piece.split(|c: char| !c.is_alphanumeric());
        // Codes and numbers are what such texts differ in.
        let parts = parts.filter(|part| !part.is_empty() && !part.contains(char::is_numeric));
        words.extend(parts.map(str::to_owned));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPAM: &str = "Free crypto for everybody! Join our group today and double your money at \
                        once, no risk, all your friends are there https://evil.test/x1";

    fn alike(first: &str, second: &str) -> bool {
        Likeness::of(first).is_like(Likeness::of(second))
    }

    #[test]
    fn spam_01_the_same_text_with_other_names_links_and_codes_is_alike() {
        for other in [
            "@ring @ana Free crypto for everybody! Join our group today and double your money at \
             once, no risk, all your friends are there https://worse.test/abc",
            "FREE CRYPTO for everybody. Join our group today and double your money at once – no \
             risk, all your friends are there www.evil.test 77x1",
            "Ｆree crypto for everybody! Join our group today and double your money at once, no \
             risk, all your friends are there already https://evil.test/9",
        ] {
            assert!(alike(SPAM, other), "{other}");
        }
        assert!(alike("@ring https://a.test/1", "@ana https://b.test/2"));
        assert!(alike("", "@ring"));
    }

    #[test]
    fn spam_01_what_people_write_is_not_alike() {
        let people = [
            "We need a pram by Friday, can pick it up anywhere in town",
            "Please help, my mother needs insulin and the pharmacy is closed",
            "Necesito una cuna para mi hija, por favor",
            "Free crypto is a swindle, please warn your neighbours about these posts",
            "I can bring five blankets tomorrow evening",
            "",
        ];
        for (place, first) in people.iter().enumerate() {
            assert!(!alike(SPAM, first), "{first}");
            for second in people.iter().skip(place + 1) {
                assert!(!alike(first, second), "{first} / {second}");
            }
        }
    }

    #[test]
    fn the_number_is_kept() {
        let likeness = Likeness(u64::MAX - 5);
        assert_eq!(Likeness::from_number(likeness.number()), likeness);
    }
}
