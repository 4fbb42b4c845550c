"""How the tables of older stores become those of today."""
