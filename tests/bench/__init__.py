"""How fast Tributary is: beside PyFlink, over a long history, on hostile texts (`make bench`)."""
