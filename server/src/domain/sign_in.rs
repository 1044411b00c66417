//! Signing in with a fediverse account: the words by which a person asks for a code, and the
//! address that they type into the browser.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use url::Url;

use crate::domain::collective::domain_of;
use crate::domain::refusal::Refusal;

/// What a [`SignInCodeId`](crate::domain::id::SignInCodeId) is the id of.
#[derive(Debug)]
pub enum Code {}

/// How many digits a code has.
pub const DIGITS: usize = 6;

/// The longest message that is looked at, in bytes: an instruction is a few words.
const LONGEST: usize = 400;

/// Everything that is understood, without accents and marks, in the four languages in which posts
/// are read. A closed list: whoever writes anything else writes to people.
const WORDS: &[&str] = &[
    // English
    "sign in",
    "sign me in",
    "signin",
    "log in",
    "log me in",
    "login",
    "join",
    "join in",
    "i want to join",
    "i would like to join",
    // Spanish
    "entrar",
    "quiero entrar",
    "acceder",
    "iniciar sesion",
    "unirme",
    "quiero unirme",
    "quiero participar",
    "participar",
    // German
    "anmelden",
    "mich anmelden",
    "einloggen",
    "mitmachen",
    "ich mochte mitmachen",
    "ich will mitmachen",
    "beitreten",
    // Portuguese
    "iniciar sessao",
    "fazer login",
    "juntar me",
    "quero entrar",
    "quero participar",
    "aderir",
];

/// Words of courtesy that change nothing.
const COURTESY: &[&str] =
    &["please", "hello", "hi", "por", "favor", "hola", "bitte", "hallo", "ola"];

/// Whether the text of a message asks to sign in or to join, and says nothing else. Mentions are
/// passed over.
pub fn asks_to_sign_in(text: &str) -> bool {
    if text.len() > LONGEST {
        return false;
    }
    let plain: String = text.nfd().filter(|c| !is_combining_mark(*c)).collect();
    let plain = plain.to_lowercase();
    let said = plain.split_whitespace().filter(|word| !word.starts_with('@'));
    let words = said.flat_map(|word| word.split(|c: char| !c.is_alphanumeric()));
    let words: Vec<&str> =
        words.filter(|word| !word.is_empty() && !COURTESY.contains(word)).collect();
    WORDS.contains(&words.join(" ").as_str())
}

/// Reads the address of an account as people type or paste it: `@amina@social.example`, without the
/// first `@`, or the address of the profile page. Answers `amina@social.example` in small letters.
pub fn read_address(typed: &str) -> Result<String, Refusal> {
    let typed = typed.trim();
    let (name, host) = match Url::parse(typed) {
        Ok(page) if matches!(page.scheme(), "http" | "https") => of_page(&page)?,
        _ => {
            let bare = typed.strip_prefix("acct:").unwrap_or(typed);
            let bare = bare.strip_prefix('@').unwrap_or(bare);
            let (name, host) = bare.split_once('@').ok_or(Refusal::AddressUnfit)?;
            (name.to_owned(), read_host(host)?)
        }
    };
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
    if !(1..=100).contains(&name.len()) || !name.bytes().all(fits) || host.len() > 253 {
        return Err(Refusal::AddressUnfit);
    }
    Ok(format!("{}@{host}", name.to_ascii_lowercase()))
}

/// The account whose page is at an address: the last part of the path in most software.
fn of_page(page: &Url) -> Result<(String, String), Refusal> {
    let mut parts = page.path().split('/').filter(|part| !part.is_empty());
    let last = parts.next_back().ok_or(Refusal::AddressUnfit)?;
    let name = last.strip_prefix('@').unwrap_or(last);
    match name.split_once('@') {
        // The page of an account of another server.
        Some((name, host)) => Ok((name.to_owned(), read_host(host)?)),
        None => Ok((name.to_owned(), domain_of(page))),
    }
}

fn read_host(host: &str) -> Result<String, Refusal> {
    let odd = |c: char| c.is_whitespace() || matches!(c, '/' | '@' | '?' | '#' | '%' | '\\');
    if host.is_empty() || host.contains(odd) {
        return Err(Refusal::AddressUnfit);
    }
    let url = Url::parse(&format!("https://{host}/")).map_err(|_| Refusal::AddressUnfit)?;
    Ok(domain_of(&url))
}

/// The digits of what was typed as a code; spaces and dashes are passed over.
pub fn read_code(typed: &str) -> Option<String> {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    (digits.len() == DIGITS && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_words_ask_to_sign_in_in_four_languages() {
        for text in [
            "@ring sign in",
            "@ring@ring.example Sign in!",
            "sign-in",
            "please log in",
            "@ring join",
            "@ring iniciar sesión",
            "por favor, quiero unirme",
            "@ring anmelden",
            "Ich möchte mitmachen.",
            "@ring iniciar sessão",
            "juntar-me",
        ] {
            assert!(asks_to_sign_in(text), "{text}");
        }
        for text in [
            "",
            "@ring",
            "I cannot sign in",
            "do not sign in",
            "need a pram",
            "can I join tomorrow with soup",
            &"sign in ".repeat(100),
        ] {
            assert!(!asks_to_sign_in(text), "{text}");
        }
    }

    #[test]
    fn an_address_is_read_as_people_write_it() {
        for typed in [
            "@amina@social.example",
            " amina@social.example ",
            "acct:Amina@Social.Example",
            "https://social.example/@amina",
            "https://social.example/users/amina",
            "https://other.example/@amina@social.example",
        ] {
            assert_eq!(read_address(typed), Ok("amina@social.example".to_owned()), "{typed}");
        }
        assert_eq!(read_address("bo@127.0.0.1:81"), Ok("bo@127.0.0.1:81".to_owned()));
        for typed in
            ["", "amina", "@amina", "a@b@c", "a b@c.example", "https://social.example/", "a@"]
        {
            assert_eq!(read_address(typed), Err(Refusal::AddressUnfit), "{typed}");
        }
    }

    #[test]
    fn a_code_is_six_digits_however_they_are_grouped() {
        assert_eq!(read_code(" 123 456 ").as_deref(), Some("123456"));
        assert_eq!(read_code("123-456").as_deref(), Some("123456"));
        for typed in ["", "12345", "1234567", "12345a", "١٢٣٤٥٦"] {
            assert_eq!(read_code(typed), None, "{typed}");
        }
    }
}
