# Lo que se eligió al principio y se puede cambiar.
settings-title = Nombre, lugar y hora
settings-lead = Lo que eligieron al principio. Cámbienlo cuando quieran.
settings-name = Cómo nos llamamos
settings-summary = Una o dos frases sobre ustedes
settings-summary-hint = Lo lee todo el mundo: en la portada y en el fediverso.
settings-area = Dónde estamos
settings-area-hint = Un barrio o una ciudad, nunca calle y número. Lo puede leer cualquiera.
settings-zone = Zona horaria
settings-zone-hint = La ciudad grande más cercana. Por ella empiezan y acaban los días y los turnos.
settings-zone-own = La que tiene el servidor
settings-zone-fixed = La zona horaria es { $zone }. Está escrita en la configuración del servidor y se cambia allí.
settings-keep = Cuánto se queda lo que ya pasó
settings-keep-hint = Necesidades y ofertas que ya terminaron. Después solo quedan números, sin nombres.
settings-keep-days = { $count ->
    [one] { $count } día
   *[other] { $count } días
}
settings-keep-fixed = Lo que ya pasó se queda { $count ->
    [one] { $count } día
   *[other] { $count } días
}. Está escrito en la configuración del servidor y se cambia allí.
settings-button = Guardar esto
settings-done = Guardado.
settings-fixed = Lo que se queda como está
settings-fixed-hint = Esta dirección no se puede cambiar: otros servidores los conocen por ella y los tomarían por otra gente. Quien necesite otra abre una casa nueva y se muda.
settings-more = Nombre, lugar y hora
