# Traer una lista de colectivos: qué puede fallar.
import-only-us = En esta lista solo estamos nosotros.
