"""What the additive model is compared with, always: on the same split, with the same raw values.

A method is a function from examples to (m,) scores. Those that learn see the training rows, and the validation rows
where they stop early by them.
"""
