//! Tell members in the thread that they began with us that something is new, and nothing else: their
//! server and ours can read it. A thread is never begun for that (wire contract, 5.2).

use crate::app::App;
use crate::db::due_notices::Due;
use crate::db::{Conn, actors, member_handles, members};
use crate::domain::collective::domain_of;
use crate::domain::id::MemberId;
use crate::domain::notice::Notice;
use crate::error::Error;
use crate::federation::direct::{self, Answer};
use crate::federation::promises::mention;
use crate::i18n::Locale;
use crate::text;

/// Writes to a member that something is new; false if there is nobody to write to: they let go of
/// their account, deleted what they wrote, are gone, or blocked.
pub fn tell(app: &App, conn: &mut Conn, due: &Due) -> Result<bool, Error> {
    write(app, conn, (due.member, due.language.as_deref()), "wire-notice")
}

/// Tells a member in their thread that somebody signed in as them in a browser that is new. It is
/// told whatever they chose: somebody else may be in their place.
pub fn tell_signed_in(app: &App, conn: &mut Conn, member: MemberId) -> Result<(), Error> {
    let language = members::find(conn, member)?.language;
    write(app, conn, (member, language.as_deref()), "wire-signed-in-elsewhere").map(drop)
}

fn write(
    app: &App,
    conn: &mut Conn,
    (member, language): (MemberId, Option<&str>),
    words: &str,
) -> Result<bool, Error> {
    let Some((actor, thread)) = member_handles::find_thread(conn, member)? else {
        return Ok(false);
    };
    let Some(them) = actors::find_by_url(conn, actor.as_str())? else { return Ok(false) };
    if app.blocks().covers_actor(&them.url) {
        return Ok(false);
    }
    let locale = Locale::find(language.unwrap_or(&app.collective.language));
    let host = domain_of(&app.collective.base);
    let said = locale.say_with(words, [("host", host.into())]);
    let link = text::escape(app.collective.urls().notices().as_str());
    let html = format!(
        "<p>{}</p><p>{} <a href=\"{link}\" rel=\"nofollow noopener noreferrer\">{link}</a></p>",
        mention(&them),
        text::escape(&said),
    );
    // Of nothing in particular, so that the address tells nothing either.
    let id = app.collective.urls().written(app.clock.new_id::<Notice>(), app.clock.new_id());
    let answer = Answer { id, them: &them, to: &thread, language: locale.code() };
    direct::answer(app, conn, &answer, &html)?;
    Ok(true)
}
