//! Whether somebody asks or offers, by the tags that they chose. Free text decides nothing; it only
//! keeps what reads like a need from being thrown away.

use crate::domain::proposal::Purpose;

/// Tags of those who need something: English, Spanish, German, Portuguese.
const NEED: &[&str] = &[
    "need",
    "needed",
    "needs",
    "ineed",
    "weneed",
    "necesito",
    "necesita",
    "necesitamos",
    "necesidad",
    "busco",
    "buscamos",
    "brauche",
    "brauchen",
    "wirbrauchen",
    "ichbrauche",
    "gesucht",
    "suche",
    "gesuch",
    "bedarf",
    "preciso",
    "precisamos",
    "precisase",
    "necessidade",
    "procuro",
    "procuramos",
];

/// Tags of those who have something to give.
const OFFER: &[&str] = &[
    "offer",
    "offers",
    "offering",
    "ioffer",
    "weoffer",
    "ofrezco",
    "ofrecemos",
    "oferta",
    "ofrece",
    "biete",
    "bieten",
    "angebot",
    "abzugeben",
    "zuverschenken",
    "ofereço",
    "ofereco",
    "oferecemos",
    "oferece",
    "doo",
];

/// Words of somebody in need that are no tags.
const NEED_LIKE: &[&str] = &[
    "help",
    "please",
    "urgent",
    "hungry",
    "homeless",
    "evicted",
    "food",
    "rent",
    "medicine",
    "ayuda",
    "urgente",
    "hambre",
    "comida",
    "medicinas",
    "desahucio",
    "favor",
    "hilfe",
    "bitte",
    "dringend",
    "hunger",
    "essen",
    "miete",
    "medikamente",
    "ajuda",
    "fome",
    "aluguel",
    "remédio",
    "looking",
];

/// The collective's own tags, in small letters and without the `#`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Own {
    need: Vec<String>,
    offer: Vec<String>,
}

impl Own {
    /// Tags that ask, and tags that offer.
    pub fn new(need: &[String], offer: &[String]) -> Self {
        let plain = |words: &[String]| words.iter().map(|word| plain(word)).collect();
        Self { need: plain(need), offer: plain(offer) }
    }
}

/// What tags say: an ask or an offer. None if they say neither, or both. A leading `#` and the size
/// of letters make no difference.
pub fn purpose_of<'a>(tags: impl IntoIterator<Item = &'a str>, own: &Own) -> Option<Purpose> {
    let (mut asks, mut offers) = (false, false);
    for tag in tags {
        let tag = plain(tag);
        asks |= NEED.contains(&tag.as_str()) || own.need.contains(&tag);
        offers |= OFFER.contains(&tag.as_str()) || own.offer.contains(&tag);
    }
    match (asks, offers) {
        (true, false) => Some(Purpose::Need),
        (false, true) => Some(Purpose::Offer),
        _ => None,
    }
}

/// Whether a text reads like that of somebody in need: then it is kept until a person looks.
pub fn is_need_like(text: &str, own: &Own) -> bool {
    let text = text.to_lowercase();
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| {
        let known = |word: &str| NEED.contains(&word) || NEED_LIKE.contains(&word);
        known(word) || word.split('_').any(known) || own.need.iter().any(|own| own == word)
    })
}

fn plain(tag: &str) -> String {
    tag.trim().trim_start_matches('#').to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_decide_and_both_decide_nothing() {
        for (tags, purpose) in [
            (&["#need", "#pram"][..], Some(Purpose::Need)),
            (&["NEED"], Some(Purpose::Need)),
            (&["#Brauche"], Some(Purpose::Need)),
            (&["necesito", "#cuna"], Some(Purpose::Need)),
            (&["#preciso"], Some(Purpose::Need)),
            (&["#ofrezco"], Some(Purpose::Offer)),
            (&["#Ofereço"], Some(Purpose::Offer)),
            (&["#biete"], Some(Purpose::Offer)),
            (&["#need", "#offer"], None),
            (&["#needle", "#special_offer"], None),
            (&[], None),
        ] {
            assert_eq!(purpose_of(tags.iter().copied(), &Own::default()), purpose, "{tags:?}");
        }
    }

    #[test]
    fn what_reads_like_a_need_is_noticed() {
        for text in ["We NEED a doctor", "brauche Hilfe!", "ayuda, por favor", "tenho fome"] {
            assert!(is_need_like(text, &Own::default()), "{text}");
        }
        assert!(!is_need_like("Buy tokens now, double your coins", &Own::default()));
    }

    #[test]
    fn a_collective_has_words_of_its_own() {
        let own = Own::new(&["#Kinderkram".to_owned(), "bring_mit".to_owned()], &["übrig".into()]);
        assert_eq!(purpose_of(["#kinderKram"], &own), Some(Purpose::Need));
        assert_eq!(purpose_of(["ÜBRIG"], &own), Some(Purpose::Offer));
        assert_eq!(purpose_of(["#kinderkram", "#übrig"], &own), None);
        assert_eq!(purpose_of(["#kinderkram"], &Own::default()), None);
        for text in ["wer hat Kinderkram?", "bitte #bring_mit", "_need_ this"] {
            assert!(is_need_like(text, &own), "{text}");
        }
        assert!(!is_need_like("Kinderkrams", &own));
    }
}
