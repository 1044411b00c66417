# What was chosen at the beginning, and can be changed.
settings-title = Name, place and time
settings-lead = What you chose at the beginning. Change it whenever you like.
settings-name = What we are called
settings-summary = A sentence or two about us
settings-summary-hint = Everybody reads it: on the front page, and in the fediverse.
settings-area = Where we are
settings-area-hint = A district or a town, never a street and number. Everybody can read it.
settings-zone = Time zone
settings-zone-hint = The nearest large city. Days and shifts begin and end by it.
settings-zone-own = As the server has it
settings-zone-fixed = The time zone is { $zone }. It stands in the configuration of the server, and is changed there.
settings-keep = How long what is over stays
settings-keep-hint = Needs and offers that are over. Afterwards only numbers are left, without names.
settings-keep-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
settings-keep-fixed = What is over stays { $count ->
    [one] { $count } day
   *[other] { $count } days
}. That stands in the configuration of the server, and is changed there.
settings-button = Keep this
settings-done = Kept.
settings-fixed = What stays as it is
settings-fixed-hint = This address cannot be changed: other servers know you by it, and would take you for somebody else. Whoever needs another one sets up a new house and moves there.
settings-more = Name, place and time
