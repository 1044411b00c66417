//! Pages for people.

use std::pin::Pin;

use axum::Router;

use crate::app::App;
use crate::domain::neighbour::RemoteActor;
use crate::error::Error;

/// Finds an actor on another server.
pub type Resolve =
    fn(App, String) -> Pin<Box<dyn Future<Output = Result<RemoteActor, Error>> + Send>>;

/// The pages.
pub fn router(_app: App, _resolve: Resolve) -> Router {
    Router::new()
}
