# El tablón para lectores de canales.
feed-need = Se necesita: { $title }
feed-offer = Se ofrece: { $title }
feed-open = Quedan { $open } de { $asked }.
feed-over = Esto ya terminó. Gracias a todo el mundo.
feed-link = Lee este tablón en un lector de canales
