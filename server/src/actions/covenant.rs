//! Adopt what we owe each other.

use crate::actions::record_act::{Act, record};
use crate::actions::tell::tell_members;
use crate::app::App;
use crate::db::{covenants, members};
use crate::domain::covenant::{Covenant, Rule, check_text};
use crate::domain::id::MemberId;
use crate::domain::member::Standing;
use crate::domain::notice::Kind;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::i18n::{LANGUAGES, Locale};

use super::vouch::settle_standing;

/// Where members read it, and say yes to the newest version.
const PAGE: &str = "/covenant";

/// The names of the texts to begin from: messages that begin with `covenant-template-`.
pub const TEMPLATES: [&str; 3] = ["street", "kitchen", "house"];

/// The headings of what we owe each other, in every language that we speak.
pub fn headings() -> Vec<String> {
    LANGUAGES.iter().map(|(code, _)| Locale::find(code).say("covenant-section")).collect()
}

/// A text to begin from, if there is one of this name: its title and the text.
pub fn template(locale: &Locale, name: &str) -> Option<(String, String)> {
    let name = TEMPLATES.into_iter().find(|known| *known == name)?;
    let say = |id: String| locale.say(&id);
    Some((say(format!("covenant-template-{name}-title")), say(format!("covenant-template-{name}"))))
}

/// Puts a text and a rule into force as the next version. Every member is told and asked anew, and
/// nobody is locked out. Whoever waits and meets the new rule is a member at once.
pub async fn adopt(
    app: &App,
    by: Option<MemberId>,
    (text, language): (&str, &str),
    rule: Rule,
) -> Result<Covenant, Error> {
    let text = check_text(text, &headings())?;
    let locale = Locale::find_exact(language).ok_or(Refusal::UnknownLanguage)?;
    app.change(move |app, conn, _| {
        let version = covenants::current(conn)?.version + 1;
        covenants::insert(conn, version, (&text, locale.code()), rule, app.now())?;
        record(app, conn, by, Act::CovenantAdopted, &version.to_string(), "")?;
        // Once for each version, and nowhere else: whoever does not answer keeps everything.
        tell_members(app, conn, (Kind::CovenantChanged, PAGE), by)?;
        for member in members::list(conn)? {
            if member.standing == Standing::Joining {
                settle_standing(app, conn, member.id, rule)?;
            }
        }
        covenants::current(conn)
    })
    .await
}
