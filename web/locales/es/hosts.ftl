# The stewards' page about other servers: what is on its way to them, and whom we block.
hosts-title = Servidores a los que escribimos
hosts-lead = Lo que decimos viaja a los servidores de quienes nos siguen. Cuando uno no responde, lo dicho espera y lo seguimos intentando, hasta dos semanas. Nada se pierde sin que se diga aquí.
hosts-to-steward = Cuidar la casa
hosts-none = Todavía nadie en otro servidor recibe mensajes nuestros.
hosts-all-well = Todo ha llegado.
hosts-pause-all = Pausar todos los envíos
hosts-pause-all-hint = Durante la pausa, lo que decimos espera aquí y sale después. Lo que dicen otros sigue llegando.
hosts-paused-all = Todos los envíos están en pausa
hosts-paused-all-hint = Lo que decimos espera aquí. No se pierde nada y no sale nada.
hosts-resume-all = Volver a enviar

hosts-state-well = bien
hosts-state-waiting = de camino
hosts-state-failing = ahora no recibe nada
hosts-state-refused = rechazó algo
hosts-state-paused = en pausa
hosts-state-blocked = bloqueado

hosts-waiting = Esperando
hosts-messages = { $count ->
    [one] { $count } mensaje
   *[other] { $count } mensajes
}
hosts-nothing-waits = nada
hosts-since = Desde
hosts-why = Por qué
hosts-next = Próximo intento
hosts-next-now = enseguida
hosts-next-resume = cuando dejes que siga
hosts-next-never = no mientras esté bloqueado
hosts-reached = Lo último le llegó
hosts-reached-never = todavía nunca
hosts-refused = Rechazado o abandonado

hosts-refused-new = Nuevo: { $title }
hosts-refused-change = Un cambio: { $title }
hosts-refused-taken-down = Retirado: { $title }
hosts-refused-something = Un mensaje
hosts-refused-follow = Nuestra petición de seguirles
hosts-refused-accept = Nuestro sí a alguien que nos sigue
hosts-refused-more = Hay más; aquí está lo más reciente.

hosts-retry = Intentar ahora
hosts-retry-name = Intentar ahora con { $host }
hosts-retry-done = Lo intentamos ahora con { $host }.
hosts-pause = Pausar
hosts-pause-name = Pausar los envíos a { $host }
hosts-pause-done = Los envíos a { $host } están en pausa. Lo que decimos espera.
hosts-resume = Seguir
hosts-resume-name = Seguir enviando a { $host }
hosts-resume-done = Volvemos a enviar a { $host }.
hosts-pause-all-done = Todos los envíos están en pausa. Lo que decimos espera.
hosts-resume-all-done = Volvemos a enviar.
hosts-drop-open = Abandonar lo que espera
hosts-drop-open-name = Abandonar lo que espera para { $host }
hosts-drop-warning = Nunca recibirán estos mensajes, tampoco los que rechazaron. Lo que digamos desde ahora les llega como antes. No se puede deshacer.
hosts-drop-button = Sí, abandonarlo
hosts-drop-button-name = Sí, abandonarlo: { $host }
hosts-drop-done = Se abandonó lo que esperaba para { $host }.
hosts-block-open = Bloquear
hosts-block-open-name = Bloquear { $host }
hosts-block-warning = No oímos nada de allí ni decimos nada. Lo que les hace falta, lo que ofrecen y lo que respondieron no se muestra. No se borra nada: se puede deshacer.
hosts-block-reason = Por qué
hosts-block-reason-hint = Para quienes cuiden la casa después de ti. Nadie más lo ve.
hosts-block-button = Bloquear
hosts-block-button-name = Bloquear: { $host }
hosts-block-done = { $host } está bloqueado.

hosts-blocks = A quién bloqueamos
hosts-blocks-empty = A nadie.
hosts-blocks-since = desde { $date }
hosts-unblock = Desbloquear
hosts-unblock-name = Desbloquear { $host }
hosts-unblock-done = { $host } ya no está bloqueado.
hosts-block-other = Bloquear otro
hosts-block-address = Servidor o dirección
hosts-block-address-hint = evil.example para un servidor entero con todo el mundo en él, o el enlace de una cuenta.

hosts-received = Lo que llegó
hosts-received-well = Se leyó todo lo que nos enviaron.
hosts-received-failed = { $count ->
    [one] No se pudo leer { $count } mensaje de otros.
   *[other] No se pudieron leer { $count } mensajes de otros.
}
hosts-received-hint = Quizá su servidor no estaba cuando le preguntamos algo. Lo guardamos 30 días.
hosts-received-button = Intentar otra vez
hosts-received-done = Intentamos leer otra vez lo que llegó.

hosts-why-unreachable = No se puede contactar con su servidor.
hosts-why-slow = Su servidor tarda demasiado en responder.
hosts-why-broken = Su servidor tiene un problema propio (respondió { $status }).
hosts-why-busy = Su servidor pide que esperemos.
hosts-why-not-let-in = Su servidor no nos deja entrar (respondió { $status }).
hosts-why-missing = Su servidor no conoce ese buzón (respondió 404).
hosts-why-gone = Su servidor dice que el buzón ya no existe.
hosts-why-clock = Nuestro reloj y el suyo no coinciden. Que alguien mire la hora de nuestro servidor.
hosts-why-certificate = Su servidor no puede probar quién es: su certificado no encaja.
hosts-why-name = No se encuentra el nombre de su servidor. Quizá se mudó o cerró.
hosts-why-answer = Su servidor no lo quiso (respondió { $status }).
