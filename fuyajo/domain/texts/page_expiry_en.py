"""When the time of a machine is over, in English."""

from __future__ import annotations

EN: dict[str, str] = {
    "page.expiry.title": "Expiry",
    "page.expiry.none": "It never expires.",
    "page.expiry.what": "A note for you and for others: the machine goes on until somebody deletes it.",
    "page.expiry.in_days": "in {n} days",
    "page.expiry.in_day": "in 1 day",
    "page.expiry.in_hours": "in {n} hours",
    "page.expiry.in_soon": "within the hour",
    "page.expiry.ago_days": "expired {n} days ago",
    "page.expiry.ago_day": "expired 1 day ago",
    "page.expiry.ago_hours": "expired {n} hours ago",
    "page.expiry.ago_soon": "expired just now",
    "page.expiry.delete": "Delete it",
    "page.expiry.new": "Expires",
    "page.expiry.how": "8h, 3d or 2w from now on, or a time such as 2027-01-31T18:00:00+09:00",
    "page.expiry.quick": "Or at once",
    "page.expiry.1d": "In a day",
    "page.expiry.1w": "In a week",
    "page.expiry.never": "Never",
}
