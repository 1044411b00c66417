//! Look after roles as time passes: terms that are over go to the agenda and to those whose they
//! are, what hangs on one person goes there too, and after a grace period the powers of whoever
//! looked after the house rest, unless nobody else has them.

use jiff::Timestamp;

use crate::actions::hold_role::{begin_house_term, end_rights, page_of};
use crate::actions::record_act::Act;
use crate::app::App;
use crate::db::{Conn, agenda, members, notices, roles};
use crate::domain::agenda::{Matter, Point};
use crate::domain::continuity::hangs_on_one;
use crate::domain::id::{MemberId, RoleId};
use crate::domain::member::Member;
use crate::domain::notice::Kind;
use crate::domain::refusal::Refusal;
use crate::domain::role::{HOUSE, Role, Term, carried};
use crate::error::Error;

/// Looks at all of them; answers whose powers rest since now. It is done often, and there is hardly
/// ever anything to do: nothing is locked or written before that is known.
pub async fn look_after_roles(app: &App) -> Result<usize, Error> {
    let now = app.now();
    if !app.db.read(move |conn| is_anything_due(conn, now)).await? {
        return Ok(0);
    }
    app.change(|app, conn, _| {
        // Two servers that look at the same moment must see each other.
        roles::lock(conn, HOUSE)?;
        // In this order: whoever is seen here has their term already, if they were named with one.
        let everybody = members::list(conn)?;
        let mut terms = roles::list_terms(conn)?;
        for member in without_term(&everybody, &terms) {
            begin_house_term(app, conn, member)?;
        }
        // Whose term ended first goes first, so that of all who are over it the last one stays.
        terms.sort_by_key(|term| (term.ends_at, term.id));
        let mut lapsed = 0;
        for term in terms.iter().filter(|term| term.role == HOUSE) {
            lapsed += usize::from(lapse(app, conn, term)?);
        }
        let terms = roles::list_terms(conn)?;
        for role in roles::list(conn)? {
            look_at_role(app, conn, &role, &terms)?;
        }
        Ok(lapsed)
    })
    .await
}

/// Whether anything of all this is to be done. It only reads.
fn is_anything_due(conn: &mut Conn, now: Timestamp) -> Result<bool, Error> {
    let (everybody, terms) = (members::list(conn)?, roles::list_terms(conn)?);
    let has_other = |holder: MemberId| {
        everybody.iter().any(|member| member.is_steward() && member.id != holder)
    };
    let mut to_lapse = terms.iter().filter(|term| term.role == HOUSE && term.is_to_lapse(now));
    if to_lapse.any(|term| term.holder.is_some_and(has_other))
        || !without_term(&everybody, &terms).is_empty()
    {
        return Ok(true);
    }
    let known = agenda::list_asked(conn, now)?;
    for role in roles::list(conn)? {
        let subject = role.id.to_string();
        for (matter, is_so) in questions(&role, &terms, now) {
            let same = |point: &&Point| point.matter == matter && point.subject == subject;
            let mut same = known.iter().filter(same);
            let is_new = match is_so {
                true => same.next().is_none(),
                false => same.any(Point::is_open),
            };
            if is_new {
                return Ok(true);
            }
        }
        for (who, term) in whose_is_over(&role, &terms, now) {
            if !is_told(conn, who, term)? {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Whoever looks after the house without a term gets one: those who did before there were terms, and
/// those who were named by a command.
fn without_term(everybody: &[Member], terms: &[Term]) -> Vec<MemberId> {
    let has_term = |member: &Member| {
        terms.iter().any(|term| term.role == HOUSE && term.holder == Some(member.id))
    };
    let missing = everybody.iter().filter(|member| member.is_steward() && !has_term(member));
    missing.map(|member| member.id).collect()
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
    let (role, terms) = (roles::find(conn, id)?, roles::list_terms(conn)?);
    look_at_role(app, conn, &role, &terms)
}

fn look_at_role(app: &App, conn: &mut Conn, role: &Role, terms: &[Term]) -> Result<(), Error> {
    let (subject, now) = (role.id.to_string(), app.now());
    for (matter, is_so) in questions(role, terms, now) {
        match is_so {
            true => agenda::raise(conn, app.clock.new_id(), (matter, &subject), now).map(drop)?,
            false => agenda::settle(conn, (matter, &subject), now)?,
        }
    }
    for (who, term) in whose_is_over(role, terms, now) {
        // Once for each term, not every time somebody looks.
        if !is_told(conn, who, term)? {
            notices::insert(conn, who, Kind::TermOver, &page_of(term.role), now)?;
        }
    }
    Ok(())
}

/// What may be asked about a role, and whether there is a reason to.
fn questions(role: &Role, terms: &[Term], now: Timestamp) -> [(Matter, bool); 2] {
    let held: Vec<&Term> =
        terms.iter().filter(|term| term.role == role.id && term.holder.is_some()).collect();
    let is_due = held.is_empty() || held.iter().any(|term| now >= term.ends_at);
    let who = carried(std::slice::from_ref(role), terms);
    [
        (Matter::TermDue, role.ended_at.is_none() && is_due),
        (Matter::NoDeputy, !hangs_on_one(&who).is_empty()),
    ]
}

/// Those whose term in a role is over, who hold it or stand in.
fn whose_is_over<'a>(role: &Role, terms: &'a [Term], now: Timestamp) -> Vec<(MemberId, &'a Term)> {
    let is_over =
        |term: &&Term| role.ended_at.is_none() && term.role == role.id && now >= term.ends_at;
    let people = |term: &'a Term| [term.holder, term.deputy].map(|who| who.map(|who| (who, term)));
    terms.iter().filter(is_over).flat_map(people).flatten().collect()
}

fn is_told(conn: &mut Conn, who: MemberId, term: &Term) -> Result<bool, Error> {
    let told = notices::find_time(conn, who, Kind::TermOver, &page_of(term.role))?;
    Ok(told.is_some_and(|told| told >= term.ends_at))
}
