"""How fast the engine is beside PyFlink alone, on the same data in the same run (`make bench`)."""
