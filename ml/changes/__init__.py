"""What could be changed, by a family or by a provider, and what that would open: the parts of `ml.counterfactual`."""
