"""Needs of the form in stories: heard in plain words, by the concept where they say which, and not where denied."""

from __future__ import annotations

import pytest

from ml import naming
from ml.frames import NEEDS


def heard(story: str) -> list[tuple[str, str, str]]:
    """(need, words, code of the concept or nothing)"""
    return [(one.need, one.words, one.concept.code if one.concept else "") for one in naming.named(story)]


@pytest.mark.parametrize(("story", "found"), [
    ("Mi niña usa sonda para comer y es tranquila.", ("medical_device", "sonda para comer", "feeding_tube")),
    ("Usa sonda.", ("medical_device", "sonda", "")),
    ("Vive con su balón de OXÍGENO al lado.", ("medical_device", "OXÍGENO", "home_oxygen")),
    ("Niña 3a c/ SNG, mamá trabaja turno tarde.", ("medical_device", "SNG", "feeding_tube")),
    ("Le dan insulina antes de almorzar.", ("diet", "insulina", "type1_diabetes")),
    ("Convulsionó dos veces; tiene su jarabe.", ("epilepsy", "Convulsionó", "")),
    ("Es alérgico al maní.", ("allergy", "alérgico al maní", "nut_allergy")),
    ("ES ALÉRGICA AL HUEVO", ("allergy", "ALÉRGICA AL HUEVO", "egg_allergy")),
    ("Se mueve en silla  de\nruedas.", ("physical", "silla de ruedas", "wheelchair_access")),
    ("Tiene síndrome de Down.", ("intellectual", "síndrome de Down", "down_stimulation")),
    ("Tiene discapacidad intelectual.", ("intellectual", "discapacidad intelectual", "")),
    ("Tiene asma y usa su inalador.", ("asthma", "asma", "asthma_inhaler")),
    ("le dio la convulcion en la combi", ("epilepsy", "convulcion", "")),
    ("tiene autizmo", ("autism", "autizmo", "")),
    ("Come sin gluten.", ("diet", "gluten", "coeliac")),
    ("El jarabe es para que no convulsione.", ("epilepsy", "convulsione", "")),
    ("No tiene alergias pero usa audífono.", ("sensory_hearing", "audífono", "hearing_aid")),
    ("Es ale\u0301rgica al huevo.", ("allergy", "alérgica al huevo", "egg_allergy")),
    ("En la calle Weiß: asmático.", ("asthma", "asmatico", "asthma_inhaler")),
    ("Nos dijeron que no usa sonda; hoy usa sonda otra vez.", ("medical_device", "sonda", "")),
])
def test_a_need_is_heard_in_plain_words(story: str, found: tuple[str, str, str]) -> None:
    assert heard(story) == [found]


@pytest.mark.parametrize("story", [
    "", "Le gusta cantar y dibujar.", "No tiene alergias y come de todo.", "No usa sonda desde marzo.",
    "Ya no usa sonda.", "Descartado epilepsia, según neurología.", "Se descartó asma.", "Niega alergias.",
    "Niño sano, sin alergias.", "No tiene asma ni alergias.", "No tiene ningún tipo de alergia.",
    "No tiene asma ni usa sonda.", "no  usa\nsonda", "Mi hermana se llama Asmaria.", "🙂 " * 1000,
])
def test_what_is_denied_or_only_looks_alike_is_not(story: str) -> None:
    assert heard(story) == []


def test_needs_come_in_the_order_of_the_form_and_once() -> None:
    found = heard("Tiene diabetes y asma, sonda y otra sonda, es ciega y anda en silla de ruedas.")
    assert [need for need, _, _ in found] == [
        need for need in NEEDS if need in {"physical", "sensory_visual", "medical_device", "asthma", "diet"}]


def test_words_that_say_which_concept_go_before_a_hint() -> None:
    assert heard("Es alérgica. El doctor dijo alergia al látex.") == [("allergy", "alergia al látex", "latex_allergy")]
