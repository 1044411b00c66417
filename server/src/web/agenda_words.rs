//! The questions of the agenda in plain words, with the name of what each is about where it is known.

use std::collections::HashMap;

use crate::actions::hold_role;
use crate::db::{Conn, roles};
use crate::domain::agenda::{Matter, Point};
use crate::domain::role::Role;
use crate::error::Error;
use crate::i18n::Locale;

/// What points of the agenda may be about, by what stands in [`Point::subject`]. Whoever raises a
/// matter about something of their own reads its names here, and adds an arm to [`Subjects::find`];
/// what is not found is asked in general words.
pub struct Subjects {
    roles: HashMap<String, Role>,
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
        Ok(Self { roles: roles.collect() })
    }

    /// What a point is about: its name for a reader, and its page.
    fn find(&self, locale: &Locale, point: &Point) -> Option<(String, String)> {
        match point.matter {
            Matter::TermDue | Matter::NoDeputy => {
                let role = self.roles.get(&point.subject)?;
                let name = match role.is_house() {
                    true => locale.say("role-house"),
                    false => role.title.clone(),
                };
                Some((name, hold_role::page_of(role.id)))
            }
            _ => None,
        }
    }

    /// The question of a point, in the language of a reader.
    pub fn question(&self, locale: &Locale, point: &Point) -> Question {
        let general = point.matter.key();
        let Some((name, href)) = self.find(locale, point) else {
            return Question { text: locale.say(&general), href: None };
        };
        let named = format!("{general}-of");
        let text = match locale.has(&named) {
            true => locale.say_with(&named, [("name", name.into())]),
            false => locale.say(&general),
        };
        Question { text, href: Some(href) }
    }
}
