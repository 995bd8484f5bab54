"""The swap test: the same request in other words must give nearly the same list. It gates promotion."""
