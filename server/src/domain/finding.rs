//! What the doctor finds. A finding names the sentences that say it; they stand in every language.

/// How it is with something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// As it should be.
    Ok,
    /// Nothing breaks because of it, but somebody should know.
    Note,
    /// Something does not work, or will not when it is needed.
    Wrong,
    /// It was not looked at; the sentence says why.
    Skipped,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its name, with the group before the point: `files.modes`.
    pub id: &'static str,
    /// How it is.
    pub state: State,
    /// The message that says what was found.
    pub said: &'static str,
    /// The message that says what to do about it, if there is anything.
    pub todo: Option<&'static str>,
    /// What both messages name.
    pub values: Vec<(&'static str, String)>,
    /// Whether it was wrong and is mended now.
    pub is_mended: bool,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Ok, Self::Note, Self::Wrong, Self::Skipped];

    /// Its word on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Note => "note",
            Self::Wrong => "wrong",
            Self::Skipped => "skipped",
        }
    }
}

impl Finding {
    /// All is well.
    pub fn ok(id: &'static str, said: &'static str) -> Self {
        Self { id, state: State::Ok, said, todo: None, values: Vec::new(), is_mended: false }
    }

    /// Somebody should know.
    pub fn note(id: &'static str, said: &'static str) -> Self {
        Self { state: State::Note, ..Self::ok(id, said) }
    }

    /// Somebody should do something: what, the second message says.
    pub fn wrong(id: &'static str, said: &'static str, todo: &'static str) -> Self {
        Self { state: State::Wrong, todo: Some(todo), ..Self::ok(id, said) }
    }

    /// It was not looked at.
    pub fn skipped(id: &'static str, said: &'static str) -> Self {
        Self { state: State::Skipped, ..Self::ok(id, said) }
    }

    /// It was wrong, and the doctor mended it.
    pub fn mended(id: &'static str, said: &'static str) -> Self {
        Self { is_mended: true, ..Self::ok(id, said) }
    }

    /// Says what to do all the same.
    pub fn and_do(self, todo: &'static str) -> Self {
        Self { todo: Some(todo), ..self }
    }

    /// Names something in its messages.
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.values.push((name, value.to_string()));
        self
    }

    /// The group that it belongs to.
    pub fn group(&self) -> &'static str {
        self.id.split('.').next().unwrap_or(self.id)
    }
}
