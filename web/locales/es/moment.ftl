# Unos días después de que algo llegó: una pregunta, y ninguna más.
notice-moment = Una pregunta para ti, si quieres.
notice-mirror = ¿Qué podrían hacer otros por ti?
moment-title = Eres parte de esto
moment-lead = Hace unos días te llegó algo. ¿Hay algo que te gustaría aportar, pedir o cambiar?
mirror-title = ¿Qué podrían hacer otros por ti?
mirror-lead = Hace unos días aportaste algo. Todo el mundo necesita algo alguna vez: ¿qué te vendría bien?
moment-free = Nada depende de tu respuesta. Puedes volver a pedir cuando quieras, digas lo que digas aquí.
moment-bring = Aportar algo
moment-turn = Tomar un turno con alguien
mirror-ask = Pedir algo
moment-nothing = Ahora nada
moment-never = No me preguntéis más
moment-again = Podéis volver a preguntarme
moment-kept = No anotamos lo que respondes, salvo que no quieres que te preguntemos. Preguntamos como mucho una vez cada 90 días.
moment-is-never = Dijiste que no preguntáramos. No lo hacemos.
moment-never-done = No volvemos a preguntar. Todo lo demás sigue igual.
moment-again-done = Bien. Como mucho una vez cada 90 días.

# Se dice en el hilo de alguien del fediverso.
wire-moment-received = Formas parte de esto. ¿Hay algo que quieras traer, pedir o cambiar? Escríbenos sin más, hoy o el año que viene; o haz un turno con alguien. Nada depende de tu respuesta, y no responder también está bien. Lo que mantenemos entre todas:
wire-moment-brought = Hace unos días trajiste algo. A todo el mundo le hace falta algo alguna vez: ¿qué podrían hacer otras personas por ti? Escríbenos sin más, hoy o el año que viene. Nada depende de tu respuesta, y no responder también está bien. Lo que mantenemos entre todas:
wire-moment-never = Preguntamos como mucho una vez cada 90 días. Si prefieres que no te preguntemos más:
