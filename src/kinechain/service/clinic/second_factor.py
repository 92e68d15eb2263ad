"""The second factor: codes of an authenticator (RFC 6238), and recovery codes for its loss.

The database keeps no key of an authenticator but a random seed. The key is made from the seed and
the server's secret, so a stolen database or backup alone gives no codes. A new server secret ends
all authenticators; recovery codes go on.
"""

from __future__ import annotations

import base64
import hmac

import msgspec
from pyotp.totp import TOTP

from kinechain.domain.record import Credentials
from kinechain.service.clinic.tokens import RandomBytes, digest_of, keyed

STEP_S = 30
STEPS_APART = 1
"""So many steps the clock of a device may be ahead or behind."""

RECOVERY_CODES = 8
KEY_BYTES = 20
RECOVERY_BYTES = 10


def new_seed(random: RandomBytes) -> str:
    """The seed of a new second factor.

    Parameters
    ----------
    random
        Gives so many random bytes.
    """
    return random(16).hex()


def key_of(secret: bytes, account: str, seed: str) -> str:
    """The authenticator's key, as it is typed in by hand.

    Parameters
    ----------
    secret
        The server's.
    account
        Id of the account.
    seed
        As :func:`new_seed` gave it.
    """
    return base64.b32encode(keyed(secret, "second factor", account, seed)[:KEY_BYTES]).decode()


def address_of(name: str, key: str) -> str:
    """What the QR code holds.

    Parameters
    ----------
    name
        By which the owner signs in.
    key
        Of the authenticator.
    """
    return TOTP(key).provisioning_uri(name=name, issuer_name="Kinechain")


def step_of(key: str, code: str, seconds: float, after: int = 0) -> int | None:
    """The time step whose code was typed; None for none.

    Parameters
    ----------
    key
        Of the authenticator.
    code
        As typed.
    seconds
        The present, since 1970.
    after
        The last step that was used; only later ones are taken, so no code is good twice.
    """
    totp, typed, found = TOTP(key), _typed(code), None
    present = int(seconds) // STEP_S
    for step in range(max(present - STEPS_APART, 0), present + STEPS_APART + 1):
        # Every step is compared, so that the time taken tells nothing.
        same = hmac.compare_digest(typed.encode(), totp.generate_otp(step).encode())
        if same and step > after:
            found = step
    return found


def new_recovery_codes(random: RandomBytes) -> tuple[str, ...]:
    """Codes for a lost device: 80 bits each, so their plain digests cannot be turned back.

    Parameters
    ----------
    random
        Gives so many random bytes.
    """
    texts = (base64.b32encode(random(RECOVERY_BYTES)).decode().lower()
             for _ in range(RECOVERY_CODES))  # fmt: skip
    return tuple("-".join(one[at : at + 4] for at in range(0, 16, 4)) for one in texts)


def digest_of_recovery(code: str) -> str:
    """What the store keeps of a recovery code.

    Parameters
    ----------
    code
        As shown or as typed.
    """
    return digest_of(_typed(code))


def after_code(held: Credentials, key: str, code: str, seconds: float) -> Credentials | None:
    """The credentials after a right code, which is not right a second time; None for a wrong one.

    Parameters
    ----------
    held
        As they are kept.
    key
        Of the authenticator.
    code
        Of the authenticator, or a recovery code, as typed.
    seconds
        The present, since 1970.
    """
    step = step_of(key, code, seconds, held.totp_last_step)
    if step is not None:
        return msgspec.structs.replace(held, totp_last_step=step)
    digest = digest_of_recovery(code)
    if digest not in held.recovery_hashes:
        return None
    rest = tuple(one for one in held.recovery_hashes if one != digest)
    return msgspec.structs.replace(held, recovery_hashes=rest)


def _typed(code: str) -> str:
    return "".join(one for one in code.lower() if one.isalnum())
