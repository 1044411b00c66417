//! Choose the language of one's pages, for every browser one signs in with.

use crate::app::App;
use crate::db::members;
use crate::domain::member::Member;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::i18n::Locale;

/// Sets the language in which pages speak to a member.
pub async fn choose_language(app: &App, member: &Member, code: &str) -> Result<(), Error> {
    let locale = Locale::find_exact(code).ok_or(Refusal::UnknownLanguage)?;
    let id = member.id;
    app.change(move |_, conn, _| members::update_language(conn, id, locale.code())).await
}
