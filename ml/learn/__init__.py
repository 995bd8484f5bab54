"""Learning from decisions: the data, the additive model and what it is compared with, its proof and its versions.

Of all this the portal reads `ml.learn.registry` and `ml.learn.stored` alone while it serves: they need no TensorFlow.
"""
