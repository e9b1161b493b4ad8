"""dateTime values (RFC 7643 2.3.5, xsd:dateTime) as instants."""

import re
from datetime import UTC, datetime, timedelta, timezone

_DATE_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:([Zz])|([+-])(\d\d):(\d\d))?", re.ASCII
)


def parse_instant(text: str) -> datetime | None:
    """The instant a dateTime names, in UTC; None when the text is no dateTime, or one outside the years 1 to 9999.

    A fraction has up to nine digits (Entra sends seven); past the sixth they are cut. A text without a zone is UTC.
    """
    found = _DATE_TIME.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, _, sign, offset_hours, offset_minutes = found.groups()
    try:
        zone = _zone(sign, offset_hours, offset_minutes)
        micro = int((fraction or "0").ljust(6, "0")[:6])
        instant = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second), micro, zone)
        return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(sign: str | None, hours: str, minutes: str) -> timezone:
    if sign is None:
        return UTC
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-offset if sign == "-" else offset)
