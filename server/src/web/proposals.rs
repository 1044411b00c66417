//! Our needs and offers: finding the page of one, and the steps of its life.

use axum::extract::State;
use axum::response::Response;

use crate::actions::cause::Said;
use crate::actions::change_proposal::{Step, change_proposal, close_saying};
use crate::app::App;
use crate::db::{Conn, fulfilments, proposals};
use crate::domain::id::{FulfilmentId, ProposalId};
use crate::domain::proposal::{CloseReason, PrivatePart, Proposal, State as Life};
use crate::error::Error;
use crate::web::calendar;
use crate::web::error::Problem;
use crate::web::form::{Form, InPath, PathId};
use crate::web::page::{go_on, go_to};
use crate::web::proposal_page::{self, Attempt};
use crate::web::session::{SignedIn, Visitor};
use crate::web::words::Words;

/// `GET /@{handle}`
pub async fn home(
    State(app): State<App>,
    InPath(handle): InPath<String>,
) -> Result<Response, Problem> {
    if handle == app.collective.handle { Ok(go_to("/")) } else { Err(Problem::NotFound) }
}

/// `GET /@{handle}/{id}`: a proposal's page; what came leads to the proposal that it answers.
pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    InPath((handle, id)): InPath<(String, String)>,
) -> Result<Response, Problem> {
    let (id, is_calendar) = match id.strip_suffix(".ics") {
        Some(id) => (id, true),
        None => (id.as_str(), false),
    };
    let id: ProposalId = id.parse().map_err(|_| Problem::NotFound)?;
    if handle != app.collective.handle {
        return Err(Problem::NotFound);
    }
    if is_calendar {
        return calendar::show_proposal(&app, &visitor, id).await;
    }
    let looker = visitor.clone();
    let target = app.db.read(move |conn| find_target(conn, &looker, id)).await?;
    match target {
        Target::Withdrawn => Err(Problem::Gone),
        Target::Proposal(found) if found == id => {
            proposal_page::show(&app, &visitor, id, Attempt::None).await
        }
        Target::Proposal(found) => Ok(go_to(&path_of(&app, found))),
    }
}

/// `POST /proposals/{id}/publish`
pub async fn publish(
    State(app): State<App>,
    signed_in: SignedIn,
    PathId(id): PathId<Proposal>,
    _form: Form,
) -> Result<Response, Problem> {
    take(&app, &signed_in, id, Step::Publish).await?;
    Ok(go_on(&app, &path_of(&app, id), "published-done", &[]))
}

/// `POST /proposals/{id}/close`
pub async fn close(
    State(app): State<App>,
    signed_in: SignedIn,
    PathId(id): PathId<Proposal>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    // The form always sends a reason; another word is no form of ours.
    let reason = CloseReason::from_word(&fields.text("reason")).ok_or(Problem::FormExpired)?;
    let looker = signed_in.visitor.clone();
    app.db.read(move |conn| find_visible(conn, &looker, id)).await?;
    let cause = fields.text("cause").parse().ok();
    let said = cause.map(|cause| Said { cause, words: fields.text("cause_words") });
    close_saying(&app, &signed_in.member, id, (reason, said))
        .await
        .map_err(|error| Problem::from(error).at(&path_of(&app, id)))?;
    Ok(go_on(&app, &path_of(&app, id), "closed-done", &[]))
}

/// `POST /proposals/{id}/reopen`
pub async fn reopen(
    State(app): State<App>,
    signed_in: SignedIn,
    PathId(id): PathId<Proposal>,
    _form: Form,
) -> Result<Response, Problem> {
    take(&app, &signed_in, id, Step::Reopen).await?;
    Ok(go_on(&app, &path_of(&app, id), "reopened-done", &[]))
}

/// `POST /proposals/{id}/withdraw`
pub async fn withdraw(
    State(app): State<App>,
    signed_in: SignedIn,
    PathId(id): PathId<Proposal>,
    _form: Form,
) -> Result<Response, Problem> {
    take(&app, &signed_in, id, Step::Withdraw).await?;
    Ok(go_on(&app, "/me", "withdrawn-done", &[]))
}

/// `POST /proposals/{id}/extend`
pub async fn extend(
    State(app): State<App>,
    signed_in: SignedIn,
    PathId(id): PathId<Proposal>,
    _form: Form,
) -> Result<Response, Problem> {
    let proposal = take(&app, &signed_in, id, Step::Extend).await?;
    let path = path_of(&app, id);
    Ok(match proposal.content.ends_at {
        Some(end) => {
            let date = Words::new(&app, &signed_in.visitor).day(end).text;
            go_on(&app, &path, "proposal-extended", &[&date])
        }
        None => go_on(&app, &path, "proposal-stays", &[]),
    })
}

/// The path of a proposal's page.
pub fn path_of(app: &App, id: ProposalId) -> String {
    format!("/@{}/{id}", app.collective.handle)
}

/// A proposal and its private part, if `visitor` may know of it.
pub fn find_visible(
    conn: &mut Conn,
    visitor: &Visitor,
    id: ProposalId,
) -> Result<(Proposal, PrivatePart), Error> {
    let proposal = proposals::find(conn, id)?;
    let private = proposals::find_private(conn, id)?;
    if proposal.is_visible_to(visitor.viewer(), is_author(visitor, &private)) {
        Ok((proposal, private))
    } else {
        Err(Error::NotFound)
    }
}

/// Whether `visitor` posted it.
pub fn is_author(visitor: &Visitor, private: &PrivatePart) -> bool {
    visitor.member().is_some_and(|member| private.author == Some(member.id))
}

/// Where the address of a proposal or of what came leads.
enum Target {
    Proposal(ProposalId),
    Withdrawn,
}

fn find_target(conn: &mut Conn, visitor: &Visitor, id: ProposalId) -> Result<Target, Error> {
    match proposals::find(conn, id) {
        Ok(proposal) if proposal.state == Life::Withdrawn => {
            let private = proposals::find_private(conn, id)?;
            // Whoever could see it before is told; for everybody else it never was.
            let seen = proposal.published_at.is_some()
                && proposal.content.audience.includes(visitor.viewer());
            if seen || is_author(visitor, &private) {
                Ok(Target::Withdrawn)
            } else {
                Err(Error::NotFound)
            }
        }
        Ok(_) => find_visible(conn, visitor, id).map(|_| Target::Proposal(id)),
        Err(Error::NotFound) => {
            let fulfilment = fulfilments::find(conn, FulfilmentId::from_number(id.number()))?;
            find_target(conn, visitor, fulfilment.proposal)
        }
        Err(other) => Err(other),
    }
}

async fn take(
    app: &App,
    signed_in: &SignedIn,
    id: ProposalId,
    step: Step,
) -> Result<Proposal, Problem> {
    let looker = signed_in.visitor.clone();
    app.db.read(move |conn| find_visible(conn, &looker, id)).await?;
    change_proposal(app, &signed_in.member, id, step)
        .await
        .map_err(|error| Problem::from(error).at(&path_of(app, id)))
}
