neighbour-title = Esto está en { $name }
neighbour-how = Es de un colectivo vecino. Respóndelo allí, o cuéntanoslo y respondemos en grupo.
neighbour-original = Abrirlo en { $name }
neighbour-copy = Mostramos sus palabras tal como las enviaron. Si las cambian, cambian aquí.
neighbour-pacts = Nuestros pactos con otros colectivos
