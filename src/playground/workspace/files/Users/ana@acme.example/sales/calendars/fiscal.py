"""Fiscal weeks: they begin on Monday, and the year begins in the week of the first of April."""

from datetime import date, timedelta

from .holidays import is_short_week


def last_weeks(count: int, today: date | None = None) -> list[date]:
    """The Mondays of the last full weeks, the newest first."""
    day = today or date.today()
    monday = day - timedelta(days=day.weekday() + 7)
    return [monday - timedelta(weeks=back) for back in range(count)]


def fiscal_week(monday: date) -> str:
    start = _year_start(monday.year)
    if monday < start:
        start = _year_start(monday.year - 1)
    number = (monday - start).days // 7 + 1
    return f"FY{start.year % 100}-W{number:02}{' (short)' if is_short_week(monday) else ''}"


def _year_start(year: int) -> date:
    first = date(year, 4, 1)
    return first - timedelta(days=first.weekday())
