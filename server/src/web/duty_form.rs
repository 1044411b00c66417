//! Making a duty, and changing one: for stewards, and for whoever keeps its turns together.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;

use crate::actions::duty::{Keepers, add_duty, edit_duty};
use crate::app::App;
use crate::db::{Conn, duties, members};
use crate::domain::audience::Audience;
use crate::domain::duty::{Duty, DutyPrivate, FUNCTIONS};
use crate::domain::duty_draft::DutyDraft;
use crate::domain::id::DutyId;
use crate::domain::member::{Member, Standing};
use crate::domain::refusal::Refusal;
use crate::domain::rhythm::{Every, code};
use crate::error::Error;
use crate::web::duties::{function, path_of};
use crate::web::error::Problem;
use crate::web::form::{Fields, Form, PathId, Query};
use crate::web::page::{Page, answer, go_on};
use crate::web::session::{FullMember, Steward, Visitor};
use crate::web::turn_lines::weekday;
use crate::web::words::{WRITTEN_IN, Words, end_of_day};

#[derive(Template)]
#[template(path = "duties/form.html")]
struct FormPage {
    page: Page,
    action: String,
    back: String,
    is_new: bool,
    typed: Typed,
    rhythms: Vec<Choice>,
    weekdays: Vec<Choice>,
    functions: Vec<Choice>,
    audiences: Vec<Choice>,
    languages: Vec<Choice>,
    keepers: Vec<Choice>,
    deputies: Vec<Choice>,
    problem: Option<String>,
}

struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

/// What was typed.
#[derive(Clone, Default)]
struct Typed {
    title: String,
    text: String,
    place: String,
    language: String,
    audience: String,
    functions: Vec<String>,
    other_function: String,
    counts: String,
    rhythm: String,
    interval: String,
    weekdays: Vec<String>,
    day: String,
    from: String,
    until: String,
    needed: String,
    learners: String,
    pause_from: String,
    pause_until: String,
    days_without: String,
    keeper: String,
    keeper_until: String,
    deputy: String,
}

/// How a rhythm is chosen, by words of this form.
const RHYTHMS: [&str; 6] =
    ["weekly", "daily", "month-weekday", "month-day", "month-last", "yearly"];

/// `GET /duties/new`
pub async fn new(
    State(app): State<App>,
    Steward { visitor, .. }: Steward,
    Query(query): Query,
) -> Result<Response, Problem> {
    let typed = Typed {
        title: query.text("title"),
        text: query.text("text"),
        language: visitor.locale.code().to_owned(),
        audience: Audience::Members.word().to_owned(),
        rhythm: "weekly".to_owned(),
        interval: "1".to_owned(),
        needed: "2".to_owned(),
        learners: "1".to_owned(),
        ..Typed::default()
    };
    show(&app, &visitor, None, typed, None).await
}

/// `POST /duties/new`
pub async fn create(
    State(app): State<App>,
    Steward { visitor, member }: Steward,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let typed = Typed::read(&fields);
    let keepers = typed.keepers(&app);
    match add_duty(&app, &member, &typed.draft(), keepers).await {
        Ok(duty) => Ok(go_on(&app, &path_of(duty.id), "duty-made", &[])),
        Err(Error::Refused(refusal)) => show(&app, &visitor, None, typed, Some(refusal)).await,
        Err(other) => Err(other.into()),
    }
}

/// `GET /duties/{id}/edit`
pub async fn edit(
    State(app): State<App>,
    FullMember { visitor, member }: FullMember,
    PathId(id): PathId<Duty>,
) -> Result<Response, Problem> {
    let (duty, private) = find_kept(&app, &member, id).await?;
    show(&app, &visitor, Some(id), Typed::of(&app, &duty, &private), None).await
}

/// `POST /duties/{id}/edit`
pub async fn update(
    State(app): State<App>,
    FullMember { visitor, member }: FullMember,
    PathId(id): PathId<Duty>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    find_kept(&app, &member, id).await?;
    let typed = Typed::read(&fields);
    let keepers = typed.keepers(&app);
    match edit_duty(&app, &member, id, &typed.draft(), keepers).await {
        Ok(_) => Ok(go_on(&app, &path_of(id), "duty-saved", &[])),
        Err(Error::Refused(refusal)) => show(&app, &visitor, Some(id), typed, Some(refusal)).await,
        Err(other) => Err(other.into()),
    }
}

/// A duty that this member looks after; for others it is as if there were none to change.
async fn find_kept(app: &App, member: &Member, id: DutyId) -> Result<(Duty, DutyPrivate), Problem> {
    let read =
        move |conn: &mut Conn| Ok((duties::find(conn, id)?, duties::find_private(conn, id)?));
    let (duty, private) = app.db.read(read).await?;
    if !private.may_be_kept_by(member, app.now()) {
        return Err(Problem::NotAllowed);
    }
    Ok((duty, private))
}

async fn show(
    app: &App,
    visitor: &Visitor,
    id: Option<DutyId>,
    typed: Typed,
    refusal: Option<Refusal>,
) -> Result<Response, Problem> {
    let mut people = app.db.read(members::list).await?;
    people.retain(|member| member.standing == Standing::Member);
    let words = Words::new(app, visitor);
    let status = match refusal {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let (title, action, back) = match id {
        None => ("duty-new-title", "/duties/new".to_owned(), "/duties".to_owned()),
        Some(id) => ("duty-edit-title", format!("/duties/{id}/edit"), path_of(id)),
    };
    let named = |chosen: &str| {
        let one = |member: &Member| {
            let value = member.id.to_string();
            Choice { chosen: value == chosen, label: member.name.clone(), value }
        };
        people.iter().map(one).collect()
    };
    let said = |value: &str, key: String, chosen: bool| Choice {
        value: value.to_owned(),
        label: words.locale.say(&key),
        chosen,
    };
    let template = FormPage {
        page: Page::new(app, visitor, words.locale.say(title)).found_at(action.as_str()),
        is_new: id.is_none(),
        rhythms: RHYTHMS
            .iter()
            .map(|each| said(each, format!("duty-rhythm-{each}"), typed.rhythm == *each))
            .collect(),
        weekdays: weekdays(&words, &typed.weekdays),
        functions: FUNCTIONS
            .iter()
            .map(|each| Choice {
                value: (*each).to_owned(),
                label: function(&words, each),
                chosen: typed.functions.iter().any(|chosen| chosen == each),
            })
            .collect(),
        audiences: [Audience::Members, Audience::Public]
            .map(Audience::word)
            .iter()
            .map(|each| said(each, format!("duty-audience-{each}"), typed.audience == *each))
            .collect(),
        languages: languages(&typed.language),
        keepers: named(&typed.keeper),
        deputies: named(&typed.deputy),
        problem: refusal.map(|refusal| words.locale.say(refusal.key())),
        action,
        back,
        typed,
    };
    answer(status, &template)
}

fn weekdays(words: &Words<'_>, chosen: &[String]) -> Vec<Choice> {
    use jiff::civil::Weekday;
    let week = Weekday::Monday.cycle_forward().take(7);
    let day = |day: Weekday| Choice {
        value: code(day).to_owned(),
        label: weekday(words.locale, day),
        chosen: chosen.iter().any(|each| each == code(day)),
    };
    week.map(day).collect()
}

fn languages(selected: &str) -> Vec<Choice> {
    let choice = |(code, name): &(&str, &str)| Choice {
        value: (*code).to_owned(),
        label: (*name).to_owned(),
        chosen: *code == selected,
    };
    WRITTEN_IN.iter().map(choice).collect()
}

impl Typed {
    fn read(fields: &Fields) -> Self {
        Self {
            title: fields.text("title"),
            text: fields.text("text"),
            place: fields.text("place"),
            language: fields.text("language"),
            audience: fields.text("audience"),
            functions: fields.all("function"),
            other_function: fields.text("other_function"),
            counts: fields.text("counts"),
            rhythm: fields.text("rhythm"),
            interval: fields.text("interval"),
            weekdays: fields.all("weekday"),
            day: fields.text("day"),
            from: fields.text("from"),
            until: fields.text("until"),
            needed: fields.text("needed"),
            learners: fields.text("learners"),
            pause_from: fields.text("pause_from"),
            pause_until: fields.text("pause_until"),
            days_without: fields.text("days_without"),
            keeper: fields.text("keeper"),
            keeper_until: fields.text("keeper_until"),
            deputy: fields.text("deputy"),
        }
    }

    fn of(app: &App, duty: &Duty, private: &DutyPrivate) -> Self {
        let (content, schedule) = (&duty.content, &duty.schedule);
        let (rhythm, weekdays) = match &schedule.rhythm.every {
            Every::Week(days) => ("weekly", days.iter().map(|day| code(*day).to_owned()).collect()),
            Every::Day => ("daily", Vec::new()),
            Every::MonthWeekday(..) => ("month-weekday", Vec::new()),
            Every::MonthDay(-1) => ("month-last", Vec::new()),
            Every::MonthDay(_) => ("month-day", Vec::new()),
            Every::Year => ("yearly", Vec::new()),
        };
        let own = content.functions.iter().filter(|word| !FUNCTIONS.contains(&word.as_str()));
        let own: Vec<&str> = own.map(String::as_str).collect();
        let end = schedule.start.saturating_add(jiff::Span::new().minutes(schedule.minutes));
        let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        let days: Vec<String> = schedule.days_without.iter().map(ToString::to_string).collect();
        let id = |member: Option<crate::domain::id::MemberId>| {
            member.map(|member| member.to_string()).unwrap_or_default()
        };
        let until = private.keeper_until.map(|until| app.zone.to_datetime(until).date());
        Self {
            title: content.title.clone(),
            text: content.text.clone(),
            place: content.place.clone().unwrap_or_default(),
            language: content.language.clone(),
            audience: content.audience.word().to_owned(),
            functions: content.functions.clone(),
            other_function: own.join(", "),
            counts: content.counts.clone().unwrap_or_default(),
            rhythm: rhythm.to_owned(),
            interval: schedule.rhythm.interval.to_string(),
            weekdays,
            day: schedule.start.date().to_string(),
            from: schedule.start.strftime("%H:%M").to_string(),
            until: end.strftime("%H:%M").to_string(),
            needed: schedule.needed.to_string(),
            learners: schedule.learners.to_string(),
            pause_from: day(schedule.pause.map(|(from, _)| from)),
            pause_until: day(schedule.pause.map(|(_, until)| until)),
            days_without: days.join("\n"),
            keeper: id(private.keeper),
            keeper_until: day(until),
            deputy: id(private.deputy),
        }
    }

    fn draft(&self) -> DutyDraft {
        let own = self.other_function.split(',').map(str::to_owned);
        DutyDraft {
            title: self.title.clone(),
            text: self.text.clone(),
            language: self.language.clone(),
            place: self.place.clone(),
            audience: self.audience.clone(),
            functions: self.functions.iter().cloned().chain(own).collect(),
            counts: self.counts.clone(),
            rhythm: self.rule(),
            zone: None,
            day: self.day.clone(),
            from: self.from.clone(),
            until: self.until.clone(),
            needed: self.needed.clone(),
            learners: self.learners.clone(),
            pause_from: self.pause_from.clone(),
            pause_until: self.pause_until.clone(),
            days_without: self.days_without.clone(),
        }
    }

    /// The recurrence rule that was chosen.
    fn rule(&self) -> String {
        let day: Option<Date> = self.day.trim().parse().ok();
        let rule = match self.rhythm.as_str() {
            "weekly" if self.weekdays.is_empty() => "FREQ=WEEKLY".to_owned(),
            "weekly" => format!("FREQ=WEEKLY;BYDAY={}", self.weekdays.join(",")),
            "daily" => "FREQ=DAILY".to_owned(),
            "month-weekday" => format!("FREQ=MONTHLY;BYDAY={}", day.map(nth).unwrap_or_default()),
            "month-day" => "FREQ=MONTHLY".to_owned(),
            "month-last" => "FREQ=MONTHLY;BYMONTHDAY=-1".to_owned(),
            "yearly" => "FREQ=YEARLY".to_owned(),
            _ => String::new(),
        };
        let interval = self.interval.trim();
        if interval.is_empty() { rule } else { format!("{rule};INTERVAL={interval}") }
    }

    fn keepers(&self, app: &App) -> Keepers {
        Keepers {
            keeper: self.keeper.parse().ok(),
            until: end_of_day(app, &self.keeper_until),
            deputy: self.deputy.parse().ok(),
        }
    }
}

/// Which such day of its month a day is: the first Saturday. The fifth is the last.
fn nth(day: Date) -> String {
    let number = (day.day() - 1) / 7 + 1;
    let number = if number > 4 { -1 } else { number };
    format!("{number}{}", code(day.weekday()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_saturday_is_the_first_saturday() {
        let day = |text: &str| nth(text.parse().unwrap());
        assert_eq!(day("2026-12-05"), "1SA");
        assert_eq!(day("2026-12-26"), "4SA");
        assert_eq!(day("2026-12-31"), "-1TH");
    }
}
