//! Lists of collectives to hand on: OPML 2.0 (<https://opml.org/spec2.opml>), which many programs
//! read. An outline has the collective's name in `text`, its page in `htmlUrl` and its id on the
//! wire in `url`. Pure.

use jiff::Timestamp;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use crate::text::{cut, escape, one_line};

/// The content type by which programs know such a list.
pub const CONTENT_TYPE: &str = "text/x-opml+xml; charset=utf-8";
/// The largest list that is read, in bytes.
pub const LARGEST: usize = 256 * 1024;
/// How many collectives a list may name.
pub const MOST: usize = 200;

/// How deep outlines may nest.
const DEEPEST: usize = 32;
/// How many attributes of an outline are looked at.
const MOST_ATTRIBUTES: usize = 32;
/// The longest address that is read, in bytes.
const LONGEST_ADDRESS: usize = 2_000;
/// The longest name that is kept, in characters.
const LONGEST_NAME: usize = 100;

/// One collective of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// What it is called.
    pub name: String,
    /// Where it is found: its id on the wire, or its page.
    pub address: String,
    /// Its page for people; empty if the list names none.
    pub page: String,
}

/// Why a list cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Above [`LARGEST`].
    #[error("this list is larger than 256 KiB")]
    TooLarge,
    /// Above [`MOST`].
    #[error("this list names more than 200 collectives: import it in parts")]
    TooMany,
    /// Broken, too deep, of another kind, or with definitions of its own, which are never read.
    #[error("this is no OPML list")]
    NotOpml,
}

/// Writes a list.
pub fn write(title: &str, at: Timestamp, outlines: &[Outline]) -> String {
    let date = at.strftime("%a, %d %b %Y %H:%M:%S GMT");
    let mut list = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n  <head>\n    \
         <title>{}</title>\n    <dateCreated>{date}</dateCreated>\n  </head>\n  <body>\n",
        attribute(title)
    );
    for outline in outlines {
        list.push_str(&format!(
            "    <outline text=\"{}\" type=\"activitypub\" htmlUrl=\"{}\" url=\"{}\"/>\n",
            attribute(&outline.name),
            attribute(&outline.page),
            attribute(&outline.address)
        ));
    }
    list.push_str("  </body>\n</opml>\n");
    list
}

/// Control characters have no place in XML, not even as numbers.
fn attribute(text: &str) -> String {
    let clean: String = text.chars().filter(|c| !c.is_control()).collect();
    escape(&clean.replace(['\u{fffe}', '\u{ffff}'], ""))
}

/// Reads a list that anybody may have written: each address once, in its order. Outlines without
/// an address, such as folders, are passed over.
pub fn read(xml: &str) -> Result<Vec<Outline>, Unreadable> {
    if xml.len() > LARGEST {
        return Err(Unreadable::TooLarge);
    }
    let mut reader = Reader::from_str(xml.trim_start_matches('\u{feff}'));
    let (mut depth, mut is_opml) = (0_usize, false);
    let mut found: Vec<Outline> = Vec::new();
    loop {
        let event = reader.read_event().map_err(|_| Unreadable::NotOpml)?;
        let tag = match &event {
            Event::Start(tag) => {
                depth += 1;
                tag
            }
            Event::Empty(tag) => tag,
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                continue;
            }
            // Who defines words of their own may make much of little, or ask for other files.
            Event::DocType(_) => return Err(Unreadable::NotOpml),
            Event::Eof => break,
            _ => continue,
        };
        is_opml |= tag.name().0 == "opml";
        if depth > DEEPEST || !is_opml {
            return Err(Unreadable::NotOpml);
        }
        let outline = if tag.name().0 == "outline" { outline(tag) } else { None };
        found.extend(outline.filter(|new| found.iter().all(|old| old.address != new.address)));
        if found.len() > MOST {
            return Err(Unreadable::TooMany);
        }
    }
    if depth == 0 && is_opml { Ok(found) } else { Err(Unreadable::NotOpml) }
}

fn outline(tag: &BytesStart<'_>) -> Option<Outline> {
    let (mut name, mut url, mut page) = (String::new(), String::new(), String::new());
    // That an attribute stands there twice is looked for by comparing each with each.
    for attribute in tag.attributes().with_checks(false).take(MOST_ATTRIBUTES).flatten() {
        let place = match attribute.key.0 {
            "text" => &mut name,
            "url" => &mut url,
            "htmlUrl" => &mut page,
            _ => continue,
        };
        // Only the five words that XML itself knows are replaced; others make it unreadable.
        let Ok(value) = attribute.normalized_value(XmlVersion::Implicit1_0) else { continue };
        *place = value.trim().to_owned();
    }
    let is_address = |text: &&String| {
        let is_web = text.starts_with("https://") || text.starts_with("http://");
        is_web && text.len() <= LONGEST_ADDRESS && !text.contains(char::is_whitespace)
    };
    let address = [&url, &page].into_iter().find(is_address)?.clone();
    let page = if is_address(&&page) { page } else { String::new() };
    let name = one_line(cut(&name, 8 * LONGEST_NAME), LONGEST_NAME);
    Some(Outline { name: if name.is_empty() { address.clone() } else { name }, address, page })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(name: &str, address: &str) -> Outline {
        let page = format!("{address}/page?a=1&b=2");
        Outline { name: name.into(), address: address.into(), page }
    }

    fn opml(body: &str) -> String {
        format!("<opml version='2.0'><head/><body>{body}</body></opml>")
    }

    #[test]
    fn what_was_written_is_read_back() {
        let names = ["Mill & Lane", "<b>\"'", "Ñandú 🌱", "]]>"];
        let at = |place: usize| format!("https://a{place}.example/c/mill");
        let all: Vec<_> =
            names.iter().zip(0..).map(|(name, at_)| outline(name, &at(at_))).collect();
        let written = write("Ring & <Street>", Timestamp::UNIX_EPOCH, &all);
        assert_eq!(read(&written).unwrap(), all);
        assert!(written.contains("<dateCreated>Thu, 01 Jan 1970 00:00:00 GMT</dateCreated>"));
        assert!(written.contains("<title>Ring &amp; &lt;Street&gt;</title>"));
        let odd = write("a\u{0}\u{1b}b", Timestamp::UNIX_EPOCH, &[]);
        assert!(odd.contains("<title>ab</title>"), "{odd}");
        assert_eq!(read(&odd), Ok(Vec::new()));
    }

    #[test]
    fn lists_of_others_are_read_with_what_they_lack() {
        let list = opml(
            "<outline text='Folder'><outline text=' A\u{202e}&#10;B ' url='https://a.example/c'/>\
             <outline htmlUrl='https://b.example/@b'/></outline>\
             <outline text='twice' url='https://a.example/c'/>\
             <outline text='none'/><outline text='js' url='javascript:alert(1)'/>\
             <outline text='file' url='file:///etc/passwd' htmlUrl='https://c.example/'/>",
        );
        let found = read(&format!("\u{feff}<?xml version='1.0'?>\n{list}")).unwrap();
        let short: Vec<_> = found.iter().map(|o| (o.name.as_str(), o.address.as_str())).collect();
        assert_eq!(short[0], ("A B", "https://a.example/c"));
        assert_eq!(short[1], ("https://b.example/@b", "https://b.example/@b"));
        assert_eq!(short[2], ("file", "https://c.example/"));
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn a_list_that_is_a_bomb_is_no_list() {
        let bomb =
            "<!DOCTYPE opml [<!ENTITY a \"&b;&b;\"><!ENTITY b SYSTEM \"file:///etc/passwd\">]>";
        let with_word = opml("<outline text='&a;' url='https://a.example/'/>");
        assert_eq!(read(&format!("{bomb}{with_word}")), Err(Unreadable::NotOpml));
        // A word that nobody defined stands for nothing.
        assert_eq!(read(&with_word).unwrap()[0].name, "https://a.example/");
        let deep = "<outline text='x'>".repeat(10_000);
        assert_eq!(read(&opml(&deep)), Err(Unreadable::NotOpml));
        let many = |count: usize| -> String {
            (0..count).map(|n| format!("<outline url='https://a.example/{n}'/>")).collect()
        };
        assert_eq!(read(&opml(&many(200))).unwrap().len(), 200);
        assert_eq!(read(&opml(&many(201))), Err(Unreadable::TooMany));
        assert_eq!(read(&" ".repeat(LARGEST + 1)), Err(Unreadable::TooLarge));
        let wide = format!("<outline {}/>", "a='' ".repeat(40_000));
        assert_eq!(read(&opml(&wide)), Ok(Vec::new()));
        for broken in
            ["", "jam", "<html/>", "<opml>", "</opml>", "<opml><body>", "<", "<opml a=></opml"]
        {
            assert_eq!(read(broken), Err(Unreadable::NotOpml), "{broken}");
        }
        let mixed = "<html><opml/></html>";
        assert_eq!(read(mixed), Err(Unreadable::NotOpml));
    }
}
