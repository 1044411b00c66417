//! Reading a collection of another server, page by page, with an end.

use std::collections::HashSet;

use serde_json::Value;
use url::Url;

use crate::app::App;
use crate::federation::fetch::{self, FetchError};
use crate::federation::json;

/// How many pages are asked for, besides the collection itself.
const MOST_PAGES: usize = 10;
/// How many items are read altogether.
const MOST_ITEMS: usize = 500;

/// On the way through a collection. How many items it claims to have is never asked.
pub struct Walk {
    collection: Url,
    ahead: Ahead,
    seen: HashSet<Url>,
    items_left: usize,
}

/// What comes next.
enum Ahead {
    /// A page that we hold.
    Page(Value),
    /// A page to ask for.
    Address(Url),
    /// Nothing.
    End,
}

impl Walk {
    /// Asks for a collection, which must be where its owner said.
    pub async fn begin(app: &App, collection: &Url) -> Result<Self, FetchError> {
        let document = fetch::object(app, collection).await?;
        let there = json::url(&document, "id").is_some_and(|id| id.origin() == collection.origin());
        if !there {
            return Err(FetchError::Unfit("the collection is on another server".into()));
        }
        Ok(Self {
            collection: collection.clone(),
            ahead: Ahead::Page(document),
            seen: HashSet::new(),
            items_left: MOST_ITEMS,
        })
    }

    /// The items of the next page; None at the end, or when enough was read.
    pub async fn next(&mut self, app: &App) -> Result<Option<Vec<Value>>, FetchError> {
        let page = match std::mem::replace(&mut self.ahead, Ahead::End) {
            Ahead::Page(page) => page,
            Ahead::Address(url) => fetch::object(app, &url).await?,
            Ahead::End => return Ok(None),
        };
        let listed =
            ["orderedItems", "items"].into_iter().filter_map(|name| json::field(&page, name));
        let items: Vec<Value> =
            listed.flat_map(json::many).take(self.items_left).cloned().collect();
        self.items_left -= items.len();
        self.ahead = self.after(&page);
        Ok(Some(items))
    }

    /// Where a page leads: to a page of the same server that was not seen yet.
    fn after(&mut self, page: &Value) -> Ahead {
        let Some(next) = ["next", "first"].into_iter().find_map(|name| json::field(page, name))
        else {
            return Ahead::End;
        };
        if self.items_left == 0 {
            return Ahead::End;
        }
        if next.is_object() && ["orderedItems", "items"].iter().any(|name| next.get(name).is_some())
        {
            // Part of the same document: it nests only so deep, and holds only so much.
            return Ahead::Page(next.clone());
        }
        let url = ["next", "first"].into_iter().find_map(|name| json::url(page, name));
        let Some(mut url) = url.filter(|url| url.origin() == self.collection.origin()) else {
            return Ahead::End;
        };
        url.set_fragment(None);
        if self.seen.len() < MOST_PAGES && self.seen.insert(url.clone()) {
            Ahead::Address(url)
        } else {
            Ahead::End
        }
    }
}
