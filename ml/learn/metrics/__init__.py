"""How good an order and a probability are: plain functions of arrays, and intervals over families."""
