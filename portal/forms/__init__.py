"""Forms: what a person types, as values of the right type. No rule of the work lives here."""
