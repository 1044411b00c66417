//! Mentions that say the whole handle: which `@ana` is meant is nothing to guess.

use super::links::{place, split_tag};
use super::{escape, plain};

/// Writes `@ana@mill.example` for each mention that says only `@ana`. The host is the one to which
/// the link leads. Takes sanitised HTML, in which every attribute is quoted and every tag closed.
pub fn with_handles(html: &str) -> String {
    let mut shown = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, link)) = rest.split_once("<a ") {
        let Some((tag, body)) = split_tag(link) else { break };
        let Some((inside, after)) = body.split_once("</a>") else { break };
        // Friendica writes the sign before the link.
        let is_begun = before.trim_end_matches("<span>").ends_with('@');
        shown.push_str(&format!("{before}<a {tag}>"));
        match handle(tag, inside, is_begun) {
            Some(handle) => shown.push_str(&escape(&handle)),
            None => shown.push_str(inside),
        }
        shown.push_str("</a>");
        rest = after;
    }
    shown.push_str(rest);
    shown
}

/// The whole handle, if the link is a mention that does not say it.
fn handle(tag: &str, inside: &str, is_begun: bool) -> Option<String> {
    let class = tag.split_once("class=\"")?.1.split('"').next()?;
    let has = |name| class.split(' ').any(|each| each == name);
    if !has("mention") || has("hashtag") {
        return None;
    }
    let href = tag.split_once("href=\"")?.1.split('"').next()?;
    let text = plain(inside);
    let name = text.strip_prefix('@').unwrap_or(&text);
    let is_name =
        !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || "@#/".contains(c));
    let host = place(&plain(href)).filter(|_| is_name)?;
    let sign = if is_begun { "" } else { "@" };
    Some(format!("{sign}{name}@{host}"))
}

#[cfg(test)]
mod tests {
    use super::super::{plain, sanitise};
    use super::*;

    #[test]
    fn mentions_say_whom_they_mean() {
        for (html, seen) in [
            (
                "<p><span class=\"h-card\"><a href=\"https://mill.example/@ana\" class=\"u-url \
                 mention\">@<span>ana</span></a></span> hello</p>",
                "@ana@mill.example hello",
            ),
            (
                "@<a class=\"mention\" href=\"https://mill.example/ana\">ana</a>",
                "@ana@mill.example",
            ),
            (
                "<a class=\"u-url mention\" href=\"https://mill.example/@ana\">@ana@mill.example</a>",
                "@ana@mill.example",
            ),
            ("<a class=\"mention hashtag\" href=\"https://mill.example/tags/a\">#a</a>", "#a"),
            ("<a href=\"https://mill.example/x\">@ana</a>", "@ana"),
            ("<a class=\"mention\" href=\"https://mill.example/x\">our page</a>", "our page"),
            ("<a class=\"mention\">@ana</a>", "@ana"),
        ] {
            let shown = with_handles(&sanitise(html));
            assert_eq!(plain(&shown), seen, "{html}");
            assert_eq!(with_handles(&shown), shown);
            assert_eq!(sanitise(&shown), shown);
        }
        // A name of another place still shows where it leads.
        let lie = "<a class=\"mention\" href=\"https://evil.test/\">@ana@mill.example</a>";
        assert!(plain(&with_handles(&sanitise(lie))).ends_with("(evil.test)"));
    }
}
