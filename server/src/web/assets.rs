//! The style sheet, the icon and the one script, inside the program, under names that change with what is in them:
//! a browser may keep them for ever.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};

/// A file that pages load.
pub struct Asset {
    name: String,
    kind: &'static str,
    content: &'static [u8],
}

/// The style sheet.
pub static CSS: LazyLock<Asset> = LazyLock::new(|| {
    let content = include_bytes!("../../../web/static/mutuals.css");
    Asset::new("mutuals", "css", "text/css; charset=utf-8", content)
});

/// The icon.
pub static ICON: LazyLock<Asset> = LazyLock::new(|| {
    let content = include_bytes!("../../../web/static/favicon.svg");
    Asset::new("favicon", "svg", "image/svg+xml", content)
});

/// The script for passkeys.
pub static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    let content = include_bytes!("../../../web/static/passkeys.js");
    Asset::new("passkeys", "js", "text/javascript; charset=utf-8", content)
});

impl Asset {
    fn new(stem: &str, extension: &str, kind: &'static str, content: &'static [u8]) -> Self {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, content);
        let print: String =
            digest.as_ref().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        Self { name: format!("{stem}-{print}.{extension}"), kind, content }
    }

    /// The path under which it is served.
    pub fn path(&self) -> String {
        format!("/static/{}", self.name)
    }
}

/// `GET /static/{name}`
pub async fn show(Path(name): Path<String>) -> Response {
    let Some(asset) = [&*CSS, &*ICON, &*SCRIPT].into_iter().find(|asset| asset.name == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (CONTENT_TYPE, asset.kind),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, asset.content).into_response()
}
