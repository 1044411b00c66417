//! How the pages look.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::header::{ACCEPT_LANGUAGE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::actions::covenant::{TEMPLATES, template};
use crate::domain::collective::domain_of;
use crate::domain::gate::Mode;
use crate::i18n::{LANGUAGES, Locale};
use crate::text;
use crate::web::mode::{hint_id, name_id};
use crate::web::page::{answer, go_to};
use crate::web::qr::Picture;
use crate::web::set_up::draft::{Draft, FIRST, Step, Wrong};
use crate::web::set_up::frame::{Frame, Way};
use crate::web::set_up::{Checked, Desk, Verdict, path_of};
use crate::web::settings::{Keep, fixed_keep, keeps};
use crate::web::zones::{self, Part};

#[derive(Template)]
#[template(path = "set_up/house.html")]
struct HousePage {
    page: Frame,
    way: Way,
    draft: Draft,
    fixed_address: Option<String>,
    languages: Vec<(&'static str, &'static str)>,
}

#[derive(Template)]
#[template(path = "set_up/ways.html")]
struct WaysPage {
    page: Frame,
    way: Way,
    draft: Draft,
    fixed_zone: Option<String>,
    parts: Vec<Part>,
    fixed_keep: Option<String>,
    keeps: Vec<Keep>,
    fixed_folder: Option<String>,
    texts: Vec<Beginning>,
    modes: Vec<Choice>,
}

/// A text to begin from.
struct Beginning {
    name: &'static str,
    title: String,
    html: String,
    language: &'static str,
    is_chosen: bool,
}

/// A mode to choose.
struct Choice {
    word: &'static str,
    name: String,
    hint: String,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "set_up/people.html")]
struct PeoplePage {
    page: Frame,
    way: Way,
    draft: Draft,
}

#[derive(Template)]
#[template(path = "set_up/key.html")]
struct KeyPage {
    page: Frame,
    way: Way,
    name: String,
    secret: String,
    code: Picture,
    file: String,
    is_kept: bool,
}

#[derive(Template)]
#[template(path = "set_up/open.html")]
struct OpenPage {
    page: Frame,
    way: Way,
    lines: Vec<Line>,
    checks: Vec<Look>,
    clock: String,
    look_again: String,
}

/// One thing that was chosen, and where it is changed.
struct Line {
    label: String,
    value: String,
    href: String,
}

/// One thing that was looked at.
struct Look {
    is_well: bool,
    is_wrong: bool,
    what: String,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "set_up/closed.html")]
struct ClosedPage {
    page: Frame,
    what: String,
    next: String,
    back: Option<String>,
}

/// The reader's language, as their browser says; English else.
pub fn locale(headers: &HeaderMap) -> Locale {
    let wish = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    wish.and_then(Locale::negotiate).unwrap_or_else(|| Locale::find("en"))
}

/// `GET /set-up/{token}/{step}`
pub async fn show(
    State(desk): State<Desk>,
    Path((token, step)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let locale = locale(&headers);
    match Step::from_word(&step) {
        Some(step) if step.number() > desk.first_open().number() => {
            go_to(&path_of(&token, desk.first_open()))
        }
        Some(step) => form(&desk, &locale, (&token, step), None, &[]),
        None => closed(&locale, StatusCode::NOT_FOUND),
    }
}

/// `GET /set-up/{token}/key`
pub async fn show_key(
    State(desk): State<Desk>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Response {
    match desk.first_open() {
        Step::Key | Step::Open => key(&desk, &locale(&headers), &token, None),
        missing => go_to(&path_of(&token, missing)),
    }
}

/// `GET /set-up/{token}/open`: a last look, and a look from outside.
pub async fn show_open(
    State(desk): State<Desk>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Response {
    let first_open = desk.first_open();
    let (draft, config) = (desk.draft(), &desk.0.config);
    let base = match draft.base(config) {
        Ok(base) if first_open == Step::Open => base,
        _ => return go_to(&path_of(&token, first_open)),
    };
    let locale = locale(&headers);
    let checked = (desk.0.hands.check)(base.clone(), desk.0.mark.clone()).await;
    let zone_name = match config.time_zone.is_empty() {
        true => draft.time_zone.clone(),
        false => config.time_zone.clone(),
    };
    let zone = jiff::tz::TimeZone::get(&zone_name).unwrap_or(jiff::tz::TimeZone::UTC);
    let address = format!("@{}@{}", draft.handle, domain_of(&base));
    let page = OpenPage {
        page: Frame::new(&locale, Step::Open.title()),
        way: Way::new(&locale, &token, Step::Open, &[]),
        lines: lines(&locale, &token, &draft, (&address, &zone_name, config.retention.days)),
        checks: checked.iter().map(|each| look(&locale, each)).collect(),
        clock: locale.day_and_time(desk.0.clock.now(), &zone),
        look_again: path_of(&token, Step::Open),
    };
    finish(StatusCode::OK, &page)
}

/// A page again, because something on it is wrong.
pub fn step(
    desk: &Desk,
    locale: &Locale,
    token: &str,
    step: Step,
    general: Option<&'static str>,
) -> Response {
    form(desk, locale, (token, step), general, &desk.wrong(step))
}

fn form(
    desk: &Desk,
    locale: &Locale,
    (token, step): (&str, Step),
    general: Option<&'static str>,
    wrong: &[Wrong],
) -> Response {
    let mut draft = desk.draft();
    if draft.language.is_empty() {
        draft.language = locale.code().to_owned();
    }
    let (page, mut way) = (Frame::new(locale, step.title()), Way::new(locale, token, step, wrong));
    way.general = general.map(|id| locale.say(id));
    let is_well = wrong.is_empty() && general.is_none();
    let status = if is_well { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let config = &desk.0.config;
    match step {
        Step::House => {
            let fixed_address = config.address().ok().flatten().map(|base| domain_of(&base));
            let languages = LANGUAGES.to_vec();
            finish(status, &HousePage { page, way, draft, fixed_address, languages })
        }
        Step::Ways => finish(
            status,
            &WaysPage {
                fixed_zone: Some(config.time_zone.clone()).filter(|zone| !zone.is_empty()),
                parts: zones::parts(&draft.time_zone),
                fixed_keep: fixed_keep(config, locale),
                keeps: keeps(&draft.keep_days),
                fixed_folder: Some(config.backup.folder.clone()).filter(|path| !path.is_empty()),
                texts: texts(locale, &draft),
                modes: Mode::ALL.into_iter().map(|mode| choice(locale, mode, &draft)).collect(),
                page,
                way,
                draft,
            },
        ),
        Step::People => finish(status, &PeoplePage { page, way, draft }),
        // They have paths of their own.
        Step::Key | Step::Open => go_to(&path_of(token, step)),
    }
}

/// The page with the key for backups.
pub fn key(desk: &Desk, locale: &Locale, token: &str, wrong: Option<&'static str>) -> Response {
    let made = desk.key().and_then(|key| Ok((Picture::of(&key.secret)?, key)));
    let (code, key) = match made {
        Ok(made) => made,
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "no key for backups can be made");
            return not_opened(locale, token, "set-up-no-key");
        }
    };
    let wrong: Vec<Wrong> = wrong.map(|id| ("last", id)).into_iter().collect();
    let status = match wrong.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let page = KeyPage {
        page: Frame::new(locale, Step::Key.title()),
        way: Way::new(locale, token, Step::Key, &wrong),
        name: desk.draft().name,
        secret: key.secret,
        code,
        file: format!("{}.txt", path_of(token, Step::Key)),
        is_kept: desk.is_key_kept(),
    };
    finish(status, &page)
}

/// It did not work, and what to do now. Nothing that was typed is lost.
pub fn not_opened(locale: &Locale, token: &str, next: &'static str) -> Response {
    let page = ClosedPage {
        page: Frame::new(locale, "set-up-not-opened-title"),
        what: locale.say("set-up-not-opened-what"),
        next: locale.say(next),
        back: Some(format!("/set-up/{token}")),
    };
    finish(StatusCode::SERVICE_UNAVAILABLE, &page)
}

/// Nobody comes in here.
pub fn closed(locale: &Locale, status: StatusCode) -> Response {
    let (what, next) = match status {
        StatusCode::TOO_MANY_REQUESTS => ("error-too-many-what", "error-too-many-next"),
        StatusCode::PAYLOAD_TOO_LARGE => ("error-too-large-what", "error-too-large-next"),
        StatusCode::FORBIDDEN => ("error-form-expired-what", "error-form-expired-next"),
        StatusCode::NOT_FOUND => ("set-up-no-link-what", "set-up-no-link-next"),
        _ => ("error-broken-what", "error-broken-next"),
    };
    let page = ClosedPage {
        page: Frame::new(locale, "set-up-closed-title"),
        what: locale.say(what),
        next: locale.say(next),
        back: None,
    };
    finish(status, &page)
}

/// Every other address: there will be something, later.
pub async fn not_open_yet(headers: HeaderMap) -> Response {
    let locale = locale(&headers);
    let page = ClosedPage {
        page: Frame::new(&locale, "set-up-closed-title"),
        what: locale.say("set-up-closed-what"),
        next: locale.say("set-up-closed-next"),
        back: None,
    };
    let mut response = finish(StatusCode::SERVICE_UNAVAILABLE, &page);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("600"));
    response
}

fn finish(status: StatusCode, page: &impl Template) -> Response {
    answer(status, page).unwrap_or_else(IntoResponse::into_response)
}

/// The texts to begin from, in the language in which the collective speaks.
fn texts(locale: &Locale, draft: &Draft) -> Vec<Beginning> {
    let own = Locale::find(&draft.language);
    let beginning = |name: &'static str, title: String, written: &str| Beginning {
        name,
        title,
        html: text::markdown(written),
        language: own.code(),
        is_chosen: draft.covenant == name,
    };
    let title = locale.say("set-up-covenant-first");
    let first = beginning(FIRST, title, &own.say("covenant-first-text"));
    let others = TEMPLATES.into_iter().filter_map(|name| {
        let ((title, _), (_, written)) = (template(locale, name)?, template(&own, name)?);
        Some(beginning(name, title, &written))
    });
    std::iter::once(first).chain(others).collect()
}

fn choice(locale: &Locale, mode: Mode, draft: &Draft) -> Choice {
    Choice {
        word: mode.word(),
        name: locale.say(name_id(mode)),
        hint: locale.say(hint_id(mode)),
        is_chosen: draft.mode == mode.word(),
    }
}

/// Everything that was chosen, and where it is changed.
fn lines(
    locale: &Locale,
    token: &str,
    draft: &Draft,
    (address, zone, fixed_days): (&str, &str, u16),
) -> Vec<Line> {
    let line = |label: &str, value: String, step: Step| Line {
        label: locale.say(label),
        value,
        href: path_of(token, step),
    };
    let mode = Mode::from_word(&draft.mode).unwrap_or_default();
    let texts = texts(locale, draft).into_iter().find(|text| text.is_chosen);
    let days: i64 = match fixed_days {
        0 => draft.keep_days.parse().unwrap_or_default(),
        fixed => fixed.into(),
    };
    let name = |name: &str| name.trim().to_owned();
    let mut all = vec![
        line("settings-name", name(&draft.name), Step::House),
        line("set-up-address", address.to_owned(), Step::House),
        line("settings-zone", zone.replace('_', " "), Step::Ways),
        line(
            "settings-keep",
            locale.say_with("settings-keep-days", [("count", days.into())]),
            Step::Ways,
        ),
        line("set-up-covenant", texts.map(|text| text.title).unwrap_or_default(), Step::Ways),
        line("mode-choose", locale.say(name_id(mode)), Step::Ways),
        line("set-up-steward", name(&draft.steward), Step::People),
    ];
    if !draft.area.trim().is_empty() {
        all.push(line("settings-area", name(&draft.area), Step::Ways));
    }
    let second = match draft.second.trim().is_empty() {
        true => locale.say("set-up-second-none"),
        false => name(&draft.second),
    };
    all.push(line("set-up-second", second, Step::People));
    if !draft.backups.trim().is_empty() {
        all.push(line("set-up-backups", name(&draft.backups), Step::Ways));
    }
    all
}

fn look(locale: &Locale, checked: &Checked) -> Look {
    let say = |id: &str| locale.say_with(id, [("about", checked.about.as_str().into())]);
    Look {
        is_well: checked.verdict == Verdict::Well,
        is_wrong: checked.verdict == Verdict::Wrong,
        what: say(checked.what),
        next: checked.next.map(say),
    }
}
