//! Links that say one thing and lead to another.

/// Writes behind each link whose visible text looks like an address where it really leads, if that
/// is another host: `bank.example (evil.example)` (compare CVE-2023-36462). Takes sanitised HTML, in
/// which every attribute is quoted and every tag closed.
pub(super) fn show_hosts(html: &str) -> String {
    let mut shown = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, link)) = rest.split_once("<a ") {
        let Some((tag, body)) = split_tag(link) else { break };
        let Some((inside, after)) = body.split_once("</a>") else { break };
        let note = real_host(tag, inside);
        shown.push_str(&format!("{before}<a {tag}>{inside}</a>"));
        let note = note.map_or_else(String::new, |host| format!(" ({})", super::escape(&host)));
        // What was written behind it before is not written again.
        if !after.starts_with(&note) {
            shown.push_str(&note);
        }
        rest = after;
    }
    shown.push_str(rest);
    shown
}

/// The attributes of a tag and what follows it. A quoted value may hold a `>`.
pub(super) fn split_tag(text: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    let end = text.char_indices().find_map(|(at, c)| {
        quoted ^= c == '"';
        (c == '>' && !quoted).then_some(at)
    })?;
    Some((text.get(..end)?, text.get(end + 1..)?))
}

/// Where a link leads, if its text names another place.
fn real_host(tag: &str, inside: &str) -> Option<String> {
    let href = tag.split_once("href=\"")?.1.split('"').next()?;
    let real = place(&super::plain(href))?;
    let text = super::plain(inside);
    let named: Vec<String> = text.split_whitespace().filter_map(named_place).collect();
    let honest = named.iter().all(|name| bare(name) == bare(&real));
    (!honest).then_some(real)
}

/// Host of a web address, or the whole of a mail address.
pub(super) fn place(href: &str) -> Option<String> {
    let url = url::Url::parse(href.trim()).ok()?;
    match url.host_str() {
        Some(host) => Some(host.to_owned()),
        None => Some(url.path().to_owned()),
    }
}

/// The host that a visible word names, if it looks like an address: `https://bank.example/x`,
/// `bank.example`, `ana@bank.example`.
fn named_place(word: &str) -> Option<String> {
    // Signs that are not seen, or stand in for the dot (IDNA, UTS 46), must not hide an address.
    let word: String = word.chars().filter(|c| !is_unseen(*c)).collect();
    let word = word.replace(['\u{3002}', '\u{ff0e}', '\u{ff61}', '\u{2024}'], ".");
    let word = word.replace('\u{2215}', "/").to_lowercase();
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let rest = word.split_once("://").map_or(word, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    let (_, last) = host.rsplit_once('.')?;
    let fits = last.chars().count() >= 2 && last.chars().all(char::is_alphabetic);
    if !fits || is_file(last) {
        return None;
    }
    let url = url::Url::parse(&format!("https://{host}/")).ok()?;
    url.host_str().map(ToOwned::to_owned)
}

/// Endings of file names, which are no addresses to anybody who reads them.
fn is_file(ending: &str) -> bool {
    matches!(ending, "pdf" | "jpg" | "jpeg" | "png" | "gif" | "txt" | "html" | "odt" | "doc")
}

fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// Without what changes nothing about whose host it is; of a mail address the host.
fn bare(host: &str) -> &str {
    let host = host.rsplit('@').next().unwrap_or(host).trim_end_matches('.');
    host.strip_prefix("www.").unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::super::sanitise;

    /// What a reader sees of a link.
    fn seen(href: &str, text: &str) -> String {
        let html = sanitise(&format!("<p>Go to <a href=\"{href}\">{text}</a>.</p>"));
        super::super::plain(&html)
    }

    #[test]
    fn htm_05_a_link_that_lies_is_shown_with_its_host() {
        for text in [
            "bank.example",
            "https://bank.example/login",
            "http://www.bank.example",
            "Your BANK.example!",
            "@ana@bank.example",
            "bank<span>.example</span>",
            "bank\u{200b}.exam\u{ad}ple",
            "bank&#46;example",
            "bank\u{3002}example",
            "https://evil.test@bank.example",
        ] {
            let seen = seen("https://evil.test/x?a=1&amp;b=%22", text);
            assert!(seen.ends_with(" (evil.test)."), "{text}: {seen}");
        }
        let twice = sanitise(&sanitise("<a href=\"https://evil.test/\">bank.example</a>"));
        assert_eq!(twice.matches("(evil.test)").count(), 1);
        // No style of ours hides a part of a link, so this one shows where it leads.
        let hidden = "<span class=\"invisible\">https://evil.test/</span>bank.example";
        let hidden = seen("https://evil.test/bank.example", hidden);
        assert!(hidden.contains("https://evil.test/bank.example"), "{hidden}");
        assert!(seen("mailto:eve@evil.test", "ana@bank.example").ends_with("(eve@evil.test)."));
    }

    #[test]
    fn htm_05_honest_links_stay_as_they_are() {
        for (href, text) in [
            ("https://mill.example/x", "mill.example/x"),
            ("https://www.mill.example/x", "https://mill.example"),
            ("https://mill.example/x", "our page, e.g. this one, v1.2, 10.30 o'clock"),
            ("https://mill.example/@ana", "@ana@mill.example"),
            ("https://mill.example/list.pdf", "list.pdf"),
            ("https://m\u{fc}hle.example/", "m\u{fc}hle.example"),
            ("mailto:ana@mill.example", "ana@mill.example"),
        ] {
            assert!(!seen(href, text).contains('('), "{text}");
        }
        let mention = "<p><a href=\"https://mill.example/@ana\" class=\"u-url mention\" \
                       rel=\"nofollow noopener noreferrer ugc\" target=\"_blank\">@<span>ana</span></a> \
                       a &gt; b</p>";
        assert_eq!(sanitise(mention).matches("<a ").count(), 1);
        assert!(sanitise(mention).contains("@<span>ana</span></a> a &gt; b</p>"));
    }
}
