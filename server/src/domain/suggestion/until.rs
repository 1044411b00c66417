//! Until when somebody means who writes "by Friday" or "bis 14. März": English, Spanish, German,
//! Portuguese. It only ever fills in a field that a person looks at; what is not plain stays empty.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};

/// How much of a text is read, in words.
const LONGEST: usize = 500;

/// Days of the week, Monday first.
const WEEKDAYS: [&[&str]; 7] = [
    &["monday", "lunes", "montag", "segunda", "segunda-feira"],
    &["tuesday", "martes", "dienstag", "terça", "terça-feira"],
    &["wednesday", "miércoles", "miercoles", "mittwoch", "quarta", "quarta-feira"],
    &["thursday", "jueves", "donnerstag", "quinta", "quinta-feira"],
    &["friday", "viernes", "freitag", "sexta", "sexta-feira"],
    &["saturday", "sábado", "sabado", "samstag", "sonnabend"],
    &["sunday", "domingo", "sonntag"],
];

/// Months, January first.
const MONTHS: [&[&str]; 12] = [
    &["january", "enero", "januar", "jänner", "janeiro"],
    &["february", "febrero", "februar", "fevereiro"],
    &["march", "marzo", "märz", "março"],
    &["april", "abril"],
    &["may", "mayo", "mai", "maio"],
    &["june", "junio", "juni", "junho"],
    &["july", "julio", "juli", "julho"],
    &["august", "agosto"],
    &["september", "septiembre", "setiembre", "setembro"],
    &["october", "octubre", "oktober", "outubro"],
    &["november", "noviembre", "novembro"],
    &["december", "diciembre", "dezember", "dezembro"],
];

const TODAY: &[&str] = &["today", "tonight", "hoy", "heute", "hoje"];
const TOMORROW: &[&str] = &["tomorrow", "mañana", "morgen", "amanhã"];
/// After one of these, the words for tomorrow mean the morning.
const BEFORE_MORNING: &[&str] = &["la", "esta", "am", "jeden", "cada", "guten", "pela"];
/// Before a day of the week, these mean many of them, or one that is over.
const NOT_THE_NEXT: &[&str] =
    &["every", "each", "cada", "jeden", "todo", "toda", "last", "letzten"];
/// In Portuguese the days are numbers: they are days only after one of these.
const NUMBERS: &[&str] = &["segunda", "terça", "quarta", "quinta", "sexta"];
const BEFORE_NUMBERS: &[&str] = &["até", "na", "nesta", "esta", "de", "a"];

/// The last day that a text names, read on `today`; none if it names none, or several. Days of the
/// week are the next ones, today included; a date without a year is the next such day.
pub fn suggested_until(text: &str, today: Date) -> Option<Date> {
    let text = text.to_lowercase();
    let words: Vec<&str> = text.split_whitespace().take(LONGEST).map(bare).collect();
    let mut found = None;
    for place in 0..words.len() {
        match (day_at(&words, place, today), found) {
            (Some(day), Some(before)) if day != before => return None,
            (Some(day), _) => found = Some(day),
            (None, _) => {}
        }
    }
    found.filter(|day| *day >= today)
}

fn day_at(words: &[&str], place: usize, today: Date) -> Option<Date> {
    let at = |offset: usize| words.get(offset).copied().unwrap_or_default();
    let word = at(place);
    let before = place.checked_sub(1).map_or("", at);
    if let Some(date) = written_date(word, today) {
        return Some(date);
    }
    if let Some(month) = place_of(&MONTHS, word) {
        return date_with_month(words, place, month, today);
    }
    if TODAY.contains(&word) {
        return Some(today);
    }
    if TOMORROW.contains(&word) && !BEFORE_MORNING.contains(&before) {
        return today.tomorrow().ok();
    }
    let weekday = place_of(&WEEKDAYS, word)?;
    let is_number = NUMBERS.contains(&word) && !BEFORE_NUMBERS.contains(&before);
    // A date says it better: `Friday 14 March`.
    let has_date = (1..=4).any(|offset| place_of(&MONTHS, at(place + offset)).is_some());
    if is_number || has_date || NOT_THE_NEXT.contains(&before) {
        return None;
    }
    next(weekday, today)
}

/// `2026-03-14`, `14.3.2026`, `14.3.` (with the dot at its end, or it is a number).
fn written_date(word: &str, today: Date) -> Option<Date> {
    let iso = word.trim_end_matches('.');
    if iso.len() == 10
        && let Ok(date) = iso.parse::<Date>()
    {
        return Some(date);
    }
    let mut parts = word.split('.');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let (day, month) = (number(day)?, number(month)?);
    match year.parse::<i16>() {
        Ok(year) => Date::new(if year < 100 { year + 2000 } else { year }, month, day).ok(),
        Err(_) if year.is_empty() => coming(day, month, today),
        Err(_) => None,
    }
}

/// `14 March`, `14th of March`, `March 14`, `14. März`, `14 de marzo`, each perhaps with a year.
fn date_with_month(words: &[&str], place: usize, month: i8, today: Date) -> Option<Date> {
    let at = |offset: Option<usize>| {
        offset.and_then(|offset| words.get(offset)).copied().unwrap_or_default()
    };
    let before = at(place.checked_sub(1));
    let is_small = |word: &str| matches!(word, "de" | "of");
    let day_before = if is_small(before) { at(place.checked_sub(2)) } else { before };
    let after = at(Some(place + 1));
    let day = number(day_before).or_else(|| number(after))?;
    let year_at = if number(day_before).is_some() { place + 1 } else { place + 2 };
    let year_at = if is_small(at(Some(year_at))) { year_at + 1 } else { year_at };
    match at(Some(year_at)).parse::<i16>() {
        Ok(year) if (2000..3000).contains(&year) => Date::new(year, month, day).ok(),
        _ => coming(day, month, today),
    }
}

/// The next such day: this year, or if it is over, the next.
fn coming(day: i8, month: i8, today: Date) -> Option<Date> {
    let this_year = Date::new(today.year(), month, day).ok()?;
    match this_year >= today {
        true => Some(this_year),
        // A date of a few weeks ago is a story, and no time to come.
        false if this_year.checked_add(45.days()).ok()? >= today => None,
        false => Date::new(today.year().checked_add(1)?, month, day).ok(),
    }
}

fn next(weekday: i8, today: Date) -> Option<Date> {
    let weekday = Weekday::from_monday_one_offset(weekday).ok()?;
    let ahead = i32::from(today.weekday().until(weekday));
    today.checked_add(Span::new().try_days(ahead).ok()?).ok()
}

/// The place of a word in lists of words, the first being one.
fn place_of(lists: &[&[&str]], word: &str) -> Option<i8> {
    let place = lists.iter().position(|list| list.contains(&word))?;
    i8::try_from(place + 1).ok()
}

/// `14`, `14.`, `14th`.
fn number(word: &str) -> Option<i8> {
    let ends = ["st", "nd", "rd", "th", ".", "º"];
    let bare = ends.iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word);
    let is_number = (1..=2).contains(&bare.len()) && bare.bytes().all(|b| b.is_ascii_digit());
    bare.parse().ok().filter(|_| is_number)
}

/// A word without what stands around it; the dot of `14.` stays.
fn bare(word: &str) -> &str {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '.');
    let word = word.trim_start_matches('.');
    let is_date = word.starts_with(|c: char| c.is_ascii_digit());
    if is_date { word } else { word.trim_end_matches('.') }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Wednesday.
    const TODAY_IS: &str = "2026-03-11";

    fn check(cases: &[(&str, &str)]) {
        for (text, expected) in cases {
            let found = suggested_until(text, TODAY_IS.parse().unwrap());
            let found = found.map_or_else(String::new, |found| found.to_string());
            assert_eq!(found, *expected, "{text}");
        }
    }

    #[test]
    fn days_are_read_in_four_languages() {
        check(&[
            ("need a pram by Friday, can pick up", "2026-03-13"),
            ("by Wednesday!", "2026-03-11"),
            ("Necesito una cuna hasta el viernes.", "2026-03-13"),
            ("para el sábado", "2026-03-14"),
            ("Brauche am Freitag jemanden", "2026-03-13"),
            ("bis Montag", "2026-03-16"),
            ("até sexta", "2026-03-13"),
            ("na segunda-feira", "2026-03-16"),
            ("tomorrow please", "2026-03-12"),
            ("mañana", "2026-03-12"),
            ("bis morgen", "2026-03-12"),
            ("até amanhã", "2026-03-12"),
            ("heute noch", "2026-03-11"),
            ("by 14 March", "2026-03-14"),
            ("March 14th, 2026", "2026-03-14"),
            ("by Friday 13 March", "2026-03-13"),
            ("Friday, the 13th of March", "2026-03-13"),
            ("bis 14. März", "2026-03-14"),
            ("bis 14.3.", "2026-03-14"),
            ("am 14.03.2026.", "2026-03-14"),
            ("hasta el 14 de marzo de 2027", "2027-03-14"),
            ("até 14 de março", "2026-03-14"),
            ("until 2026-04-01.", "2026-04-01"),
            ("by 2 January", "2027-01-02"),
        ]);
    }

    #[test]
    fn what_is_not_plain_stays_empty() {
        check(&[
            ("", ""),
            ("Friday or Saturday", ""),
            ("every Tuesday", ""),
            ("por la mañana", ""),
            ("am Morgen", ""),
            ("uma segunda opinião", ""),
            ("I may come", ""),
            ("since 20 February", ""),
            ("2020-01-01", ""),
            ("31 February", ""),
            ("99.99.", ""),
            ("version 1.2.3", ""),
        ]);
    }

    #[test]
    fn any_text_is_survived() {
        let _ = suggested_until(&"may 99 ".repeat(100_000), TODAY_IS.parse().unwrap());
        let _ = suggested_until("9999-12-31 tomorrow", "9999-12-31".parse().unwrap());
        let _ = suggested_until("by friday", "9999-12-31".parse().unwrap());
    }
}
