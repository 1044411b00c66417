//! What goes on when somebody is gone (mission E19, the bus test): who could carry on a role or a
//! duty, and what would be left with nobody. Whatever has a holder and a deputy is fed in here:
//! roles, duties, keys. It looks at what must go on, and counts nothing of anybody.

use crate::domain::id::MemberId;

/// Something that must go on, and everybody who could carry it on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried<T> {
    /// What.
    pub what: T,
    /// Holders and deputies, in whatever order. Who stands twice is one person.
    pub people: Vec<MemberId>,
}

impl<T> Carried<T> {
    /// Something, and those who could carry it on as far as there are any.
    pub fn new(what: T, people: impl IntoIterator<Item = Option<MemberId>>) -> Self {
        let mut people: Vec<MemberId> = people.into_iter().flatten().collect();
        people.sort_unstable();
        people.dedup();
        Self { what, people }
    }

    /// Whether nobody carries it on once these people are gone.
    pub fn is_left_by(&self, gone: &[MemberId]) -> bool {
        self.people.iter().all(|person| gone.contains(person))
    }
}

/// What nobody carries on once these people are gone, in the order in which it was fed in. With
/// nobody gone: what nobody carries as it is.
pub fn left_by<'a, T>(carried: &'a [Carried<T>], gone: &[MemberId]) -> Vec<&'a T> {
    carried.iter().filter(|each| each.is_left_by(gone)).map(|each| &each.what).collect()
}

/// What hangs on one person alone: if they are gone, it has nobody.
pub fn hangs_on_one<T>(carried: &[Carried<T>]) -> Vec<&T> {
    carried.iter().filter(|each| each.people.len() == 1).map(|each| &each.what).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: i64) -> MemberId {
        MemberId::from_number(number)
    }

    #[test]
    fn e19_what_is_left_with_nobody_is_found_whoever_goes() {
        let carried = [
            Carried::new("kitchen", [Some(id(1)), Some(id(2))]),
            Carried::new("keys", [Some(id(1)), Some(id(1))]),
            Carried::new("phone", [Some(id(3)), None]),
            Carried::new("server", [None, None]),
        ];
        assert_eq!(left_by(&carried, &[]), [&"server"]);
        assert_eq!(left_by(&carried, &[id(1)]), [&"keys", &"server"]);
        assert_eq!(left_by(&carried, &[id(1), id(2)]), [&"kitchen", &"keys", &"server"]);
        assert_eq!(hangs_on_one(&carried), [&"keys", &"phone"]);
    }
}
