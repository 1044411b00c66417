//! Look after roles as time passes: terms that are over go to the agenda and to those whose they
//! are, what hangs on one person goes there too, and after a grace period the powers of whoever
//! looked after the house rest, unless nobody else has them.

use crate::actions::hold_role::{begin_house_term, end_rights, page_of};
use crate::actions::record_act::Act;
use crate::app::App;
use crate::db::{Conn, agenda, members, notices, roles};
use crate::domain::agenda::Matter;
use crate::domain::continuity::hangs_on_one;
use crate::domain::id::{MemberId, RoleId};
use crate::domain::member::Member;
use crate::domain::notice::Kind;
use crate::domain::refusal::Refusal;
use crate::domain::role::{HOUSE, Role, Term, carried};
use crate::error::Error;

/// Looks at all of them; answers whose powers rest since now.
pub async fn look_after_roles(app: &App) -> Result<usize, Error> {
    app.change(|app, conn, _| {
        // Two servers that look at the same moment must see each other.
        roles::lock(conn, HOUSE)?;
        begin_missing_terms(app, conn)?;
        let mut terms = roles::list_terms(conn)?;
        // Whose term ended first goes first, so that of all who are over it the last one stays.
        terms.sort_by_key(|term| (term.ends_at, term.id));
        let mut lapsed = 0;
        for term in terms.iter().filter(|term| term.role == HOUSE) {
            lapsed += usize::from(lapse(app, conn, term)?);
        }
        for role in roles::list(conn)? {
            look_at(app, conn, role.id)?;
        }
        Ok(lapsed)
    })
    .await
}

/// Whoever looks after the house without a term has one from now on: those who did before there were
/// terms, and those who were named by a command.
fn begin_missing_terms(app: &App, conn: &mut Conn) -> Result<(), Error> {
    // Whoever is seen here has their term already, if they were named with one.
    let everybody = members::list(conn)?;
    let terms = roles::list_terms_of(conn, HOUSE)?;
    let has_term = |member: &Member| terms.iter().any(|term| term.holder == Some(member.id));
    for member in everybody {
        if member.is_steward() && !has_term(&member) {
            begin_house_term(app, conn, member.id)?;
        }
    }
    Ok(())
}

/// Lets the powers of one who looked after the house rest, if it is time and somebody else is there.
fn lapse(app: &App, conn: &mut Conn, term: &Term) -> Result<bool, Error> {
    let Some(holder) = term.holder.filter(|_| term.is_to_lapse(app.now())) else {
        return Ok(false);
    };
    match end_rights(app, conn, None, (holder, Act::StewardLapsed)) {
        Ok(()) => {}
        Err(Error::Refused(Refusal::LastSteward)) => return Ok(false),
        Err(other) => return Err(other),
    }
    roles::lapse_term(conn, term.id, app.now())?;
    notices::insert(conn, holder, Kind::TermOver, &page_of(term.role), app.now())?;
    Ok(true)
}

/// Puts a role on the agenda or takes it off, as it stands now; and tells those whose term is over.
pub fn look_at(app: &App, conn: &mut Conn, id: RoleId) -> Result<(), Error> {
    let (role, terms) = (roles::find(conn, id)?, roles::list_terms_of(conn, id)?);
    let is_open = role.ended_at.is_none();
    let is_due = is_open && needs_somebody(app, &terms);
    let who = carried(std::slice::from_ref(&role), &terms);
    note(app, conn, Matter::TermDue, &role, is_due)?;
    note(app, conn, Matter::NoDeputy, &role, !hangs_on_one(&who).is_empty())?;
    for term in terms.iter().filter(|term| is_open && app.now() >= term.ends_at) {
        for who in [term.holder, term.deputy].into_iter().flatten() {
            tell_once(app, conn, who, term)?;
        }
    }
    Ok(())
}

/// Whether nobody holds it, or somebody beyond their term.
fn needs_somebody(app: &App, terms: &[Term]) -> bool {
    let is_held = terms.iter().any(|term| term.holder.is_some());
    !is_held || terms.iter().any(|term| term.holder.is_some() && app.now() >= term.ends_at)
}

fn note(app: &App, conn: &mut Conn, matter: Matter, role: &Role, is_so: bool) -> Result<(), Error> {
    let subject = role.id.to_string();
    match is_so {
        true => agenda::raise(conn, app.clock.new_id(), (matter, &subject), app.now()).map(drop),
        false => agenda::settle(conn, (matter, &subject), app.now()),
    }
}

/// Once for each term, not every time somebody looks.
fn tell_once(app: &App, conn: &mut Conn, who: MemberId, term: &Term) -> Result<(), Error> {
    let page = page_of(term.role);
    let told = notices::find_time(conn, who, Kind::TermOver, &page)?;
    match told.is_some_and(|told| told >= term.ends_at) {
        true => Ok(()),
        false => notices::insert(conn, who, Kind::TermOver, &page, app.now()),
    }
}
