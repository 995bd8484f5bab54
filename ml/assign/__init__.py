"""The solvers behind `ml.assignment`, each on a part of a problem that shares nothing with the rest."""
