"""What a device calls itself, in words people know."""

from __future__ import annotations

from flask_babel import gettext as _

# The first that is found counts: most browsers name others beside themselves.
BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("Chrome", "Chrome"), ("CriOS", "Chrome"), ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)


def device(user_agent: str) -> str:
    """`Mozilla/5.0 (X11; Linux …) … Chrome/…` → "Chrome · Linux"."""
    found = [
        next((name for sign, name in known if sign in user_agent), None) for known in (BROWSERS, SYSTEMS)
    ]
    return " · ".join(name for name in found if name) or _("Dispositivo sin nombre")
