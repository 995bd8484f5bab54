"""A made-up population of Peru: families and providers, a hidden utility, decisions. The door is `ml.synth`.

Axes: q children, f families, n providers, h hubs (where an NGO works), c concepts of the bank. Everything is drawn from
one seed by named streams of NumPy's PCG64, as uniform numbers and whole numbers alone, so that the same seed gives the
same bytes in every process and on every machine.
"""
