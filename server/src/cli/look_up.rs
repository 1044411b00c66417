//! From what a person types to the thing they mean.

use jiff::Timestamp;
use jiff::civil::Date;
use url::Url;

use crate::app::App;
use crate::cli::read;
use crate::db::{Conn, duties, members};
use crate::domain::duty::Duty;
use crate::domain::id::{MemberId, ProposalId};
use crate::domain::member::Member;
use crate::domain::refusal::Refusal;
use crate::error::Error;

/// A member by name or id.
pub async fn member(app: &App, typed: &str) -> anyhow::Result<Member> {
    let wanted = typed.to_owned();
    let found = read(app, move |conn| match wanted.parse() {
        Ok(id) => members::find(conn, id),
        Err(_) => members::find_by_name(conn, &wanted),
    });
    found.await.map_err(|error| match error {
        Error::NotFound => anyhow::Error::from(Error::NotFound)
            .context(format!("there is no member {typed:?}; `mutuals member list` shows all")),
        other => other.into(),
    })
}

/// The member who acts if the command names nobody: the first steward.
pub async fn member_or_first_steward(app: &App, typed: Option<&str>) -> anyhow::Result<Member> {
    if let Some(typed) = typed {
        return member(app, typed).await;
    }
    let mut all = read(app, members::list).await?;
    all.sort_by_key(|member| member.id);
    let first = all.into_iter().find(Member::is_steward);
    first.ok_or_else(|| anyhow::anyhow!("there is no steward: say who acts with --by MEMBER"))
}

/// A member by name or id, if one was named.
pub async fn member_if_any(app: &App, typed: Option<&str>) -> anyhow::Result<Option<MemberId>> {
    match typed {
        Some(typed) => Ok(Some(member(app, typed).await?.id)),
        None => Ok(None),
    }
}

/// A duty by title or id.
pub async fn duty(app: &App, typed: &str) -> anyhow::Result<Duty> {
    let wanted = typed.to_owned();
    let found = read(app, move |conn: &mut Conn| match wanted.parse() {
        Ok(id) => duties::find(conn, id).map(Some),
        Err(_) => {
            let mut all = duties::list(conn)?;
            all.retain(|duty| duty.content.title == wanted);
            // Of several with one title, one that goes on.
            all.sort_by_key(|duty| !duty.is_live());
            let live = all.iter().filter(|duty| duty.is_live()).count();
            // To guess which of two is meant would be to end the wrong one.
            if live > 1 { Err(Error::Conflict) } else { Ok(all.into_iter().next()) }
        }
    });
    match found.await {
        Ok(Some(duty)) => Ok(duty),
        Err(Error::Conflict) => Err(anyhow::Error::from(Error::Conflict).context(format!(
            "there are several duties {typed:?}: say which by its id; `mutuals duty list` shows all"
        ))),
        Ok(None) | Err(Error::NotFound) => Err(anyhow::Error::from(Error::NotFound)
            .context(format!("there is no duty {typed:?}; `mutuals duty list` shows all"))),
        Err(other) => Err(other.into()),
    }
}

/// The id of one of our proposals, from its id, its address or its page's address.
pub fn proposal(app: &App, typed: &str) -> anyhow::Result<ProposalId> {
    if let Ok(id) = typed.parse() {
        return Ok(id);
    }
    let url = Url::parse(typed).ok();
    let id = url.and_then(|url| app.collective.urls().parse_note(&url));
    id.ok_or_else(|| {
        let hint = "give the id or the address that `mutuals proposal list` shows";
        anyhow::Error::from(Error::NotFound).context(format!("{typed:?} is no proposal: {hint}"))
    })
}

/// A day (its end, where the collective is) or an exact time.
pub fn until(app: &App, typed: &str) -> anyhow::Result<Timestamp> {
    if let Ok(exact) = typed.parse::<Timestamp>() {
        return Ok(exact);
    }
    let day: Date = typed.parse().map_err(|_| {
        let hint = "write it as 2026-08-28 or 2026-08-28T18:00:00Z";
        anyhow::Error::from(Error::from(Refusal::DateNotADate))
            .context(format!("{typed:?} is no date: {hint}"))
    })?;
    end_of_day(app, day)
}

fn end_of_day(app: &App, day: Date) -> anyhow::Result<Timestamp> {
    let last_minute = day.at(23, 59, 0, 0);
    Ok(app.zone.to_timestamp(last_minute)?)
}
