//! What somebody wrote, read from the HTML of their post (wire contract, 5.1, rule 3): without the
//! names of those to whom it goes, with its line breaks, with where its links lead.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::Builder;

use super::{LONGEST_HTML, cut, is_bomb, tame, without_nul, without_tags};

/// Elements after which a line ends.
const BLOCKS: [&str; 13] =
    ["p", "div", "br", "li", "ul", "ol", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5"];

/// Keeps what tells where lines end, what is a mention, and where links lead.
static KEPT: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder
        .tags(BLOCKS.into_iter().chain(["a"]).collect())
        .clean_content_tags(HashSet::from(["script", "style"]))
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href", "class"])),
            ("p", HashSet::from(["class"])),
        ]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(None);
    builder
});

/// The text of a post of somebody else, tidied line by line. Mentions are left out, a quoted post
/// too; a link shows where it leads.
pub fn written(html: &str) -> String {
    let html = cut(html, LONGEST_HTML);
    if is_bomb(html) {
        return tame::tame(&without_tags(html));
    }
    let clean = KEPT.clean(&without_nul(html)).to_string();
    let mut text = String::new();
    let mut rest = clean.as_str();
    while let Some((before, tag, after)) = next_tag(rest) {
        text.push_str(&decoded(before));
        rest = after;
        let name = name_of(tag);
        let has_class = |class| classes(tag).any(|each| each == class);
        if name == "p" && has_class("quote-inline") {
            rest = after_end(after, "</p>").1;
        } else if name == "a" {
            let (inside, behind) = after_end(after, "</a>");
            rest = behind;
            say_link(&mut text, tag, &decoded(&bare_text(inside)));
        } else if name == "li" && !tag.starts_with('/') {
            text.push_str("\n- ");
        } else if BLOCKS.contains(&name) {
            text.push('\n');
        }
    }
    text.push_str(&decoded(rest));
    tidy(&tame::tame(&text))
}

/// Writes a link as people read it: nothing for a mention, the word of a hashtag, and else where it
/// leads.
fn say_link(text: &mut String, tag: &str, inside: &str) {
    let has_class = |class| classes(tag).any(|each| each == class);
    let inside = inside.trim();
    let is_handle = inside.starts_with('@') && !inside.contains(char::is_whitespace);
    // Friendica writes both signs before the link.
    if inside.starts_with('#') || text.ends_with('#') || has_class("hashtag") {
        text.push_str(inside);
    } else if has_class("mention") || is_handle {
        if text.ends_with('@') {
            text.pop();
        }
    } else if let Some(href) = attribute(tag, "href") {
        let href = decoded(href);
        // What is shortened or says the same needs no second name.
        let says_it = inside.contains("://") || inside.contains('…') || inside.contains('.');
        match says_it || inside.is_empty() {
            true => text.push_str(&href),
            false => text.push_str(&format!("{inside} ({href})")),
        }
    } else {
        text.push_str(inside);
    }
}

/// What stands before the next tag, the tag without its brackets, and what follows.
fn next_tag(html: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = html.split_once('<')?;
    let (tag, after) = rest.split_once('>')?;
    Some((before, tag, after))
}

/// What stands before an end tag, and what follows it; all of it where there is none.
fn after_end<'a>(html: &'a str, end: &str) -> (&'a str, &'a str) {
    html.split_once(end).unwrap_or((html, ""))
}

fn name_of(tag: &str) -> &str {
    let tag = tag.trim_start_matches('/');
    tag.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default()
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split_once(&format!(" {name}=\""))?.1.split('"').next()
}

fn classes(tag: &str) -> impl Iterator<Item = &str> {
    attribute(tag, "class").unwrap_or_default().split_whitespace()
}

fn bare_text(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, _, after)) = next_tag(rest) {
        text.push_str(before);
        rest = after;
    }
    text.push_str(rest);
    text
}

/// The sanitiser writes only these as entities.
fn decoded(html: &str) -> String {
    let pairs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&nbsp;", " "), ("&amp;", "&")];
    pairs.into_iter().fold(html.to_owned(), |text, (entity, sign)| text.replace(entity, sign))
}

/// Single spaces, no signs that nobody sees, no empty lines.
fn tidy(text: &str) -> String {
    let unseen = |c: &char| matches!(c, '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}');
    let text: String = text.chars().filter(|c| !unseen(c)).collect();
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty() && line != "-").collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mentions_go_and_everything_else_stays() {
        for (html, text) in [
            (
                "<p><span class=\"h-card\" translate=\"no\"><a href=\"https://r.example/@ring\" \
                 class=\"u-url mention\">@<span>ring</span></a></span> need a pram &amp; a cot<br>by \
                 Friday <a href=\"https://m.example/tags/need\" class=\"mention hashtag\" \
                 rel=\"tag\">#<span>need</span></a></p><p>Thank\u{a0}you\u{200b}!</p>",
                "need a pram & a cot\nby Friday #need\nThank you!",
            ),
            (
                "@<span><a href=\"https://r.example/u\" class=\"u-url mention\">ring</a></span> hi",
                "hi",
            ),
            ("<p><a href=\"https://r.example/c/ring\">@ring@r.example</a> hi</p>", "hi"),
            (
                "<p>See <a href=\"https://long.example/abc/def\"><span class=\"invisible\">https://\
                 </span><span class=\"ellipsis\">long.example/abc</span></a></p>",
                "See https://long.example/abc/def",
            ),
            ("<a href=\"https://a.example/\">my page</a>", "my page (https://a.example/)"),
            ("<ul><li>one</li><li>two &lt;3</li></ul>", "- one\n- two <3"),
            ("<p class=\"quote-inline\">RE: <a href=\"https://x\">x</a></p><p>ours</p>", "ours"),
            ("<script>alert(1)</script><p onclick=\"x\">a</p>", "a"),
            ("plain &amp;lt; text", "plain &lt; text"),
            ("", ""),
        ] {
            assert_eq!(written(html), text, "{html}");
        }
    }

    #[test]
    fn any_html_is_survived() {
        for html in ["<", "<a", "<a href=\"", "</a><p", "<p class=\"quote-inline\">", "&", "<a>@"] {
            let _ = written(html);
        }
        let bomb = "<b>".repeat(5_000);
        assert!(written(&bomb).len() <= bomb.len());
        assert!(written(&"<p><a href=\"https://x.example/\">x".repeat(30_000)).len() < 200_000);
    }
}
