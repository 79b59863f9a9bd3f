"""Who may sign in, and who is signed in now. No fold of the log: passwords are in no log."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from kbo_core.store import schema


@dataclass(frozen=True)
class Account:
    """One account. ``province_code`` is None for one that sees every province."""

    name: str
    password_hash: str
    role: str
    province_code: str | None
    created_at: datetime

    def sees(self, province_code: str) -> bool:
        """Is a province within the account's reach?"""
        return self.province_code in (None, province_code)


def find_account(connection: Connection, name: str) -> Account | None:
    """The account of a name, if there is one."""
    row = connection.execute(select(schema.account).where(schema.account.c.name == name)).first()
    return Account(**row._mapping) if row else None


def accounts(connection: Connection) -> list[Account]:
    """Every account, by name."""
    rows = connection.execute(select(schema.account))
    return sorted((Account(**row._mapping) for row in rows), key=lambda a: a.name)


def keep_account(connection: Connection, account: Account) -> None:
    """Add an account, or change one; who was signed in under it is not any more."""
    drop_account(connection, account.name)
    connection.execute(schema.account.insert().values(**vars(account)))


def drop_account(connection: Connection, name: str) -> bool:
    """Remove an account with everybody who is signed in under it; True when there was one."""
    connection.execute(delete(schema.sign_in).where(schema.sign_in.c.account == name))
    return bool(connection.execute(delete(schema.account).where(schema.account.c.name == name)).rowcount)


def keep_sign_in(connection: Connection, token_sha256: str, name: str, until: datetime, at: datetime) -> None:
    """Remember who is signed in; those whose time is over are forgotten."""
    table = schema.sign_in
    connection.execute(delete(table).where(table.c.expires_at < at))
    connection.execute(table.insert().values(token_sha256=token_sha256, account=name, expires_at=until))


def signed_in(connection: Connection, token_sha256: str, at: datetime) -> Account | None:
    """The account of a session that has not ended."""
    table = schema.sign_in
    row = connection.execute(
        select(table.c.account).where(table.c.token_sha256 == token_sha256, table.c.expires_at >= at)
    ).first()
    return find_account(connection, row.account) if row else None


def drop_sign_in(connection: Connection, token_sha256: str) -> None:
    """End a session."""
    connection.execute(delete(schema.sign_in).where(schema.sign_in.c.token_sha256 == token_sha256))
