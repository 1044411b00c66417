//! What people hand in, before it is a proposal: checked as a whole, refused with a reason.

use jiff::Timestamp;

use crate::domain::amount::Amount;
use crate::domain::audience::Audience;
use crate::domain::id::{MemberId, RoundId};
use crate::domain::kind;
use crate::domain::origin::Way;
use crate::domain::picture::Picture;
use crate::domain::proposal::{Content, PrivatePart, Quantity};
use crate::domain::refusal::Refusal;

/// Longest title and longest place, in characters.
pub(in crate::domain) const LONGEST_LINE: usize = 120;
/// Longest text, in characters.
pub(in crate::domain) const LONGEST_TEXT: usize = 10_000;
/// Longest words for a picture, in characters (reliability paper, MED-08).
const LONGEST_WORDS: usize = 1_500;
/// Longest unit, in characters.
const LONGEST_UNIT: usize = 30;

/// What a form or the command line hands in, as people wrote it.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// See [`Content::title`].
    pub title: String,
    /// See [`Content::text`].
    pub text: String,
    /// See [`Content::kind`].
    pub kind: String,
    /// See [`Quantity::amount`].
    pub amount: String,
    /// See [`Quantity::unit`].
    pub unit: String,
    /// See [`Quantity::minimum`].
    pub minimum: String,
    /// See [`Content::starts_at`].
    pub starts_at: Option<Timestamp>,
    /// See [`Content::ends_at`].
    pub ends_at: Option<Timestamp>,
    /// See [`Content::place`].
    pub place: String,
    /// See [`Content::language`].
    pub language: String,
    /// See [`Content::audience`].
    pub audience: String,
    /// See [`PrivatePart::on_behalf_of`].
    pub on_behalf_of: String,
    /// Whether that person said yes.
    pub consent: bool,
    /// See [`Content::picture`].
    pub picture: Option<Picture>,
    /// What a need belongs to; none leaves it as it is.
    pub context: Option<Context>,
}

/// What may be said about a need besides what it says itself. None of it goes out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// The round that it belongs to.
    pub round: Option<RoundId>,
    /// By which way it came.
    pub way: Way,
}

impl Draft {
    /// Checks everything a person wrote, and names the first thing that is wrong.
    pub fn check(&self, now: Timestamp) -> Result<Content, Refusal> {
        if self.ends_at.is_some_and(|end| end <= now) {
            return Err(Refusal::UntilInThePast);
        }
        if let (Some(start), Some(end)) = (self.starts_at, self.ends_at)
            && end < start
        {
            return Err(Refusal::EndsBeforeStart);
        }
        if self.text.chars().count() > LONGEST_TEXT {
            return Err(Refusal::TextTooLong);
        }
        if !self.on_behalf_of.trim().is_empty() && !self.consent {
            return Err(Refusal::ConsentMissing);
        }
        Ok(Content {
            title: line(&self.title, LONGEST_LINE, Refusal::TitleTooLong)?
                .ok_or(Refusal::TitleMissing)?,
            text: without_control(&self.text),
            kind: line(&self.kind, kind::LONGEST, Refusal::KindTooLong)?
                .map(|word| word.to_lowercase()),
            quantity: self.quantity()?,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            place: line(&self.place, LONGEST_LINE, Refusal::PlaceTooLong)?,
            language: language(&self.language)?,
            audience: match self.audience.as_str() {
                "" => Audience::Public,
                word => word.parse()?,
            },
            picture: self.picture.as_ref().map(described).transpose()?,
        })
    }

    /// The private part for `author`; call after [`Draft::check`], which asks for the consent.
    pub fn private_part(&self, author: MemberId, now: Timestamp) -> PrivatePart {
        let on_behalf_of =
            Some(self.on_behalf_of.trim().to_owned()).filter(|name| !name.is_empty());
        PrivatePart {
            author: Some(author),
            consent_at: on_behalf_of.as_ref().map(|_| now),
            on_behalf_of,
        }
    }

    fn quantity(&self) -> Result<Option<Quantity>, Refusal> {
        let unit = line(&self.unit, LONGEST_UNIT, Refusal::UnitTooLong)?;
        if self.amount.trim().is_empty() {
            let alone = unit.is_some_and(|unit| unit != "one") || !self.minimum.trim().is_empty();
            return if alone { Err(Refusal::AmountMissing) } else { Ok(None) };
        }
        let amount = Amount::positive(&self.amount)?;
        let minimum = match self.minimum.trim() {
            "" => None,
            text => Some(Amount::positive(text)?),
        };
        if minimum.is_some_and(|minimum| minimum > amount) {
            return Err(Refusal::MinimumAboveAmount);
        }
        let unit = unit.map_or_else(|| "one".to_owned(), |unit| unit.to_lowercase());
        Ok(Some(Quantity { amount, unit, minimum }))
    }
}

/// A picture with its words: whoever does not see it must know what is to be seen.
fn described(picture: &Picture) -> Result<Picture, Refusal> {
    let words = line(&picture.words, LONGEST_WORDS, Refusal::PictureWordsTooLong)?
        .ok_or(Refusal::PictureWordsMissing)?;
    Ok(Picture { words, ..picture.clone() })
}

/// One line of text without control characters; none if it is empty.
pub(in crate::domain) fn line(
    text: &str,
    longest: usize,
    too_long: Refusal,
) -> Result<Option<String>, Refusal> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    if text.chars().count() > longest {
        return Err(too_long);
    }
    Ok(Some(text).filter(|text| !text.is_empty()))
}

pub(in crate::domain) fn without_control(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    text.chars()
        .filter(|c| !c.is_control() || *c == '\n' || *c == '\t')
        .collect::<String>()
        .trim()
        .to_owned()
}

/// A language code: two or three small letters, with an optional region.
pub(in crate::domain) fn language(code: &str) -> Result<String, Refusal> {
    let code = code.trim();
    if code.is_empty() {
        return Ok("en".to_owned());
    }
    let (main, region) = code.split_once('-').unwrap_or((code, "XX"));
    let fits = (2..=3).contains(&main.len())
        && main.bytes().all(|b| b.is_ascii_lowercase())
        && (2..=4).contains(&region.len())
        && region.bytes().all(|b| b.is_ascii_alphanumeric());
    if fits { Ok(code.to_owned()) } else { Err(Refusal::UnknownLanguage) }
}
