"""An instant in the styles vendors write it."""

from datetime import datetime, timedelta, timezone


def in_seconds(instant: datetime) -> str:
    """`2023-04-08T14:53:43Z`: UTC, no fraction."""
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def in_millis(instant: datetime) -> str:
    """`2016-07-30T00:01:23.824Z`: UTC with milliseconds."""
    return f"{instant:%Y-%m-%dT%H:%M:%S}.{instant.microsecond // 1000:03d}Z"


def with_offset(instant: datetime, hours: int) -> str:
    """`2022-12-17T09:03:39-05:00`: local time of a zone, no fraction."""
    return instant.astimezone(timezone(timedelta(hours=hours))).isoformat(timespec="seconds")
