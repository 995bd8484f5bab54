"""The people of the NGO: who works here, who is invited, who decides for whom."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from portal import clock, wording
from portal.errors import InvalidInputError
from portal.forms.accounts import InvitationForm
from portal.models import Invitation, Membership
from portal.policy import GIVEN_BY_ADMIN, Permission, answers_for_cases
from portal.queries import families, people, tenants
from portal.services import mail, team
from portal.views import paging
from portal.views.access import screen
from portal.views.attempt import Obstacle, attempt, one_of
from portal.views.base import PortalView, as_id, load
from portal.views.sessions import end_sessions_of

Answer = Response | tuple[str, int]
PAGE = 25  # members


class Team(PortalView):
    """Members, invitations and stand-ins."""

    @screen("/", Permission.TEAM_READ)
    def index(self) -> str:
        """Everybody, with the caseload of each."""
        return self._page(InvitationForm())

    @screen("/invite", Permission.USERS_MANAGE, ("POST",))
    def invite(self) -> Answer:
        """Invite somebody by mail."""
        form = InvitationForm()
        if not form.validate_on_submit():
            return self._page(form), 422
        try:
            token = team.invite(self.actor, form.email.data, form.name.data, form.roles.data)
        except InvalidInputError as error:
            form.add_errors(error.fields)
            return self._page(form), 422
        self._write(form.email.data, token)
        flash(_("Invitación enviada: el enlace que lleva vale 7 días."), "success")
        return redirect(url_for(".index"))

    def _write(self, email: str, token: str) -> None:
        here, settings = tenants.here(), current_app.config["SETTINGS"]
        link = settings.public_base_url + url_for("account.invitation", tenant_id=here.id, token=token)
        body = _(
            "%(ngo)s la invita a trabajar en Ayni.\n\nAbra este enlace para elegir su contraseña:\n%(link)s\n\n"
            "Vale 7 días y una sola vez. Si no lo esperaba, no haga nada.", ngo=here.name, link=link,
        )
        mail.send(settings, email, _("Invitación a Ayni"), body)

    @screen("/invitations/<invitation_id>/revoke", Permission.USERS_MANAGE, ("POST",))
    def revoke(self, invitation_id: str) -> Response:
        """Take an invitation back."""
        team.revoke(self.actor, load(Invitation, invitation_id, Permission.USERS_MANAGE))
        flash(_("Invitación anulada."), "success")
        return redirect(url_for(".index"))

    @screen("/members/<member_id>/<action>", Permission.USERS_MANAGE, ("POST",))
    def change(self, member_id: str, action: str) -> Answer:
        """Roles, or in and out."""
        member = load(Membership, member_id, Permission.USERS_MANAGE)
        do = one_of(action, {
            "roles": lambda: team.change_roles(self.actor, member, request.form.getlist("roles")),
            "disable": lambda: team.disable(self.actor, member),
            "enable": lambda: team.enable(self.actor, member),
        })
        obstacle = attempt(do)
        if obstacle is not None:
            return self._again(obstacle)
        if not member.active:
            end_sessions_of(member.user_id)
        flash(_("Guardado."), "success")
        _tell_of_cases(member)
        return redirect(url_for(".index"))

    @screen("/delegate", Permission.PROPOSAL_QUEUE, ("POST",))
    def delegate(self) -> Answer:
        """Name who decides in one's absence."""
        obstacle = attempt(lambda: team.delegate(
            self.actor, as_id(request.form.get("stand_in", "")), _day("first_day"), _day("last_day")
        ))
        if obstacle is not None:
            return self._again(obstacle)
        flash(_("Encargo guardado."), "success")
        return redirect(url_for(".index"))

    def _again(self, obstacle: Obstacle) -> tuple[str, int]:
        return self._page(InvitationForm(formdata=None), obstacle.texts), obstacle.status

    def _page(self, form: Any, problems: tuple[str, ...] = ()) -> str:
        members, page = people.team(), paging.asked()
        shown = members[page * PAGE : (page + 1) * PAGE]
        return self.render(
            "team/index.html", form=form, problems=problems, members=members, today=clock.today(),
            shown=shown, caseload=families.open_cases([one.user_id for one in shown]),
            pages=paging.links(page, len(members), PAGE),
            invitations=team.open_invitations(), given=wording.choices("role", GIVEN_BY_ADMIN),
        )


def _tell_of_cases(member: Membership) -> None:
    """Cases that nobody can work now are not left without a word."""
    left = families.open_of([member.user_id])
    if left and not (member.active and answers_for_cases(member.roles)):
        flash(ngettext(
            "%(num)d caso abierto quedó sin responsable: la supervisión lo ve en Mi día para darlo a otra persona.",
            "%(num)d casos abiertos quedaron sin responsable: la supervisión los ve en Mi día para darlos a otra "
            "persona.", left,
        ), "warning")


def _day(name: str) -> date:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        raise InvalidInputError("date_missing", {name: ["date_missing"]}) from None
