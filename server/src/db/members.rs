//! Members.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::Conn;
use crate::db::schema::{consents, members};
use crate::db::types::{micros, time};
use crate::domain::id::{Id, MemberId};
use crate::domain::member::{Member, Role, Standing};
use crate::error::Error;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = members)]
struct Row {
    id: i64,
    name: String,
    role: String,
    language: Option<String>,
    password_hash: Option<String>,
    joined_at: i64,
    standing: String,
}

/// Adds a member; a name that is taken is a conflict.
pub fn insert(conn: &mut Conn, member: &Member) -> Result<(), Error> {
    let row = Row {
        id: member.id.number(),
        name: member.name.clone(),
        role: member.role.word().to_owned(),
        language: member.language.clone(),
        password_hash: None,
        joined_at: micros(member.joined_at),
        standing: member.standing.word().to_owned(),
    };
    diesel::insert_into(members::table).values(row).execute(conn)?;
    Ok(())
}

/// A member by id.
pub fn find(conn: &mut Conn, id: MemberId) -> Result<Member, Error> {
    members::table.find(id.number()).select(Row::as_select()).first(conn)?.into_member()
}

/// A member by name.
pub fn find_by_name(conn: &mut Conn, name: &str) -> Result<Member, Error> {
    let query = members::table.filter(members::name.eq(name));
    query.select(Row::as_select()).first(conn)?.into_member()
}

/// All members who have not left, by name.
pub fn list(conn: &mut Conn) -> Result<Vec<Member>, Error> {
    let here = members::table.filter(members::left_at.is_null());
    let rows: Vec<Row> = here.order(members::name).select(Row::as_select()).load(conn)?;
    rows.into_iter().map(Row::into_member).collect()
}

/// All members, and those who have left and may still come back, by name.
pub fn list_with_leaving(conn: &mut Conn) -> Result<Vec<Member>, Error> {
    let rows: Vec<Row> = members::table.order(members::name).select(Row::as_select()).load(conn)?;
    rows.into_iter().map(Row::into_member).collect()
}

/// Takes the row's lock on PostgreSQL, so that what is counted of one member is counted by one
/// transaction at a time. On SQLite there is one writer anyway.
pub fn lock(conn: &mut Conn, id: MemberId) -> Result<(), Error> {
    let target = members::table.find(id.number());
    diesel::update(target).set(members::standing.eq(members::standing)).execute(conn)?;
    Ok(())
}

/// Makes a member of somebody who was joining.
pub fn make_member(conn: &mut Conn, id: MemberId, now: Timestamp) -> Result<(), Error> {
    let joining = members::standing.eq(Standing::Joining.word());
    let target = members::table.find(id.number()).filter(joining);
    let set = (members::standing.eq(Standing::Member.word()), members::vouched_at.eq(micros(now)));
    diesel::update(target).set(set).execute(conn)?;
    Ok(())
}

/// How many have a voice: members who have not left.
pub fn count_members(conn: &mut Conn) -> Result<i64, Error> {
    let here = members::table
        .filter(members::standing.eq(Standing::Member.word()))
        .filter(members::left_at.is_null());
    Ok(here.count().get_result(conn)?)
}

/// How many who are joining now came since then.
pub fn count_joining_since(conn: &mut Conn, since: Timestamp) -> Result<i64, Error> {
    let came = members::table
        .filter(members::standing.eq(Standing::Joining.word()))
        .filter(members::joined_at.gt(micros(since)));
    Ok(came.count().get_result(conn)?)
}

/// Who is joining, longest first, and whether they said yes to what we owe each other.
pub fn list_joining(conn: &mut Conn) -> Result<Vec<(Member, bool)>, Error> {
    let agreed = diesel::dsl::exists(consents::table.filter(consents::member_id.eq(members::id)));
    let rows: Vec<(Row, bool)> = members::table
        .filter(members::standing.eq(Standing::Joining.word()))
        .order((members::joined_at, members::id))
        .select((Row::as_select(), agreed))
        .load(conn)?;
    rows.into_iter().map(|(row, agreed)| Ok((row.into_member()?, agreed))).collect()
}

/// The argon2 hash of a member's password, if they chose one.
pub fn find_password_hash(conn: &mut Conn, id: MemberId) -> Result<Option<String>, Error> {
    Ok(members::table.find(id.number()).select(members::password_hash).first(conn)?)
}

/// Sets the hash of a member's password.
pub fn update_password_hash(conn: &mut Conn, id: MemberId, hash: &str) -> Result<(), Error> {
    let target = members::table.find(id.number());
    diesel::update(target).set(members::password_hash.eq(hash)).execute(conn)?;
    Ok(())
}

/// Sets the language of pages for a member.
pub fn update_language(conn: &mut Conn, id: MemberId, language: &str) -> Result<(), Error> {
    let target = members::table.find(id.number());
    diesel::update(target).set(members::language.eq(language)).execute(conn)?;
    Ok(())
}

impl Row {
    fn into_member(self) -> Result<Member, Error> {
        Ok(Member {
            id: Id::from_number(self.id),
            joined_at: time(self.joined_at)?,
            role: Role::from_word(&self.role),
            standing: Standing::from_word(&self.standing),
            name: self.name,
            language: self.language,
        })
    }
}
