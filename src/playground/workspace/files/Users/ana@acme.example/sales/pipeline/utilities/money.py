"""Amounts come in cents."""


def to_euro(cents):
    return cents / 100
