//! The moderation log: what stewards did, for every member to read. Whom a measure is about is for
//! stewards only.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use url::Url;

use crate::actions::measure::{LIFTED, STANDS};
use crate::app::App;
use crate::db::{Conn, measures, moderation_log};
use crate::domain::act::{Act, Entry, Subject};
use crate::domain::id::{Id, MemberId};
use crate::error::Error;
use crate::web::error::Problem;
use crate::web::form::Fields;
use crate::web::measure_lines::Names;
use crate::web::page::{Page, show as render};
use crate::web::session::FullMember;
use crate::web::words::Words;

/// How many lines a page has.
const LINES: usize = 50;

#[derive(Template)]
#[template(path = "members/log.html")]
struct Log {
    page: Page,
    lines: Vec<Line>,
    older: Option<String>,
}

struct Line {
    act: String,
    subject: String,
    by: String,
    reason: String,
    date: String,
    iso: String,
}

/// Everything that is read for the page.
struct Found {
    entries: Vec<Entry>,
    names: Names,
    subjects: HashMap<i64, MemberId>,
}

/// `GET /log`
pub async fn show(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    FullMember { visitor, member }: FullMember,
) -> Result<Response, Problem> {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let before = query.text("before").parse().ok();
    let mut found = app.db.read(move |conn| Found::read(conn, before)).await?;
    let has_more = found.entries.len() > LINES;
    found.entries.truncate(LINES);
    let last = found.entries.last().filter(|_| has_more);
    let words = Words::new(&app, &visitor);
    render(&Log {
        page: Page::new(&app, &visitor, words.locale.say("log-title")),
        older: last.map(|last| format!("/log?before={}", last.id)),
        lines: found
            .entries
            .iter()
            .map(|each| found.line(&words, each, member.is_steward()))
            .collect(),
    })
}

impl Found {
    fn read(conn: &mut Conn, before: Option<Id<Entry>>) -> Result<Self, Error> {
        let most = i64::try_from(LINES).unwrap_or_default() + 1;
        let entries = moderation_log::list(conn, before, most)?;
        let ids = entries.iter().filter_map(|entry| match entry.about() {
            Subject::Measure(id) => Some(id),
            _ => None,
        });
        let subjects = measures::list_subjects(conn, ids.collect())?;
        Ok(Self { names: Names::read(conn)?, subjects, entries })
    }

    fn line(&self, words: &Words<'_>, entry: &Entry, is_steward: bool) -> Line {
        let day = words.lately(entry.at);
        Line {
            act: words.locale.say(entry.act.map_or("log-unknown", said)),
            subject: self.subject(words, entry, is_steward),
            by: self.by(words, entry),
            reason: match (entry.act, entry.reason.as_str()) {
                (Some(Act::AppealDecided), LIFTED) => words.locale.say("log-appeal-lifted"),
                (Some(Act::AppealDecided), STANDS) => words.locale.say("log-appeal-stands"),
                (Some(Act::CovenantAdopted), _) => String::new(),
                (_, reason) => reason.to_owned(),
            },
            date: day.text,
            iso: day.iso,
        }
    }

    fn by(&self, words: &Words<'_>, entry: &Entry) -> String {
        match (entry.by, entry.act) {
            (Some(_), _) => self.names.of(words, entry.by),
            (None, Some(Act::Lapsed | Act::Ended | Act::RoundEnded | Act::StewardLapsed)) => {
                words.locale.say("log-by-itself")
            }
            (None, Some(Act::CarefulBegan | Act::CarefulEnded)) => {
                words.locale.say("log-by-itself-or-command")
            }
            (None, Some(Act::Appealed)) => words.locale.say("log-a-member"),
            (None, _) => words.locale.say("log-by-command"),
        }
    }

    fn subject(&self, words: &Words<'_>, entry: &Entry, is_steward: bool) -> String {
        match entry.about() {
            Subject::Measure(id) if is_steward => {
                self.names.of(words, self.subjects.get(&id).copied())
            }
            Subject::Measure(_) => words.locale.say("log-a-member"),
            Subject::Member(id) => self.names.of(words, Some(id)),
            Subject::Plain(text) if is_steward => text,
            Subject::Plain(text) => without_person(&text),
        }
    }
}

/// A person of another server is nobody whom all members must know: their server is.
fn without_person(subject: &str) -> String {
    let host = Url::parse(subject).ok().and_then(|url| url.host_str().map(ToOwned::to_owned));
    let after_at = || subject.rsplit('@').next().unwrap_or_default().to_owned();
    host.unwrap_or_else(after_at)
}

/// The message for an act.
fn said(act: Act) -> &'static str {
    match act {
        Act::DomainLimited => "log-domain-limited",
        Act::DomainSuspended => "log-domain-suspended",
        Act::DomainLifted => "log-domain-lifted",
        Act::DomainsImported => "log-domains-imported",
        Act::ModeChanged => "log-mode-changed",
        Act::SettingsChanged => "log-settings-changed",
        Act::PeerApproved => "log-peer-approved",
        Act::ReportSent => "log-report-sent",
        Act::HostBlocked => "log-host-blocked",
        Act::HostUnblocked => "log-host-unblocked",
        Act::ReplyHidden => "log-reply-hidden",
        Act::ReplyShown => "log-reply-shown",
        Act::HeldAccepted => "log-held-accepted",
        Act::HeldPutAside => "log-held-put-aside",
        Act::MessagePutAside => "log-message-put-aside",
        Act::MessageOpened => "log-message-opened",
        Act::CarefulBegan => "log-careful-began",
        Act::CarefulEnded => "log-careful-ended",
        Act::StewardNamed => "log-steward-named",
        Act::CovenantAdopted => "log-covenant-adopted",
        Act::Warned => "log-warned",
        Act::Frozen => "log-frozen",
        Act::Confirmed => "log-confirmed",
        Act::Lifted => "log-lifted",
        Act::Lapsed => "log-lapsed",
        Act::Ended => "log-ended",
        Act::Appealed => "log-appealed",
        Act::AppealDecided => "log-appeal-decided",
        Act::RoundAsked => "log-round-asked",
        Act::RoundOpened => "log-round-opened",
        Act::RoundConfirmed => "log-round-confirmed",
        Act::RoundRenewed => "log-round-renewed",
        Act::RoundEnded => "log-round-ended",
        Act::RoundClosed => "log-round-closed",
        Act::StewardEnded => "log-steward-ended",
        Act::StewardLapsed => "log-steward-lapsed",
        Act::RestoreConfirmed => "log-restore-confirmed",
        Act::QuietBegan => "log-quiet-began",
        Act::LockedDown => "log-locked-down",
        Act::QuietEnded => "log-quiet-ended",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::{LANGUAGES, Locale};

    #[test]
    fn every_act_has_words_in_every_language() {
        for (code, _) in LANGUAGES {
            for act in Act::ALL {
                assert_ne!(Locale::find(code).say(said(*act)), said(*act), "{code}");
            }
        }
    }

    #[test]
    fn of_a_person_elsewhere_members_see_the_server_only() {
        assert_eq!(without_person("https://evil.example/@eve"), "evil.example");
        assert_eq!(without_person("@eve@evil.example"), "evil.example");
        assert_eq!(without_person("evil.example"), "evil.example");
        assert_eq!(without_person(""), "");
    }
}
