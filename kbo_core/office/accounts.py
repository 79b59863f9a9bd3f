"""The province's own people: who may sign in, as what, for which province."""

import hashlib
import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kbo_core.domain.areas import provinces
from kbo_core.domain.findings import refused
from kbo_core.office.office import Office
from kbo_core.store.accounts import (
    Account,
    accounts,
    drop_account,
    drop_sign_in,
    find_account,
    keep_account,
    keep_sign_in,
    signed_in,
)
from kbo_core.store.fold import registry_log
from kbo_core.store.log import append

OPERATOR, APPROVER, AUDITOR = "operator", "approver", "auditor"
ROLES: Mapping[str, str] = {OPERATOR: "เจ้าหน้าที่", APPROVER: "ผู้อนุมัติ", AUDITOR: "ผู้ตรวจสอบ (ดูอย่างเดียว)"}
LASTS = timedelta(hours=8)
SHORTEST_PASSWORD = 12
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,62}")
_EVERYWHERE = "00"  # the log of what concerns every province


def add_account(
    office: Office, name: str, role: str, province_code: str | None, password: str, *, at: datetime, by: str
) -> Account:
    """Add an account, or give one another role, province or password.

    Raises RefusedError for a name, role, province or password that cannot be used.
    """
    if not _NAME.fullmatch(name):
        raise refused(
            "account-name",
            name,
            "ชื่อบัญชีใช้อักษรอังกฤษตัวเล็ก ตัวเลข จุด ขีด อย่างน้อย 2 ตัว เช่น somchai.p",
            "an account's name is of small letters, digits, dots and hyphens",
        )
    if role not in ROLES:
        raise refused("account-role", role, f"บทบาทต้องเป็น {', '.join(ROLES)}", f"a role is one of {', '.join(ROLES)}")
    if province_code is not None and province_code not in provinces():
        raise refused("province-unknown", province_code, "ไม่มีจังหวัดรหัสนี้", "there is no such province")
    if len(password) < SHORTEST_PASSWORD or password == name:
        raise refused(
            "password-weak",
            "password",
            f"รหัสผ่านต้องยาวอย่างน้อย {SHORTEST_PASSWORD} อักขระ และไม่ใช่ชื่อบัญชี",
            f"a password has at least {SHORTEST_PASSWORD} characters and is not the account's name",
        )
    account = Account(name, _hasher().hash(password), role, province_code, at)
    with office.database.write() as connection:
        keep_account(connection, account)
        facts = {"account": name, "role": role, "province": province_code}
        append(connection, _log(province_code), "account-added", facts, at=at, by=by)
    return account


def remove_account(office: Office, name: str, *, at: datetime, by: str, reason: str) -> None:
    """Remove an account; what was done under it stays in the log. Raises RefusedError when there is none."""
    with office.database.write() as connection:
        account = find_account(connection, name)
        if account is None:
            raise refused("account-unknown", name, f"ไม่มีบัญชีชื่อ {name}", f"no account {name}")
        drop_account(connection, name)
        facts = {"account": name}
        append(connection, _log(account.province_code), "account-removed", facts, at=at, by=by, reason=reason)


def known_accounts(office: Office) -> list[Account]:
    """Every account, by name."""
    with office.database.read() as connection:
        return accounts(connection)


def sign_in(office: Office, name: str, password: str, at: datetime) -> str | None:
    """A new session's token, known to the caller alone; None for a wrong name or password, which take equally long."""
    with office.database.read() as connection:
        account = find_account(connection, name)
    if not _is_right(account.password_hash if account else _nobodys_hash(), password) or account is None:
        return None
    token = secrets.token_urlsafe(32)
    with office.database.write() as connection:
        keep_sign_in(connection, _digest(token), account.name, at + LASTS, at)
    return token


def account_of(office: Office, token: str, at: datetime) -> Account | None:
    """Who is signed in with a token; nobody when the session has ended."""
    with office.database.read() as connection:
        return signed_in(connection, _digest(token), at)


def sign_out(office: Office, token: str) -> None:
    """End a session, wherever its cookie still lies."""
    with office.database.write() as connection:
        drop_sign_in(connection, _digest(token))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _is_right(password_hash: str, password: str) -> bool:
    try:
        return _hasher().verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobodys_hash() -> str:
    return _hasher().hash(secrets.token_hex(16))


def _log(province_code: str | None) -> str:
    return registry_log(province_code or _EVERYWHERE)
