//! What a collective calls things (mission E26): words of its own for kinds of the shared catalogue.
//! What is stored and what goes out is the kind, which has one address everywhere, so each collective
//! reads its own word for it, and a word that is changed changes nothing that was written before.

use crate::domain::kind::{self, Kind, LONGEST};

/// Words of our own, each with its kind, in the order in which they were given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lexicon(Vec<(String, &'static str)>);

impl Lexicon {
    /// Reads `WORD: KIND` for each; what cannot be read is left out, and was refused before.
    pub fn new(entries: &[String]) -> Self {
        let read = |entry: &String| read(entry).map(|(word, kind)| (word.to_owned(), kind.word));
        Self(entries.iter().filter_map(read).collect())
    }

    /// The kind that somebody means who types one of the words, however large its letters are.
    pub fn kind_of(&self, typed: &str) -> Option<&'static str> {
        let typed = typed.trim().to_lowercase();
        self.0.iter().find(|(word, _)| word.to_lowercase() == typed).map(|(_, kind)| *kind)
    }

    /// What a kind is called here, if we have a word for it: the first that was given.
    pub fn word_for(&self, kind: &str) -> Option<&str> {
        self.0.iter().find(|(_, known)| *known == kind).map(|(word, _)| word.as_str())
    }
}

/// A word of our own and its kind; none if it is no word, or there is no such kind.
pub fn read(entry: &str) -> Option<(&str, &'static Kind)> {
    let (word, kind) = entry.rsplit_once(':')?;
    let (word, kind) = (word.trim(), kind::find(kind.trim())?);
    let fits = !word.is_empty() && word.chars().count() <= LONGEST;
    (fits && !word.chars().any(char::is_control)).then_some((word, kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e26_words_of_our_own_mean_a_kind_of_the_catalogue_and_name_it_here() {
        let entries = ["Decke: bedding", "Bettzeug:bedding", "بطانية : clothing", "x: nothing"];
        let lexicon = Lexicon::new(&entries.map(str::to_owned));
        assert_eq!(lexicon.kind_of(" decke "), Some("bedding"));
        assert_eq!(lexicon.kind_of("BETTZEUG"), Some("bedding"));
        assert_eq!(lexicon.kind_of("بطانية"), Some("clothing"));
        assert_eq!((lexicon.kind_of("x"), lexicon.kind_of("")), (None, None));
        assert_eq!(lexicon.word_for("bedding"), Some("Decke"));
        assert_eq!(lexicon.word_for("tool"), None);
        for wrong in ["", "bedding", ": bedding", "Decke:", &format!("{}: tool", "x".repeat(41))] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
