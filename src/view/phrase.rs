//! Words with meanings: what a screen draws in one line, without saying how.

/// What a piece of text is to its reader; a theme gives it a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tone {
    /// Words of a sentence.
    Plain,
    /// A name from the cluster: bright, never wrapped, cut in the middle.
    Name,
    /// Kinds, labels, what is beside the point.
    Dim,
    /// It holds.
    Good,
    /// It fails.
    Bad,
    /// Nobody knows.
    Open,
    /// What the reader may act on.
    Accent,
}

/// Whether something holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sign {
    /// It holds.
    Holds,
    /// It fails.
    Fails,
    /// Nobody knows.
    Open,
    /// It does not matter here.
    Idle,
    /// It works, and is worth a look.
    Warns,
    /// It is the one that is open.
    Current,
    /// Nothing to say about it.
    None,
}

/// Some words of one tone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The words, as the cluster has them: who draws them sanitises.
    pub text: String,
    /// What they are.
    pub tone: Tone,
}

/// A line of pieces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phrase {
    /// The pieces, with their blanks.
    pub pieces: Vec<Piece>,
}

impl Phrase {
    /// No words.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds words of a tone.
    #[must_use]
    pub fn with(mut self, tone: Tone, text: impl Into<String>) -> Self {
        let text = text.into();
        if !text.is_empty() {
            self.pieces.push(Piece { text, tone });
        }
        self
    }

    /// Adds words of a sentence.
    #[must_use]
    pub fn plain(self, text: impl Into<String>) -> Self {
        self.with(Tone::Plain, text)
    }

    /// Adds a name.
    #[must_use]
    pub fn name(self, text: impl Into<String>) -> Self {
        self.with(Tone::Name, text)
    }

    /// Adds what is beside the point.
    #[must_use]
    pub fn dim(self, text: impl Into<String>) -> Self {
        self.with(Tone::Dim, text)
    }

    /// Adds what fails.
    #[must_use]
    pub fn bad(self, text: impl Into<String>) -> Self {
        self.with(Tone::Bad, text)
    }

    /// Adds another phrase.
    #[must_use]
    pub fn then(mut self, other: Self) -> Self {
        self.pieces.extend(other.pieces);
        self
    }

    /// The words alone.
    pub fn text(&self) -> String {
        self.pieces.iter().map(|piece| piece.text.as_str()).collect()
    }
}

impl From<&str> for Phrase {
    fn from(text: &str) -> Self {
        Self::new().plain(text)
    }
}

impl From<String> for Phrase {
    fn from(text: String) -> Self {
        Self::new().plain(text)
    }
}
