//! Pictures in posts of other servers, for members: fetched when they are looked at, and kept
//! nowhere. Only what stands in a post that the member may see, and only where a page of ours led
//! there: this is no way through to anywhere else.

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use crate::actions::show_media::may_show_media_of;
use crate::app::App;
use crate::db::{Conn, actors, messages, neighbour_proposals, proposals, replies};
use crate::domain::domain_rule::Rules;
use crate::domain::id::Id;
use crate::domain::neighbour::RemoteActor;
use crate::domain::post::Extras;
use crate::error::Error;
use crate::keys;
use crate::web::Web;
use crate::web::error::Problem;
use crate::web::form::InPath;
use crate::web::posts::{Family, seal};
use crate::web::proposals::find_visible;
use crate::web::security::File;
use crate::web::session::{FullMember, Visitor};

/// `GET /media/{family}/{id}/{place}/{seal}`
pub async fn show(
    State(web): State<Web>,
    member: FullMember,
    InPath((word, id, place, sealed)): InPath<(String, String, usize, String)>,
) -> Result<Response, Problem> {
    let app = web.app.clone();
    let family = Family::from_word(&word).ok_or(Problem::NotFound)?;
    let post: Id<()> = id.parse().map_err(|_| Problem::NotFound)?;
    let visitor = member.visitor.clone();
    let (extras, writer) = find(&app, visitor, family, post).await?;
    let picture = extras.pictures.get(place).ok_or(Problem::NotFound)?;
    let session = member.visitor.session.as_ref().ok_or(Problem::SignIn)?;
    if !keys::same_secret(&sealed, &seal(session, family, &id, place, &picture.url)) {
        return Err(Problem::NotFound);
    }
    if !may_show_media_of(&app, &writer.url).await? {
        return Err(Problem::NoPicture);
    }
    let fetched = (web.picture)(app, picture.url.clone()).await;
    let (bytes, kind) = fetched.ok_or(Problem::NoPicture)?;
    // What it is called elsewhere may say more than it should.
    let named = format!("inline; filename=\"picture.{}\"", kind.ending());
    let head = [(CONTENT_TYPE, kind.media_type().to_owned()), (CONTENT_DISPOSITION, named)];
    let mut response = (head, bytes).into_response();
    response.extensions_mut().insert(File::PASSED_ON);
    Ok(response)
}

/// What a post carries and who wrote it, if this visitor may see it.
async fn find(
    app: &App,
    visitor: Visitor,
    family: Family,
    id: Id<()>,
) -> Result<(Extras, RemoteActor), Problem> {
    let (blocks, rules) = (app.hidden_from(visitor.viewer()), app.rules());
    let read = move |conn: &mut Conn| {
        let (extras, writer) = match family {
            Family::Reply => of_reply(conn, &rules, &visitor, id.number())?,
            Family::Neighbour => {
                let id = Id::from_number(id.number());
                let (proposal, owner) = neighbour_proposals::find(conn, id)?;
                let is_seen =
                    neighbour_proposals::is_visible_to(conn, &proposal, visitor.viewer())?;
                (Some(proposal.extras).filter(|_| is_seen), owner)
            }
            Family::Message => {
                let message = messages::find(conn, Id::from_number(id.number()))?;
                let is_steward = visitor.member().is_some_and(|member| member.is_steward());
                let writer = actors::find(conn, message.actor.ok_or(Error::NotFound)?)?;
                (Some(message.extras).filter(|_| is_steward), writer)
            }
        };
        let extras = extras.filter(|_| !blocks.covers_actor(&writer.url));
        Ok((extras.ok_or(Error::NotFound)?, writer))
    };
    Ok(app.db.read(read).await?)
}

/// A reply that is not for everybody is for those who look after what it answers.
fn of_reply(
    conn: &mut Conn,
    rules: &Rules,
    visitor: &Visitor,
    id: i64,
) -> Result<(Option<Extras>, RemoteActor), Error> {
    let reply = replies::find(conn, id)?;
    find_visible(conn, visitor, reply.proposal)?;
    let proposal = proposals::find(conn, reply.proposal)?;
    let private = proposals::find_private(conn, reply.proposal)?;
    let sees_all =
        visitor.member().is_some_and(|member| proposal.may_be_changed_by(member, &private).is_ok());
    let writer = actors::find(conn, reply.actor)?;
    let is_shown = reply.is_public && !rules.limits_url(&writer.url);
    Ok((Some(reply.extras).filter(|_| is_shown || sees_all), writer))
}
