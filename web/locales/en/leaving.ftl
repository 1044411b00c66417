# Leaving, with one's data.
erased-need = Something that was needed
erased-offer = Something that was offered
