# Cómo se avisa a los miembros, y los correos.
telling-title = Cómo se me avisa de lo nuevo
telling-lead = Lo nuevo está siempre en tu página. Aquí eliges si además se te avisa en otra parte. Fuera solo se dice que hay algo nuevo: ni nombres, ni nada de lo que se escribió.
telling-email-title = Por correo
telling-email-what = Nadie más ve la dirección. Primero enviamos un enlace; hasta que lo abras, no llega nada más.
telling-email-waits = todavía sin confirmar: abre el enlace del correo
telling-email-fails = El último correo no salió. Se intentará de nuevo.
telling-email-label = Dirección de correo
telling-email-button = Enviarme el enlace
telling-email-remove = No más correos
telling-email-asked = Va un enlace en camino. Ábrelo para confirmar la dirección.
telling-email-removed = Ya no te llegan correos, y la dirección queda olvidada.
telling-when = Cuándo, y de qué
telling-direct = Escríbanme en el hilo privado que empecé con mi cuenta del fediverso. Quienes administran su servidor pueden leer que hay algo nuevo.
telling-pace = Con qué frecuencia
telling-at-once = Poco después de que ocurra, como mucho cada cuarto de hora
telling-daily = Una vez al día, por la mañana
telling-quiet-from = Silencio desde
telling-quiet-until = Silencio hasta
telling-kinds-mail = Por correo quiero saber
telling-kinds-direct = En mi hilo quiero saber
telling-save = Dejarlo así
telling-saved = Guardado.
telling-calendar-title = Mi calendario
telling-calendar-what = Lo que prometiste, con el día, para tu programa de calendario. Quien tenga la dirección puede leerlo; lo que se pidió solo entre nosotros no se nombra.
telling-calendar-once = Cópiala ahora: no se vuelve a mostrar. Una nueva anula esta.
telling-calendar-make = Crear la dirección
telling-calendar-renew = Crear otra dirección
telling-calendar-remove = Ya no quiero calendario
telling-calendar-removed = La dirección de tu calendario ya no funciona.

proposal-calendar = Para mi calendario

mail-confirm-title = ¿Es tuya esta dirección de correo?
mail-confirm-lead = Entonces sabrás por correo que hay algo nuevo aquí. Lo que es está solo en tu página.
mail-confirm-button = Sí, que lleguen ahí
mail-confirmed-done = Gracias. Desde ahora sabrás por correo que hay algo nuevo.
mail-stop-title = No más correos
mail-stop-lead = Tu dirección de correo queda olvidada aquí. Lo nuevo está en tu página como antes.
mail-stop-button = No quiero más correos
mail-stopped-done = Ya no te llegan correos, y la dirección queda olvidada.
mail-confirm-subject = { $collective }: ¿es tuya esta dirección?
mail-confirm-body = Alguien que participa en { $collective } quiere saber en esta dirección que hay algo nuevo. Si eres tú, abre este enlace en el plazo de un día:
mail-confirm-ignore = Si no eres tú, no hagas nada: no llegará nada más.
mail-news-subject = { $collective }: hay algo nuevo para ti
mail-news-body = Hay algo nuevo para ti en { $collective }. Lo que es está aquí:
mail-news-stop = No más correos:

wire-notice = Hay algo nuevo para ti en { $host }. Lo que es está solo allí:

error-mail-link-title = Este enlace ya no funciona
error-mail-link-what = Los enlaces de los correos no funcionan siempre, y los que confirman una dirección sirven una vez.
error-mail-link-next = Entra y elige en tu página cómo se te avisa.

refusal-email-unfit = Esto no es una dirección de correo. Escríbela como nombre@example.org.
refusal-no-mails = Este colectivo no envía correos.
refusal-many-confirmations = Hoy ya se enviaron tres enlaces. Inténtalo mañana, por favor.
refusal-mail-not-sent = No se pudo enviar el correo. Revisa la dirección o inténtalo más tarde.
refusal-hour-unfit = Una hora es un número del 0 al 23.
