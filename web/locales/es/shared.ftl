# El marco de cada página y lo que comparten las fichas.
text-direction = ltr
skip-to-content = Ir al contenido
nav-label = Principal
nav-board = Tablón
nav-ask = Pedir
nav-bring = Ofrecer
nav-me = Mi página
nav-steward = La casa
nav-about = ¿Qué es este lugar?
nav-sign-in = Entrar
nav-follow = Seguirnos desde el fediverso
nav-source = Código fuente
sign-out = Salir, { $name }
language-label = Idioma
optional = (si quieres)
to-board = Al tablón

card-need = Hace falta
card-offer = Se ofrece
card-invite-need = ¿Puedes ayudar?
card-invite-offer = ¿Te sirve?
card-from = De { $name }
card-until = hasta el { $date }

coverage-need-open = Todavía hace falta: { $open }
coverage-offer-open = Todavía queda: { $open }
coverage-need-full = Ya está todo prometido
coverage-offer-full = Ya está todo apalabrado
coverage-promised = Prometido: { $promised } de { $needed }
coverage-reserve = { $reserve } en reserva
coverage-came-exact = llegó { $came } de { $needed }
coverage-came-range = llegó de { $low } a { $high } de { $needed }

state-draft = Borrador
state-open = Abierto
state-enough = Ya hay bastante, gracias
state-fulfilled = Llegó
state-failed = No se logró
state-no-longer-relevant = Ya no hace falta
state-withdrawn = Retirado
state-expired = Terminó

pagination-label = Páginas
pagination-previous = Página anterior
pagination-next = Página siguiente
pagination-where = { $current } de { $last }

# Cantidades. La unidad "one" cuenta cosas, sin más.
amount-one = { $amount }
amount-hour = { $amount ->
    [one] { $amount } hora
   *[other] { $amount } horas
}
amount-kilogram = { $amount } kg
amount-litre = { $amount ->
    [one] { $amount } litro
   *[other] { $amount } litros
}
amount-free = { $amount } { $unit }
amount-range = de { $low } a { $high }
unit-one = piezas
unit-hour = horas
unit-kilogram = kilos
unit-litre = litros
