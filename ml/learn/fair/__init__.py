"""Who the score serves how well: groups of families side by side, and how providers share what is shown."""
