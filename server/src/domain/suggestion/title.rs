//! A title out of what somebody wrote: its first sentence. It only ever fills in a field that a
//! person looks at.

/// The longest title that is suggested, in characters: as long as one may be.
const LONGEST: usize = 120;

/// From this many digits on, a number is for calling.
const PHONE: usize = 6;

/// The first sentence, and what follows it. Handles and tags at the end go; a tag inside a sentence
/// stays as a word.
pub fn title_and_rest(text: &str) -> (String, String) {
    let lines: Vec<String> = text.lines().map(without_signs).collect();
    let mut lines = lines.into_iter().filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    let (sentence, after) = split_sentence(&first);
    let (title, left) = short(sentence);
    let begun: Vec<&str> = [left, after].into_iter().filter(|part| !part.is_empty()).collect();
    let begun = Some(begun.join(" ")).filter(|begun| !begun.is_empty());
    let rest: Vec<String> = begun.into_iter().chain(lines).collect();
    (title.to_owned(), rest.join("\n"))
}

/// A text in which nobody can be called or written to: long numbers and mail addresses are covered.
/// For what is repeated in a message.
pub fn masked(text: &str) -> String {
    let words = text.split(' ').map(|word| if is_address(word) { "…" } else { word });
    let joined = words.collect::<Vec<_>>().join(" ");
    let mut shown = String::new();
    let mut group = String::new();
    for c in joined.chars() {
        let goes_on = c.is_ascii_digit()
            || (!group.is_empty() && matches!(c, ' ' | '-' | '/' | '.' | '(' | ')'))
            || (group.is_empty() && c == '+');
        match goes_on {
            true => group.push(c),
            false => {
                end_group(&mut shown, &mut group);
                shown.push(c);
            }
        }
    }
    end_group(&mut shown, &mut group);
    shown
}

fn end_group(shown: &mut String, group: &mut String) {
    let digits = group.chars().filter(char::is_ascii_digit).count();
    if digits > PHONE {
        let trimmed = group.trim_end_matches([' ', '.', '(']);
        shown.push('…');
        shown.push_str(group.get(trimmed.len()..).unwrap_or_default());
    } else {
        shown.push_str(group);
    }
    group.clear();
}

fn is_address(word: &str) -> bool {
    word.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
}

/// A line without handles, without the tags at its end, and with the others as plain words.
fn without_signs(line: &str) -> String {
    let is_handle = |word: &&str| word.starts_with('@') && word.len() > 1;
    let mut words: Vec<&str> = line.split_whitespace().filter(|word| !is_handle(word)).collect();
    while words.last().is_some_and(|word| word.starts_with('#')) {
        words.pop();
    }
    let plain = words.into_iter().map(|word| word.strip_prefix('#').unwrap_or(word));
    let line = plain.collect::<Vec<_>>().join(" ");
    line.trim_start_matches([',', ':', ' ']).to_owned()
}

fn split_sentence(line: &str) -> (&str, &str) {
    let end = line.char_indices().find_map(|(at, c)| {
        let after = line.get(at + c.len_utf8()..)?;
        let ends = matches!(c, '!' | '?') || (c == '.' && is_long(line.get(..at)?));
        (ends && after.starts_with(' ')).then_some((at, after))
    });
    match end {
        Some((at, after)) => {
            let keep = line.get(at..=at).filter(|sign| *sign == "?").map_or(at, |_| at + 1);
            (line.get(..keep).unwrap_or(line).trim(), after.trim())
        }
        None => (line.trim_end_matches(['.', '!']).trim(), ""),
    }
}

/// A dot after one or two letters or a number ends no sentence: `ca. 5`, `14. März`.
fn is_long(before: &str) -> bool {
    let word = before.rsplit(' ').next().unwrap_or_default();
    word.chars().count() > 3 && !word.chars().all(|c| c.is_ascii_digit())
}

/// At most so many characters, cut between words, and what is left.
fn short(sentence: &str) -> (&str, &str) {
    let Some((end, _)) = sentence.char_indices().nth(LONGEST) else { return (sentence, "") };
    let head = sentence.get(..end).unwrap_or_default();
    let cut = head.rfind(' ').unwrap_or(end);
    (sentence.get(..cut).unwrap_or_default(), sentence.get(cut..).unwrap_or_default().trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sentence_is_the_title() {
        for (text, title, rest) in [
            ("need a pram by Friday, can pick up #need", "need a pram by Friday, can pick up", ""),
            ("@ring@ring.example I #need a pram! Thank you.", "I need a pram", "Thank you."),
            (
                "Brauche ca. 5 Decken bis 14. März. Danke",
                "Brauche ca. 5 Decken bis 14. März",
                "Danke",
            ),
            (
                "¿Alguien tiene una cuna? La recojo\nhoy",
                "¿Alguien tiene una cuna?",
                "La recojo\nhoy",
            ),
            ("#need\nA cot", "A cot", ""),
            ("", "", ""),
            ("#need #offer", "", ""),
        ] {
            assert_eq!(title_and_rest(text), (title.to_owned(), rest.to_owned()), "{text}");
        }
        let long = "palabra ".repeat(40);
        let (title, rest) = title_and_rest(&long);
        assert!(title.chars().count() <= LONGEST && title.ends_with("palabra"), "{title}");
        assert_eq!(format!("{title} {rest}"), long.trim());
        assert_eq!(title_and_rest(&"é".repeat(500)).0.chars().count(), LONGEST);
    }

    #[test]
    fn numbers_for_calling_and_addresses_are_covered() {
        for (text, shown) in [
            ("call +49 151 234-5678 please", "call … please"),
            ("40 blankets by 14.3.", "40 blankets by 14.3."),
            ("write ana.b@mail.example now", "write … now"),
            ("5551234567", "…"),
        ] {
            assert_eq!(masked(text), shown);
        }
    }
}
