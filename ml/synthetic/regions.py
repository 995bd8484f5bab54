"""Which of four regions a province belongs to, and what is spoken in a department.

Shares of people who grew up with an indigenous language follow the census of 2017 where the department is among those
it is known for, and are working values elsewhere. Quechua is kept by variant: Chanka (quy), Cusco-Collao (quz), Áncash
(qwh), Huallaga (qub), Wanka (qxw): a speaker of one may not follow another.
"""

from __future__ import annotations

from collections.abc import Mapping

REGIONS = ("lima", "coast", "andes", "amazon")

_LIMA = ("0701", "1501")
_COAST = (
    "0208", "0211", "0218", "0402", "0403", "0407", "11", "1301", "1302", "1304", "1307", "1312", "14", "1502", "1505",
    "1506", "1508", "1803", "2001", "2004", "2005", "2006", "2007", "2008", "2301", "2303", "24",
)
_AMAZON = ("01", "0608", "0609", "0809", "1006", "1009", "1203", "1206", "16", "17", "1903", "22", "25")

TONGUES: Mapping[str, tuple[tuple[str, float], ...]] = {  # department → (ISO 639-3, or 639-1 where it has one; share)
    "01": (("agr", 0.14),), "02": (("qwh", 0.30),), "03": (("quy", 0.50), ("quz", 0.20)),
    "04": (("quz", 0.14), ("ay", 0.02)),
    "05": (("quy", 0.63),), "08": (("quz", 0.55),), "09": (("quy", 0.64),), "10": (("qub", 0.28),),
    "12": (("qxw", 0.07), ("cni", 0.03)), "15": (("quy", 0.05), ("quz", 0.02), ("qwh", 0.02), ("shp", 0.003)),
    "16": (("shp", 0.01),), "17": (("quz", 0.14),), "18": (("ay", 0.09), ("quz", 0.03)), "19": (("cni", 0.05),),
    "21": (("quz", 0.40), ("ay", 0.28)), "23": (("ay", 0.16),), "25": (("shp", 0.07), ("cni", 0.05)),
}
NAMES: Mapping[str, str] = {
    "quy": "quechua", "quz": "quechua", "qwh": "quechua", "qub": "quechua", "qxw": "quechua", "ay": "aymara",
    "cni": "asháninka", "shp": "shipibo", "agr": "awajún",
}


def region(code: str) -> int:
    """The place in REGIONS of a district's code."""
    if code.startswith(_LIMA):
        return 0
    if code.startswith(_COAST):
        return 1
    return 3 if code.startswith(_AMAZON) else 2


def tongue(code: str, aim: float) -> str:
    """The indigenous language somebody of a district grew up with, by a draw within [0, 1); "" for Spanish."""
    for language, share in TONGUES.get(code[:2], ()):
        aim -= share
        if aim < 0:
            return language
    return ""
