"""Functions of what was derived: why a status holds, what is missing, what to ask next."""
