//! Time zones to choose from.

/// The parts of the world by which zones are called. Other names are old ones, or no places.
const PARTS: [&str; 10] = [
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
];

/// Zones of one part of the world.
pub struct Part {
    /// What it is called in the names.
    pub name: &'static str,
    /// The zones.
    pub zones: Vec<Zone>,
}

/// A zone to choose.
pub struct Zone {
    /// Its name: `America/Argentina/Salta`.
    pub name: String,
    /// What people read: `Argentina, Salta`.
    pub place: String,
    /// Whether it is the chosen one.
    pub is_chosen: bool,
}

/// Every zone that this machine knows, by parts of the world.
pub fn parts(chosen: &str) -> Vec<Part> {
    let mut names: Vec<String> =
        jiff::tz::db().available().map(|name| name.as_str().to_owned()).collect();
    names.sort();
    let part = |name: &'static str| {
        let zone = |full: &String| {
            let (of, place) = full.split_once('/')?;
            (of == name).then(|| Zone {
                name: full.clone(),
                place: place.replace('/', ", ").replace('_', " "),
                is_chosen: full == chosen,
            })
        };
        Part { name, zones: names.iter().filter_map(zone).collect() }
    };
    PARTS.into_iter().map(part).filter(|part| !part.zones.is_empty()).collect()
}

/// The zone of this machine, if it has a name among those.
pub fn own() -> String {
    let zone = jiff::tz::TimeZone::system();
    let name = zone.iana_name().filter(|name| PARTS.iter().any(|part| name.starts_with(part)));
    name.unwrap_or("UTC").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_stand_under_their_part_of_the_world() {
        let parts = parts("Europe/Berlin");
        let europe = parts.iter().find(|part| part.name == "Europe").unwrap();
        let berlin = europe.zones.iter().find(|zone| zone.name == "Europe/Berlin").unwrap();
        assert_eq!((berlin.place.as_str(), berlin.is_chosen), ("Berlin", true));
        let chosen = parts.iter().flat_map(|part| &part.zones).filter(|zone| zone.is_chosen);
        assert_eq!(chosen.count(), 1);
    }
}
