//! The log of what was sent, as one round of choosing reads it: each row once.

use std::collections::HashMap;
use std::sync::Arc;

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::db::Conn;
use crate::db::activities::SENT;
use crate::db::schema::{deliveries, sent_activities};
use crate::db::sealing::open;
use crate::error::Error;

/// An activity of the log.
pub(in crate::db) struct Sent {
    pub url: String,
    pub object_url: String,
    pub kind: String,
    /// What was sent; if it cannot be opened, why.
    pub body: Result<Arc<str>, String>,
    pub sent_at: i64,
}

/// A later activity about the same object, by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::db) enum Version {
    Update(i64),
    Delete(i64),
}

/// What was read so far.
pub(in crate::db) struct Log {
    /// The last place that goes out now.
    last: i64,
    next: HashMap<i64, Option<i64>>,
    activities: HashMap<i64, Arc<Sent>>,
    unchanged: HashMap<i64, bool>,
}

impl Log {
    /// A log of which nothing was read yet, and of which nothing behind `last` is read.
    pub fn until(last: i64) -> Self {
        let (next, activities, unchanged) = (HashMap::new(), HashMap::new(), HashMap::new());
        Self { last, next, activities, unchanged }
    }

    /// The first activity for followers after another.
    pub fn next_after(&mut self, conn: &mut Conn, last: i64) -> Result<Option<i64>, Error> {
        if let Some(next) = self.next.get(&last) {
            return Ok(*next);
        }
        let next: Option<i64> = sent_activities::table
            .filter(sent_activities::to_followers.eq(true))
            .filter(sent_activities::id.gt(last))
            .filter(sent_activities::id.le(self.last))
            .select(diesel::dsl::min(sent_activities::id))
            .first(conn)?;
        self.next.insert(last, next);
        Ok(next)
    }

    /// An activity. One that cannot be opened is known all the same: only whoever sends it needs
    /// what it says.
    pub fn activity(&mut self, conn: &mut Conn, id: i64) -> Result<Arc<Sent>, Error> {
        if let Some(sent) = self.activities.get(&id) {
            return Ok(Arc::clone(sent));
        }
        let (url, object_url, kind, body, sent_at): (String, String, String, String, i64) =
            sent_activities::table
                .find(id)
                .select((
                    sent_activities::url,
                    sent_activities::object_url,
                    sent_activities::kind,
                    sent_activities::body,
                    sent_activities::sent_at,
                ))
                .first(conn)?;
        let body = open(SENT, body).map(Arc::<str>::from).map_err(|error| {
            tracing::error!(activity = url, error = %error, "what is to go out cannot be opened");
            format!("it cannot be opened: {error}")
        });
        let sent = Arc::new(Sent { url, object_url, kind, body, sent_at });
        self.activities.insert(id, Arc::clone(&sent));
        Ok(sent)
    }

    /// The last that waits for an inbox (its id, and whether it gets what goes to followers) behind
    /// an activity and changes or deletes the same object. Only one row is read, however many
    /// versions wait.
    pub fn latest(
        &mut self,
        conn: &mut Conn,
        activity: i64,
        (inbox, subscribed): (i64, bool),
    ) -> Result<Option<Version>, Error> {
        if self.is_unchanged(conn, activity)? {
            return Ok(None);
        }
        let object = self.activity(conn, activity)?.object_url.clone();
        let own = deliveries::table
            .filter(deliveries::inbox_id.eq(inbox))
            .filter(deliveries::activity_id.eq(sent_activities::id))
            .filter(deliveries::refused_at.is_null())
            .filter(deliveries::skipped.eq(false));
        let latest: Option<(i64, String)> = sent_activities::table
            .filter(sent_activities::object_url.eq(object))
            .filter(sent_activities::id.gt(activity))
            .filter(sent_activities::id.le(self.last))
            .filter(sent_activities::kind.eq_any(["Update", "Delete"]))
            .filter(
                sent_activities::to_followers
                    .eq(true)
                    .and(subscribed.into_sql::<diesel::sql_types::Bool>())
                    .or(exists(own)),
            )
            .order(sent_activities::id.desc())
            .select((sent_activities::id, sent_activities::kind))
            .first(conn)
            .optional()?;
        Ok(latest.map(|(id, kind)| match kind.as_str() {
            "Delete" => Version::Delete(id),
            _ => Version::Update(id),
        }))
    }

    /// Whether nothing at all came later about the same object, whoever gets it.
    fn is_unchanged(&mut self, conn: &mut Conn, activity: i64) -> Result<bool, Error> {
        if let Some(unchanged) = self.unchanged.get(&activity) {
            return Ok(*unchanged);
        }
        let object = self.activity(conn, activity)?.object_url.clone();
        let later = sent_activities::table
            .filter(sent_activities::object_url.eq(object))
            .filter(sent_activities::id.gt(activity));
        let changed: bool = diesel::select(exists(later)).get_result(conn)?;
        self.unchanged.insert(activity, !changed);
        Ok(!changed)
    }
}
