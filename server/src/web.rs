//! Pages for people: HTML, forms and cookies, all of it without JavaScript.
//!
//! Reads go to [`crate::db`], several in one call; whatever changes something goes through
//! [`crate::actions`]. Nothing here knows ActivityPub: the few look-ups that
//! pages need are handed in ([`Outside`]).
//!
//! A request comes in through `session::recognise`, which says who looks and in which language;
//! a handler answers with a page or with a `error::Problem`, which becomes a page with a way out
//! on the way back.

use std::future::Future;
use std::pin::Pin;

use axum::Router;
use axum::extract::FromRef;
use axum::middleware;
use axum::routing::{get, post};
use bytes::Bytes;
use url::Url;

use crate::actions::prove_handle::Return;
use crate::actions::runbook::Found;
use crate::app::App;
use crate::db::member_handles::Handle;
use crate::domain::door::Door;
use crate::domain::finding::Finding;
use crate::domain::look::{CannotLook, Looked};
use crate::domain::neighbour::{NeighbourProposal, RemoteActor};
use crate::error::Error;
use crate::picture::Kind;

mod about;
mod acts;
mod agenda;
mod agenda_words;
mod asked;
mod asked_care;
mod asks;
mod assets;
mod backups;
mod between;
mod board;
mod calendar;
mod came_and_went;
mod cards;
mod carries;
mod causes;
mod covenant;
mod covenant_versions;
mod coverage;
mod decision_page;
mod decisions;
mod doctor;
mod domain_lists;
mod domains;
mod duties;
mod duty_form;
mod emergency;
mod error;
mod fediverse;
mod feeds;
mod flash;
mod form;
mod front;
mod held;
mod hosts;
mod incoming;
mod join;
mod leaving;
mod locale;
mod mail_links;
mod me;
mod measure_lines;
mod measures;
mod media;
mod members;
#[cfg(test)]
mod message_tests;
mod messages;
mod mode;
mod moment;
mod mutuality;
mod my_turns;
mod need_context;
mod neighbourhood;
mod neighbours;
mod no_more;
mod notices;
mod outgoing;
mod own_assembly;
pub mod own_data;
mod own_server;
mod pacts;
mod page;
mod passkeys;
mod pictures;
mod pool;
mod posts;
mod power;
mod promise_lines;
mod promised;
mod promises;
mod proposal_fields;
mod proposal_form;
mod proposal_page;
mod proposals;
mod qr;
mod quiet;
mod report_out;
mod role_lines;
mod roles;
mod round_lines;
mod round_page;
mod rounds;
mod runbooks;
mod security;
mod session;
pub mod set_up;
mod settings;
mod sheet;
mod sign_in;
mod steward;
mod strings;
mod taking_over;
mod telling;
mod turn_lines;
mod turns;
pub mod updating;
mod upload;
mod welcome;
mod why;
mod words;
mod zones;

/// Looks up an actor on another server by its address or its page.
pub type Resolve =
    fn(App, String) -> Pin<Box<dyn Future<Output = Result<RemoteActor, Error>> + Send>>;

/// Looks at a collective on another server.
pub type Look = fn(App, String) -> Pin<Box<dyn Future<Output = Result<Looked, CannotLook>> + Send>>;

/// Reads where it stands what was passed on to us, before somebody answers it.
pub type Renew = fn(
    App,
    NeighbourProposal,
) -> Pin<Box<dyn Future<Output = Result<NeighbourProposal, Error>> + Send>>;

/// Fetches a picture that stands on another server; none if it cannot be shown.
pub type FetchPicture = fn(App, Url) -> Pin<Box<dyn Future<Output = Option<(Bytes, Kind)>> + Send>>;

/// Reads how a duty is done at another collective, at its address.
pub type FindRunbook =
    fn(App, String) -> Pin<Box<dyn Future<Output = Result<Found, Error>> + Send>>;

/// Looks for the door of the server of an account.
pub type FindDoor = fn(App, String) -> Pin<Box<dyn Future<Output = Option<Door>> + Send>>;

/// Where somebody says yes at their own server; the text is the secret of their browser.
pub type LinkDoor = fn(&App, &Door, &str) -> Result<Url, Error>;

/// Asks somebody's own server whose account it is with which they came back.
pub type ProveByDoor =
    fn(App, Door, Return) -> Pin<Box<dyn Future<Output = Result<Handle, Error>> + Send>>;

/// Looks at everything that could be wrong with the instance.
pub type Examine = fn(App) -> Pin<Box<dyn Future<Output = Vec<Finding>> + Send>>;

/// Signing in by way of one's own server.
#[derive(Clone, Copy)]
pub struct Doors {
    /// Whether there is a door.
    pub find: FindDoor,
    /// The way to it.
    pub link: LinkDoor,
    /// Who came back by it.
    pub prove: ProveByDoor,
}

/// What only federation can do.
#[derive(Clone, Copy)]
pub struct Outside {
    /// Finds an actor.
    pub resolve: Resolve,
    /// Looks at a collective.
    pub look: Look,
    /// Reads something anew.
    pub renew: Renew,
    /// Fetches a picture.
    pub picture: FetchPicture,
    /// Reads how others do what we do.
    pub runbook: FindRunbook,
    /// Examines the instance.
    pub examine: Examine,
    /// Lets people in by way of their own servers.
    pub doors: Doors,
}

/// What handlers share.
#[derive(Clone)]
pub struct Web {
    /// The instance.
    pub app: App,
    /// The look-up that only federation can do.
    pub resolve: Resolve,
    /// Another such look-up.
    pub look: Look,
    /// And a look at what was passed on to us.
    pub renew: Renew,
    /// And a picture of somebody else.
    pub picture: FetchPicture,
    /// And how others do what we do.
    pub runbook: FindRunbook,
    /// And what the doctor finds.
    pub examine: Examine,
    /// And the doors of people's own servers.
    pub doors: Doors,
}

impl FromRef<Web> for App {
    fn from_ref(web: &Web) -> App {
        web.app.clone()
    }
}

/// The one table of pages: every page, and an answer for every address that is none.
pub fn router(app: App, outside: Outside) -> Router {
    let Outside { resolve, look, renew, picture, runbook, examine, doors } = outside;
    let web = Web { app, resolve, look, renew, picture, runbook, examine, doors };
    let pages = Router::new()
        .route("/", get(front::show))
        .route("/about", get(about::show))
        .route("/board", get(board::list))
        .route("/language", post(locale::choose))
        .route("/@{handle}", get(proposals::home))
        .route("/@{handle}/{id}", get(proposals::show))
        .route("/neighbours", get(neighbourhood::show))
        .route("/neighbours.opml", get(neighbourhood::export))
        .route("/neighbours/import", post(neighbourhood::choose))
        .route("/neighbours/import/follow", post(neighbourhood::import))
        .route("/neighbours/{id}", get(neighbours::show))
        .route("/neighbours/{id}/promise", post(neighbours::promise))
        .route("/neighbours/{id}/pass-on", post(neighbourhood::pass_on))
        .route("/needs/new", get(proposal_form::new_need).post(proposal_form::create_need))
        .route("/offers/new", get(proposal_form::new_offer).post(proposal_form::create_offer))
        .route("/proposals/{id}/edit", get(proposal_form::edit).post(proposal_form::update))
        .route("/proposals/{id}/publish", post(proposals::publish))
        .route("/proposals/{id}/close", post(proposals::close))
        .route("/proposals/{id}/reopen", post(proposals::reopen))
        .route("/proposals/{id}/withdraw", post(proposals::withdraw))
        .route("/proposals/{id}/extend", post(proposals::extend))
        .route("/proposals/{id}/promise", post(promises::make))
        .route("/promises", get(between::list))
        .route("/promises/{id}/release", post(promises::release))
        .route("/promises/{id}/confirm", post(promises::confirm))
        .route("/promises/{id}/link", post(taking_over::send_link))
        .route("/replies/{id}/take", post(taking_over::take))
        .route("/promised/{token}", get(promised::show))
        .route("/promised/{token}/release", post(promised::release))
        .route("/promised/{token}/confirm", post(promised::confirm))
        .route("/no-more/{token}", get(no_more::show).post(no_more::answer))
        .route("/asked/{token}", get(asked::show).post(asked::publish))
        .route("/asked/{token}/came", post(asked_care::came))
        .route("/asked/{token}/enough", post(asked_care::enough))
        .route("/asked/{token}/withdraw", post(asked_care::withdraw))
        .route("/promises/incoming/{id}/accept", post(incoming::accept))
        .route("/promises/incoming/{id}/counter", post(incoming::counter))
        .route("/promises/incoming/{id}/decline", post(incoming::decline))
        .route("/promises/outgoing/{id}/take", post(outgoing::take))
        .route("/promises/outgoing/{id}/release", post(outgoing::release))
        .route("/promises/outgoing/{id}/confirm", post(outgoing::confirm))
        .route("/media/{family}/{id}/{place}/{seal}", get(media::show))
        .route("/pictures/{id}/{name}", get(pictures::show))
        .route("/sign-in", get(sign_in::new).post(sign_in::create))
        .route("/sign-in/fediverse", get(fediverse::new).post(fediverse::create))
        .route("/sign-in/code", get(fediverse::show_code).post(fediverse::use_code))
        .route("/sign-in/back/{id}", get(own_server::come_back))
        .route("/sign-in/passkey", post(passkeys::sign_in))
        .route("/sign-in/passkey/challenge", post(passkeys::ask_to_sign_in))
        .route("/me/passkeys", get(passkeys::list).post(passkeys::create))
        .route("/me/passkeys/challenge", post(passkeys::ask_to_add))
        .route("/me/passkeys/remove", post(passkeys::delete))
        .route("/me/confirm", post(passkeys::confirm))
        .route("/me/accounts/remove", post(fediverse::remove))
        .route("/welcome/{token}", get(welcome::show))
        .route("/welcome/{token}/{name}", get(welcome::show_both))
        .route("/sign-in/{token}", get(sign_in::show_link).post(sign_in::use_link))
        .route("/sign-out", post(sign_in::delete))
        .route("/password", get(sign_in::edit_password).post(sign_in::update_password))
        .route("/me", get(me::show))
        .route("/notices", get(notices::list))
        .route("/notices/open", post(notices::open))
        .route("/notices/read", post(notices::read_all))
        .route("/me/notices", get(telling::show).post(telling::save))
        .route("/me/notices/email", post(telling::set_email))
        .route("/me/notices/calendar", post(telling::set_calendar))
        .route("/mail/confirm/{token}", get(mail_links::show_confirm).post(mail_links::confirm))
        .route("/mail/stop/{token}", get(mail_links::show_stop).post(mail_links::stop))
        .route("/calendar/{name}", get(calendar::show))
        .route("/duties", get(duties::list))
        .route("/duties/new", get(duty_form::new).post(duty_form::create))
        .route("/duties/{id}", get(duties::show))
        .route("/duties/{id}/edit", get(duty_form::edit).post(duty_form::update))
        .route("/duties/{id}/wake", post(duties::wake))
        .route("/duties/{id}/end", post(duties::end))
        .route("/duties/{id}/runbook", get(runbooks::show).post(runbooks::write))
        .route("/duties/{id}/runbook.md", get(runbooks::download))
        .route("/duties/{id}/runbook/looked", post(runbooks::looked))
        .route("/duties/{id}/runbook/copy", post(runbooks::copy))
        .route(
            "/duties/{id}/runbook/origin",
            get(runbooks::show_origin).post(runbooks::look_at_origin),
        )
        .route("/turns/pool", get(pool::show).post(pool::give))
        .route("/turns/pool/{id}/take-back", post(pool::take_back))
        .route("/turns/sheet", get(sheet::show))
        .route("/turns/standing/{id}/end", post(turns::end))
        .route("/turns/{id}", get(turns::show))
        .route("/turns/{id}/take", post(turns::take))
        .route("/turns/{id}/release", post(turns::release))
        .route("/turns/{id}/keep", post(turns::keep))
        .route("/me/turns", get(my_turns::show))
        .route("/me/turns/exempt", post(my_turns::take_break))
        .route("/me/turns/exempt/{id}", post(my_turns::change_break))
        .route("/join", get(join::show).post(join::create))
        .route("/join/agree", post(join::agree))
        .route("/join/{token}", get(join::show_invitation).post(join::use_invitation))
        .route("/members", get(members::list))
        .route("/members/invitations", post(members::invite))
        .route("/members/{id}", get(members::show))
        .route("/members/{id}/vouch", post(members::vouch))
        .route("/members/{id}/visit", post(members::visit))
        .route("/members/{id}/steward", post(leaving::name_steward))
        .route("/me/leave", get(leaving::show).post(leaving::leave))
        .route("/me/data.zip", get(leaving::data))
        .route("/members/{id}/measure", get(measures::new).post(measures::take))
        .route("/steward/measures", get(measures::list))
        .route("/measures/{id}/confirm", post(measures::confirm))
        .route("/measures/{id}/lift", post(measures::lift))
        .route("/measures/{id}/decide", post(measures::decide))
        .route("/measures/{id}/appeal", post(measures::appeal))
        .route("/log", get(acts::show))
        .route("/agenda", get(agenda::show))
        .route("/agenda/{id}/answer", post(agenda::reply))
        .route("/decisions", get(decisions::list))
        .route("/decisions/new", get(decisions::new).post(decisions::create))
        .route("/decisions/{id}", get(decision_page::show))
        .route("/decisions/{id}/say", post(decision_page::say))
        .route("/decisions/{id}/paper", post(decision_page::paper))
        .route("/decisions/{id}/withdraw", post(decision_page::withdraw))
        .route("/decisions/{id}/close", post(decision_page::close))
        .route("/decisions/{id}/carry-out", post(carries::carry_out))
        .route("/power", get(power::show))
        .route("/roles/new", get(roles::new).post(roles::create))
        .route("/roles/{id}", get(roles::show))
        .route("/roles/{id}/ask", post(carries::ask))
        .route("/roles/{id}/give", post(roles::give))
        .route("/roles/{id}/give-back", post(roles::give_back))
        .route("/roles/{id}/end", post(roles::end))
        .route("/roles/{id}/lines", post(roles::keep_lines))
        .route("/strings", get(strings::list))
        .route("/strings.csv", get(strings::export))
        .route("/strings/new", get(strings::new).post(strings::create))
        .route("/strings/limit", post(strings::set_limit))
        .route("/strings/{id}/strike", post(strings::strike))
        .route("/covenant", get(covenant_versions::show))
        .route("/covenant/agree", post(covenant_versions::agree))
        .route("/covenant/{version}", get(covenant_versions::show_version))
        .route("/steward/covenant", get(covenant::show).post(covenant::adopt))
        .route("/steward", get(steward::show))
        .route("/steward/members", post(steward::add_member))
        .route("/steward/members/{id}/link", post(steward::make_link))
        .route("/steward/following", post(steward::follow))
        .route("/steward/following/{id}/remove", post(steward::unfollow))
        .route("/messages", get(messages::list))
        .route("/messages/{id}", get(messages::open))
        .route("/messages/{id}/answer", post(messages::answer))
        .route("/messages/{id}/put-aside", post(messages::lay_aside))
        .route("/messages/{id}/accept", post(messages::accept))
        .route("/steward/held", get(held::show).post(held::decide))
        .route("/steward/held/{id}", get(held::open))
        .route("/steward/careful", post(held::set_careful))
        .route("/pacts", get(pacts::list).post(pacts::propose))
        .route("/pacts/{id}/accept", post(pacts::accept))
        .route("/pacts/{id}/decline", post(pacts::decline))
        .route("/pacts/{id}/pause", post(pacts::pause))
        .route("/pacts/{id}/resume", post(pacts::resume))
        .route("/pacts/{id}/end", post(pacts::end))
        .route("/pacts/{id}/settings", post(pacts::set))
        .route("/steward/doctor", get(doctor::show).post(doctor::examine))
        .route("/steward/hosts", get(hosts::show))
        .route("/steward/hosts/retry", post(hosts::retry))
        .route("/steward/hosts/pause", post(hosts::pause))
        .route("/steward/hosts/resume", post(hosts::resume))
        .route("/steward/hosts/drop", post(hosts::drop_waiting))
        .route("/steward/hosts/block", post(hosts::block))
        .route("/steward/hosts/unblock", post(hosts::unblock))
        .route("/steward/hosts/received", post(hosts::retry_received))
        .route("/steward/domains", get(domains::show).post(domains::set))
        .route("/steward/domains/preview", post(domains::preview))
        .route("/steward/domains/undo", post(domains::undo))
        .route("/steward/domains.csv", get(domain_lists::export))
        .route("/steward/allowed.csv", get(domain_lists::export_allowed))
        .route("/steward/domains/import", post(domain_lists::import))
        .route("/steward/domains/import/{id}", get(domain_lists::look).post(domain_lists::apply))
        .route("/steward/domains/import/{id}/discard", post(domain_lists::discard))
        .route("/steward/mode", get(mode::show).post(mode::set))
        .route("/steward/mode/allow", post(mode::allow))
        .route("/steward/mode/disallow", post(mode::disallow))
        .route("/steward/mode/dismiss", post(mode::dismiss))
        .route("/steward/report", get(report_out::show).post(report_out::send))
        .route("/steward/backups", get(backups::show))
        .route("/steward/backups/confirm", post(backups::confirm))
        .route("/steward/emergency", get(emergency::show))
        .route("/steward/settings", get(settings::show).post(settings::save))
        .route("/steward/quiet", get(quiet::show).post(quiet::set))
        .route("/ask", get(asks::new).post(asks::create))
        .route("/steward/asks", get(asks::list))
        .route("/steward/asks/{id}", post(asks::care))
        .route("/rounds", get(rounds::list).post(rounds::ask))
        .route("/rounds/{id}", get(round_page::show))
        .route("/rounds/{id}/poster", get(round_page::poster))
        .route("/rounds/{id}/open", post(rounds::open))
        .route("/rounds/{id}/confirm", post(rounds::confirm))
        .route("/rounds/{id}/renew", post(rounds::renew))
        .route("/rounds/{id}/end", post(rounds::end))
        .route("/rounds/{id}/close", post(rounds::close))
        .route("/round-lines/{id}", get(round_lines::show).post(round_lines::decide))
        .route("/mutuality", get(mutuality::show))
        .route("/causes", get(causes::list).post(causes::add))
        .route("/causes/{id}", post(causes::change))
        .route("/causes/{id}/respond", get(causes::new_answer).post(causes::respond))
        .route("/responses/{id}/done", post(causes::finish))
        .route("/moment", get(moment::received).post(moment::answer))
        .route("/moment/brought", get(moment::brought))
        .route("/why", get(why::list))
        .route("/why/{name}", get(why::show))
        .fallback(error::nothing_here)
        .method_not_allowed_fallback(error::nothing_here)
        .layer(middleware::from_fn_with_state(web.clone(), session::recognise))
        .layer(middleware::map_response(security::protect))
        .with_state(web.clone());
    // For programs: nobody is signed in, and nothing is different for anybody.
    let feeds = Router::new()
        .route("/feeds/{name}", get(feeds::show))
        .route("/feeds/kinds/{name}", get(feeds::show_kind))
        .layer(middleware::from_fn_with_state(web.clone(), quiet::hide))
        .with_state(web);
    Router::new().route("/static/{name}", get(assets::show)).merge(feeds).merge(pages)
}
