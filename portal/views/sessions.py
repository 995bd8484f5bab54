"""Sessions kept on the server: the cookie carries a random token and nothing else.

Ending the row ends the session, wherever the cookie went. A session ends by itself after a while without use and, at
the latest, some hours after the login.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask, Request, Response, request
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.datastructures import CallbackDict

from portal import clock, database
from portal.extensions import db
from portal.models import LoginSession, User
from portal.views.access import PROGRAMS

KNOW_NOBODY = ("/static/", "/health", "/readyz", "/metrics")  # addresses, since no rule is met yet
SEEN_EVERY = timedelta(minutes=1)  # how exactly the last use is kept: not every page view writes
BY_ITSELF = "refresh"  # a page that asks how far a job is: nobody may be in front of it, and it keeps no session alive


class ServerSession(CallbackDict[str, Any], SessionMixin):
    """What a request sees as `flask.session`."""

    def __init__(self, token: str = "", data: dict[str, Any] | None = None) -> None:
        def changed(self: ServerSession) -> None:
            self.modified = True

        super().__init__(data or {}, changed)
        self.token = token
        self.modified = False
        self.accessed = True
        self.stale = False  # the row's last use is old enough to be written again
        self.ended = False
        self.is_away = False  # nobody could look: it may be there
        self.kept = True  # written when it changes: not where nobody looked whose it is
        self.only_reads = False  # the database it was read from writes nothing for now
        self.user: User | None = None  # whose it is, as read together with it

    def end(self) -> None:
        """Forget everything; the next answer gives the browser a new session."""
        self.clear()
        self.ended = True


def plain(session: ServerSession) -> dict[str, Any]:
    """What is kept: a message that waits for the next page is in this page's language by now."""
    return json.loads(json.dumps(dict(session), default=str))


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class ServerSessions(SessionInterface):
    """Reads and writes sessions in transactions of their own, apart from the request's."""

    def open_session(self, app: Flask, incoming: Request) -> ServerSession:
        token = incoming.cookies.get(self.get_cookie_name(app), "")
        if incoming.path.startswith((*KNOW_NOBODY, PROGRAMS)):
            unread = ServerSession()
            unread.kept = False  # an error page there would take the place of the session that the browser has
            return unread
        if not token:
            return ServerSession()
        try:
            return self._open(app, token, by_itself=incoming.headers.get("X-Requested-With") == BY_ITSELF)
        except SQLAlchemyError as error:
            if not database.is_away(error):
                raise
            unknown = ServerSession()
            unknown.is_away = True
            return unknown

    def _open(self, app: Flask, token: str, by_itself: bool) -> ServerSession:
        with database.reading(), Session(db.engine) as reader:
            found = reader.execute(
                select(LoginSession, User).outerjoin(User, User.id == LoginSession.user_id)
                .where(LoginSession.token_hash == hashed(token))
            ).one_or_none()
            if found is None or not self._alive(app, found.LoginSession):
                return ServerSession()
            row, only_reads = found.LoginSession, database.only_reads(reader.connection())
            data = dict(row.data)
            if only_reads:  # a message shown would stay: "saved" on each page, where drafts are thrown away for it
                data.pop("_flashes", None)
            opened = ServerSession(token, data)
            opened.user, opened.only_reads = found.User, only_reads
            opened.stale = clock.now() - row.seen_at > SEEN_EVERY and not by_itself and not only_reads
            return opened

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not isinstance(session, ServerSession) or not session.kept:
            return
        if not (session.modified or session.stale or session.ended):
            return
        try:
            self._save(app, session, response)
        except SQLAlchemyError as error:
            only_seen = not (session.modified or session.ended)
            if not (database.is_away(error) and (only_seen or response.status_code >= 500)):
                raise

    def _save(self, app: Flask, session: ServerSession, response: Response) -> None:
        if session.is_away:
            return
        old = session.token
        fresh = not old or session.ended or self._login_changed(old, session)
        if not session and not old:
            return
        with Session(db.engine) as writer:
            if fresh:
                writer.execute(delete(LoginSession).where(LoginSession.token_hash == hashed(old)))
                session.token = secrets.token_urlsafe(32)
                writer.add(_row(writer, session))
            else:
                row = writer.scalars(select(LoginSession).where(LoginSession.token_hash == hashed(old))).one_or_none()
                if row is None:  # ended meanwhile, by a logout in another tab
                    return
                row.data, row.seen_at, row.user_id = plain(session), clock.now(), _user_id(writer, session)
            writer.commit()
        if fresh:
            self._set_cookie(app, session, response)

    def _login_changed(self, token: str, session: ServerSession) -> bool:
        """A login or logout gives the browser a new token: one known before the login opens nothing after it."""
        with database.reading(), Session(db.engine) as reader:
            row = reader.scalars(select(LoginSession).where(LoginSession.token_hash == hashed(token))).one_or_none()
            return row is not None and row.data.get("_user_id") != session.get("_user_id")

    def _alive(self, app: Flask, row: LoginSession) -> bool:
        settings = app.config["SETTINGS"]
        return not ended_by(row.made_at, row.seen_at, settings.idle_minutes, settings.absolute_hours)

    def _set_cookie(self, app: Flask, session: ServerSession, response: Response) -> None:
        response.set_cookie(
            self.get_cookie_name(app), session.token, path="/", httponly=True, secure=self.get_cookie_secure(app),
            samesite=self.get_cookie_samesite(app),
        )
        response.vary.add("Cookie")


def ended_by(made_at: datetime, seen_at: datetime, idle_minutes: int, absolute_hours: int) -> bool:
    """Is a session made and last used then over by now?"""
    now = clock.now()
    return now - seen_at > timedelta(minutes=idle_minutes) or now - made_at > timedelta(hours=absolute_hours)


def _row(writer: Session, session: ServerSession) -> LoginSession:
    return LoginSession(
        token_hash=hashed(session.token), data=plain(session), made_at=clock.now(), seen_at=clock.now(),
        user_id=_user_id(writer, session), device=str(request.user_agent)[:200],
    )


def _user_id(writer: Session, session: ServerSession) -> UUID | None:
    known = session.get("_user_id")
    if not known:
        return None
    return writer.scalars(select(User.id).where(User.fs_uniquifier == known)).one_or_none()


def end_sessions_of(user: UUID, but: str = "") -> None:
    """End every session of a person (but the one with this token), together with what else the request writes."""
    db.session.execute(
        delete(LoginSession).where(LoginSession.user_id == user, LoginSession.token_hash != hashed(but))
    )


def init_app(app: Flask) -> None:
    """Keep this application's sessions on the server."""
    app.session_interface = ServerSessions()
