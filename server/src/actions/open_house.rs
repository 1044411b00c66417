//! Set an instance up, once and for all, with everything that somebody chose at the beginning.

use jiff::{SignedDuration, Timestamp};

use crate::actions::add_member::{LINK_LASTS, insert_member};
use crate::actions::covenant::template;
use crate::app::{insert_ours, make_keys};
use crate::clock::Clock;
use crate::db::{Conn, Db, covenants, gate, moderation_log, roles, sessions, settings};
use crate::domain::act::{Act, Entry, about_member};
use crate::domain::collective::{Collective, check_handle, check_name};
use crate::domain::gate::Mode;
use crate::domain::id::MemberId;
use crate::domain::member::{Member, Role, Standing, check_name as check_member_name};
use crate::domain::role::{HOUSE, HOUSE_TERM, Term};
use crate::domain::settings::Settings;
use crate::error::Error;
use crate::i18n::Locale;
use crate::keys;

/// What is to be set up.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Who we are.
    pub collective: Collective,
    /// What stewards can change later.
    pub settings: Settings,
    /// The text to begin from; none for the few words that are there without one.
    pub covenant: Option<String>,
    /// With whom we speak.
    pub mode: Mode,
    /// Who looks after the house.
    pub steward: String,
    /// Who does it, too, if somebody does.
    pub second: Option<String>,
}

/// The secrets of the one-time links of those who look after the house.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Links {
    /// Of the first.
    pub steward: String,
    /// Of the second.
    pub second: Option<String>,
}

/// Sets it up in one transaction: either all of it is there afterwards, or nothing. A second time is
/// a conflict.
pub async fn open_house(db: &Db, clock: &Clock, plan: Plan) -> Result<Links, Error> {
    check_name(&plan.collective.name)?;
    check_handle(&plan.collective.handle)?;
    check_member_name(&plan.steward)?;
    let (ours, instance) = make_keys().await?;
    let links = Links {
        steward: keys::secret()?,
        second: plan.second.as_ref().map(|_| keys::secret()).transpose()?,
    };
    let (clock, made) = (clock.clone(), links.clone());
    db.write(move |conn| {
        let now = clock.now();
        insert_ours(conn, &plan.collective, (ours, instance), now)?;
        settings::store(conn, &plan.settings)?;
        let first = add_steward(conn, &clock, &plan.steward, &made.steward)?;
        if let (Some(name), Some(secret)) = (&plan.second, &made.second) {
            let second = add_steward(conn, &clock, name, secret)?;
            note(conn, &clock, (first, Act::StewardNamed), &about_member(second))?;
        }
        gate::set_mode(conn, plan.mode, now)?;
        note(conn, &clock, (first, Act::ModeChanged), plan.mode.word())?;
        let locale = Locale::find(&plan.collective.language);
        if let Some((_, text)) = plan.covenant.and_then(|name| template(&locale, &name)) {
            let before = covenants::current(conn)?;
            let version = before.version + 1;
            covenants::insert(conn, version, (&text, locale.code()), before.rule, now)?;
            note(conn, &clock, (first, Act::CovenantAdopted), &version.to_string())?;
        }
        Ok(())
    })
    .await?;
    Ok(links)
}

/// Somebody who looks after the house from the first moment, with a term like everybody's, and a link
/// to sign in with. Only the hash of its secret is stored.
fn add_steward(
    conn: &mut Conn,
    clock: &Clock,
    name: &str,
    secret: &str,
) -> Result<MemberId, Error> {
    let now = clock.now();
    let member = Member {
        id: clock.new_id(),
        name: check_member_name(name)?,
        role: Role::Steward,
        language: None,
        joined_at: now,
        standing: Standing::Member,
    };
    insert_member(conn, &member)?;
    let term = Term {
        id: clock.new_id(),
        role: HOUSE,
        holder: Some(member.id),
        deputy: None,
        starts_at: now,
        ends_at: after(now, HOUSE_TERM)?,
        decision: None,
        lapsed_at: None,
    };
    roles::insert_term(conn, &term)?;
    sessions::insert_link(conn, &keys::secret_hash(secret), member.id, after(now, LINK_LASTS)?)?;
    Ok(member.id)
}

fn note(
    conn: &mut Conn,
    clock: &Clock,
    (by, act): (MemberId, Act),
    subject: &str,
) -> Result<(), Error> {
    let entry = Entry::new(clock.new_id(), clock.now(), (Some(by), act), subject, "");
    moderation_log::insert(conn, &entry)
}

fn after(now: Timestamp, time: SignedDuration) -> Result<Timestamp, Error> {
    Ok(now.saturating_add(time).map_err(anyhow::Error::from)?)
}
