"""How often codes may be tried."""

import time

from model.errors import ConfigurationError

AT_ONCE, EVERY = 20, 2.0
"""Wrong codes that are heard at once, and seconds after which there may be one more."""


class Tries:
    """Codes that may be tried: nobody finds one by trying all."""

    def __init__(self) -> None:
        self._left, self._at = float(AT_ONCE), time.monotonic()

    def take(self) -> None:
        """Take a try, before the code is looked at; raises `ConfigurationError` where none is left."""
        now = time.monotonic()
        self._left, self._at = min(float(AT_ONCE), self._left + (now - self._at) / EVERY), now
        if self._left < 1.0:
            raise ConfigurationError("too many wrong codes were tried; try again in a few seconds", key="code")
        self._left -= 1.0

    def give_back(self) -> None:
        """Give a try back: the code was right."""
        self._left += 1.0
