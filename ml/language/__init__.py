"""Teaching the encoder and the judge: BERT in Keras, its training, its export, its measures. Never needed to serve."""
