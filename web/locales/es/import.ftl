# Traer una lista de colectivos: el formulario, y qué puede fallar en la lista.
import-only-us = En esta lista solo estamos nosotros.
import-lead = Eliges a quién seguir antes de preguntar a nadie.
import-file = La lista como archivo (OPML)
import-file-empty = Este archivo está vacío.
import-file-not-opml = Este archivo no es una lista OPML.
import-nothing = Elige un archivo o pega lo que dice.
