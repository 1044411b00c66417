//! The routes of mutual obligation that name something by its id: duties and their turns, roles and
//! decisions, rounds, causes, what strangers ask, and what came from outside. [`super::whose`] tries
//! them.

use jiff::SignedDuration;
use mutuals::actions::ask_assembly::ask_to_name;
use mutuals::actions::book_string::book;
use mutuals::actions::cause::{self, NewResponse};
use mutuals::actions::cover_turn::give_to_pool;
use mutuals::actions::duty::{Keepers, add_duty};
use mutuals::actions::runbook::{Found, copy_runbook};
use mutuals::actions::take_turn::{Repeat, take_turn, take_turns};
use mutuals::actions::{ask, exempt, hold_role, round};
use mutuals::db::{agenda, turns};
use mutuals::domain::agenda::Matter;
use mutuals::domain::cause::ResponseKind;
use mutuals::domain::cover::Share;
use mutuals::domain::draft::{Context, Draft};
use mutuals::domain::duty_draft::DutyDraft;
use mutuals::domain::id::{CauseId, DutyId, RoleId, RoundId, TurnId};
use mutuals::domain::origin::Way;
use mutuals::domain::proposal::Purpose;
use mutuals::domain::string;
use mutuals::domain::turn::Place;
use mutuals::i18n::Locale;

use super::whose::World;
use crate::duties::kitchen;

/// What an id names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A duty for members. Rosa keeps its turns together.
    Duty,
    /// Another one, with a runbook that she copied.
    Runbook,
    /// A turn of such a duty, to which she comes.
    Turn,
    /// That she comes to every turn of one.
    Standing,
    /// A turn that she gave to the pool.
    Pooled,
    /// That she is exempt from half of her turns.
    Exemption,
    /// What she proposed to the assembly: that somebody gets a role.
    Decision,
    /// A question of the agenda about her duty.
    Point,
    /// A role that she holds.
    Role,
    /// Something small from outside that she booked.
    Gift,
    /// A round for which a steward asked alone.
    AskedRound,
    /// A round that two stewards opened.
    Round,
    /// A need of hers that belongs to such a round.
    RoundLine,
    /// A cause that a steward added to the list.
    Cause,
    /// What the collective does about such a cause.
    Response,
    /// What a stranger asks for.
    Ask,
}

use Thing::*;

/// As the rows in [`super::whose`]: what is answered to a stranger, a newcomer, another member, a
/// frozen member, Rosa and a steward. Forms are empty.
pub const ROWS: &[(&str, &str, Thing, [u16; 6])] = &[
    ("get", "/causes/{id}/respond", Cause, [303, 403, 403, 403, 403, 200]),
    ("get", "/decisions/{id}", Decision, [404, 200, 200, 200, 200, 200]),
    ("get", "/duties/{id}", Duty, [404, 404, 200, 200, 200, 200]),
    ("get", "/duties/{id}/edit", Duty, [303, 403, 403, 403, 200, 200]),
    ("get", "/duties/{id}/runbook", Runbook, [404, 404, 200, 200, 200, 200]),
    ("get", "/duties/{id}/runbook.md", Runbook, [404, 404, 200, 200, 200, 200]),
    ("get", "/duties/{id}/runbook/origin", Runbook, [303, 403, 200, 200, 200, 200]),
    ("get", "/roles/{id}", Role, [303, 403, 200, 200, 200, 200]),
    ("get", "/round-lines/{id}", RoundLine, [303, 403, 403, 403, 403, 200]),
    ("get", "/rounds/{id}", AskedRound, [303, 404, 404, 404, 404, 200]),
    ("get", "/rounds/{id}", Round, [303, 200, 200, 200, 200, 200]),
    ("get", "/rounds/{id}/poster", AskedRound, [303, 404, 404, 404, 404, 200]),
    ("get", "/rounds/{id}/poster", Round, [303, 200, 200, 200, 200, 200]),
    ("get", "/turns/{id}", Turn, [404, 404, 200, 200, 200, 200]),
    ("post", "/agenda/{id}/answer", Point, [303, 403, 422, 422, 422, 422]),
    ("post", "/causes/{id}", Cause, [303, 403, 403, 403, 403, 422]),
    ("post", "/causes/{id}/respond", Cause, [303, 403, 403, 403, 403, 422]),
    // It is not adopted: then any member carries it out.
    ("post", "/decisions/{id}/carry-out", Decision, [303, 403, 422, 422, 422, 422]),
    ("post", "/decisions/{id}/close", Decision, [303, 403, 422, 422, 422, 422]),
    ("post", "/decisions/{id}/paper", Decision, [303, 403, 422, 422, 422, 422]),
    ("post", "/decisions/{id}/say", Decision, [303, 403, 422, 422, 422, 422]),
    // Others stay on the page, and read there that it is not theirs.
    ("post", "/decisions/{id}/withdraw", Decision, [303, 403, 422, 422, 303, 422]),
    ("post", "/duties/{id}/edit", Duty, [303, 403, 403, 403, 422, 422]),
    ("post", "/duties/{id}/end", Duty, [303, 403, 403, 403, 303, 303]),
    // That nothing was written is said before it is asked who writes.
    ("post", "/duties/{id}/runbook", Runbook, [303, 403, 422, 422, 422, 422]),
    ("post", "/duties/{id}/runbook/copy", Duty, [303, 403, 403, 403, 422, 422]),
    ("post", "/duties/{id}/runbook/looked", Runbook, [303, 403, 403, 403, 303, 303]),
    ("post", "/duties/{id}/runbook/origin", Runbook, [303, 403, 403, 403, 422, 422]),
    ("post", "/duties/{id}/wake", Duty, [303, 403, 403, 403, 303, 303]),
    ("post", "/me/turns/exempt/{id}", Exemption, [303, 404, 404, 404, 303, 404]),
    ("post", "/responses/{id}/done", Response, [303, 403, 403, 403, 403, 303]),
    ("post", "/roles/{id}/ask", Role, [303, 403, 422, 422, 422, 422]),
    ("post", "/roles/{id}/end", Role, [303, 403, 403, 403, 403, 422]),
    ("post", "/roles/{id}/give", Role, [303, 403, 422, 422, 422, 422]),
    // An empty form names no term.
    ("post", "/roles/{id}/give-back", Role, [303, 403, 404, 404, 404, 404]),
    ("post", "/roles/{id}/lines", Role, [303, 403, 422, 422, 303, 303]),
    // An empty form is none of ours.
    ("post", "/round-lines/{id}", RoundLine, [303, 403, 403, 403, 403, 403]),
    ("post", "/rounds/{id}/close", Round, [303, 403, 403, 403, 403, 422]),
    ("post", "/rounds/{id}/confirm", Round, [303, 403, 403, 403, 403, 422]),
    ("post", "/rounds/{id}/end", Round, [303, 403, 403, 403, 403, 303]),
    ("post", "/rounds/{id}/open", AskedRound, [303, 403, 403, 403, 403, 303]),
    ("post", "/rounds/{id}/renew", Round, [303, 403, 403, 403, 403, 422]),
    ("post", "/steward/asks/{id}", Ask, [303, 403, 403, 403, 403, 422]),
    ("post", "/strings/{id}/strike", Gift, [303, 403, 422, 422, 422, 422]),
    ("post", "/turns/pool/{id}/take-back", Pooled, [303, 403, 404, 404, 303, 404]),
    ("post", "/turns/standing/{id}/end", Standing, [303, 404, 404, 404, 303, 404]),
    ("post", "/turns/{id}/keep", Turn, [303, 403, 422, 422, 422, 422]),
    // Whoever does not come has said nothing by it.
    ("post", "/turns/{id}/release", Turn, [303, 404, 303, 303, 303, 303]),
    ("post", "/turns/{id}/take", Turn, [303, 404, 303, 422, 303, 303]),
];

impl World {
    /// A fresh thing: its id.
    pub async fn make_mutual(&self, thing: Thing) -> String {
        let (app, rosa, noor) = (&self.house.app, &self.rosa, &self.noor);
        match thing {
            Duty => self.duty().await.to_string(),
            Runbook => {
                let duty = self.duty().await;
                // Our own address: whoever looks there again is refused, and nobody is asked.
                let url = app.collective.base.clone();
                let text = "The key hangs behind the door.".to_owned();
                let found = Found { url, name: "Ring Street".into(), text };
                copy_runbook(app, rosa, duty, found).await.unwrap();
                duty.to_string()
            }
            Turn => {
                let turn = self.turn().await;
                take_turn(app, rosa, turn, Place::Hand).await.unwrap();
                turn.to_string()
            }
            Standing => {
                let (turn, repeat) = (self.turn().await, Repeat { every: 1, until: None });
                let taken = take_turns(app, rosa, turn, Place::Hand, repeat).await;
                taken.unwrap().id.to_string()
            }
            Pooled => {
                let given = give_to_pool(app, rosa, self.duty().await, None).await;
                given.unwrap().id.to_string()
            }
            Exemption => {
                let wish = exempt::Wish { share: Share::Half, from: None, until: None };
                exempt::exempt(app, rosa, wish).await.unwrap().id.to_string()
            }
            Decision => {
                let until = app.now() + SignedDuration::from_hours(24 * 365);
                let naming = (self.role().await, noor.id, until);
                let asked = ask_to_name(app, rosa, naming, &Locale::find("en")).await;
                asked.unwrap().id.to_string()
            }
            Point => self.point().await,
            Role => self.role().await.to_string(),
            Gift => {
                let draft = string::Draft {
                    what: "Jars for the kitchen".into(),
                    source: "Fairbread Foundation".into(),
                    amount: "1".into(),
                    unit: "euros".into(),
                    ..string::Draft::default()
                };
                book(app, rosa, draft).await.unwrap().id.to_string()
            }
            AskedRound => round::ask(app, noor, flood()).await.unwrap().id.to_string(),
            Round => self.round().await.to_string(),
            RoundLine => {
                let round = Some(self.round().await);
                let draft = Draft {
                    title: "Pumps".into(),
                    audience: "members".into(),
                    context: Some(Context { round, way: Way::default() }),
                    ..Draft::default()
                };
                self.house.post(rosa, Purpose::Need, draft).await.id.to_string()
            }
            Cause => self.cause().await.to_string(),
            Response => {
                let new = NewResponse {
                    kind: ResponseKind::Campaign,
                    text: "We write to the landlord".into(),
                    decision: None,
                    review_at: None,
                };
                let made = cause::respond(app, noor, self.cause().await, new).await;
                made.unwrap().id.to_string()
            }
            Ask => {
                let asked = ask::ask(app, ("Food for two", "555 0101"), "en").await;
                asked.unwrap().id.to_string()
            }
        }
    }

    /// On Tuesdays, from the next one on.
    async fn duty(&self) -> DutyId {
        let draft = DutyDraft { audience: "members".into(), day: "2026-08-25".into(), ..kitchen() };
        let keepers = Keepers { keeper: Some(self.rosa.id), ..Keepers::default() };
        add_duty(&self.house.app, &self.noor, &draft, keepers).await.unwrap().id
    }

    async fn turn(&self) -> TurnId {
        let app = &self.house.app;
        let (duty, now) = (self.duty().await, app.now());
        let coming = app.db.read(move |conn| turns::list_next(conn, duty, now, 1)).await.unwrap();
        coming[0].id
    }

    async fn role(&self) -> RoleId {
        let app = &self.house.app;
        let title = format!("Keys {}", app.clock.new_id::<()>());
        let wish = hold_role::Wish { title, ..hold_role::Wish::default() };
        let role = hold_role::add(app, &self.noor, wish, None).await.unwrap().id;
        let ends_at = app.now() + SignedDuration::from_hours(24 * 30);
        let giving =
            hold_role::Giving { holder: self.rosa.id, deputy: None, ends_at, decision: None };
        hold_role::give(app, &self.noor, role, giving).await.unwrap();
        role
    }

    async fn point(&self) -> String {
        let app = &self.house.app;
        let subject = self.duty().await.to_string();
        let (id, now) = (app.clock.new_id(), app.now());
        let asked = (Matter::SleepingDuty, subject);
        let raised =
            app.db.write(move |conn| agenda::raise(conn, id, (asked.0, &asked.1), now)).await;
        assert!(raised.unwrap());
        id.to_string()
    }

    async fn round(&self) -> RoundId {
        let opened = round::open_by_two(&self.house.app, &self.noor, &self.ida, flood()).await;
        opened.unwrap().id
    }

    async fn cause(&self) -> CauseId {
        let app = &self.house.app;
        let label = format!("Damp {}", app.clock.new_id::<()>());
        cause::add(app, &self.noor, &label, false).await.unwrap().id
    }
}

fn flood() -> round::Wish {
    round::Wish { title: "Flood".into(), text: "The hall is dry.".into(), days: 30 }
}
