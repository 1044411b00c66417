//! What stewards set for the house.

use diesel::prelude::*;

use crate::db::bells::{Bell, ring};
use crate::db::schema::settings;
use crate::db::{Conn, each_backend};
use crate::domain::settings::Settings;
use crate::error::Error;

/// What is set.
pub fn find(conn: &mut Conn) -> Result<Settings, Error> {
    let rows: Vec<(String, String)> = settings::table.load(conn)?;
    Ok(Settings::from_pairs(rows))
}

/// Sets it.
pub fn store(conn: &mut Conn, new: &Settings) -> Result<(), Error> {
    for (name, value) in new.pairs() {
        let row = (settings::name.eq(name), settings::value.eq(value.as_str()));
        each_backend!(conn, |c| diesel::insert_into(settings::table)
            .values(row)
            .on_conflict(settings::name)
            .do_update()
            .set(settings::value.eq(value.as_str()))
            .execute(c))?;
    }
    ring(conn, &Bell::Changed)
}
