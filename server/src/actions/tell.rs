//! Tell members what others did that concerns them: that something is there, and on which page.
//! Runs inside the transaction of what was done, so nobody hears of what did not happen.

use crate::app::App;
use crate::db::{Conn, members, notices, outgoing_promises, promises, proposals};
use crate::domain::id::{MemberId, OutgoingPromiseId, PromiseId, ProposalId};
use crate::domain::member::Standing;
use crate::domain::notice::Kind;
use crate::domain::proposal::WARNING;
use crate::error::Error;

/// The page of promises between collectives.
const BETWEEN: &str = "/promises";

/// Tells whoever asked for or offered something, unless they did it themselves (`by`).
pub fn tell_author(
    app: &App,
    conn: &mut Conn,
    id: ProposalId,
    (kind, by): (Kind, Option<MemberId>),
) -> Result<(), Error> {
    let author = proposals::find_private(conn, id)?.author;
    match author.filter(|author| Some(*author) != by) {
        Some(author) => notices::insert(conn, author, kind, &page_of(app, id), app.now()),
        None => Ok(()),
    }
}

/// Tells whoever promised something, unless they did it themselves (`by`).
pub fn tell_promiser(
    app: &App,
    conn: &mut Conn,
    id: PromiseId,
    (kind, by): (Kind, Option<MemberId>),
) -> Result<(), Error> {
    let promiser = promises::find_private(conn, id)?.member.filter(|member| Some(*member) != by);
    let Some(promiser) = promiser else { return Ok(()) };
    let page = page_of(app, promises::find(conn, id)?.proposal);
    notices::insert(conn, promiser, kind, &page, app.now())
}

/// Tells the member who promised something to another collective in our name.
pub fn tell_promiser_to_neighbour(
    app: &App,
    conn: &mut Conn,
    id: OutgoingPromiseId,
    kind: Kind,
) -> Result<(), Error> {
    match outgoing_promises::find_member(conn, id)? {
        Some(member) => notices::insert(conn, member, kind, BETWEEN, app.now()),
        None => Ok(()),
    }
}

/// Tells everybody who looks after the house.
pub fn tell_stewards(app: &App, conn: &mut Conn, kind: Kind, subject: &str) -> Result<(), Error> {
    notices::insert_for_stewards(conn, kind, subject, app.now())
}

/// Tells every member, but not the one who did it (`by`).
pub fn tell_members(
    app: &App,
    conn: &mut Conn,
    (kind, subject): (Kind, &str),
    by: Option<MemberId>,
) -> Result<(), Error> {
    for member in members::list(conn)? {
        if member.standing == Standing::Member && Some(member.id) != by {
            notices::insert(conn, member.id, kind, subject, app.now())?;
        }
    }
    Ok(())
}

/// Tells those whose needs and offers end soon, once before each end; answers how many.
pub async fn tell_of_ends(app: &App) -> Result<usize, Error> {
    let (now, shared) = (app.now(), app.clone());
    let soon = now.saturating_add(WARNING).unwrap_or(now);
    let ending = move |conn: &mut Conn| {
        let mut ending = Vec::new();
        for id in proposals::list_overdue(conn, soon)? {
            ending.extend(find_ending(&shared, conn, id)?);
        }
        Ok(ending)
    };
    let ending = app.db.read(ending).await?;
    let count = ending.len();
    if count > 0 {
        let tell = move |(author, page): (MemberId, String), conn: &mut Conn| {
            notices::insert(conn, author, Kind::NeedExpires, &page, now)
        };
        app.db.write(move |conn| ending.into_iter().try_for_each(|one| tell(one, conn))).await?;
    }
    Ok(count)
}

/// Whom to tell of the end of a proposal, and its page. Who chose an end that near knows it, and who
/// was told within the days of the warning; those who let it go on are told again before its new end.
fn find_ending(
    app: &App,
    conn: &mut Conn,
    id: ProposalId,
) -> Result<Option<(MemberId, String)>, Error> {
    let (now, proposal) = (app.now(), proposals::find(conn, id)?);
    let Some(author) = proposals::find_private(conn, id)?.author else { return Ok(None) };
    let began = proposal.published_at.unwrap_or(now);
    let is_short = proposal.content.ends_at.is_none_or(|end| end.duration_since(began) <= WARNING);
    let page = page_of(app, id);
    let told = notices::find_time(conn, author, Kind::NeedExpires, &page)?;
    let is_told = told.is_some_and(|told| now.duration_since(told) <= WARNING);
    let tells = proposal.ends_soon(now) && !is_short && !is_told;
    Ok(tells.then_some((author, page)))
}

/// The path of a proposal's page.
pub fn page_of(app: &App, id: ProposalId) -> String {
    app.collective.urls().page(id).path().to_owned()
}
