# Bringing along a list of collectives: what may be wrong with it.
import-only-us = Nobody but us stands on this list.
