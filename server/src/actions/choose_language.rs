//! Choose the language of one's pages, for every browser one signs in with.

use crate::app::App;
use crate::db::members;
use crate::domain::member::Member;
use crate::error::Error;

/// Sets the language in which pages speak to a member. `code` is one of ours, not what somebody
/// typed: hence the lifetime.
pub async fn choose_language(app: &App, member: &Member, code: &'static str) -> Result<(), Error> {
    let id = member.id;
    app.change(move |_, conn, _| members::update_language(conn, id, code)).await
}
