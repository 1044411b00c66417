//! Text from people and from peers: Markdown, sanitised HTML, plain text. Pure.

pub mod changes;
pub mod deed_csv;
pub mod domain_csv;
mod links;
mod mentions;
pub mod opml;
mod tame;
mod written;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::Builder;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use mentions::with_handles;
pub use written::written;

/// The longest HTML that is read from a peer, in bytes.
const LONGEST_HTML: usize = 64 * 1024;

/// How many formatting elements may stand open at once.
const MOST_OPEN: usize = 24;
/// How many tags are parsed.
const MOST_TAGS: usize = 4_000;

/// Renders Markdown as safe HTML. Raw HTML in it becomes text.
pub fn markdown(text: &str) -> String {
    let events = Parser::new(text).flat_map(|event| {
        let (event, second) = match event {
            Event::Html(html) | Event::InlineHtml(html) => (Event::Text(html), None),
            // A single line break in a form is meant as one.
            Event::SoftBreak => (Event::HardBreak, None),
            // A post has no headings of its own: they are lines in bold, as Mastodon shows them.
            Event::Start(Tag::Heading { .. }) => {
                (Event::Start(Tag::Paragraph), Some(Event::Start(Tag::Strong)))
            }
            Event::End(TagEnd::Heading(_)) => {
                (Event::End(TagEnd::Strong), Some(Event::End(TagEnd::Paragraph)))
            }
            other => (other, None),
        };
        std::iter::once(event).chain(second)
    });
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, events);
    sanitise(&html).trim().replace(">\n<", "><")
}

/// The tags that are kept: those that Mastodon keeps.
const TAGS: [&str; 17] = [
    "p",
    "br",
    "span",
    "a",
    "del",
    "s",
    "pre",
    "blockquote",
    "code",
    "b",
    "strong",
    "u",
    "i",
    "em",
    "ul",
    "ol",
    "li",
];

/// What is kept: making it takes longer than using it.
static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let attributes = HashMap::from([
        ("a", HashSet::from(["href", "class"])),
        ("span", HashSet::from(["class"])),
        ("ol", HashSet::from(["start", "reversed"])),
        ("li", HashSet::from(["value"])),
    ]);
    let mut builder = Builder::empty();
    builder
        .tags(HashSet::from(TAGS))
        .clean_content_tags(HashSet::from(["script", "style"]))
        .tag_attributes(attributes)
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .attribute_filter(|_, attribute, value| match attribute {
            "class" => Some(known_classes(value).into()),
            _ => Some(value.into()),
        })
        .link_rel(Some("nofollow noopener noreferrer ugc"))
        .set_tag_attribute_value("a", "target", "_blank");
    builder
});
/// Keeps nothing but text.
static NO_TAGS: LazyLock<Builder<'static>> = LazyLock::new(Builder::empty);

/// Keeps of foreign HTML what Mastodon keeps, and nothing that can act.
pub fn sanitise(html: &str) -> String {
    let html = cut(html, LONGEST_HTML);
    if is_bomb(html) {
        return escape(&tame::tame(&without_tags(html)));
    }
    let clean = SANITISER.clean(&without_nul(html)).to_string();
    // After the parser, because a character may be written as a number.
    links::show_hosts(&tame::tame(&clean))
}

/// The text of HTML, with line breaks where paragraphs end.
pub fn plain(html: &str) -> String {
    let html = cut(html, LONGEST_HTML);
    if is_bomb(html) {
        return tame::tame(&without_tags(html));
    }
    let broken = html
        .replace("<br>", "\n")
        .replace("<br />", "\n")
        .replace("</p>", "\n")
        .replace("</li>", "\n");
    let mut text = NO_TAGS.clean(&broken).to_string();
    for (entity, character) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ] {
        text = text.replace(entity, character);
    }
    tame::tame(text.trim())
}

/// Escapes text for HTML.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// One line from a peer: without control characters and without what turns the direction of
/// writing, at most `longest` characters.
pub fn one_line(text: &str, longest: usize) -> String {
    let clean = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c });
    let clean: String = clean.filter(|c| !c.is_control() && !turns_direction(*c)).collect();
    let clean = tame::tame(&clean);
    let words = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", cut(&words, end)),
        None => words,
    }
}

/// The start of a text, at most `bytes` long, never inside a character.
pub fn cut(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// Whether HTML is made to grow when it is parsed. A parser opens every formatting element that was
/// left open again in each following block (HTML Standard, 13.2.4.3), so a few kilobytes can become
/// gigabytes. Honest posts close what they open.
fn is_bomb(html: &str) -> bool {
    const FORMATTING: [&str; 14] = [
        "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt",
        "u",
    ];
    let (mut tags, mut open) = (0_usize, 0_usize);
    for tag in html.split('<').skip(1) {
        tags += 1;
        let (closes, name) = match tag.strip_prefix('/') {
            Some(rest) => (true, rest),
            None => (false, tag),
        };
        let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
        let name = name.get(..end).unwrap_or_default().to_ascii_lowercase();
        if FORMATTING.contains(&name.as_str()) {
            open = if closes { open.saturating_sub(1) } else { open + 1 };
        }
        if open > MOST_OPEN || tags > MOST_TAGS {
            return true;
        }
    }
    false
}

/// The text between the tags, by hand and in one pass: for HTML that no parser should see.
fn without_tags(html: &str) -> String {
    let mut text = String::new();
    for piece in html.split('<') {
        text.push_str(piece.split_once('>').map_or(piece, |(_, after)| after));
        text.push(' ');
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Something of ours as JSON, for storage.
pub fn pack<T: Serialize>(value: &T) -> String {
    // What has plain keys can always be written.
    serde_json::to_string(value).unwrap_or_default()
}

/// Reads what [`pack`] wrote; none if it is something else.
pub fn unpack<T: DeserializeOwned>(stored: &str) -> Option<T> {
    serde_json::from_str(stored).ok()
}

fn without_nul(text: &str) -> String {
    text.replace('\u{0}', "")
}

fn turns_direction(character: char) -> bool {
    matches!(
        character,
        '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

fn known_classes(value: &str) -> String {
    let known = |class: &&str| {
        matches!(*class, "mention" | "hashtag" | "ellipsis" | "invisible")
            || ["h-", "p-", "u-", "e-", "dt-"].iter().any(|prefix| class.starts_with(prefix))
    };
    value.split_whitespace().filter(known).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_safe_html() {
        assert_eq!(markdown("Clean, **any size**"), "<p>Clean, <strong>any size</strong></p>");
        assert!(!markdown("<script>alert(1)</script>").contains("<script"));
        assert!(!markdown("[x](javascript:alert(1))").contains("javascript"));
    }

    /// What people tried on others, each in a few words of our own. The ideas are those of OWASP's
    /// XSS Filter Evasion Cheat Sheet, of the tests of ammonia and DOMPurify, and of Heiderich's
    /// papers on HTML that changes when it is parsed again.
    const CORPUS: &str = include_str!("../../tests/fixtures/hostile_html.txt");

    #[test]
    fn htm_01_nothing_of_the_corpus_can_act() {
        let cases: Vec<&str> = CORPUS.lines().filter(|line| !line.starts_with("## ")).collect();
        assert!(cases.len() > 80, "{}", cases.len());
        for html in cases {
            let clean = sanitise(html);
            assert!(only_harmless_tags(&clean), "{html} → {clean}");
            // What is clean stays as it is, so nothing appears when it is parsed again.
            assert_eq!(sanitise(&clean), clean, "{html}");
            let rendered = markdown(html);
            assert!(only_harmless_tags(&rendered), "{html} → {rendered}");
        }
    }

    /// Whether HTML holds only tags and attributes that can do nothing, and links that lead to pages.
    fn only_harmless_tags(html: &str) -> bool {
        html.split('<').skip(1).all(|tag| {
            let tag = tag.split('>').next().unwrap();
            let name: &str = tag.trim_start_matches('/').split(' ').next().unwrap();
            let names = tag.split('"').step_by(2).skip(usize::from(!tag.contains('"')));
            let attributes = names.filter_map(|part| part.trim_end_matches('=').rsplit(' ').next());
            let known = ["href", "class", "rel", "target", "start", "reversed", "value", "", name];
            let href = tag.split_once("href=\"").map_or("https:", |(_, href)| href);
            TAGS.contains(&name)
                && attributes.into_iter().all(|attribute| known.contains(&attribute))
                && ["https:", "http:", "mailto:"].iter().any(|scheme| href.starts_with(scheme))
        })
    }

    #[test]
    fn foreign_html_cannot_act() {
        for html in [
            "<img src=x onerror=alert(1)>",
            "<svg onload=alert(1)>",
            "<a href=\"jav&#x09;ascript:alert(1)\">x</a>",
            "<a href=\"data:text/html,x\">x</a>",
            "<math><semantics><annotation-xml><style><img src onerror=alert(1)>",
            "<form action=//evil><button>",
            "<p style=\"position:fixed\" onclick=alert(1)>x</p>",
            "<a href=\"//evil.test\">x</a>",
        ] {
            let clean = sanitise(html);
            for bad in
                ["onerror", "onload", "onclick", "javascript", "data:", "<form", "style=", "//evil"]
            {
                assert!(!clean.contains(bad), "{html} → {clean}");
            }
        }
        assert_eq!(
            sanitise("<p class=\"evil mention\">@<span>ana</span></p>"),
            "<p>@<span>ana</span></p>"
        );
    }

    #[test]
    fn htm_02_html_that_would_grow_is_not_parsed() {
        let open: String = (0..500).map(|n| format!("<b a{n}>")).collect();
        let bomb = format!("<p>{open}{}", "<p>x".repeat(2_000));
        for html in [bomb.as_str(), &"<div>".repeat(100_000), &"<".repeat(1_000_000)] {
            assert!(sanitise(html).len() <= html.len());
            assert!(plain(html).len() <= html.len());
            assert!(!sanitise(html).contains("<b"));
        }
        let honest = "<p><b>a</b> <i>b</i></p>".repeat(100);
        assert_eq!(sanitise(&honest), honest);
    }

    #[test]
    fn html_reads_as_text() {
        assert_eq!(
            plain("<p>I can<br>bring 10 &amp; more</p><p>x &lt; y</p>"),
            "I can\nbring 10 & more\nx < y"
        );
    }

    #[test]
    fn lines_of_peers_are_bounded() {
        assert_eq!(one_line("a\u{0}b\n c\u{202e}d", 10), "ab cd");
        assert_eq!(one_line("ééééé", 3), "ééé…");
        assert_eq!(cut("ééé", 3), "é");
    }
}
