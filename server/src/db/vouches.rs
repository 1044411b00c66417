//! Who vouched for whom, and which visits were noted. Read to know whether a rule is met and whether
//! somebody vouched before: never counted per person who vouches.

use diesel::dsl::exists;
use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::schema::{members, vouches_private as vouches};
use crate::db::types::{micros, time};
use crate::db::{Conn, each_backend};
use crate::domain::id::{Id, MemberId};
use crate::domain::member::Standing;
use crate::error::Error;

/// What speaks for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A member vouches for them.
    Vouch,
    /// They visited us.
    Visit,
}

/// What somebody said for somebody else to join, for either of them to take along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Whether the one who takes it along said it.
    pub is_given: bool,
    /// The other one; none once they have left, or the group stands for it.
    pub name: Option<String>,
    /// A vouch or a visit, as a word.
    pub kind: String,
    /// When.
    pub at: Timestamp,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Vouch => "vouch",
            Self::Visit => "visit",
        }
    }
}

/// Stores what speaks for `member` according to `voucher`; false if it is stored already. `at` is
/// when it happened.
pub fn insert(
    conn: &mut Conn,
    id: Id<()>,
    (member, voucher): (MemberId, MemberId),
    kind: Kind,
    (at, now): (Timestamp, Timestamp),
) -> Result<bool, Error> {
    let row = (
        vouches::id.eq(id.number()),
        vouches::member_id.eq(member.number()),
        vouches::voucher_id.eq(voucher.number()),
        vouches::kind.eq(kind.word()),
        vouches::at.eq(micros(at)),
        vouches::noted_at.eq(micros(now)),
        vouches::is_groups.eq(false),
    );
    let added = each_backend!(conn, |c| diesel::insert_into(vouches::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(added == 1)
}

/// How many things of a kind speak for somebody.
pub fn count(conn: &mut Conn, member: MemberId, kind: Kind) -> Result<i64, Error> {
    let found = vouches::table
        .filter(vouches::member_id.eq(member.number()))
        .filter(vouches::kind.eq(kind.word()));
    Ok(found.count().get_result(conn)?)
}

/// Whether `voucher` vouched for `member`, and it is still known that it was they.
pub fn has_vouched(conn: &mut Conn, member: MemberId, voucher: MemberId) -> Result<bool, Error> {
    let found = vouches::table
        .filter(vouches::member_id.eq(member.number()))
        .filter(vouches::voucher_id.eq(voucher.number()))
        .filter(vouches::kind.eq(Kind::Vouch.word()));
    Ok(diesel::select(exists(found)).get_result(conn)?)
}

/// Makes what was noted before `before` the group's, and forgets whose word it was. While somebody
/// is still joining it is kept, so that nobody vouches for them twice.
pub fn give_to_group(conn: &mut Conn, before: Timestamp) -> Result<usize, Error> {
    let joined =
        members::table.filter(members::standing.eq(Standing::Member.word())).select(members::id);
    let old = vouches::table
        .filter(vouches::is_groups.eq(false))
        .filter(vouches::noted_at.lt(micros(before)))
        .filter(vouches::member_id.eq_any(joined));
    let set = (vouches::is_groups.eq(true), vouches::voucher_id.eq(None::<i64>));
    Ok(diesel::update(old).set(set).execute(conn)?)
}

/// Whom a member vouched for or noted a visit of, and when; and who did so for them, as far as they
/// are still here. In order; what the group stands for names nobody.
pub fn list_of(conn: &mut Conn, member: MemberId) -> Result<Vec<Statement>, Error> {
    type Row = (i64, Option<i64>, String, i64);
    let rows: Vec<Row> = vouches::table
        .filter(vouches::voucher_id.eq(member.number()).or(vouches::member_id.eq(member.number())))
        .order(vouches::id)
        .select((vouches::member_id, vouches::voucher_id, vouches::kind, vouches::at))
        .load(conn)?;
    let mut statements = Vec::new();
    for (about, by, kind, at) in rows {
        let is_given = by == Some(member.number());
        let other = if is_given { Some(about) } else { by };
        let name = other.map(|other| members::table.find(other).select(members::name).first(conn));
        statements.push(Statement { is_given, name: name.transpose()?, kind, at: time(at)? });
    }
    Ok(statements)
}
