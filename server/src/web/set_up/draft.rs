//! What was chosen so far, as it was typed: it is kept beside the data, so that neither a reload nor
//! another start of the program loses it. It holds no secret.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use url::Url;

use crate::actions::covenant::TEMPLATES;
use crate::actions::open_house::Plan;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::collective::{
    Collective, check_handle, check_name, read_address, suggest_handle,
};
use crate::domain::gate::Mode;
use crate::domain::member;
use crate::domain::refusal::Refusal;
use crate::domain::settings::{
    Settings, check_area, check_keep_days, check_summary, check_time_zone,
};
use crate::folder;
use crate::i18n::Locale;
use crate::web::form::Fields;
use crate::web::zones;

/// The name of the file in the data folder.
const FILE: &str = "set-up.json";
/// Longer than anything that fits: more is not kept.
const LONGEST: usize = 4_000;
/// The name for the few words that are there without a text of our own.
pub const FIRST: &str = "first";
/// Nobody was named who looks after the house, too.
const NO_SECOND: &str = "set-up-second-missing";

/// A field, and the message that says what is wrong with it.
pub type Wrong = (&'static str, &'static str);

/// The short pages, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// What the house is called, and where it is reached.
    House,
    /// Time and place, what we owe each other, with whom we speak.
    Ways,
    /// Who looks after it.
    People,
    /// The key for backups.
    Key,
    /// A last look.
    Open,
}

/// What was chosen so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// What the collective is called.
    pub name: String,
    /// The first part of its address.
    pub handle: String,
    /// Where the world reaches it.
    pub address: String,
    /// A sentence or two.
    pub summary: String,
    /// The language in which it speaks to the world.
    pub language: String,
    /// In which days begin and end.
    pub time_zone: String,
    /// Where it is, coarsely.
    pub area: String,
    /// For how many days what is over stays.
    pub keep_days: String,
    /// The text to begin from.
    pub covenant: String,
    /// With whom it speaks.
    pub mode: String,
    /// Who looks after the house.
    pub steward: String,
    /// Who does, too.
    pub second: String,
    /// Whether somebody knows that nobody else does.
    pub alone: bool,
    /// Where backups are kept; empty for the usual place.
    pub backups: String,
    /// How many pages were filled in, from the first one on.
    pub passed: usize,
}

impl Step {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::House, Self::Ways, Self::People, Self::Key, Self::Open];

    /// The last part of its path.
    pub fn word(self) -> &'static str {
        match self {
            Self::House => "house",
            Self::Ways => "ways",
            Self::People => "people",
            Self::Key => "key",
            Self::Open => "open",
        }
    }

    /// The step of a path.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.word() == word)
    }

    /// The message of its heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::House => "set-up-house",
            Self::Ways => "set-up-ways",
            Self::People => "set-up-people",
            Self::Key => "set-up-key",
            Self::Open => "set-up-open",
        }
    }

    /// Its place: the first is 1.
    pub fn number(self) -> usize {
        Self::ALL.iter().position(|step| *step == self).unwrap_or_default() + 1
    }

    /// The one after it.
    pub fn after(self) -> Self {
        Self::ALL.get(self.number()).copied().unwrap_or(Self::Open)
    }

    /// The one before it.
    pub fn before(self) -> Option<Self> {
        let place = self.number().checked_sub(2)?;
        Self::ALL.get(place).copied()
    }
}

impl Draft {
    /// What is chosen before anybody chooses.
    fn fresh() -> Self {
        Self {
            time_zone: zones::own(),
            keep_days: Settings::default().keep_days.to_string(),
            covenant: FIRST.to_owned(),
            // What is closed can be opened at any time; what went out cannot be fetched back.
            mode: Mode::Allowlist.word().to_owned(),
            ..Self::default()
        }
    }

    /// What was kept in a data folder, or a new one.
    pub fn load(data: &Path) -> Self {
        let kept = fs::read(data.join(FILE)).ok();
        kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_else(Self::fresh)
    }

    /// Keeps it in a data folder, for nobody else to read.
    pub fn store(&self, data: &Path) -> anyhow::Result<()> {
        fs::create_dir_all(data)?;
        let (path, beside) = (data.join(FILE), data.join(format!("{FILE}.new")));
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = options.open(&beside)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        file.sync_all()?;
        fs::rename(beside, path)?;
        Ok(())
    }

    /// Removes what was kept: all of it stands in the database.
    pub fn remove(data: &Path) {
        let path: PathBuf = data.join(FILE);
        if let Err(error) = fs::remove_file(path)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(error = %error, "set-up.json cannot be removed from the data folder");
        }
    }

    /// Takes over what was typed on a page, right or wrong.
    pub fn take(&mut self, step: Step, fields: &Fields) {
        let text = |name: &str| fields.text(name).chars().take(LONGEST).collect::<String>();
        match step {
            Step::House => {
                self.name = text("name");
                self.handle = text("handle").trim().to_owned();
                self.address = text("address").trim().to_owned();
                self.summary = text("summary");
                self.language = text("language");
                if self.handle.is_empty() {
                    self.handle = suggest_handle(&self.name);
                }
            }
            Step::Ways => {
                self.time_zone = text("time_zone");
                self.area = text("area");
                self.keep_days = text("keep_days");
                self.covenant = text("covenant");
                self.mode = text("mode");
                self.backups = text("backups").trim().to_owned();
            }
            Step::People => {
                self.steward = text("steward");
                self.second = text("second");
                self.alone = fields.ticked("alone");
            }
            Step::Key | Step::Open => {}
        }
    }

    /// Notes whether a page is done, after [`Draft::take`]: none is left out.
    pub fn note(&mut self, step: Step, config: &Config) {
        let before = step.number().saturating_sub(1);
        if !self.wrong(step, config).is_empty() {
            self.passed = self.passed.min(before);
        } else if self.passed == before {
            self.passed = step.number();
        }
    }

    /// Whether a page is done, and every one before it.
    pub fn has_passed(&self, step: Step) -> bool {
        self.passed >= step.number()
    }

    /// Where backups are kept, if it is for us to say; else nothing.
    pub fn backup_folder(&self, config: &Config) -> String {
        if config.backup.folder.is_empty() { self.backups.clone() } else { String::new() }
    }

    /// Everything that is wrong on a page.
    pub fn wrong(&self, step: Step, config: &Config) -> Vec<Wrong> {
        let mut found = Vec::new();
        let mut check = |field: &'static str, result: Result<(), Refusal>| {
            if let Err(refusal) = result {
                found.push((field, refusal.key()));
            }
        };
        match step {
            Step::House => {
                check("name", check_name(&self.name));
                check("handle", check_handle(&self.handle));
                check("address", self.base(config).map(drop));
                check("summary", check_summary(&self.summary).map(drop));
                let language = Locale::find_exact(&self.language);
                check("language", language.map(drop).ok_or(Refusal::UnknownLanguage));
            }
            Step::Ways => {
                if config.time_zone.is_empty() {
                    check("time_zone", check_time_zone(&self.time_zone).map(drop));
                }
                check("area", check_area(&self.area).map(drop));
                if config.retention.days == 0 {
                    check("keep_days", check_keep_days(&self.keep_days).map(drop));
                }
                let mode = Mode::from_word(&self.mode);
                check("mode", mode.map(drop).ok_or(Refusal::UnknownMode));
                if !is_fit_for_backups(&self.backup_folder(config)) {
                    found.push(("backups", "set-up-backups-unfit"));
                }
            }
            Step::People => {
                check("steward", member::check_name(&self.steward).map(drop));
                if !self.second.trim().is_empty() {
                    check("second", self.check_second());
                } else if !self.alone {
                    found.push(("second", NO_SECOND));
                }
            }
            Step::Key | Step::Open => {}
        }
        found
    }

    fn check_second(&self) -> Result<(), Refusal> {
        let second = member::check_name(&self.second)?;
        let first = member::check_name(&self.steward).unwrap_or_default();
        let is_same = first.to_lowercase() == second.to_lowercase();
        if is_same { Err(Refusal::NameTaken) } else { Ok(()) }
    }

    /// Where the world reaches us: what the operator wrote down counts.
    pub fn base(&self, config: &Config) -> Result<Url, Refusal> {
        match config.address() {
            Ok(Some(address)) => Ok(address),
            _ => read_address(&self.address, config.federation.allow_http),
        }
    }

    /// What is to be set up, if nothing is wrong.
    pub fn plan(&self, config: &Config, clock: &Clock) -> Result<Plan, Refusal> {
        check_name(&self.name)?;
        check_handle(&self.handle)?;
        let language = Locale::find_exact(&self.language).ok_or(Refusal::UnknownLanguage)?;
        let second = match self.second.trim().is_empty() {
            true => None,
            false => Some(member::check_name(&self.second)?),
        };
        // What the operator wrote down is not ours to store.
        let time_zone = match config.time_zone.is_empty() {
            true => check_time_zone(&self.time_zone)?,
            false => String::new(),
        };
        let keep_days = match config.retention.days {
            0 => check_keep_days(&self.keep_days)?,
            _ => Settings::default().keep_days,
        };
        Ok(Plan {
            collective: Collective {
                handle: self.handle.clone(),
                name: self.name.trim().to_owned(),
                summary: check_summary(&self.summary)?,
                base: self.base(config)?,
                language: language.code().to_owned(),
                created_at: clock.now(),
                updated_at: clock.now(),
            },
            settings: Settings { time_zone, area: check_area(&self.area)?, keep_days },
            covenant: Some(self.covenant.clone()).filter(|name| is_template(name)),
            mode: Mode::from_word(&self.mode).ok_or(Refusal::UnknownMode)?,
            steward: member::check_name(&self.steward)?,
            second,
        })
    }
}

/// Whether backups can be kept in a folder: one that is there, or that can be made in the one above.
fn is_fit_for_backups(folder: &str) -> bool {
    let path = Path::new(folder);
    let above = path.parent().unwrap_or(path);
    let place = if path.exists() { path } else { above };
    folder.is_empty()
        || path.is_absolute()
            && !folder.contains(char::is_control)
            && place.is_dir()
            && folder::check(place).is_ok()
}

fn is_template(name: &str) -> bool {
    TEMPLATES.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Retention;

    fn filled() -> Draft {
        Draft {
            name: "Ring Street".into(),
            handle: "ring".into(),
            address: "ring.example".into(),
            language: "en".into(),
            time_zone: "Europe/Berlin".into(),
            steward: "Rosa".into(),
            second: "Ida".into(),
            ..Draft::fresh()
        }
    }

    #[test]
    fn what_is_filled_in_is_a_plan() {
        let (draft, config) = (filled(), Config::default());
        assert!(Step::ALL.into_iter().all(|step| draft.wrong(step, &config).is_empty()));
        let plan = draft.plan(&config, &Clock::system()).unwrap();
        assert_eq!(plan.collective.address(), "ring@ring.example");
        assert_eq!((plan.mode, plan.second.as_deref()), (Mode::Allowlist, Some("Ida")));
        assert_eq!(plan.covenant, None);
        // What the operator wrote down is not asked for.
        let config = Config { retention: Retention { days: 7 }, ..Config::default() };
        let draft = Draft { keep_days: String::new(), ..draft };
        assert!(draft.wrong(Step::Ways, &config).is_empty());
        assert_eq!(draft.plan(&config, &Clock::system()).unwrap().settings.keep_days, 30);
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let config = Config::default();
        let draft = Draft { handle: "Ring!".into(), address: "ring".into(), ..Draft::fresh() };
        let fields = |step| {
            let wrong = draft.wrong(step, &config);
            wrong.into_iter().map(|(field, _)| field).collect::<Vec<_>>()
        };
        assert_eq!(fields(Step::House), ["name", "handle", "address", "language"]);
        assert_eq!(fields(Step::People), ["steward", "second"]);
        let alone = Draft { alone: true, second: String::new(), ..filled() };
        assert!(alone.wrong(Step::People, &config).is_empty());
        let twice = Draft { second: "rosa ".into(), ..filled() };
        assert_eq!(twice.wrong(Step::People, &config), [("second", "refusal-name-taken")]);
    }

    #[test]
    fn no_page_is_left_out_and_backups_go_where_they_can_be_written() {
        let (config, mut draft) = (Config::default(), filled());
        draft.note(Step::People, &config);
        assert!(!draft.has_passed(Step::People), "the pages before it are missing");
        draft.note(Step::House, &config);
        draft.note(Step::Ways, &config);
        assert!(draft.has_passed(Step::Ways) && !draft.has_passed(Step::People));
        let folder = tempfile::tempdir().unwrap();
        let new = folder.path().join("backups");
        for (path, is_fit) in [
            ("", true),
            (new.to_str().unwrap(), true),
            (folder.path().to_str().unwrap(), true),
            ("backups", false),
            ("/nowhere/at/all", false),
            ("/proc/backups\n", false),
        ] {
            draft.backups = path.to_owned();
            draft.note(Step::Ways, &config);
            assert_eq!(draft.wrong(Step::Ways, &config).is_empty(), is_fit, "{path:?}");
            assert_eq!(draft.has_passed(Step::Ways), is_fit, "{path:?}");
        }
        draft.note(Step::House, &config);
        assert!(draft.has_passed(Step::House) && !draft.has_passed(Step::Ways));
    }

    #[test]
    fn a_draft_outlives_the_program() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        assert_eq!(Draft::load(&data), Draft::fresh());
        filled().store(&data).unwrap();
        assert_eq!(Draft::load(&data), filled());
        Draft::remove(&data);
        assert_eq!(Draft::load(&data), Draft::fresh());
    }

    #[test]
    fn the_pages_follow_each_other() {
        assert_eq!((Step::House.number(), Step::House.before()), (1, None));
        assert_eq!(Step::House.after(), Step::Ways);
        assert_eq!(Step::Open.after(), Step::Open);
        assert_eq!(Step::Open.before(), Some(Step::Key));
        assert!(Step::ALL.into_iter().all(|step| Step::from_word(step.word()) == Some(step)));
    }
}
