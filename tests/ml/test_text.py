"""What the encoder may read of a story, and what must never reach it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml import schema
from ml.text import LONGEST, LONGEST_SENTENCE, MOST_SENTENCES, as_written, sentences
from portal.services import checks


def read(text: str, *names: str) -> str:
    return " | ".join(sentences(text, names))


@pytest.mark.parametrize("secret", [
    "Mi DNI es 45678912", "Llámeme al 987 654 321", "Llámeme al +51 987654321", "rosa.q@correo.pe",
    "www.facebook.com/rosaq", "Vivo en Av. Los Próceres 123", "Vivo en Jr. Puno 45", "estamos en Mz. B Lt. 7",
    "Me llamo rosita",
])
def test_what_identifies_is_taken_out(secret: str) -> None:
    found = read(f"Busco cuidado. {secret}, gracias.")
    for piece in ("45678912", "987", "654", "rosa", "Próceres", "Puno", " 7", "facebook"):
        assert piece not in found
    assert found.startswith("Busco cuidado.")


@pytest.mark.parametrize("exposing", [
    "Mi esposo me golpeaba.", "Tengo una orden de alejamiento.", "Me atendió el CEM.", "Hubo violencia en la casa.",
    "Él está en la cárcel.", "Tengo VIH.", "Pasé por una depresión.", "Toma mucho alcohol.",
])
def test_a_sentence_that_exposes_somebody_is_left_out_whole(exposing: str) -> None:
    assert read(f"Trabajo en el mercado. {exposing} Salgo temprano.") == "Trabajo en el mercado. | Salgo temprano."


def test_illnesses_and_disabilities_go_and_the_rest_of_the_sentence_stays() -> None:
    found = read("Mi hijo tiene autismo y asma, le gusta la música.")
    assert "autis" not in found
    assert "asma" not in found
    assert "le gusta la música" in found


def test_names_of_people_and_places_go() -> None:
    assert "Luz" not in read("Mi hija Luz juega con su prima Carmen en Comas.")
    assert "Carmen" not in read("Mi hija Luz juega con su prima Carmen en Comas.")
    assert "rosa" not in read("rosa trabaja de noche", "Rosa Quispe")


def test_words_that_only_begin_alike_stay() -> None:
    assert read("Trabajo con cemento y ando con cuidado.") == "Trabajo con cemento y ando con cuidado."


@given(st.text(max_size=400))
def test_any_text_gives_few_short_sentences(text: str) -> None:
    found = sentences(text)
    assert all(one.strip() and len(one) <= 2 * LONGEST_SENTENCE for one in found)


@pytest.mark.parametrize("odd", ["", "\x00", "🙂🙂", "a" * 5_000_000, "\n" * 1000, "¿?", "٣٤٥"])
def test_odd_texts_are_no_trouble(odd: str) -> None:
    assert len(sentences(odd)) <= MOST_SENTENCES


@pytest.mark.parametrize("others", [45, 300, 700])
def test_the_last_of_many_short_sentences_is_read(others: int) -> None:
    told = [f"Le gusta {'ab'[place % 2] * 3}." for place in range(others)]
    found = sentences(" ".join([*told, "Come por una manguerita."]))
    assert len(found) <= MOST_SENTENCES + 1
    assert " ".join(found) == " ".join([*told, "Come por una manguerita."])


def test_what_is_read_is_as_long_as_a_file_may_tell() -> None:
    assert LONGEST == schema.LONGEST_TEXT == checks.LONGEST_TEXT


def test_everyday_words_of_a_providers_name_stay() -> None:
    name = "Casa de la señora Hilda Quispe"
    said = read("En mi casa la señora que ayuda es mi hermana, y hilda quispe soy yo.", name)
    assert "casa la señora que ayuda" in said
    assert "hilda" not in said
    assert "quispe" not in said


PIECES = st.sampled_from([
    "Venimos de Ayacucho y hablamos en quechua.", "Mi hija Luz tiene autismo y juega con Carmen.",
    "Vivo en Jr. Puno 45.", "Me llamo rosita, mi DNI es 45678912.", "Llámeme al 987 654 321", "Mi esposo me golpeaba.",
    "rosa trabaja de noche!", "ESTAMOS EN LIMA", "Av.", "calle", "Quispe",
    "dni. 12345678", "a@b.pe", "\n", "\x00", "x" * 700, "palabra " * 90,
])


@given(st.lists(PIECES | st.text(max_size=20), max_size=8).map(" ".join), st.sampled_from([(), ("Rosa Quispe",)]))
def test_scrubbing_what_was_written_gives_what_is_read(text: str, names: tuple[str, ...]) -> None:
    found = as_written(text, names)
    assert [one.readable for one in found] == sentences(text, names)
    for one in found:
        if one.original != one.readable:
            assert sentences(one.original, names) == [one.readable]
            assert one.original in text.replace("\x00", " ")


def test_each_sentence_is_found_again_as_it_was_written() -> None:
    told = ["Venimos de Ayacucho y hablamos en quechua.", "Vivo en Jr. Puno 45.", "Luz y rosa Quispe juegan mucho!"]
    found = as_written(" ".join(["Me golpeaba.", *told, "987 654 321", "Busco cuidado."]), ["Rosa Quispe"])
    assert [one.original for one in found] == [*told, "Busco cuidado."]
    assert [one.readable for one in found] == ["Venimos de y hablamos en quechua.", "Vivo en .", "Luz y juegan mucho!",
                                               "Busco cuidado."]
