"""Sign in with the account of a unified identity service, by OpenID Connect (code flow with PKCE).

Off until `govshare.oidc.issuer` is set. An account belongs to one issuer and subject; it is never
joined to an account with a password by name or e-mail, for whoever controls those would own it.
"""

from __future__ import annotations

import secrets
import uuid
from typing import Any
from urllib.parse import urlsplit

import jwt
import requests
import sqlalchemy as sa
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from ckan import model
from ckan.plugins import toolkit as tk
from sqlalchemy.dialects.postgresql import insert

from ckanext.govshare import ledger
from ckanext.govshare.offices.model import metadata

ALGORITHMS = ["RS256", "ES256", "PS256"]
LEEWAY = 60  # seconds that two clocks may differ
TIMEOUT = 10  # seconds

table = sa.Table(
    "govshare_identity",
    metadata,
    sa.Column("issuer", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("user_id", sa.Text, nullable=False),
    sa.Column("since", sa.DateTime(timezone=True), nullable=False),
)


class SignInError(Exception):
    """The sign-in cannot go on; the message is for the operator's log and names no person."""


def issuer() -> str:
    """The service's address; empty when there is none."""
    return (tk.config.get("govshare.oidc.issuer") or "").rstrip("/")


def begin(back_to: str) -> tuple[str, dict[str, str]]:
    """Where to send the browser, and what its session must keep until it comes back."""
    kept = {"nonce": secrets.token_urlsafe(24), "verifier": secrets.token_urlsafe(48)}
    service = _service()
    address, state = _client(back_to).create_authorization_url(
        service["authorization_endpoint"], nonce=kept["nonce"], code_verifier=kept["verifier"])
    return address, {**kept, "state": state}


def finish(back_to: str, came_back: str, kept: dict[str, str]) -> model.User:
    """The account of whoever comes back with `came_back` (the full address).

    :raises SignInError: anything that is not exactly as it should be
    """
    service = _service()
    try:
        token = _client(back_to, state=kept["state"]).fetch_token(
            service["token_endpoint"], authorization_response=came_back,
            code_verifier=kept["verifier"], timeout=TIMEOUT)
        claims = _claims(service, token["id_token"], kept["nonce"])
    except (AuthlibBaseError, jwt.PyJWTError, requests.RequestException, KeyError) as error:
        raise SignInError(type(error).__name__) from error
    return _account(claims)


def _service() -> dict[str, Any]:
    """What the service says of itself; it must be what it was asked for, and encrypted."""
    asked = issuer()
    if not asked:
        raise SignInError("no service is set")
    try:
        answer = requests.get(f"{asked}/.well-known/openid-configuration", timeout=TIMEOUT)
        answer.raise_for_status()
        said = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise SignInError("the service does not answer") from error
    if said.get("issuer", "").rstrip("/") != asked:
        raise SignInError("the service is another one")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        parts = urlsplit(said.get(name, ""))
        if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise SignInError(f"{name} is not encrypted")
    return said


def _client(back_to: str, state: str | None = None) -> OAuth2Session:
    return OAuth2Session(
        tk.config["govshare.oidc.client_id"], tk.config["govshare.oidc.client_secret"],
        scope="openid profile", redirect_uri=back_to, state=state, code_challenge_method="S256",
    )


def _claims(service: dict[str, Any], token: str, nonce: str) -> dict[str, Any]:
    key = jwt.PyJWKClient(service["jwks_uri"], timeout=TIMEOUT).get_signing_key_from_jwt(token)
    claims = jwt.decode(
        token, key, algorithms=ALGORITHMS, audience=tk.config["govshare.oidc.client_id"],
        issuer=service["issuer"], leeway=LEEWAY,
        options={"require": ["exp", "iat", "iss", "aud", "sub", "nonce"]},
    )
    if not secrets.compare_digest(str(claims["nonce"]), nonce):
        raise jwt.InvalidTokenError("nonce")
    return claims


def _account(claims: dict[str, Any]) -> model.User:
    """The account of this issuer and subject; made at the first visit."""
    who = {"issuer": issuer(), "subject": str(claims["sub"])}
    found = _known(**who)
    if found is None:
        user = model.User(
            name=f"id-{uuid.uuid4().hex[:12]}", password=secrets.token_urlsafe(48),
            fullname=str(claims.get("name") or "")[:200] or None)
        model.Session.add(user)
        model.Session.flush()
        model.Session.execute(
            insert(table).values(**who, user_id=user.id, since=sa.func.now())
            .on_conflict_do_nothing())
        found = _known(**who)
        if found != user.id:  # the same person in two windows at once
            model.Session.rollback()
        else:
            ledger.append("account.made", actor=user.id, subject=("user", user.id))
            model.Session.commit()
    account = model.User.get(found or "")
    if account is None or account.state != "active":
        raise SignInError("the account is closed")
    return account


def _known(issuer: str, subject: str) -> str | None:
    return model.Session.execute(
        sa.select(table.c.user_id).where(table.c.issuer == issuer, table.c.subject == subject)
    ).scalar()
