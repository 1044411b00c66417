//! The questions of the agenda in plain words, with the name of what each is about where it is known.

use std::collections::HashMap;

use crate::actions::cause::name_of;
use crate::actions::hold_role;
use crate::db::{Conn, causes, duties, roles, rounds};
use crate::domain::agenda::{Matter, Point};
use crate::domain::cause::Cause;
use crate::domain::role::Role;
use crate::error::Error;
use crate::i18n::Locale;

/// What points of the agenda may be about, by what stands in [`Point::subject`]. Whoever raises a
/// matter about something of their own reads its names here, and adds an arm to [`Subjects::find`];
/// what is not found is asked in general words.
pub struct Subjects {
    roles: HashMap<String, Role>,
    /// The titles of duties.
    duties: HashMap<String, String>,
    /// The titles of rounds.
    rounds: HashMap<String, String>,
    causes: HashMap<String, Cause>,
}

/// A question to the assembly.
pub struct Question {
    /// The question.
    pub text: String,
    /// The page of what it is about.
    pub href: Option<String>,
}

impl Subjects {
    /// Reads them.
    pub fn read(conn: &mut Conn) -> Result<Self, Error> {
        let roles = roles::list(conn)?.into_iter().map(|role| (role.id.to_string(), role));
        let duties = duties::list(conn)?.into_iter();
        let rounds = rounds::list(conn)?.into_iter();
        let causes = causes::list(conn)?.into_iter().map(|cause| (cause.id.to_string(), cause));
        Ok(Self {
            roles: roles.collect(),
            duties: duties.map(|duty| (duty.id.to_string(), duty.content.title)).collect(),
            rounds: rounds.map(|round| (round.id.to_string(), round.title)).collect(),
            causes: causes.collect(),
        })
    }

    /// What a point is about: its name for a reader, and its page.
    fn find(&self, locale: &Locale, point: &Point) -> Option<(String, String)> {
        let id = &point.subject;
        match point.matter {
            Matter::TermDue | Matter::NoDeputy => {
                self.role(locale, id).or_else(|| self.duty(id, ""))
            }
            Matter::SleepingDuty => self.duty(id, ""),
            Matter::ThinRunbook | Matter::Learnt => self.duty(id, "/runbook"),
            Matter::RoundEnded => Some((self.rounds.get(id)?.clone(), format!("/rounds/{id}"))),
            Matter::RecurringCause | Matter::Review => {
                Some((name_of(self.causes.get(id)?, locale), "/causes".to_owned()))
            }
            _ => None,
        }
    }

    fn role(&self, locale: &Locale, id: &str) -> Option<(String, String)> {
        let role = self.roles.get(id)?;
        let name = match role.is_house() {
            true => locale.say("role-house"),
            false => role.title.clone(),
        };
        Some((name, hold_role::page_of(role.id)))
    }

    fn duty(&self, id: &str, page: &str) -> Option<(String, String)> {
        Some((self.duties.get(id)?.clone(), format!("/duties/{id}{page}")))
    }

    /// The question of a point, in the language of a reader.
    pub fn question(&self, locale: &Locale, point: &Point) -> Question {
        let general = point.matter.key();
        let Some((name, href)) = self.find(locale, point) else {
            return Question { text: locale.say(&general), href: None };
        };
        let named = format!("{general}-of");
        // Where there are no such words, the answer is the key itself.
        let mut text = locale.say_with(&named, [("name", name.into())]);
        if text == named {
            text = locale.say(&general);
        }
        Question { text, href: Some(href) }
    }
}
