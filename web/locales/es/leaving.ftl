# Irse, con los propios datos.
erased-need = Algo que hizo falta
erased-offer = Algo que se ofreció

leave-title = Irse
leave-lead = Puedes irte cuando quieras, y nadie pregunta por qué.
leave-take = Lo que te llevas
leave-take-what = Un archivo con todo lo que pediste, ofreciste, prometiste y contaste, para leer y para programas. No contiene nada de nadie más.
leave-take-button = Llevarme mis datos
leave-happens = Lo que pasa aquí
leave-stays = Lo que hicimos entre todos se queda, sin tu nombre: lo que llegó, cantidades y días.
leave-erased = Tu nombre, tus cuentas, tus notas y los textos que publicaste se borran a los 14 días.
leave-promises = Devuelves lo que prometiste
leave-proposals = Lo que buscas u ofreces se cierra
leave-back = Hasta entonces, entrar de nuevo te trae de vuelta. Lo devuelto o cerrado se queda así.
leave-button = Irme
leave-stay = Prefiero quedarme
left = Te has ido. Puedes volver entrando de nuevo hasta el { $date }; después se borra lo tuyo. Gracias por todo.
me-leave = Irme, o llevarme mis datos
steward-name-button = { $name } también cuida la casa
steward-named = { $name } ahora también cuida la casa.
data-need = Pedido
data-offer = Ofrecido
data-agreed = De acuerdo con la versión
data-posted = Pedido y ofrecido
data-promised = Prometido
data-nothing = Nada.
