//! A word for the next page: what was done. It travels in a cookie, because what is done answers
//! with a redirect, so that going back or reloading does not do it twice.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fluent_templates::fluent_bundle::FluentValue;

use crate::i18n::Locale;

/// Every message that may come this way, with its argument. A cookie is not to be trusted: nothing
/// else is shown.
const KNOWN: &[(&str, &str)] = &[
    ("signed-in", "name"),
    ("signed-out", ""),
    ("left", "date"),
    ("steward-named", "name"),
    ("password-kept", ""),
    ("joined-member", "name"),
    ("joined-newcomer", "name"),
    ("joined-talk", "name"),
    ("joined-agreed", ""),
    ("vouch-done", "name"),
    ("vouch-member", "name"),
    ("visit-done", "name"),
    ("covenant-done", "version"),
    ("covenant-agreed", ""),
    ("decision-proposed", ""),
    ("decision-said", ""),
    ("decision-withdrawn-done", ""),
    ("decision-closed-done", ""),
    ("paper-entered", ""),
    ("paper-confirmed", ""),
    ("paper-discarded", ""),
    ("subject-done", ""),
    ("role-added", ""),
    ("role-given", ""),
    ("role-given-back", ""),
    ("role-lines-kept", ""),
    ("role-ended", ""),
    ("string-booked", ""),
    ("string-struck", ""),
    ("string-limit-set", ""),
    ("agenda-answered", ""),
    ("account-connected", "address"),
    ("account-released", ""),
    ("passkey-added", "name"),
    ("passkey-removed", ""),
    ("passkey-go-on", ""),
    ("published-done", ""),
    ("draft-done", ""),
    ("saved-done", ""),
    ("closed-done", ""),
    ("reopened-done", ""),
    ("withdrawn-done", ""),
    ("proposal-extended", "date"),
    ("proposal-stays", ""),
    ("promise-made", "amount"),
    ("promise-made-plain", ""),
    ("promise-made-split", "now reserve"),
    ("promise-made-reserve", "reserve"),
    ("release-done", ""),
    ("confirm-done", ""),
    ("confirm-wait", ""),
    ("steward-follow-done", "name"),
    ("steward-unfollow-done", "name"),
    ("hosts-retry-done", "host"),
    ("hosts-pause-done", "host"),
    ("hosts-resume-done", "host"),
    ("hosts-pause-all-done", ""),
    ("hosts-resume-all-done", ""),
    ("hosts-drop-done", "host"),
    ("hosts-block-done", "host"),
    ("hosts-unblock-done", "host"),
    ("hosts-received-done", ""),
    ("domains-done", "domain"),
    ("domains-undone", "domain"),
    ("domain-list-done", "count"),
    ("domain-list-discarded", ""),
    ("restored-done", ""),
    ("mode-done", "mode"),
    ("settings-done", ""),
    ("mode-allowed", "host"),
    ("mode-disallowed", "host"),
    ("mode-dismissed", "host"),
    ("quiet-done", "quiet"),
    ("report-done", "host"),
    ("pact-asked-done", "name"),
    ("pact-accepted-done", "name"),
    ("pact-declined-done", "name"),
    ("pact-paused-done", "name"),
    ("pact-resumed-done", "name"),
    ("pact-ended-done", "name"),
    ("pact-settings-done", "name"),
    ("person-noted", "who"),
    ("link-again-done", "who"),
    ("person-done-release", ""),
    ("person-done-brought", ""),
    ("person-done-part", ""),
    ("count-corrected", ""),
    ("incoming-accepted", "name"),
    ("incoming-accepted-reserve", "name reserve"),
    ("incoming-countered", "name"),
    ("incoming-declined", "name"),
    ("outgoing-made", "name"),
    ("outgoing-taken", "name"),
    ("outgoing-counted", "name"),
    ("neighbours-import-done", "count"),
    ("pass-on-done", "count"),
    ("messages-answered", ""),
    ("messages-put-aside", ""),
    ("messages-accepted", ""),
    ("held-let-in-done", "count"),
    ("held-aside-done", "count"),
    ("held-blocked-done", "count"),
    ("careful-began-done", "date"),
    ("careful-ended-done", ""),
    ("measure-taken", ""),
    ("measure-confirmed", ""),
    ("measure-lifted-done", ""),
    ("measure-decided", ""),
    ("measure-appealed", ""),
    ("duty-made", ""),
    ("duty-saved", ""),
    ("duty-ended", ""),
    ("duty-woken", ""),
    ("turn-taken", ""),
    ("turn-learner-taken", ""),
    ("turns-taken", ""),
    ("turn-released-enough", ""),
    ("turn-released-drawn", ""),
    ("turn-released-asked", ""),
    ("turn-released-free", ""),
    ("turn-noted", ""),
    ("standing-ended", ""),
    ("pool-given", ""),
    ("pool-taken-back", ""),
    ("exempt-done", ""),
    ("exempt-ended", ""),
    ("runbook-written", ""),
    ("runbook-looked", ""),
    ("runbook-copied", ""),
    ("runbook-origin-looked", ""),
    ("notices-all-read-done", ""),
    ("telling-saved", ""),
    ("telling-email-asked", ""),
    ("telling-email-removed", ""),
    ("telling-calendar-removed", ""),
    ("mail-confirmed-done", ""),
    ("mail-stopped-done", ""),
    ("asked-later", ""),
    ("asked-published", ""),
    ("asked-kept", ""),
    ("asked-came", ""),
    ("asked-closed", ""),
    ("asked-withdrawn", ""),
    ("asked-done-part", ""),
    ("round-asked-done", ""),
    ("round-opened-done", ""),
    ("round-confirmed-done", ""),
    ("round-renewed-done", ""),
    ("round-ended-done", ""),
    ("round-closed-done", ""),
    ("round-line-done", ""),
    ("cause-added-done", "name"),
    ("cause-changed-done", ""),
    ("cause-answered-done", ""),
    ("moment-never-done", ""),
    ("moment-again-done", ""),
    ("ask-aside-done", ""),
];

/// The longest value that is shown, in characters.
const LONGEST: usize = 200;

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flash {
    id: &'static str,
    values: Vec<(&'static str, String)>,
}

impl Flash {
    /// The message `id` with values for its arguments, in their order; none if it is not known.
    fn find(id: &str, values: &[&str]) -> Option<Self> {
        let (id, names) = KNOWN.iter().find(|(known, _)| *known == id)?;
        let names: Vec<&'static str> = names.split_whitespace().collect();
        let short = values.iter().all(|value| value.chars().count() <= LONGEST);
        let pairs = names.iter().copied().zip(values.iter().map(|value| (*value).to_owned()));
        let fits = names.len() == values.len() && short;
        fits.then(|| Self { id, values: pairs.collect() })
    }

    /// The value of the cookie.
    pub fn encode(id: &str, values: &[&str]) -> String {
        let mut lines = vec![id];
        lines.extend(values);
        URL_SAFE_NO_PAD.encode(lines.join("\n"))
    }

    /// Reads the value of the cookie.
    pub fn decode(value: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(value).ok()?).ok()?;
        let mut lines = text.split('\n');
        let id = lines.next()?;
        Self::find(id, &lines.collect::<Vec<_>>())
    }

    /// The sentence.
    pub fn say(&self, locale: &Locale) -> String {
        let value = |place: usize| match self.values.get(place) {
            Some((name, value)) => (*name, FluentValue::from(value.as_str())),
            None => ("", FluentValue::None),
        };
        locale.say_with(self.id, [value(0), value(1)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_messages_are_shown() {
        let said = |id: &str, values: &[&str]| {
            Flash::decode(&Flash::encode(id, values)).map(|flash| flash.say(&Locale::find("en")))
        };
        assert_eq!(said("promise-made", &["3 hours"]).unwrap(), "Thank you. You promised 3 hours.");
        assert!(said("promise-made-split", &["3", "4"]).unwrap().contains("4 in reserve"));
        assert_eq!(said("promise-made", &[]), None);
        assert_eq!(said("about-title", &["evil"]), None);
        assert_eq!(Flash::decode("%%%"), None);
    }

    #[test]
    fn every_message_has_words_in_every_language() {
        for (code, _) in crate::i18n::LANGUAGES {
            for (id, names) in KNOWN.iter().copied() {
                let values: Vec<_> = names.split_whitespace().map(|_| "9876").collect();
                let said = Flash::find(id, &values).unwrap().say(&Locale::find(code));
                assert_ne!(said, id, "{code}");
                assert_ne!(said.contains("9876"), values.is_empty(), "{code}: {said}");
            }
        }
    }
}
