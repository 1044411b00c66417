# Asking without an account.
ask-title = What do you need?
ask-lead = Write it in your own words. You need no account, and no reason.
ask-text = What do you need, and by when?
ask-text-hint = For example: food for two for this week. A lift on Wednesday morning.
ask-reach = How can we reach you?
ask-reach-hint = A number, a mail address, or where we find you and when. A first name if you like.
ask-kept = Only the few who look after this house read it. Nothing of it is put up where others see it before we have talked to you, and we erase it once it is done.
ask-button = Send it
ask-other-ways = Other ways to ask
ask-done-title = We have it
ask-done-lead = Somebody reads it and gets in touch with you. There is nothing more that you have to do.
ask-done-phone = If it is urgent, call: { $phone }
ask-done-back = Back to the front page
asks-title = Asked at the door
asks-lead = What people without an account asked for. Get in touch with them; post what others may know; and what is done goes away here.
asks-none = Nobody waits.
asks-waiting = { $count ->
    [one] Somebody asked at the door and waits.
   *[other] { $count } people asked at the door and wait.
}
asks-more = Look after it
asks-reach = To reach them: { $reach }
asks-post-title = What others may read
asks-post-hint = In your words, without a name, a number or an address. How to reach them stays with you and the stewards.
asks-public = Everybody may see it
asks-public-hint = Otherwise members only.
asks-post = Post it
asks-aside = Nothing left to do
ask-aside-done = Gone from here.
