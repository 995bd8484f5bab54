"""The demo network: two NGOs with families, providers and cases in every state, played through the services."""

from portal.demo.load import load

__all__ = ["load"]
