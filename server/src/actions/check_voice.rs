//! Who has a voice and may hold a role: every member who is a person, whatever they gave, do or
//! cannot do (mission E16). Newcomers read; organisations and programs have none (E18).

use crate::db::{Conn, leaving, member_handles, members};
use crate::domain::id::MemberId;
use crate::domain::member::{Member, Standing};
use crate::domain::refusal::Refusal;
use crate::error::Error;

/// The member as they stand now, if they have a voice. Looked at in the transaction of what they
/// want to do.
pub fn check_voice(conn: &mut Conn, id: MemberId) -> Result<Member, Error> {
    let member = members::find(conn, id)?;
    if leaving::find(conn, id)?.is_some() {
        return Err(Refusal::HasLeft.into());
    }
    if member.standing != Standing::Member {
        return Err(Refusal::NotYetMember.into());
    }
    // Whoever was a person when they joined may have become something else since.
    match member_handles::is_organisation(conn, id)? {
        true => Err(Refusal::OnlyPeople.into()),
        false => Ok(member),
    }
}
