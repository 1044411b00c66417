# Reglas sobre otros servidores, con quién hablamos, y avisos a otros servidores.
domains-title = Reglas sobre otros servidores
domains-lead = La mayoría de los servidores no necesita ninguna. Una regla vale para un servidor entero y todo lo que está bajo su nombre. No se corta nada que no hayáis visto antes.
domains-rules = En vigor
domains-none = Ninguna regla.
domains-search = Buscar un servidor
domains-search-button = Buscar
domains-more = Hay { $count } más que no se muestran. Búscalos por su nombre.
domains-private = Para quienes cuidan la casa:
domains-until = hasta el { $date }
domains-undo = Quitar esta regla
domains-undo-name = Quitar esta regla: { $domain }
domains-undo-hint = Quien nos seguía allí y a quien seguíamos vuelve si la quitas antes de 30 días.
domains-undone = Ya no hay ninguna regla sobre { $domain }.
domains-done = Ahora hay una regla sobre { $domain }.
domains-new = Una regla nueva
domains-domain = Servidor
domains-domain-hint = evil.example, con todo lo que está debajo.
domains-severity = Qué pasa
domains-limit = limitado
domains-limit-hint = Lo que la gente de allí nos escribe se guarda para vosotras, y los extraños no ven lo que viene de allí. Seguidores, pactos y promesas se quedan.
domains-suspend = suspendido
domains-suspend-hint = No oímos nada de allí y no les decimos nada. Se puede deshacer durante 30 días.
domains-noop = solo anotado
domains-noop-hint = Nada más que lo marcado abajo.
domains-flag-reports = Tirar los avisos que nos mandan
domains-flag-media = Rechazar imágenes y archivos
domains-flag-media-hint = Ni se descargan ni se muestran.
domains-flag-obfuscate = Ocultar el nombre en listas públicas
domains-public-comment = Por qué, para todo el mundo
domains-public-comment-hint = Va con las listas que compartís.
domains-private-comment = Por qué, para quienes cuidan la casa
domains-ends = Termina el
domains-look = Ver qué haría
domains-preview-title = { $domain }: qué pasaría
domains-preview-cut = Esto se cortaría
domains-preview-kept = Esto se queda como está
domains-preview-nothing = Nadie de aquí tiene que ver con nadie de allí.
domains-preview-undo = Se puede deshacer durante 30 días. Entonces vuelven los seguidores y aquellos a quienes seguimos; un pacto hay que proponerlo de nuevo.
domains-preview-limit = Lo que la gente de allí escribe se guarda hasta que alguien de vosotras lo mira. Puede haber alguien que necesita algo.
domains-cut-pact = El pacto con { $name }.
domains-cut-followers = { $count ->
    [one] Un seguidor.
   *[other] { $count } seguidores.
}
domains-cut-following = { $count ->
    [one] Alguien a quien seguimos.
   *[other] { $count } a quienes seguimos.
}
domains-cut-promises = { $count ->
    [one] Una promesa en marcha entre ellos y nosotros.
   *[other] { $count } promesas en marcha entre ellos y nosotros.
}
domains-cut-replies = { $count ->
    [one] Una respuesta que mostramos.
   *[other] { $count } respuestas que mostramos.
}
domains-end-pacts = Sí, terminar el pacto. Hemos hablado con ellos, o no se puede.
domains-set = Poner esta regla
refusal-covers-us = Esto cubriría nuestro propio servidor. Da un nombre más estrecho.
refusal-pact-there = Hay un pacto con un colectivo de allí. Marca la casilla si debe terminar.
refusal-no-rule = No hay ninguna regla sobre este servidor.

domain-list-title = Una lista de servidores
domain-list-lead = En el formato de Mastodon, con hasta 20.000 servidores. La miráis antes de que pase nada.
domain-list-look = Mirar esta lista
domain-list-export = Llevarse nuestras reglas
domain-list-export-allowed = Llevarse nuestra lista de servidores permitidos
domain-list-nothing = Elige un archivo o pega una lista.
domain-list-too-large = Esta lista pesa más de 20 MB.
domain-list-too-many = Esta lista nombra más de 20.000 servidores. Tómala por partes.
domain-list-no-header = Esto no es una lista así. Su primera línea debe empezar con #domain.
domain-list-would = Qué haría
domain-list-empty = Nada. No nombra ningún servidor.
domain-list-never-looser = Una lista nunca afloja una regla vuestra.
domain-list-new = { $count ->
    [one] Una regla nueva.
   *[other] { $count } reglas nuevas.
}
domain-list-changed = { $count ->
    [one] Una regla se vuelve más estricta.
   *[other] { $count } reglas se vuelven más estrictas.
}
domain-list-same = { $count ->
    [one] Una regla ya está aquí.
   *[other] { $count } reglas ya están aquí.
}
domain-list-allowed = { $count ->
    [one] Un servidor entra en la lista de aquellos con quienes hablamos.
   *[other] { $count } servidores entran en la lista de aquellos con quienes hablamos.
}
domain-list-left-out = { $count ->
    [one] Se omite una línea.
   *[other] Se omiten { $count } líneas.
}
domain-list-tied = Alguien de aquí tiene que ver con estos
domain-list-tied-hint = La lista los suspende. Aquí solo se limitan, si no los marcas.
domain-list-suspend = Suspender { $domain }
domain-list-examples = Algunos de los servidores
domain-list-skipped = Lo que se omite
domain-list-line = Línea { $line } ({ $text }):
domain-list-why-no-domain = no nombra ningún servidor, o su nombre está oculto.
domain-list-why-too-wide = muchos tienen su servidor bajo este nombre.
domain-list-why-no-severity = no sabemos qué debería pasar.
domain-list-why-twice = ya está más arriba.
domain-list-why-broken = la línea está rota.
domain-list-apply = Tomarla
domain-list-discard = Tirar esta lista
domain-list-done = La lista se ha tomado: { $count } cambios.
domain-list-discarded = La lista se ha tirado.

mode-title = Con quién hablamos
mode-lead = Las páginas siguen legibles para las personas, elijas lo que elijas aquí.
mode-choose = Hablamos
mode-open = con todo servidor que no bloqueamos
mode-open-hint = Cualquiera del fediverso puede seguirnos, responder y pedir.
mode-allowlist = con los de nuestra lista
mode-allowlist-hint = Los demás no pueden seguir, responder ni pedir, ni leer como máquinas lo que es público. Quien lo intenta aparece abajo.
mode-off = con nadie por ahora
mode-off-hint = Lo que decimos espera hasta dos semanas. Lo que otros mandan entretanto no nos llega; lo que necesitan y ofrecen aquellos a quienes seguimos se lee después.
mode-keep-known = { $count ->
    [one] Poner en la lista el servidor que conocemos: por un pacto, porque los seguimos o porque nos siguen.
   *[other] Poner en la lista los { $count } servidores que conocemos: por un pacto, porque los seguimos o porque nos siguen.
}
mode-left-out = Cuáles
mode-set = Elegir esto
mode-done = Desde ahora hablamos { $mode }.
mode-pending = Quién quiere hablar con nosotras
mode-pending-hint = Han preguntado y no están en nuestra lista. Nadie ha comprobado quiénes son: un nombre se puede inventar. Míralos antes de dejarlos entrar.
mode-approve = Dejar entrar
mode-approve-name = Dejar entrar: { $host }
mode-dismiss = Olvidarlo
mode-dismiss-name = Olvidarlo: { $host }
mode-allowed = { $host } está en nuestra lista.
mode-disallowed = { $host } ya no está en nuestra lista.
mode-dismissed = Olvidado: { $host }.
mode-list = Nuestra lista
mode-list-hint = Cuenta mientras hablamos solo con los que están en ella.
mode-disallow = Quitar
mode-disallow-name = Quitar: { $host }
mode-add = Otro servidor
mode-add-button = Ponerlo en la lista
refusal-unknown-mode = Elige una de las tres.
look-not-listed = No hablamos con este servidor: no está en nuestra lista, o por ahora no hablamos con nadie.

report-title = Avisar a su servidor
report-open = Avisar a su servidor
report-lead = Quienes cuidan { $host } leen lo que escribes sobre { $handle } y de qué se trata.
report-words = Qué está mal
report-words-hint = No leen nada más de nosotras. No nombres a nadie de aquí.
report-hint = Se manda en nombre de nuestro servidor. Nadie allí sabe quién de nosotras lo escribió.
report-send = Mandarlo
report-done = Se ha avisado a { $host }.
refusal-nothing-to-report = De esto ya no se puede avisar.
refusal-report-empty = Di en pocas palabras qué está mal.
refusal-report-too-long = Esto tiene más de 5.000 caracteres. Acórtalo.

messages-held-limited-server = Guardado porque limitáis ese servidor.
