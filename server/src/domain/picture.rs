//! The picture of a need or an offer.

/// A picture that a member uploaded, written anew before it was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// A digest of its bytes, by which it is found.
    pub digest: String,
    /// What is to be seen, for those who do not see it.
    pub words: String,
    /// In pixels.
    pub width: i32,
    /// In pixels.
    pub height: i32,
}

impl Picture {
    /// The only kind that we keep.
    pub const MEDIA_TYPE: &str = "image/jpeg";
}
