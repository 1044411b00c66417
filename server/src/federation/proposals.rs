//! Needs and offers of others, read at their own address: also of collectives that we do not follow.

use url::Url;

use crate::app::App;
use crate::domain::neighbour::{NeighbourProposal, RemoteActor};
use crate::federation::activities::create::is_owned_by;
use crate::federation::fetch::{self, FetchError};
use crate::federation::objects::read_proposal;
use crate::federation::{json, resolve};

/// The need or offer at an address, and whose it is. Nothing of it is stored but the actor.
pub async fn by_url(
    app: &App,
    address: &Url,
) -> Result<(NeighbourProposal, RemoteActor), FetchError> {
    let unfit = |why: &str| FetchError::Unfit(why.to_owned());
    let note = fetch::object(app, address).await?;
    let owner = json::url(&note, "attributedTo").ok_or_else(|| unfit("nobody owns it"))?;
    let actor = resolve::known_or_fetched(app, &owner).await?;
    if !is_owned_by(&note, &actor) {
        return Err(unfit("it is not its owner's"));
    }
    let proposal = read_proposal::read(app, &note, &actor);
    let proposal = proposal.ok_or_else(|| unfit("it is neither a need nor an offer"))?;
    Ok((proposal, actor))
}
