//! What a post of another server carries besides its text.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::text;

/// Everything but the text itself; nothing for most posts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Extras {
    /// What its writer warns of before it is read: plain text on one line.
    pub warning: Option<String>,
    /// Whether its writer says that its pictures are not for every moment.
    pub is_sensitive: bool,
    /// The code of the language of the text, if its writer said so.
    pub language: Option<String>,
    /// The same text in other languages: their codes, and sanitised HTML.
    pub others: Vec<(String, String)>,
    /// What it asks.
    pub poll: Option<Poll>,
    /// Its pictures, where they stand.
    pub pictures: Vec<Pictured>,
    /// How many more files it has.
    pub more_files: usize,
}

/// A question with answers to choose from, as it stood when it came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Poll {
    /// The answers.
    pub choices: Vec<Choice>,
    /// Whether several may be chosen.
    pub takes_several: bool,
    /// Until when.
    pub ends_at: Option<Timestamp>,
}

/// One of the answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Plain text on one line.
    pub words: String,
    /// How many chose it, as their server says.
    pub count: Option<i64>,
}

/// A picture on another server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pictured {
    /// Where it is.
    pub url: Url,
    /// What is to be seen, if its writer said so.
    pub words: Option<String>,
}

impl Extras {
    /// As it is stored; none if there is nothing.
    pub fn pack(&self) -> Option<String> {
        (*self != Self::default()).then(|| text::pack(self))
    }

    /// Reads what [`Extras::pack`] wrote.
    pub fn unpack(stored: Option<&str>) -> Self {
        stored.and_then(text::unpack).unwrap_or_default()
    }

    /// The text in the language with this code, if it is not the one in which it stands anyway.
    pub fn in_language(&self, code: &str) -> Option<(&str, &str)> {
        let main = |code: &str| code.split('-').next().unwrap_or_default().to_ascii_lowercase();
        let wanted = main(code);
        if self.language.as_deref().is_some_and(|own| main(own) == wanted) {
            return None;
        }
        let found = self.others.iter().find(|(other, _)| main(other) == wanted)?;
        Some((&found.0, &found.1))
    }
}
