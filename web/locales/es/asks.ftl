# Pedir sin cuenta.
ask-title = ¿Qué necesitas?
ask-lead = Escríbelo con tus palabras. No hace falta cuenta, ni razón.
ask-text = ¿Qué necesitas, y para cuándo?
ask-text-hint = Por ejemplo: comida para dos para esta semana. Que me lleven el miércoles por la mañana.
ask-reach = ¿Cómo te encontramos?
ask-reach-hint = Un número, un correo, o dónde estás y cuándo. Un nombre de pila, si quieres.
ask-kept = Solo lo leen las pocas personas que cuidan la casa. Nada se pone donde otros lo ven antes de hablar contigo, y lo borramos cuando está hecho.
ask-button = Enviarlo
ask-other-ways = Otras formas de pedir
ask-done-title = Lo tenemos
ask-done-lead = Alguien lo lee y se pone en contacto contigo. No tienes que hacer nada más.
ask-done-phone = Si es urgente, llama: { $phone }
ask-done-back = Volver al inicio
asks-title = Pedido en la puerta
asks-lead = Lo que pidió gente sin cuenta. Ponte en contacto; publica lo que otros pueden saber; y lo que está hecho desaparece de aquí.
asks-none = Nadie espera.
asks-waiting = { $count ->
    [one] Alguien pidió en la puerta y espera.
   *[other] { $count } personas pidieron en la puerta y esperan.
}
asks-more = Atenderlo
asks-reach = Para encontrar a quien pide: { $reach }
asks-post-title = Lo que otros pueden leer
asks-post-hint = Con tus palabras, sin nombre, número ni dirección. Cómo encontrar a quien pide lo veis tú y quienes cuidan la casa.
asks-public = Lo puede ver todo el mundo
asks-public-hint = Si no, solo miembros.
asks-post = Publicarlo
asks-aside = No queda nada por hacer
ask-aside-done = Ya no está aquí.
