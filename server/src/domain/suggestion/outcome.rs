//! Whether somebody who promised something writes that it is done, or that they cannot after all. It
//! only ever puts a button beside what they wrote; a person decides.

use super::words::{REFUSALS, WORDS};
use super::{bare, has_phrase};

/// What is longer says more than that, and a person reads it.
const LONGEST: usize = 300;

/// What seems to have become of a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// They brought it, or did it.
    Done,
    /// They cannot.
    Cannot,
}

/// It is done, in English, Spanish, German and Portuguese.
const DONE: &[&str] = &[
    "done",
    "brought",
    "delivered",
    "dropped it off",
    "dropped them off",
    "handed over",
    "handed it over",
    "handed them over",
    "hecho",
    "entregado",
    "entregada",
    "entregados",
    "entregadas",
    "lo llevé",
    "la llevé",
    "los llevé",
    "las llevé",
    "erledigt",
    "gebracht",
    "abgegeben",
    "geliefert",
    "feito",
    "entregue",
    "entregues",
    "entreguei",
    "levei",
];

/// It will not come to it, beside what refuses from the start.
const CANCELS: &[&str] = &[
    "can not",
    "cancel",
    "not able",
    "something came up",
    "won't manage",
    "no puedo",
    "no podré",
    "me es imposible",
    "no llego",
    "cancelar",
    "absagen",
    "schaffe es nicht",
    "schaffe ich nicht",
    "klappt nicht",
    "klappt doch nicht",
    "leider nicht",
    "não consigo",
    "não vou conseguir",
    "não dá",
    "nao consigo",
];

/// With one of these, nothing is done yet, or somebody asks.
const NOT_YET: &[&str] = &[
    "not", "yet", "almost", "nearly", "soon", "will", "tomorrow", "when", "aún", "todavía", "casi",
    "mañana", "cuando", "noch", "nicht", "fast", "bald", "morgen", "wenn", "wird", "ainda",
    "quase", "amanhã", "quando", "não", "no",
];

/// What a text of somebody who promised says about it; none if it does not say so plainly. What
/// names a number says how much, which no button can.
pub fn suggested_outcome(text: &str) -> Option<Outcome> {
    let is_plain = text.len() <= LONGEST && !text.contains('?');
    let text = text.to_lowercase();
    let mut words = text.split_whitespace().filter(|word| !word.starts_with(['@', '#']));
    let flat = words.clone().collect::<Vec<_>>().join(" ");
    let is_number = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_digit())
            || WORDS.iter().any(|(known, _)| *known == word)
    };
    if !is_plain || words.any(|word| is_number(bare(word))) {
        return None;
    }
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| has_phrase(&flat, phrase));
    match (says(REFUSALS) || says(CANCELS), says(DONE)) {
        (true, false) => Some(Outcome::Cannot),
        (false, true) if !says(NOT_YET) => Some(Outcome::Done),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_plain_is_understood_in_four_languages() {
        for (text, outcome) in [
            ("@ring@ring.example done!", Some(Outcome::Done)),
            ("Brought them this morning, thank you all", Some(Outcome::Done)),
            ("Hecho, las llevé esta tarde", Some(Outcome::Done)),
            ("Ist erledigt.", Some(Outcome::Done)),
            ("Entreguei tudo, obrigada", Some(Outcome::Done)),
            ("Sorry, I can't after all", Some(Outcome::Cannot)),
            ("@ring something came up, I have to cancel", Some(Outcome::Cannot)),
            ("Lo siento, al final no puedo", Some(Outcome::Cannot)),
            ("Ich muss leider absagen", Some(Outcome::Cannot)),
            ("Desculpa, não consigo", Some(Outcome::Cannot)),
        ] {
            assert_eq!(suggested_outcome(text), outcome, "{text}");
        }
    }

    #[test]
    fn what_is_not_plain_is_left_to_a_person() {
        for text in [
            "",
            "Thanks!",
            "Is it done?",
            "Not done yet",
            "Almost done",
            "Will be done tomorrow",
            "When it is done I will tell you",
            "I can't bring 10, only 8",
            "I cannot bring two",
            "Noch nicht erledigt",
            "Brought 5 of them",
            "I can't believe it is done",
            "Aún no está hecho",
            "abandoned",
        ] {
            assert_eq!(suggested_outcome(text), None, "{text}");
        }
        assert_eq!(suggested_outcome(&"done ".repeat(1_000)), None);
    }
}
