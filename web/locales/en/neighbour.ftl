neighbour-title = This stands at { $name }
neighbour-how = It is our neighbours’. Answer it there, or tell us and we answer together.
neighbour-original = Open it at { $name }
neighbour-copy = We show their words as they sent them. When they change it, it changes here.
neighbour-pacts = Our pacts with other collectives
