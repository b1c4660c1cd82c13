"""Weeks in which stores are closed for a day."""

from datetime import date, timedelta

CLOSED = {(1, 1), (1, 6), (12, 25)}


def is_short_week(monday: date) -> bool:
    days = (monday + timedelta(days=offset) for offset in range(7))
    return any((day.month, day.day) in CLOSED for day in days)
