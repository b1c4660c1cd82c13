"""Retail forecasts of Acme."""
