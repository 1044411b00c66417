//! Adopt what we owe each other.

use crate::actions::record_act::{Act, record};
use crate::app::App;
use crate::db::{covenants, members};
use crate::domain::covenant::{Covenant, Rule, check_text};
use crate::domain::id::MemberId;
use crate::domain::member::Standing;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::i18n::Locale;

use super::vouch::settle_standing;

/// Puts a text and a rule into force as the next version. Whoever waits and meets the new rule is a
/// member at once.
pub async fn adopt(
    app: &App,
    by: Option<MemberId>,
    (text, language): (&str, &str),
    rule: Rule,
) -> Result<Covenant, Error> {
    let text = check_text(text)?;
    let locale = Locale::find_exact(language).ok_or(Refusal::UnknownLanguage)?;
    app.change(move |app, conn, _| {
        let version = covenants::current(conn)?.version + 1;
        covenants::insert(conn, version, (&text, locale.code()), rule, app.now())?;
        record(app, conn, by, Act::CovenantAdopted, &version.to_string(), "")?;
        for member in members::list(conn)? {
            if member.standing == Standing::Joining {
                settle_standing(app, conn, member.id, rule)?;
            }
        }
        covenants::current(conn)
    })
    .await
}
