//! Which kind of the catalogue a text is about, by words that leave little doubt: English, Spanish,
//! German, Portuguese. It only ever fills in a field that a person looks at.

/// A word of the catalogue, and beginnings of words that mean it. Small letters.
const WORDS: &[(&str, &[&str])] = &[
    (
        "food",
        &["food", "groceries", "comida", "alimentos", "lebensmittel", "comida", "mantimentos"],
    ),
    ("meal", &["meal", "cooking", "guiso", "mahlzeit", "refeiç", "refeição"]),
    (
        "bedding",
        &[
            "blanket", "duvet", "mattress", "pillow", "manta", "colchón", "decke", "matratze",
            "kissen", "cobertor", "colchão", "lençó",
        ],
    ),
    (
        "clothing",
        &[
            "clothes", "coat", "jacket", "shoes", "ropa", "abrigo", "zapatos", "kleidung", "jacke",
            "mantel", "schuhe", "roupa", "casaco", "sapatos",
        ],
    ),
    (
        "baby",
        &[
            "pram",
            "stroller",
            "cot",
            "crib",
            "nappies",
            "diapers",
            "cochecito",
            "cuna",
            "pañales",
            "kinderwagen",
            "babybett",
            "windeln",
            "carrinho",
            "berço",
            "fraldas",
        ],
    ),
    (
        "medicine",
        &["medicine", "insulin", "medicina", "medikament", "remédio", "muletas", "krücken"],
    ),
    (
        "furniture",
        &[
            "table",
            "chair",
            "sofa",
            "wardrobe",
            "fridge",
            "mesa",
            "silla",
            "armario",
            "nevera",
            "tisch",
            "stuhl",
            "stühle",
            "schrank",
            "kühlschrank",
            "cadeira",
            "geladeira",
        ],
    ),
    ("electronics", &["laptop", "phone", "computer", "ordenador", "móvil", "handy", "celular"]),
    ("tool", &["drill", "ladder", "taladro", "escalera", "bohrmaschine", "leiter", "furadeira"]),
    ("ride", &["lift", "ride", "transporte", "mitfahr", "fahrt", "carona", "boleia"]),
    ("moving", &["moving", "mudanza", "umzug", "mudança"]),
    (
        "repair",
        &["repair", "arreglar", "reparar", "reparatur", "reparieren", "conserto", "consertar"],
    ),
    ("childcare", &["childcare", "babysit", "niñera", "kinderbetreuung", "babá"]),
    ("translation", &["translat", "interpreter", "traduc", "übersetz", "dolmetsch", "tradu"]),
    ("legal", &["lawyer", "legal", "abogad", "anwalt", "rechts", "advogad"]),
    ("paperwork", &["paperwork", "papeleo", "formular", "behörde", "papelada"]),
    (
        "housing",
        &[
            "room",
            "couch",
            "habitación",
            "alojamiento",
            "zimmer",
            "unterkunft",
            "quarto",
            "alojamento",
        ],
    ),
    ("tutoring", &["tutor", "homework", "deberes", "nachhilfe", "hausaufgaben"]),
    ("pet", &["dog", "cat", "perro", "gato", "hund", "katze", "cachorro"]),
];

/// The word of the catalogue that a text is about; none if no word says so, or several do.
pub fn suggested_kind(text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
    let means = |known: &str, word: &str| match known.chars().count() {
        // Short words are whole words, or their plurals.
        0..=4 => word == known || word.strip_suffix('s') == Some(known),
        _ => word.starts_with(known),
    };
    let is_meant = |known: &&[&str]| words.iter().any(|word| known.iter().any(|k| means(k, word)));
    let mut found = WORDS.iter().filter(|(_, known)| is_meant(known)).map(|(kind, _)| *kind);
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::kind;

    #[test]
    fn plain_words_name_a_kind_of_the_catalogue() {
        for (text, kind) in [
            ("need a pram by Friday", Some("baby")),
            ("Necesito mantas para mi madre", Some("bedding")),
            ("Brauche Decken", Some("bedding")),
            ("Preciso de uma carona até o hospital", Some("ride")),
            ("a lift to the clinic", Some("ride")),
            ("Suche Hilfe beim Umzug", Some("moving")),
            ("blankets and a chair", None),
            ("I love this category", None),
            ("", None),
        ] {
            assert_eq!(suggested_kind(text), kind, "{text}");
        }
        assert!(WORDS.iter().all(|(word, _)| kind::find(word).is_some()));
    }
}
