"""How well questions are answered: case files, the comparison of rows, the figures."""
