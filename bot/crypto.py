"""Phone numbers at rest: sealed with Fernet, looked up by a keyed hash.

`NUMBER_KEYS` (newest first) seal and open; `NUMBER_INDEX_KEY` makes the HMAC-SHA256 under which a
number is found again. Neither can be undone without its key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class SealError(Exception):
    """Something sealed can't be opened with the keys at hand."""


class Vault:
    """Seals and opens numbers and texts, and makes the keyed hashes of numbers and addresses."""

    def __init__(self, keys: Sequence[str], index_key: str) -> None:
        """`keys`: url-safe base64 of 32 bytes each, newest first; `index_key` likewise.

        Raises `ValueError` that names neither key if one of them is malformed.
        """
        if not keys:
            raise ValueError("at least one key is needed")
        self._fernet = MultiFernet([Fernet(key) for key in keys])
        self._newest = Fernet(keys[0])
        self._index_key = base64.urlsafe_b64decode(index_key)
        if len(self._index_key) < 32:
            raise ValueError("the index key must be at least 32 bytes")

    def seal(self, text: str) -> bytes:
        """Encrypt with the newest key."""
        return self._fernet.encrypt(text.encode())

    def open(self, sealed: bytes) -> str:
        """Decrypt with whichever key fits. Raises `SealError` if none does."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken:
            raise SealError(
                "a sealed value can't be opened with NUMBER_KEYS: put the key it was sealed with "
                "back at the end of the list"
            ) from None

    def is_newest(self, sealed: bytes) -> bool:
        """Whether this was sealed with the newest key."""
        try:
            self._newest.decrypt(sealed)
        except InvalidToken:
            return False
        return True

    def reseal(self, sealed: bytes) -> bytes:
        """The same content under the newest key. Raises `SealError` if no key opens it."""
        return self.seal(self.open(sealed))

    def index(self, number: str) -> bytes:
        """The keyed hash of an E.164 number, 32 bytes."""
        return self._keyed("number", number)

    def address_index(self, address: str) -> bytes:
        """The keyed hash of a network address, 32 bytes; apart from those of numbers."""
        return self._keyed("address", address)

    def form_key(self) -> bytes:
        """A key for signing the forms of the web page, derived from the index key."""
        return self._keyed("forms", "")

    def check(self) -> str:
        """A fingerprint of the index key, kept beside the data to notice that it was changed."""
        return self._keyed("check", "").hex()[:16]

    def _keyed(self, kind: str, value: str) -> bytes:
        return hmac.new(self._index_key, f"{kind}\0{value}".encode(), hashlib.sha256).digest()


def new_key() -> str:
    """A fresh key for `NUMBER_KEYS` or `NUMBER_INDEX_KEY`."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
