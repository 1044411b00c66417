# The board for feed readers.
feed-need = Needed: { $title }
feed-offer = On offer: { $title }
feed-open = { $open } of { $asked } still open.
feed-over = This is over. Thank you all.
feed-link = Read this board in a feed reader
