//! The fields of the form for needs and offers: between what people type and what actions take.

use jiff::Timestamp;

use crate::app::App;
use crate::domain::amount::Amount;
use crate::domain::draft::{Context, Draft};
use crate::domain::origin::{Origin, Way};
use crate::domain::picture::Picture;
use crate::domain::proposal::Proposal;
use crate::domain::refusal::Refusal;
use crate::web::form::Fields;
use crate::web::words::{Words, date, end_of_day, read_kind, read_unit, start_of_day};

/// A field and what is wrong with it.
pub type FieldRefusal = (&'static str, Refusal);

/// What stands in the fields.
#[derive(Clone, Default)]
pub struct Typed {
    /// See [`Draft::title`].
    pub title: String,
    /// See [`Draft::text`].
    pub text: String,
    /// A label or a free word.
    pub kind: String,
    /// See [`Draft::amount`].
    pub amount: String,
    /// A label or a free word.
    pub unit: String,
    /// See [`Draft::minimum`].
    pub minimum: String,
    /// The first day, as in 2026-03-14.
    pub from: String,
    /// The last day.
    pub until: String,
    /// See [`Draft::place`].
    pub place: String,
    /// A code.
    pub language: String,
    /// A word.
    pub audience: String,
    /// See [`Draft::on_behalf_of`].
    pub on_behalf_of: String,
    /// Whether that person said yes.
    pub consent: bool,
    /// The picture, without its words.
    pub picture: Option<Picture>,
    /// See [`Picture::words`].
    pub picture_words: String,
    /// The id of the round that it belongs to; empty for none.
    pub round: String,
    /// A word of [`Origin`]; empty if nothing is said.
    pub origin: String,
    /// Whether it stands in for a service.
    pub replaces: bool,
}

impl Typed {
    /// Reads the form.
    pub fn read(fields: &Fields) -> Self {
        Self {
            title: fields.text("title"),
            text: fields.text("text"),
            kind: fields.text("kind"),
            amount: fields.text("amount"),
            unit: fields.text("unit"),
            minimum: fields.text("minimum"),
            from: fields.text("from"),
            until: fields.text("until"),
            place: fields.text("place"),
            language: fields.text("language"),
            audience: fields.text("audience"),
            on_behalf_of: fields.text("on_behalf_of"),
            consent: fields.ticked("consent"),
            picture: None,
            picture_words: fields.text("picture_words"),
            round: fields.text("round"),
            origin: fields.text("origin"),
            replaces: fields.ticked("replaces"),
        }
    }

    /// The fields for changing a proposal. For whom it was posted is not asked again.
    pub fn of(words: &Words<'_>, proposal: &Proposal, context: Context) -> Self {
        let content = &proposal.content;
        let quantity = content.quantity.as_ref();
        let number = |amount: Option<Amount>| amount.map(|amount| words.number(amount));
        let day = |moment: Option<Timestamp>| moment.map(|moment| date(words.app, moment));
        Self {
            title: content.title.clone(),
            text: content.text.clone(),
            kind: content.kind.as_deref().map(|kind| words.kind(kind)).unwrap_or_default(),
            amount: number(quantity.map(|quantity| quantity.amount)).unwrap_or_default(),
            unit: quantity.map(|quantity| words.unit(&quantity.unit)).unwrap_or_default(),
            minimum: number(quantity.and_then(|quantity| quantity.minimum)).unwrap_or_default(),
            from: day(content.starts_at).unwrap_or_default(),
            until: day(content.ends_at).unwrap_or_default(),
            place: content.place.clone().unwrap_or_default(),
            language: content.language.clone(),
            audience: content.audience.word().to_owned(),
            on_behalf_of: String::new(),
            consent: false,
            picture: content.picture.clone(),
            picture_words: content.picture.as_ref().map(words_of).unwrap_or_default(),
            round: context.round.map(|round| round.to_string()).unwrap_or_default(),
            origin: context.way.origin.map(|origin| origin.word().to_owned()).unwrap_or_default(),
            replaces: context.way.replaces,
        }
    }

    /// What it belongs to. What is no round or way of ours is none.
    fn context(&self) -> Context {
        let way = Way { origin: Origin::from_word(&self.origin), replaces: self.replaces };
        Context { round: self.round.parse().ok(), way }
    }

    /// What actions take, or everything that does not fit.
    pub fn draft(&self, app: &App) -> Result<Draft, Vec<FieldRefusal>> {
        let mut refusals = Vec::new();
        let mut day = |field, typed: &str, read: fn(&App, &str) -> Option<Timestamp>| {
            let moment = read(app, typed);
            if moment.is_none() && !typed.trim().is_empty() {
                refusals.push((field, Refusal::DateNotADate));
            }
            moment
        };
        let draft = Draft {
            starts_at: day("from", &self.from, start_of_day),
            ends_at: day("until", &self.until, end_of_day),
            title: self.title.clone(),
            text: self.text.clone(),
            kind: read_kind(&app.lexicon, &self.kind),
            amount: self.amount.clone(),
            unit: read_unit(&self.unit),
            minimum: self.minimum.clone(),
            place: self.place.clone(),
            language: self.language.clone(),
            audience: self.audience.clone(),
            on_behalf_of: self.on_behalf_of.clone(),
            consent: self.consent,
            picture: self
                .picture
                .as_ref()
                .map(|picture| Picture { words: self.picture_words.clone(), ..picture.clone() }),
            context: Some(self.context()),
        };
        refusals.extend(self.refusals(draft.clone(), app.now()));
        if refusals.is_empty() { Ok(draft) } else { Err(refusals) }
    }

    /// Everything that is wrong. The rules name one thing at a time, so what they name is taken out
    /// and they are asked again: nobody should have to send a form five times.
    fn refusals(&self, mut draft: Draft, now: Timestamp) -> Vec<FieldRefusal> {
        let mut found: Vec<FieldRefusal> = Vec::new();
        while let Err(refusal) = draft.check(now) {
            match self.field_of(refusal) {
                Some(field) if found.iter().all(|(known, _)| *known != field) => {
                    found.push((field, refusal));
                    take_out(&mut draft, field);
                }
                _ => break,
            }
        }
        found
    }

    /// The field that a refusal belongs to.
    pub fn field_of(&self, refusal: Refusal) -> Option<&'static str> {
        Some(match refusal {
            Refusal::TitleMissing | Refusal::TitleTooLong => "title",
            Refusal::TextTooLong => "text",
            Refusal::PlaceTooLong => "place",
            Refusal::KindTooLong => "kind",
            Refusal::UnitTooLong => "unit",
            Refusal::AmountMissing => "amount",
            Refusal::AmountNotANumber
            | Refusal::AmountNotPositive
            | Refusal::AmountTooPrecise
            | Refusal::AmountTooLarge => match Amount::positive(&self.amount) {
                Ok(_) => "minimum",
                Err(_) => "amount",
            },
            Refusal::MinimumAboveAmount => "minimum",
            Refusal::DateNotADate | Refusal::UntilInThePast | Refusal::EndsBeforeStart => "until",
            Refusal::UnknownAudience | Refusal::AudienceOnlyWidens | Refusal::ManyInOneDay => {
                "audience"
            }
            Refusal::UnknownLanguage => "language",
            Refusal::ConsentMissing => "consent",
            Refusal::PictureWordsMissing | Refusal::PictureWordsTooLong => "picture_words",
            _ => return None,
        })
    }
}

fn words_of(picture: &Picture) -> String {
    picture.words.clone()
}

fn take_out(draft: &mut Draft, field: &str) {
    match field {
        "title" => draft.title = "-".to_owned(),
        "text" => draft.text.clear(),
        "kind" => draft.kind.clear(),
        "place" => draft.place.clear(),
        "language" => draft.language.clear(),
        "audience" => draft.audience.clear(),
        "picture_words" => draft.picture = None,
        "consent" => draft.on_behalf_of.clear(),
        "until" => (draft.starts_at, draft.ends_at) = (None, None),
        "unit" => draft.unit.clear(),
        "minimum" => draft.minimum.clear(),
        _ => {
            draft.amount.clear();
            draft.unit.clear();
            draft.minimum.clear();
        }
    }
}
