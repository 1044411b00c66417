# Irse, con los propios datos.
erased-need = Algo que hizo falta
erased-offer = Algo que se ofreció
