"""The calendars that stores count by."""
