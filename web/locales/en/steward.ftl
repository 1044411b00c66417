steward-title = Looking after the house
steward-link-title = A link for { $name }
steward-link-hint = It is shown only now and works once. Hand it over in person or in a message only they can read.
steward-queue = On its way to others
steward-queue-empty = Everything has arrived.
steward-queue-waits = { $count ->
    [one] { $count } message waits.
   *[other] { $count } messages wait.
}
steward-queue-troubled = { $count ->
    [one] { $count } server needs a look.
   *[other] { $count } servers need a look.
}
steward-queue-more = Look at the servers
steward-replies = Replies from outside
steward-replies-empty = No replies yet.
steward-reply-to = To: { $title }
steward-reports = Reports from other servers
steward-reports-hint = People elsewhere brought this to your attention. Who they are is not told.
steward-members = Members
steward-member-since = since { $date }
steward-member-steward = steward
steward-make-link = Make a link
steward-make-link-for = Make a link for { $name } to sign in
steward-add = Let someone in
steward-add-name = Name
steward-add-hint = The name they go by. It need not be the one in their papers.
steward-add-steward = They look after the house as well (steward)
steward-add-button = Make their link
steward-pacts-hint = Show each other what is not for everybody, and answer each other.
steward-pacts-more = Look at the pacts
steward-following = Collectives we follow
steward-following-empty = None yet. Follow a neighbour, and what they need stands on our board.
steward-following-asked = asked, waiting for their yes
steward-following-following = following
steward-following-declined = they said no
steward-follow = Follow another collective
steward-follow-hint = Their address: @mill@mill.example, or the link of their page.
steward-follow-button = Follow
follow-address-missing = Give an address, like @mill@mill.example.
follow-not-reachable = We found no collective at that address. Check it, or try again later.
steward-follow-done = We asked { $name }. They appear on the board once they say yes.
steward-unfollow = Stop following
steward-unfollow-name = Stop following { $name }
steward-unfollow-done = We no longer follow { $name }.
steward-followers = Who follows us
steward-followers-hint = They see what is public. Following is not joining.
steward-followers-empty = Nobody yet. Tell people our address.
