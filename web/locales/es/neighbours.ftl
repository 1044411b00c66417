refusal-not-for-passing-on = Solo lo mostraron a quienes tienen un pacto, así que no se pasa adelante.
refusal-passed-on-too-often = Esto ya se pasó dos veces antes de llegar aquí. Una petición no viaja más lejos.
refusal-nobody-to-pass-on-to = Todavía no hay a quién pasarlo. Primero hace falta un pacto con otra colectiva.
