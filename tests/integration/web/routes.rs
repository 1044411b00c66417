//! Every page and every form, with every kind of visitor. A route that has no row here fails.

use std::collections::BTreeSet;

use super::house::{Browser, House};

/// Method, path, and what is answered to a stranger, a newcomer, a member and a steward. Ids name
/// nothing, so 404 (and 410 for tokens) means: let in, and nothing found. Forms are empty.
const ROWS: &[(&str, &str, [u16; 4])] = &[
    ("get", "/", [200, 200, 200, 200]),
    ("get", "/@{handle}", [303, 303, 303, 303]),
    ("get", "/@{handle}/{id}", [404, 404, 404, 404]),
    ("get", "/about", [200, 200, 200, 200]),
    ("get", "/ask", [200, 303, 303, 303]),
    ("get", "/causes", [303, 403, 200, 200]),
    ("get", "/causes/{id}/respond", [303, 403, 403, 404]),
    ("get", "/moment", [303, 200, 200, 200]),
    ("get", "/moment/brought", [303, 200, 200, 200]),
    ("get", "/round-lines/{id}", [303, 403, 403, 404]),
    ("get", "/rounds", [303, 200, 200, 200]),
    ("get", "/rounds/{id}", [303, 404, 404, 404]),
    ("get", "/rounds/{id}/poster", [303, 404, 404, 404]),
    ("get", "/steward/asks", [303, 403, 403, 200]),
    ("get", "/why", [200, 200, 200, 200]),
    ("get", "/why/{name}", [404, 404, 404, 404]),
    ("post", "/ask", [422, 422, 422, 422]),
    ("post", "/causes", [303, 403, 403, 422]),
    ("post", "/causes/{id}", [303, 403, 403, 422]),
    ("post", "/causes/{id}/respond", [303, 403, 403, 404]),
    ("post", "/moment", [303, 403, 403, 403]),
    ("post", "/responses/{id}/done", [303, 403, 403, 404]),
    ("post", "/round-lines/{id}", [303, 403, 403, 404]),
    ("post", "/rounds", [303, 403, 403, 422]),
    ("post", "/rounds/{id}/close", [303, 403, 403, 404]),
    ("post", "/rounds/{id}/confirm", [303, 403, 403, 422]),
    ("post", "/rounds/{id}/end", [303, 403, 403, 404]),
    ("post", "/rounds/{id}/open", [303, 403, 403, 404]),
    ("post", "/rounds/{id}/renew", [303, 403, 403, 422]),
    ("post", "/steward/asks/{id}", [303, 403, 403, 404]),
    ("get", "/asked/{token}", [410, 410, 410, 410]),
    ("get", "/board", [200, 200, 200, 200]),
    ("get", "/duties", [200, 200, 200, 200]),
    ("get", "/duties/new", [303, 403, 403, 200]),
    ("get", "/duties/{id}", [404, 404, 404, 404]),
    ("get", "/duties/{id}/edit", [303, 403, 404, 404]),
    ("get", "/duties/{id}/runbook", [404, 404, 404, 404]),
    ("get", "/duties/{id}/runbook.md", [404, 404, 404, 404]),
    ("get", "/duties/{id}/runbook/origin", [303, 403, 404, 404]),
    ("get", "/agenda", [303, 403, 200, 200]),
    ("get", "/covenant", [303, 403, 200, 200]),
    ("get", "/covenant/{version}", [303, 403, 404, 404]),
    ("get", "/decisions", [303, 200, 200, 200]),
    ("get", "/decisions/new", [303, 403, 200, 200]),
    ("get", "/decisions/{id}", [404, 404, 404, 404]),
    ("get", "/feeds/kinds/{name}", [404, 404, 404, 404]),
    ("get", "/feeds/{name}", [404, 404, 404, 404]),
    ("get", "/join", [200, 200, 200, 200]),
    ("get", "/join/{token}", [410, 410, 410, 410]),
    ("get", "/log", [303, 403, 200, 200]),
    ("get", "/calendar/{name}", [404, 404, 404, 404]),
    ("get", "/mail/confirm/{token}", [410, 410, 410, 410]),
    ("get", "/mail/stop/{token}", [410, 410, 410, 410]),
    ("get", "/me", [303, 200, 200, 200]),
    ("get", "/me/data.zip", [303, 200, 200, 200]),
    ("get", "/me/passkeys", [303, 200, 200, 200]),
    ("get", "/me/leave", [303, 200, 200, 200]),
    ("get", "/me/notices", [303, 200, 200, 200]),
    ("get", "/me/turns", [303, 200, 200, 200]),
    ("get", "/media/{family}/{id}/{place}/{seal}", [303, 403, 404, 404]),
    ("get", "/members", [303, 403, 200, 200]),
    ("get", "/members/{id}", [303, 403, 404, 404]),
    ("get", "/members/{id}/measure", [303, 403, 403, 404]),
    ("get", "/messages", [303, 403, 403, 200]),
    ("get", "/messages/{id}", [303, 403, 403, 404]),
    ("get", "/mutuality", [303, 403, 200, 200]),
    ("get", "/needs/new", [303, 200, 200, 200]),
    ("get", "/neighbours", [303, 403, 200, 200]),
    ("get", "/neighbours.opml", [200, 200, 200, 200]),
    ("get", "/neighbours/{id}", [404, 404, 404, 404]),
    ("get", "/no-more/{token}", [410, 410, 410, 410]),
    ("get", "/notices", [303, 200, 200, 200]),
    ("get", "/offers/new", [303, 200, 200, 200]),
    ("get", "/pacts", [303, 403, 200, 200]),
    ("get", "/password", [303, 200, 200, 200]),
    ("get", "/pictures/{id}/{name}", [404, 404, 404, 404]),
    ("get", "/power", [200, 200, 200, 200]),
    ("get", "/promised/{token}", [410, 410, 410, 410]),
    ("get", "/promises", [303, 403, 200, 200]),
    ("get", "/proposals/{id}/edit", [303, 404, 404, 404]),
    ("get", "/roles/new", [303, 403, 200, 200]),
    ("get", "/roles/{id}", [303, 403, 404, 404]),
    ("get", "/sign-in", [200, 303, 303, 303]),
    ("get", "/sign-in/back/{id}", [422, 422, 422, 422]),
    ("get", "/sign-in/code", [200, 200, 200, 200]),
    ("get", "/sign-in/fediverse", [200, 200, 200, 200]),
    ("get", "/sign-in/{token}", [410, 410, 410, 410]),
    ("get", "/static/{name}", [404, 404, 404, 404]),
    ("get", "/steward", [303, 403, 403, 200]),
    ("get", "/steward/covenant", [303, 403, 403, 200]),
    ("get", "/steward/held", [303, 403, 403, 200]),
    ("get", "/steward/held/{id}", [303, 403, 403, 404]),
    ("get", "/steward/doctor", [303, 403, 403, 200]),
    ("get", "/steward/hosts", [303, 403, 403, 200]),
    ("get", "/steward/measures", [303, 403, 403, 200]),
    ("get", "/steward/allowed.csv", [303, 403, 403, 200]),
    ("get", "/steward/backups", [303, 403, 403, 200]),
    ("get", "/steward/emergency", [303, 403, 403, 200]),
    ("get", "/steward/domains", [303, 403, 403, 200]),
    ("get", "/steward/domains.csv", [303, 403, 403, 200]),
    ("get", "/steward/domains/import/{id}", [303, 403, 403, 404]),
    ("get", "/steward/mode", [303, 403, 403, 200]),
    ("get", "/steward/quiet", [303, 403, 403, 200]),
    ("get", "/steward/report", [303, 403, 403, 404]),
    ("get", "/steward/settings", [303, 403, 403, 200]),
    ("get", "/welcome/{token}", [410, 410, 410, 410]),
    ("get", "/welcome/{token}/{name}", [410, 410, 410, 410]),
    ("post", "/steward/settings", [303, 403, 403, 422]),
    ("get", "/turns/pool", [303, 403, 200, 200]),
    ("get", "/turns/sheet", [303, 403, 200, 200]),
    ("get", "/turns/{id}", [404, 404, 404, 404]),
    ("get", "/strings", [303, 403, 200, 200]),
    ("get", "/strings.csv", [303, 403, 200, 200]),
    ("get", "/strings/new", [303, 403, 200, 200]),
    ("post", "/agenda/{id}/answer", [303, 403, 404, 404]),
    ("post", "/asked/{token}", [410, 410, 410, 410]),
    ("post", "/asked/{token}/came", [404, 404, 404, 404]),
    ("post", "/asked/{token}/enough", [410, 410, 410, 410]),
    ("post", "/asked/{token}/withdraw", [410, 410, 410, 410]),
    ("post", "/duties/new", [303, 403, 403, 422]),
    ("post", "/duties/{id}/edit", [303, 403, 404, 404]),
    ("post", "/duties/{id}/end", [303, 403, 404, 404]),
    ("post", "/duties/{id}/runbook", [303, 403, 404, 404]),
    ("post", "/duties/{id}/runbook/copy", [303, 403, 404, 404]),
    ("post", "/duties/{id}/runbook/looked", [303, 403, 404, 404]),
    ("post", "/duties/{id}/runbook/origin", [303, 403, 404, 404]),
    ("post", "/duties/{id}/wake", [303, 403, 404, 404]),
    ("post", "/covenant/agree", [303, 403, 422, 422]),
    ("post", "/decisions/new", [303, 403, 422, 422]),
    ("post", "/decisions/{id}/carry-out", [303, 403, 404, 404]),
    ("post", "/decisions/{id}/close", [303, 403, 404, 404]),
    ("post", "/decisions/{id}/paper", [303, 403, 404, 404]),
    ("post", "/decisions/{id}/say", [303, 403, 404, 404]),
    ("post", "/decisions/{id}/withdraw", [303, 403, 404, 404]),
    ("post", "/join", [422, 200, 200, 200]),
    ("post", "/join/agree", [303, 422, 422, 422]),
    ("post", "/join/{token}", [410, 410, 410, 410]),
    ("post", "/language", [303, 303, 303, 303]),
    ("post", "/mail/confirm/{token}", [410, 410, 410, 410]),
    ("post", "/mail/stop/{token}", [410, 410, 410, 410]),
    ("post", "/me/accounts/remove", [303, 303, 303, 303]),
    ("post", "/me/notices", [303, 422, 422, 422]),
    ("post", "/me/notices/calendar", [303, 200, 200, 200]),
    ("post", "/me/notices/email", [303, 422, 422, 422]),
    ("post", "/me/confirm", [303, 422, 422, 422]),
    ("post", "/me/passkeys", [303, 422, 422, 422]),
    ("post", "/me/passkeys/challenge", [303, 404, 404, 404]),
    ("post", "/me/passkeys/remove", [303, 404, 404, 404]),
    ("post", "/me/leave", [303, 303, 303, 422]),
    ("post", "/me/turns/exempt", [303, 303, 303, 303]),
    ("post", "/me/turns/exempt/{id}", [303, 404, 404, 404]),
    ("post", "/measures/{id}/appeal", [303, 404, 404, 404]),
    ("post", "/measures/{id}/confirm", [303, 403, 403, 404]),
    ("post", "/measures/{id}/decide", [303, 403, 403, 404]),
    ("post", "/measures/{id}/lift", [303, 403, 403, 404]),
    ("post", "/members/invitations", [303, 403, 422, 422]),
    ("post", "/members/{id}/measure", [303, 403, 403, 404]),
    ("post", "/members/{id}/steward", [303, 403, 403, 404]),
    ("post", "/members/{id}/visit", [303, 403, 403, 404]),
    ("post", "/members/{id}/vouch", [303, 403, 404, 404]),
    ("post", "/messages/{id}/accept", [303, 403, 403, 404]),
    ("post", "/messages/{id}/answer", [303, 403, 403, 404]),
    ("post", "/messages/{id}/put-aside", [303, 403, 403, 404]),
    ("post", "/needs/new", [303, 422, 422, 422]),
    ("post", "/neighbours/import", [303, 403, 403, 422]),
    ("post", "/neighbours/import/follow", [303, 403, 403, 303]),
    ("post", "/neighbours/{id}/pass-on", [303, 403, 403, 404]),
    ("post", "/neighbours/{id}/promise", [303, 403, 403, 404]),
    ("post", "/no-more/{token}", [410, 410, 410, 410]),
    ("post", "/notices/open", [303, 404, 404, 404]),
    ("post", "/notices/read", [303, 303, 303, 303]),
    ("post", "/offers/new", [303, 422, 422, 422]),
    ("post", "/pacts", [303, 403, 403, 422]),
    ("post", "/pacts/{id}/accept", [303, 403, 403, 404]),
    ("post", "/pacts/{id}/decline", [303, 403, 403, 404]),
    ("post", "/pacts/{id}/end", [303, 403, 403, 404]),
    ("post", "/pacts/{id}/pause", [303, 403, 403, 404]),
    ("post", "/pacts/{id}/resume", [303, 403, 403, 404]),
    ("post", "/pacts/{id}/settings", [303, 403, 403, 404]),
    ("post", "/password", [303, 422, 422, 422]),
    ("post", "/promised/{token}/confirm", [410, 410, 410, 410]),
    ("post", "/promised/{token}/release", [410, 410, 410, 410]),
    ("post", "/promises/incoming/{id}/accept", [303, 404, 404, 404]),
    ("post", "/promises/incoming/{id}/counter", [303, 404, 404, 404]),
    ("post", "/promises/incoming/{id}/decline", [303, 404, 404, 404]),
    ("post", "/promises/outgoing/{id}/confirm", [303, 403, 403, 404]),
    ("post", "/promises/outgoing/{id}/release", [303, 403, 403, 404]),
    ("post", "/promises/outgoing/{id}/take", [303, 403, 403, 404]),
    ("post", "/promises/{id}/confirm", [303, 404, 404, 404]),
    ("post", "/promises/{id}/link", [303, 404, 404, 404]),
    ("post", "/promises/{id}/release", [303, 404, 404, 404]),
    ("post", "/proposals/{id}/close", [303, 403, 403, 403]),
    ("post", "/proposals/{id}/edit", [303, 404, 404, 404]),
    ("post", "/proposals/{id}/extend", [303, 404, 404, 404]),
    ("post", "/proposals/{id}/promise", [303, 404, 404, 404]),
    ("post", "/proposals/{id}/publish", [303, 404, 404, 404]),
    ("post", "/proposals/{id}/reopen", [303, 404, 404, 404]),
    ("post", "/proposals/{id}/withdraw", [303, 404, 404, 404]),
    ("post", "/replies/{id}/take", [303, 404, 404, 404]),
    ("post", "/roles/new", [303, 403, 422, 422]),
    ("post", "/roles/{id}/end", [303, 403, 404, 404]),
    ("post", "/roles/{id}/ask", [303, 403, 404, 404]),
    ("post", "/roles/{id}/give", [303, 403, 404, 404]),
    ("post", "/roles/{id}/give-back", [303, 403, 404, 404]),
    ("post", "/roles/{id}/lines", [303, 403, 404, 404]),
    ("post", "/sign-in", [422, 422, 422, 422]),
    ("post", "/sign-in/code", [422, 422, 422, 422]),
    ("post", "/sign-in/fediverse", [422, 422, 422, 422]),
    ("post", "/sign-in/passkey", [422, 422, 422, 422]),
    ("post", "/sign-in/passkey/challenge", [404, 404, 404, 404]),
    ("post", "/sign-in/{token}", [410, 410, 410, 410]),
    ("post", "/sign-out", [303, 303, 303, 303]),
    ("post", "/steward/backups/confirm", [303, 403, 403, 404]),
    ("post", "/steward/careful", [303, 403, 403, 303]),
    ("post", "/steward/covenant", [303, 403, 403, 422]),
    ("post", "/steward/domains", [303, 403, 403, 422]),
    ("post", "/steward/domains/import", [303, 403, 403, 422]),
    ("post", "/steward/domains/import/{id}", [303, 403, 403, 404]),
    ("post", "/steward/domains/import/{id}/discard", [303, 403, 403, 404]),
    ("post", "/steward/domains/preview", [303, 403, 403, 422]),
    ("post", "/steward/domains/undo", [303, 403, 403, 404]),
    ("post", "/steward/mode", [303, 403, 403, 422]),
    ("post", "/steward/mode/allow", [303, 403, 403, 422]),
    ("post", "/steward/mode/disallow", [303, 403, 403, 404]),
    ("post", "/steward/mode/dismiss", [303, 403, 403, 404]),
    ("post", "/steward/quiet", [303, 403, 403, 422]),
    ("post", "/steward/report", [303, 403, 403, 404]),
    ("post", "/steward/following", [303, 403, 403, 422]),
    ("post", "/steward/following/{id}/remove", [303, 403, 403, 404]),
    ("post", "/steward/held", [303, 403, 403, 404]),
    ("post", "/steward/doctor", [303, 403, 403, 200]),
    ("post", "/steward/hosts/block", [303, 403, 403, 422]),
    ("post", "/steward/hosts/drop", [303, 403, 403, 303]),
    ("post", "/steward/hosts/pause", [303, 403, 403, 303]),
    ("post", "/steward/hosts/received", [303, 403, 403, 303]),
    ("post", "/steward/hosts/resume", [303, 403, 403, 303]),
    ("post", "/steward/hosts/retry", [303, 403, 403, 303]),
    ("post", "/steward/hosts/unblock", [303, 403, 403, 422]),
    ("post", "/steward/members", [303, 403, 403, 422]),
    ("post", "/steward/members/{id}/link", [303, 403, 403, 404]),
    ("post", "/turns/pool", [303, 403, 404, 404]),
    ("post", "/turns/pool/{id}/take-back", [303, 403, 404, 404]),
    ("post", "/turns/standing/{id}/end", [303, 404, 404, 404]),
    ("post", "/turns/{id}/keep", [303, 403, 404, 404]),
    ("post", "/turns/{id}/release", [303, 404, 404, 404]),
    ("post", "/turns/{id}/take", [303, 404, 404, 404]),
    ("post", "/strings/limit", [303, 403, 422, 422]),
    ("post", "/strings/new", [303, 403, 422, 422]),
    ("post", "/strings/{id}/strike", [303, 403, 404, 404]),
];

/// The table of routes in a source: method and path.
pub fn routes(source: &str) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for part in source.split(".route(").skip(1) {
        let mut quoted = part.split('"').skip(1);
        let path = quoted.next().unwrap();
        let rest = quoted.next().unwrap();
        let end = rest.find(".fallback").unwrap_or(rest.len());
        for method in ["get", "post", "put", "delete", "patch"] {
            if rest[..end].contains(&format!("{method}(")) {
                found.insert((method.to_owned(), path.to_owned()));
            }
        }
    }
    found
}

fn filled(path: &str) -> String {
    path.replace("{handle}", "ring")
        .replace("{id}", "0123456789ABC")
        .replace("{token}", "nothing")
        .replace("{name}", "nothing.css")
        .replace("{version}", "99")
}

/// Every route that can be tried with nothing in it and changes nothing for whoever tries it.
pub fn harmless() -> Vec<(String, String)> {
    let ends = [
        "/me/leave",
        "/me/notices/calendar",
        "/me/turns/exempt",
        "/language",
        "/notices/read",
        "/sign-out",
    ];
    let all = routes(include_str!("../../../server/src/web.rs"));
    all.into_iter().filter(|(_, path)| !ends.contains(&path.as_str())).collect()
}

/// What a route answers, and the page with it. What the browser keeps stays as it was.
pub async fn answered(browser: &mut Browser, method: &str, path: &str) -> (u16, String) {
    let before = browser.cookies.clone();
    let seen = match method {
        "get" => browser.get(&filled(path)).await,
        _ => browser.post(&filled(path), &[]).await,
    };
    browser.cookies = before;
    (seen.status.as_u16(), seen.html)
}

#[tokio::test]
async fn every_route_lets_in_whom_it_should() {
    let listed: BTreeSet<_> =
        ROWS.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    let real = routes(include_str!("../../../server/src/web.rs"));
    assert!(real.len() > 80, "{}", real.len());
    let missing: Vec<_> = real.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&real).collect();

    let house = House::open().await;
    let (rosa, ida) = (house.member("Rosa").await, house.steward("Ida").await);
    let mut newcomer = house.stranger();
    let wish = [("name", "Lea"), ("password", "a kettle on the stove"), ("choice", "talk")];
    newcomer.post("/join", &wish).await.leads_to("/me");
    newcomer.get("/me").await;
    let mut visitors =
        [house.stranger(), newcomer, house.enter(&rosa).await, house.enter(&ida).await];
    let mut wrong = Vec::new();
    // Whoever leaves or signs out is nobody any more.
    let ends =
        |method: &str, path: &str| method == "post" && ["/me/leave", "/sign-out"].contains(&path);
    let (last, first): (Vec<_>, Vec<_>) =
        real.iter().partition(|(method, path)| ends(method, path));
    for (method, path) in first.into_iter().chain(last) {
        let mut answers = [0; 4];
        for (browser, answer) in visitors.iter_mut().zip(&mut answers) {
            *answer = answered(browser, method, path).await.0;
        }
        let row = ROWS.iter().find(|row| row.0 == method && row.1 == path);
        if row.is_none_or(|row| row.2 != answers) {
            wrong.push(format!("    (\"{method}\", \"{path}\", {answers:?}),"));
        }
    }
    assert!(gone.is_empty(), "no such routes: {gone:?}");
    assert!(missing.is_empty() && wrong.is_empty(), "{missing:?}\n{}", wrong.join("\n"));
}
