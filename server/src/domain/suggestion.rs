//! How much somebody means who writes "I can bring 10". It only ever fills in a field that a person
//! looks at; whatever is not plain is left to that person.

use crate::domain::amount::Amount;
use crate::text;

pub mod kinds;
pub mod outcome;
pub mod purpose;
pub mod title;
pub mod until;
mod words;

use words::{
    AFTER_OTHERS, BEFORE_OTHERS, DAYTIMES, ENGLISH_GIVING, GIVING, MONTHS, MULTIPLES, NO_PIECES,
    REFUSALS, WEAK_WORDS, WORDS,
};

/// How much of a reply is read, in bytes.
const LONGEST: usize = 4_000;
/// From this many digits on, a number is for calling.
const PHONE: usize = 7;

/// Words that name what is measured, in the languages of our tables: how they begin, and the unit.
const MEASURES: &[(&str, &str)] = &[
    ("hour", "hour"),
    ("hora", "hour"),
    ("stunde", "hour"),
    ("kg", "kilogram"),
    ("kilo", "kilogram"),
    ("quilo", "kilogram"),
    ("litre", "litre"),
    ("liter", "litre"),
    ("litro", "litre"),
];

/// The unit of the amount that a text means, if it names one that is measured and no other.
pub fn suggested_unit(text: &str) -> Option<&'static str> {
    let text = text::cut(text, LONGEST).to_lowercase();
    let words: Vec<&str> = text.split_whitespace().map(bare).collect();
    let mut found = None;
    for pair in words.windows(2) {
        let [word, next] = pair else { continue };
        let glued = MEASURES.iter().find(|(unit, _)| *unit == "kg" && word.ends_with("kg"));
        let is_counted = word.starts_with(|c: char| c.is_ascii_digit()) || is_number_word(word);
        let measured = MEASURES.iter().find(|(unit, _)| next.starts_with(unit));
        let named = glued.filter(|_| is_counted).or(measured.filter(|_| is_counted));
        match (named.map(|(_, unit)| *unit), found) {
            (Some(unit), Some(before)) if unit != before => return None,
            (Some(unit), _) => found = Some(unit),
            (None, _) => {}
        }
    }
    found
}

fn is_number_word(word: &str) -> bool {
    WORDS.iter().chain(WEAK_WORDS).any(|(known, _)| *known == word)
}

/// What a word says about how much.
enum Reading {
    /// So much.
    Amount(Amount),
    /// Nothing.
    Nothing,
    /// A number, but nobody could say which.
    Unclear,
}

/// The amount that a reply in plain text means; none if it names none, or several.
pub fn suggested_amount(text: &str) -> Option<Amount> {
    let text = text::cut(text, LONGEST).to_lowercase();
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if REFUSALS.iter().any(|refusal| has_phrase(&flat, refusal)) {
        return None;
    }
    let words: Vec<&str> = flat.split(' ').map(bare).collect();
    let mut found = None;
    for place in 0..words.len() {
        match read(&words, place) {
            Reading::Nothing => {}
            Reading::Amount(amount) if found.is_none_or(|before| before == amount) => {
                found = Some(amount);
            }
            Reading::Amount(_) | Reading::Unclear => return None,
        }
    }
    found
}

fn read(words: &[&str], place: usize) -> Reading {
    let at = |offset: usize| words.get(offset).copied().unwrap_or_default();
    let (word, next) = (at(place), at(place + 1));
    let before = place.checked_sub(1).map_or("", at);
    let Some(number) = number(word, before) else { return Reading::Nothing };
    if NO_PIECES.contains(&next) {
        return Reading::Nothing;
    }
    let after = if next == "de" || next == "of" { at(place + 2) } else { next };
    let after = if after == "la" { at(place + 3) } else { after };
    let is_other = BEFORE_OTHERS.contains(&before)
        || MONTHS.contains(&before)
        || AFTER_OTHERS.contains(&next)
        || MONTHS.contains(&after)
        || (next == "de" && DAYTIMES.contains(&after));
    // Groups of digits, one after the other, are for calling.
    let is_group = is_digits(word) && (is_digits(before) || is_digits(next));
    if is_other || is_group {
        return Reading::Nothing;
    }
    if MULTIPLES.contains(&next) {
        return Reading::Unclear;
    }
    number
}

/// What a word says by itself.
fn number(word: &str, before: &str) -> Option<Reading> {
    let known = |words: &[(&str, &'static str)]| {
        words.iter().find(|(known, _)| *known == word).map(|(_, digits)| *digits)
    };
    let weak = || known(WEAK_WORDS).filter(|_| GIVING.contains(&before));
    let is_article = matches!(word, "a" | "an") && ENGLISH_GIVING.contains(&before);
    if let Some(digits) = known(WORDS).or_else(weak).or(is_article.then_some("1")) {
        return Amount::positive(digits).ok().map(Reading::Amount);
    }
    if is_range(word) {
        return Some(Reading::Unclear);
    }
    let digits = without_unit(word);
    let plain = |c: char| c.is_ascii_digit() || c == '.' || c == ',';
    if !digits.starts_with(|c: char| c.is_ascii_digit()) || !digits.chars().all(plain) {
        return None;
    }
    let (whole, part) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
    if part.len() == 3 || part.contains(['.', ',']) {
        // A thousand to some, one and a bit to others; or a date.
        return Some(Reading::Unclear);
    }
    let is_phone = whole.len() >= PHONE || (whole.len() > 1 && whole.starts_with('0'));
    let is_year =
        part.is_empty() && whole.len() == 4 && matches!(whole.get(..2), Some("19" | "20"));
    if is_phone || is_year {
        return None;
    }
    Amount::positive(digits).ok().map(Reading::Amount)
}

/// `10-12`, which is one of them.
fn is_range(word: &str) -> bool {
    let short = |part: &str| is_digits(part) && part.len() <= 3;
    word.split_once(['-', '–']).is_some_and(|(low, high)| short(low) && short(high))
}

/// `10x`, `x10` and `10kg` without the letters.
fn without_unit(word: &str) -> &str {
    let word = word.strip_prefix(['x', '×']).unwrap_or(word);
    let cut = |unit: &&str| word.strip_suffix(unit).filter(|rest| !rest.is_empty());
    ["kg", "kgs", "l", "x", "×", "pcs"].iter().find_map(cut).unwrap_or(word)
}

fn is_digits(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// A word without what stands around it. A sign that makes a number something else stays.
fn bare(word: &str) -> &str {
    let around = |c: char| !c.is_alphanumeric() && !"@#+-–/:$€£%º½×".contains(c);
    word.trim_matches(around)
}

/// Whether a phrase stands in a text as words of its own.
fn has_phrase(text: &str, phrase: &str) -> bool {
    let is_edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    text.match_indices(phrase).any(|(start, _)| {
        let before = text.get(..start).and_then(|before| before.chars().next_back());
        let after = text.get(start + phrase.len()..).and_then(|after| after.chars().next());
        is_edge(before) && is_edge(after)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cases: &[(&str, &str)]) {
        for (text, expected) in cases {
            let found = suggested_amount(text).map_or_else(String::new, |found| found.to_string());
            assert_eq!(found, *expected, "{text}");
        }
    }

    #[test]
    fn what_people_bring_is_read() {
        check(&[
            ("I can bring 10", "10"),
            ("@riverside I can bring 10!", "10"),
            ("10", "10"),
            ("Count me in for 2.5 kg of rice", "2.5"),
            ("I have 10kg here", "10"),
            ("I could do five.", "5"),
            ("Twelve blankets, clean and dry", "12"),
            ("I have one", "1"),
            ("one of us could bring 3", "3"),
            ("We have ten (10) in the attic", "10"),
            ("I'll bring 5 on Friday at 6", "5"),
            ("I can bring 5 by Friday 28 August, around 5 o'clock", "5"),
            ("x5 from us", "5"),
            ("5x, on Saturday", "5"),
            ("No problem, I can bring 5 tomorrow before 18:30", "5"),
            ("Puedo llevar 10", "10"),
            ("Puedo llevar cinco mantas en una bolsa.", "5"),
            ("Tengo una, ¿sirve?", "1"),
            ("Tengo once.", "11"),
            ("Llevo 2,5 litros el 28 de agosto", "2.5"),
            ("¡Doce! Las llevo a las 8 de la tarde", "12"),
            ("Yo traigo dos mañana a las 17:00", "2"),
            ("Somos nuevos en el barrio y llevamos 4 el viernes 28", "4"),
            ("3 hours of driving", "3"),
            ("I can bring 10. Call me on 555 123 456", "10"),
            ("I can bring 10, tel. +4915112345678", "10"),
            ("I can bring 10 https://mastodon.example/@ana/112233", "10"),
        ]);
    }

    #[test]
    fn what_is_not_plain_is_left_to_a_person() {
        check(&[
            ("", ""),
            ("Count me in!", ""),
            ("I can bring 10 or 12", ""),
            ("10-12 from us", ""),
            ("10 of the 40", ""),
            ("two dozen", ""),
            ("dos docenas", ""),
            ("1,000 cups", ""),
            ("1.000 vasos", ""),
            ("0", ""),
            ("1e9", ""),
            ("99999999999999999999999999", ""),
            ("I can't bring 10", ""),
            ("No puedo llevar 5", ""),
            ("At 5?", ""),
            ("I can come at 17:30 on 2026-08-28", ""),
            ("28/8 works", ""),
            ("28.8.2026 works", ""),
            ("August 28 works", ""),
            ("el 28 de agosto", ""),
            ("a las 8 de la tarde", ""),
            ("in 10 minutes", ""),
            ("en 2 horas", ""),
            ("since 2019 we have had some", ""),
            ("call 0151 2345678", ""),
            ("@bo12 #need40 https://a.example/40", ""),
            ("5 km from here", ""),
            ("for 20 euros", ""),
            ("half, 50%", ""),
            ("I have one question", ""),
            ("Tengo una pregunta", ""),
            ("this one looks good", ""),
            ("1st floor, 2nd door", ""),
            ("-5", ""),
            ("½", ""),
            ("٣", ""),
        ]);
    }

    #[test]
    fn what_people_ask_for_is_read_in_four_languages() {
        check(&[
            ("need a pram by Friday, can pick up", "1"),
            ("Brauche zwölf Decken bis Freitag", "12"),
            ("Suche einen Kinderwagen", "1"),
            ("Wir brauchen 3 Stühle am 14. März um 5 Uhr", "3"),
            ("Necesito una cuna", "1"),
            ("Preciso de 4 cobertores até sexta", "4"),
            ("Preciso três cadeiras às 8 da noite", "3"),
            ("need a lot of patience", ""),
            ("brauche ein paar Leute", ""),
            ("Kann nicht 5 bringen", ""),
        ]);
        for (text, unit) in [
            ("need 3 hours of sewing", Some("hour")),
            ("brauche zwei Stunden Hilfe", Some("hour")),
            ("preciso de 5 quilos de arroz", Some("kilogram")),
            ("10kg of rice", Some("kilogram")),
            ("5 litros de leche", Some("litre")),
            ("5 blankets", None),
            ("2 hours and 3 litres", None),
            ("kilos of love", None),
        ] {
            assert_eq!(suggested_unit(text), unit, "{text}");
        }
    }

    #[test]
    fn any_text_is_survived() {
        let long = "9".repeat(100_000);
        assert_eq!(suggested_amount(&long), None);
        assert_eq!(suggested_amount(&"10 ".repeat(100_000)), None);
        assert_eq!(suggested_amount("\u{301}\u{0}--,,..  x kg ×"), None);
    }
}
