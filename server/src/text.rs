//! Text from people and from peers: Markdown, sanitised HTML, plain text. Pure.

use std::collections::{HashMap, HashSet};

use ammonia::Builder;

/// The longest HTML that is read from a peer, in bytes.
const LONGEST_HTML: usize = 64 * 1024;

/// Renders Markdown as safe HTML. Raw HTML in it becomes text.
pub fn markdown(text: &str) -> String {
    let events = pulldown_cmark::Parser::new(text).map(|event| match event {
        pulldown_cmark::Event::Html(html) | pulldown_cmark::Event::InlineHtml(html) => {
            pulldown_cmark::Event::Text(html)
        }
        // A single line break in a form is meant as one.
        pulldown_cmark::Event::SoftBreak => pulldown_cmark::Event::HardBreak,
        other => other,
    });
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, events);
    sanitise(&html).trim().replace(">\n<", "><")
}

/// Keeps of foreign HTML what Mastodon keeps, and nothing that can act.
pub fn sanitise(html: &str) -> String {
    let html = cut(html, LONGEST_HTML);
    let tags = [
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
    let attributes = HashMap::from([
        ("a", HashSet::from(["href", "class"])),
        ("span", HashSet::from(["class"])),
        ("ol", HashSet::from(["start", "reversed"])),
        ("li", HashSet::from(["value"])),
    ]);
    let mut builder = Builder::empty();
    builder
        .tags(HashSet::from(tags))
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
    builder.clean(&without_nul(html)).to_string()
}

/// The text of HTML, with line breaks where paragraphs end.
pub fn plain(html: &str) -> String {
    let broken = html.replace("<br>", "\n").replace("<br />", "\n").replace("</p>", "\n");
    let mut text = Builder::empty().clean(&broken).to_string();
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
    text.trim().to_owned()
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

fn without_nul(text: &str) -> String {
    text.replace('\u{0}', "")
}

fn turns_direction(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
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
