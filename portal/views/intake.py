"""The sections of an intake: each a small page, so that a lost connection costs little."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response

from portal import audit, clock, places, wording
from portal.errors import ConflictError, NotFoundError
from portal.forms.base import keep
from portal.forms.family import CareForm, CaregiverForm, ChildForm, ConsentForm, HomeForm, ProtectionForm, SectionForm
from portal.models import Caregiver, Child, Exclusion, Family
from portal.policy import Permission
from portal.queries import providers
from portal.services import intakes, masks
from portal.views.access import screen
from portal.views.attempt import Obstacle, attempt
from portal.views.base import PortalView, as_id, load
from portal.views.families import warn

WHOLE = (
    joinedload(Family.caregivers), selectinload(Family.children), selectinload(Family.consents),
    joinedload(Family.exclusions),
)
Answer = Response | tuple[str, int]


class Intake(PortalView):
    """What a case file is made of."""

    @screen("/<family_id>/home", Permission.FAMILY_EDIT, ("GET", "POST"))
    def home(self, family_id: str) -> Answer:
        """Address, household and money."""
        family = self._family(family_id)
        form = HomeForm() if request.method == "POST" else HomeForm(obj=_open_fields(family, HomeForm))
        if form.validate_on_submit():
            answer = self._save(family, form, lambda: intakes.save_home(self.actor, family, form.values()))
            if answer is not None:
                return answer
        if form.sisfoh_valid_until.data and form.sisfoh_valid_until.data < clock.today():
            expired = _("La clasificación SISFOH ya venció. Puede seguir; conviene renovarla en la municipalidad.")
            flash(expired, "warning")
        return self._form("home", family, form)

    @screen("/<family_id>/care", Permission.FAMILY_EDIT, ("GET", "POST"))
    def care(self, family_id: str) -> Answer:
        """What care is wanted, and the story."""
        family = self._family(family_id)
        form = CareForm() if request.method == "POST" else _care_form(family)
        keep(family.languages, form.language, form.other_languages)
        if form.validate_on_submit():
            answer = self._save(family, form, lambda: intakes.save_care(self.actor, family, form.values()))
            if answer is not None:
                if masks.holds_number(form.story.data or ""):
                    number = _("La historia trae un número largo. Si es un teléfono o un DNI, escríbalo en su casilla, "
                               "donde queda reservado, y bórrelo de la historia.")
                    flash(number, "warning")
                return answer
        return self._form("care", family, form)

    @screen("/<family_id>/caregivers/<caregiver_id>", Permission.FAMILY_EDIT, ("GET", "POST"))
    def caregiver(self, family_id: str, caregiver_id: str) -> Answer:
        """A caregiver; the id `new` adds one."""
        family = self._family(family_id)
        row = _member(family.caregivers, caregiver_id)
        form = CaregiverForm() if request.method == "POST" else CaregiverForm(obj=_open_fields(row, CaregiverForm))
        if form.validate_on_submit():
            answer = self._save(
                family, form, lambda: intakes.save_caregiver(self.actor, family, row, form.values()), row
            )
            if answer is not None:
                return answer
        return self._form("caregiver", family, form, row)

    @screen("/<family_id>/caregivers/<caregiver_id>/remove", Permission.FAMILY_EDIT, ("POST",))
    def remove_caregiver(self, family_id: str, caregiver_id: str) -> Response:
        """Take out a caregiver entered by mistake, while the case is a draft."""
        family = self._family(family_id)
        return self._without(family, _member(family.caregivers, caregiver_id), intakes.remove_caregiver)

    @screen("/<family_id>/children/<child_id>", Permission.FAMILY_EDIT, ("GET", "POST"))
    def child(self, family_id: str, child_id: str) -> Answer:
        """A child; the id `new` adds one."""
        family = self._family(family_id)
        row = _member(family.children, child_id)
        form = ChildForm() if request.method == "POST" else ChildForm(obj=_open_fields(row, ChildForm) or _like(family))
        if form.validate_on_submit():
            answer = self._save(family, form, lambda: intakes.save_child(self.actor, family, row, form.values()), row)
            if answer is not None:
                if form.start_date.data and form.start_date.data < clock.today():
                    flash(_("La fecha de inicio ya pasó: se buscará cuidado desde hoy."), "warning")
                return answer
        if form.schedule.data and not form.schedule.errors:
            form.schedule.data = wording.hours(form.schedule.data)
        return self._form("child", family, form, row)

    @screen("/<family_id>/children/<child_id>/remove", Permission.FAMILY_EDIT, ("POST",))
    def remove_child(self, family_id: str, child_id: str) -> Response:
        """Take out a child entered by mistake, while the case is a draft."""
        family = self._family(family_id)
        return self._without(family, _member(family.children, child_id), intakes.remove_child)

    def _without(self, family: Family, row: Any, remove: Callable[..., None]) -> Response:
        """The case without one of its people; `new` is nobody."""
        if row is None:
            raise NotFoundError
        remove(self.actor, family, row)
        flash(_("Se quitó del borrador."), "success")
        return redirect(url_for("families.show", family_id=family.id))

    @screen("/<family_id>/consents", Permission.FAMILY_EDIT, ("GET", "POST"))
    def consents(self, family_id: str) -> Answer:
        """New answers, purpose by purpose."""
        family = self._family(family_id)
        caregiver = family.main_caregiver
        form = ConsentForm(given_by=caregiver.full_name if caregiver else "", given_on=clock.today())
        if form.validate_on_submit():
            answer = self._save(
                family, form, lambda: intakes.record_consent(self.actor, family, form.answers(), form.given())
            )
            if answer is not None:
                return answer
        return self._form("consents", family, form)

    @screen("/<family_id>/protection", Permission.FAMILY_REVEAL, ("GET", "POST"))
    def protection(self, family_id: str) -> Answer:
        """The sealed note, and whom the family must never be matched with."""
        family = self._family(family_id)
        form = ProtectionForm(confidential=family.confidential) if request.method == "GET" else ProtectionForm()
        form.excluded_provider.choices = [("", _("Ninguno")), *((str(id_), name) for id_, name in providers.names())]
        if form.validate_on_submit():
            answer = self._save(family, form, lambda: _protect(self.actor, family, form))
            if answer is not None:
                return answer
        return self._form("protection", family, form)

    def _family(self, family_id: str | UUID) -> Family:
        return load(Family, family_id, Permission.FAMILY_EDIT, *WHOLE)

    def _save(self, family: Family, form: Any, save: Callable[[], Any], row: Any = None) -> Response | None:
        """Save and go back to the case file; None when something stood in the way, which the form then says."""
        def checked() -> None:
            seen = request.form.get("version", "")
            if seen and seen != str((row or family).version):
                raise ConflictError("saved_meanwhile")
            save()

        address = url_for("families.show", family_id=family.id)
        obstacle = attempt(checked)
        if obstacle is not None:
            _tell(form, obstacle)
            return None
        warn(form)
        flash(_("Guardado."), "success")
        return redirect(address)

    def _form(self, name: str, family: Family, form: Any, row: Any = None) -> tuple[str, int]:
        """The section's page, again or for the first time. Sent, the family is loaded anew: an obstacle undid all."""
        if form.is_submitted():
            family = self._family(family.id)
        audit.record("read", family)
        status = getattr(form, "status", 422) if form.is_submitted() else 200
        if isinstance(form, SectionForm) and (status == 409 or not form.version.data):
            form.version.data = str((row or family).version)  # after a conflict that was told, the next one decides
        district = places.district(getattr(form, "ubigeo", None).data or "") if hasattr(form, "ubigeo") else None
        page = self.render(
            f"families/{name}.html", family=family, form=form, row=row, exclusions=family.exclusions,
            district=district.label if district else "", is_new=row is None,
        )
        return page, status


def _member(rows: Any, row_id: str) -> Any:
    """The row of that id among the family's own; None for `new`, NotFoundError for any other."""
    if row_id == "new":
        return None
    found = next((one for one in rows if str(one.id) == row_id), None)
    if found is None:
        raise NotFoundError
    return found


class _Shown:
    """A row's open fields, for a form to start from."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)


def _open_fields(row: Caregiver | Child | Family | None, form: type[SectionForm]) -> _Shown | None:
    if row is None:
        return None
    names = [name for name in vars(form) if hasattr(type(row), name) and name not in (*form.SEALED, "version")]
    return _Shown(**{name: getattr(row, name) for name in names})


def _like(family: Family) -> _Shown | None:
    """What a further child most often has in common with the one before."""
    if not family.children:
        return None
    last = family.children[-1]
    begins = last.start_date if last.start_date and last.start_date >= clock.today() else None
    return _Shown(surnames=last.surnames, schedule=last.schedule, start_date=begins, current_care=last.current_care)


def _care_form(family: Family) -> CareForm:
    languages = list(family.languages) or ["es"]
    shown = _open_fields(family, CareForm)
    shown.__dict__.update(language=languages[0], other_languages=languages[1:], priority=str(family.priority))
    return CareForm(obj=shown)


def _protect(actor: Any, family: Family, form: ProtectionForm) -> None:
    exclusions = list(family.exclusions)
    if form.excluded_provider.data:
        exclusions.append(Exclusion(family_id=family.id, provider_id=as_id(form.excluded_provider.data)))
    if form.excluded_district.data:
        exclusions.append(Exclusion(family_id=family.id, ubigeo=form.excluded_district.data))
    kept = [one for one in exclusions if str(one.id) not in request.form.getlist("drop")]
    kept_note = "" if "note" in form.cleared() else family.protection_note or ""
    intakes.save_protection(actor, family, form.note.data or kept_note, kept)
    family.confidential = form.confidential.data


def _tell(form: Any, obstacle: Obstacle) -> None:
    form.status = obstacle.status
    form.add_errors(obstacle.fields)
    if not obstacle.fields:
        form.form_errors.extend(obstacle.texts)
