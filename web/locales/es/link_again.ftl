# Enviar otra vez el enlace privado de una promesa. Lo que empieza con wire- le llega como mensaje.
link-again-button = Enviar otra vez el enlace privado
link-again-button-long = Enviar otra vez el enlace privado a { $who }
link-again-hint = Le llega uno nuevo en el hilo. El anterior deja de servir.
link-again-done = Enviado. A { $who } le llega un nuevo enlace privado en el hilo.
refusal-link-sent-lately = Hace menos de diez minutos que salió un enlace. Dale tiempo para verlo.
refusal-nothing-to-send = Ya no queda nada por llegar de esta promesa, así que no hay enlace que enviar.

wire-person-again = Aquí tienes un nuevo enlace privado; el anterior ya no sirve. Hemos anotado de tu parte: { $what }.
