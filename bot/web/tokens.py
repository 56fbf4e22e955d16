"""Proof that a form was fetched from here a while ago, without a cookie.

The token is signed and says when the form was shown. It holds for one network address only, so
another site can't fetch one and have its visitors' browsers send it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from itsdangerous import BadSignature, Signer


class FormTokens:
    """Makes the tokens of one kind of form, and says how old one is."""

    def __init__(self, key: bytes, purpose: str) -> None:
        self._key = key
        self._purpose = purpose

    def make(self, network: str, now: datetime) -> str:
        """A token for a form that is shown now."""
        return self._signer(network).sign(str(int(now.timestamp()))).decode()

    def age(self, token: str, network: str, now: datetime) -> timedelta | None:
        """How long ago the form was shown to this address; None if it never was."""
        try:
            seconds = int(self._signer(network).unsign(token.encode()))
        except (BadSignature, ValueError):
            return None
        return now - datetime.fromtimestamp(seconds, UTC)

    def _signer(self, network: str) -> Signer:
        return Signer(self._key, salt=f"{self._purpose}\0{network}", digest_method=sha256)
