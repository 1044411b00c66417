# Bringing along a list of collectives: the form, and what may be wrong with the list.
import-only-us = Nobody but us stands on this list.
import-lead = You choose whom to follow before anybody is asked.
import-file = The list as a file (OPML)
import-file-empty = This file is empty.
import-file-not-opml = This file is no OPML list.
import-nothing = Choose a file, or paste what it says.
