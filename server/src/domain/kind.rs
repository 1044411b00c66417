//! What kind of thing or help: a shared catalogue, and free words beside it.

/// What happens to the thing, as ValueFlows names it
/// (<https://w3id.org/valueflows/ont/vf#Action>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A thing changes hands.
    Transfer,
    /// A thing is lent and comes back.
    TransferCustody,
    /// Somebody gives time.
    DeliverService,
}

/// One entry of the catalogue.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// The word for storage and the command line; its label in each language is `kind-<word>`.
    pub word: &'static str,
    /// What happens to it.
    pub action: Action,
}

/// The namespace of the catalogue: `resourceConformsTo` of a known kind is this plus its word.
/// It is an identifier that peers compare, not an address to open (wire contract, 7.1 rule 8).
pub const NAMESPACE: &str = "https://kinds.example/mutual-aid#";

/// The units that have a name in OM 2, the ontology of units of measure; any other countable thing
/// is `one`.
pub const UNITS: [&str; 4] = ["one", "hour", "kilogram", "litre"];

/// The longest free word, in characters.
pub const LONGEST: usize = 40;

/// The catalogue, shipped with the program, in the order in which a form shows it.
pub const CATALOGUE: &[Kind] = &[
    thing("food"),
    service("meal"),
    thing("bedding"),
    thing("clothing"),
    thing("baby"),
    thing("hygiene"),
    thing("medicine"),
    thing("furniture"),
    thing("electronics"),
    loan("tool"),
    service("ride"),
    service("moving"),
    service("repair"),
    service("childcare"),
    service("company"),
    service("translation"),
    service("paperwork"),
    service("legal"),
    service("tutoring"),
    service("skill"),
    loan("housing"),
    service("garden"),
    service("pet"),
    service("other"),
];

/// The unit on the wire: a name of OM 2; what has none there is counted.
pub fn wire_unit(unit: &str) -> &str {
    if UNITS.contains(&unit) { unit } else { "one" }
}

impl Action {
    /// The bare word on the wire (wire contract, 7.1 rule 3).
    pub fn word(self) -> &'static str {
        match self {
            Self::Transfer => "transfer",
            Self::TransferCustody => "transferCustody",
            Self::DeliverService => "deliverService",
        }
    }
}

/// The entry for a word, if the catalogue has one.
pub fn find(word: &str) -> Option<&'static Kind> {
    CATALOGUE.iter().find(|kind| kind.word == word)
}

/// The entry for an identifier of the catalogue, if it is one.
pub fn find_by_iri(iri: &str) -> Option<&'static Kind> {
    iri.strip_prefix(NAMESPACE).and_then(find)
}

/// The action that fits a kind; a free word with an hourly unit is help, any other is a thing.
pub fn action_for(word: Option<&str>, unit: Option<&str>) -> Action {
    match word.and_then(find) {
        Some(kind) => kind.action,
        None if unit == Some("hour") => Action::DeliverService,
        None => Action::Transfer,
    }
}

const fn thing(word: &'static str) -> Kind {
    Kind { word, action: Action::Transfer }
}

const fn loan(word: &'static str) -> Kind {
    Kind { word, action: Action::TransferCustody }
}

const fn service(word: &'static str) -> Kind {
    Kind { word, action: Action::DeliverService }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_kind_is_found_by_word_and_by_identifier() {
        let bedding = find("bedding").unwrap();
        assert_eq!(find_by_iri(&format!("{NAMESPACE}bedding")), Some(bedding));
        assert_eq!(find_by_iri("https://elsewhere.example/bedding"), None);
        assert_eq!(action_for(Some("repair"), None), Action::DeliverService);
        assert_eq!(action_for(Some("pram"), None), Action::Transfer);
        assert_eq!(action_for(Some("pickling"), Some("hour")), Action::DeliverService);
    }

    #[test]
    fn no_word_stands_in_the_catalogue_twice() {
        for (place, kind) in CATALOGUE.iter().enumerate() {
            assert_eq!(CATALOGUE.iter().position(|other| other.word == kind.word), Some(place));
        }
    }
}
