//! The map of power (mission E18): who holds which role until when, who decides what, and who holds
//! keys, money, domain name, server and phone. Members see it with names; everybody else sees which
//! roles there are. Nothing of anybody is counted, and lists are in order of the roles' names.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::actions::hold_role::page_of;
use crate::app::App;
use crate::text;
use crate::web::error::Problem;
use crate::web::page::{Page, show as render};
use crate::web::role_lines::{Held, TermLine, decides, thing, things};
use crate::web::session::Visitor;
use crate::web::words::Words;

#[derive(Template)]
#[template(path = "roles/power.html")]
struct Power {
    page: Page,
    roles: Vec<RoleLine>,
    things: Vec<ThingLine>,
    /// Whether the reader may add a role.
    may_add: bool,
}

struct RoleLine {
    /// The page of the role, for those who may read it.
    href: Option<String>,
    title: String,
    decides: String,
    holds: Vec<String>,
    /// For members only.
    terms: Vec<TermLine>,
}

/// Something that is held, by which roles, and for members by whom.
struct ThingLine {
    thing: String,
    holders: Vec<String>,
}

/// `GET /power`
pub async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response, Problem> {
    let held = app.db.read(Held::read).await?;
    let words = Words::new(&app, &visitor);
    let is_member = visitor.is_full_member();
    let roles = held.by_title(&words);
    let line = |(title, role): &(String, &crate::domain::role::Role)| RoleLine {
        href: is_member.then(|| page_of(role.id)),
        title: title.clone(),
        decides: text::markdown(&decides(&words, role)),
        holds: role.holds.iter().map(|held| thing(&words, held)).collect(),
        terms: match is_member {
            true => held.terms_of(role.id).map(|term| held.line(&words, term)).collect(),
            false => Vec::new(),
        },
    };
    let holders = |wanted: &String| {
        let with = roles.iter().filter(|(_, role)| role.holds.contains(wanted));
        let named = |(title, role): &(String, &crate::domain::role::Role)| {
            let names = held.holders(role.id).map(|who| held.names.of(&words, Some(who)));
            let names: Vec<String> = if is_member { names.collect() } else { Vec::new() };
            if names.is_empty() { title.clone() } else { format!("{title}: {}", names.join(", ")) }
        };
        with.map(named).collect()
    };
    let things = things(&held.roles);
    let things =
        things.iter().map(|held| ThingLine { thing: thing(&words, held), holders: holders(held) });
    render(&Power {
        page: Page::new(&app, &visitor, words.locale.say("power-title")),
        roles: roles.iter().map(line).collect(),
        things: things.collect(),
        may_add: is_member,
    })
}
