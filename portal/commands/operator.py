"""`manage.py operator`: who runs the platform. The first one can be invited by nobody."""

from __future__ import annotations

import secrets

import click
from flask_security import hash_password
from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import select

from portal.commands.installation import application
from portal.extensions import db
from portal.models import User


@click.command()
@click.argument("email")
@click.option("--name", default="", help="How they are called on the screens.")
def operator(email: str, name: str) -> None:
    """Make EMAIL an operator of the platform, and print where they choose their password."""
    email = email.strip().casefold()
    with application() as app:
        if db.session.scalar(select(User).where(User.email == email)) is not None:
            raise click.ClickException(f"{email} has an account already.")
        nobodys = hash_password(secrets.token_urlsafe(32))
        user = User(email=email, name=name, password=nobodys, is_operator=True)
        db.session.add(user)
        db.session.commit()
        token = generate_reset_password_token(user)
        click.echo(f"{app.config['SETTINGS'].public_base_url}/reset/{token}")
        click.echo("It works once, within two hours; after that, “Olvidé mi contraseña” sends another.", err=True)
