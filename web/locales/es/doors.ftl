# Entrar por el propio servidor.
door-title = Por tu servidor
door-lead = { $host } te pregunta si puede decirnos que esta cuenta es tuya. Di que sí allí y vuelves aquí, ya dentro.
door-only = Sabemos qué cuenta es y nada más, y no guardamos nada que la abra.
door-button = Entrar en { $host }
door-or = O con un mensaje
refusal-server-says-no = Tu servidor no nos dijo de quién es la cuenta. Inténtalo otra vez, o envíanos el mensaje.
