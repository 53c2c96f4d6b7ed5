"""Run in the virtual environment: connect as the PG* variables say and answer Odoo's connection.

Odoo refuses the role postgres, so a role of its own, which may create databases, is made when the
variables name a superuser.
"""

import json
import secrets
import sys

import psycopg2
from psycopg2 import sql


def _own_role(connection, role):
    """Create or refresh the role, with a password of its own, and return both."""
    password = secrets.token_urlsafe(18)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        verb = "ALTER" if cursor.fetchone() else "CREATE"
        cursor.execute(
            sql.SQL(verb + " ROLE {} LOGIN CREATEDB PASSWORD %s").format(sql.Identifier(role)),
            [password],
        )
    return role, password


def _still_valid(role, password):
    """Return whether an earlier run's password of the role still opens the server."""
    try:
        psycopg2.connect(dbname="postgres", user=role, password=password).close()
    except psycopg2.OperationalError:
        return False
    return bool(password)


def main(role, known_password=""):
    """Print the connection as JSON, or fail with the server's own words."""
    try:
        connection = psycopg2.connect(dbname="postgres")
    except psycopg2.OperationalError as error:
        sys.exit(str(error).strip())
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolcreatedb, rolname FROM pg_roles WHERE rolname = current_user"
        )
        superuser, creates, user = cursor.fetchone()
    info = connection.info
    password = info.password or ""
    if user == "postgres" or (superuser and not creates):
        user, password = role, known_password
        if not _still_valid(role, known_password):
            user, password = _own_role(connection, role)
    elif not creates:
        sys.exit(f"the role {user} may not create databases")
    print(
        json.dumps({"host": info.host or "", "port": info.port, "user": user, "password": password})
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
