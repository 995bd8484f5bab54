"""Background work. `queue` is known to the web process; `handlers` and what they stand on, to the worker alone."""
