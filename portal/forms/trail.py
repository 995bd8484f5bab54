"""What the trail is narrowed by."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectChoice, SelectField
from wtforms.validators import Optional

from portal.forms.base import Form, options
from portal.queries import people
from portal.queries.trail import SYSTEM, Wanted


class TrailFilter(Form):
    """Action, person and days."""

    action = SelectField(_l("Acción"), choices=options("action_taken", blank=_l("Todas")))
    person = SelectField(_l("Persona"), choices=[], validate_choice=False)
    first = DateField(_l("Desde"), [Optional()])
    last = DateField(_l("Hasta"), [Optional()])

    def with_people(self) -> TrailFilter:
        """Offer the members of the NGO at work."""
        team = [SelectChoice(str(member.user_id), member.name) for member in people.colleagues()]
        self.person.choices = [SelectChoice("", _l("Todas")), *team, SelectChoice(SYSTEM, _l("El sistema"))]
        return self

    def wanted(self) -> Wanted:
        """What was asked; a day that cannot be read asks nothing."""
        return Wanted(self.action.data or "", self.person.data or "", self.first.data, self.last.data)
