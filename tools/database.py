"""Databases for development and tests, cloned from templates that are built once per change.

Two layers: ``isp_base_<hash>`` holds Odoo's and the community's modules and the languages, and is
rebuilt when those change; ``isp_tmpl_<hash>`` is a clone of it with our two modules installed, and
is rebuilt when any file of theirs changes. A clone takes less than a second.
"""

import argparse
import contextlib
import datetime
import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import psycopg2
import psycopg2.errors
import psycopg2.extensions
from psycopg2 import sql

from tools import install_log, odoo_conf
from tools.bootstrap import odoo_source, paths, postgres
from tools.bootstrap.steps import StepError, lock, step

BASE_MODULES = (
    "account",
    "account_payment",
    "l10n_ca",
    "l10n_fr_account",
    "mail",
    "portal",
    "sale_management",
    "subscription_oca",
)
WHEELS = ("odoo-addon-subscription-oca",)
LANGUAGES = ("fr_FR", "fr_CA")
KEPT = 2
DROP_TRIES = 30


@contextlib.contextmanager
def server(dbname="postgres"):
    """Yield a cursor that commits each statement, on the server's own database by default.

    Amounts are Decimal, also where Odoo, once imported, has told psycopg2 to make floats of them.
    """
    known = postgres.record()
    connection = psycopg2.connect(
        dbname=dbname,
        host=known["host"] or None,
        port=known["port"],
        user=known["user"],
        password=known["password"] or None,
    )
    connection.autocommit = True
    psycopg2.extensions.register_type(psycopg2.extensions.DECIMAL, connection)
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def exists(name):
    """Return whether there is a database of that name."""
    with server() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return bool(cursor.fetchone())


def _filestore(name):
    return paths.data_dir() / "filestore" / name


def drop(name):
    """Drop a database and its file store, whoever is connected.

    A worker of the server that cleans up in it (autovacuum) is not ours to end: it is waited for.
    """
    statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    for left in reversed(range(DROP_TRIES)):
        try:
            with server() as cursor:
                cursor.execute(statement)
            break
        except psycopg2.errors.InsufficientPrivilege:
            if not left:
                raise
            time.sleep(1)
    shutil.rmtree(_filestore(name), ignore_errors=True)


def clone(source, name):
    """Make a database that equals another one, which nobody may be using."""
    drop(name)
    with server() as cursor:
        # Copying files is several times faster than copying through the log (the default since 15).
        fast = "STRATEGY FILE_COPY" if cursor.connection.server_version >= 150000 else ""
        cursor.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} " + fast).format(
                sql.Identifier(name), sql.Identifier(source)
            )
        )
    if _filestore(source).exists():
        shutil.copytree(_filestore(source), _filestore(name), copy_function=os.link)
    return name


def keep_from_vacuum(name):
    """Switch autovacuum off for the tables of bookings and billing of a database for tests.

    A vacuum between two tests finds these tables empty, since tests take back what they made; the
    planner then goes by one row, and a query of the next test takes many seconds.
    """
    with server(name) as cursor:
        cursor.execute("""
            DO $$ DECLARE tab record; BEGIN
                FOR tab IN SELECT oid::regclass AS name FROM pg_class
                            WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
                              AND relname ~ '^(account|isp|sale|mail|res_partner)' LOOP
                    EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = off)', tab.name);
                END LOOP;
            END $$""")


def _finish(building, name, **note):
    """Give a built database its name; until then it is under one that nobody looks for."""
    if exists(name):  # another working copy with the same files was faster
        drop(building)
        return
    shutil.rmtree(_filestore(name), ignore_errors=True)
    if _filestore(building).exists():
        _filestore(building).rename(_filestore(name))
    _set_note(building, built=_now(), **note)
    with server() as cursor:
        words = sql.Identifier(building), sql.Identifier(name)
        cursor.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*words))


def _note(name):
    """Return what was noted on a template: the working copy, the time, the warnings of its log."""
    with server() as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            [name],
        )
        row = cursor.fetchone()
    return json.loads(row[0]) if row and row[0] else {}


def _set_note(name, **values):
    with server() as cursor:
        cursor.execute(
            sql.SQL("COMMENT ON DATABASE {} IS %s").format(sql.Identifier(name)),
            [json.dumps({**_note(name), **values})],
        )


def _now():
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def _odoo(database, log_name, *words):
    """Run an Odoo command on a database; return the path of its log, raise with its tail."""
    conf = odoo_conf.write(log_name)
    log = paths.logs() / f"{log_name}.log"
    log.unlink(missing_ok=True)
    with log.open("w") as handle:
        done = subprocess.run(
            odoo_conf.command("-c", conf, "-d", database, "--no-http", "--stop-after-init", *words),
            stdout=handle,
            stderr=subprocess.STDOUT,
            cwd=paths.logs(),
            check=False,
        )
    if done.returncode:
        drop(database)
        raise StepError(
            f"Odoo ended with {done.returncode}\n{install_log.tail(log)}", f"read {log}"
        )
    return log


def base_name():
    """Return the name of the base for this Odoo, these wheels, this list of modules, this cache."""
    wheels = [f"{name} {importlib.metadata.version(name)}" for name in WHEELS]
    state = odoo_source.origin(_tree()), wheels, BASE_MODULES, LANGUAGES
    # The files of a database are in this cache, and a server may serve several caches.
    return "isp_base_" + paths.short_hash(*state, paths.data_dir())


def _tree():
    """Return the tree of Odoo that this environment has on its path."""
    return Path((Path(sysconfig.get_path("purelib")) / "odoo.pth").read_text().strip())


def ensure_base():
    """Return the base, built if it is missing."""
    with lock("base"):
        name = base_name()
        if not exists(name):
            with step(f"base database {name}"):
                building = f"isp_build_{os.getpid()}"
                drop(building)
                words = ["-i", ",".join(BASE_MODULES), "--load-language", ",".join(LANGUAGES)]
                _odoo(building, f"base-{name}", *words)
                _finish(building, name)
    return name


def modules():
    """Return those of our modules that are in this working copy."""
    return [name for name in paths.MODULES if (paths.ROOT / name / "__manifest__.py").exists()]


def template_name():
    """Return the name of the template for the present content of our modules' files."""
    parts = [base_name()]
    for module in modules():
        for path in sorted((paths.ROOT / module).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc":
                parts += [str(path.relative_to(paths.ROOT)), path]
    return "isp_tmpl_" + paths.short_hash(*parts)


def ensure_template():
    """Return the template, built if our modules have changed."""
    with lock(f"template-{paths.clone_id()}"):
        base, name = ensure_base(), template_name()
        if not exists(name):
            with step(f"template {name} with {', '.join(modules())}"):
                building = clone(base, f"isp_build_{os.getpid()}")
                log = _odoo(building, f"install-{paths.clone_id()}", "-i", ",".join(modules()))
                _finish(building, name, warnings=install_log.warnings(log))
        _set_note(name, clone=paths.clone_id(), used=_now())
        collect(name)
    return name


def installation_warnings():
    """Return the warnings and errors that installing our modules logged."""
    return _note(ensure_template()).get("warnings", [])


def _names(prefix):
    with server() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
        return [row[0] for row in cursor.fetchall()]


def collect(*needed):
    """Drop this working copy's templates but the last two, old bases and half-built databases."""
    own = [name for name in _names("isp_tmpl_") if _note(name).get("clone") == paths.clone_id()]
    own.sort(key=lambda name: _note(name).get("used", ""), reverse=True)
    bases = sorted(_names("isp_base_"), key=lambda name: _note(name).get("built", ""), reverse=True)
    for name in [*own[KEPT:], *bases[KEPT:], *_abandoned()]:
        if name not in (*needed, base_name()):
            drop(name)


def _abandoned():
    """Return the half-built and test databases whose process is gone (on a server of our own)."""
    if postgres.record()["kind"] != "private":
        return []
    temporary = [*_names("isp_build_"), *_names("isp_test_")]
    return [name for name in temporary if not Path("/proc", name.rpartition("_")[2]).exists()]


def test_name(part):
    """Return the name of this process's database for a part of the tests (ISP_KEEP keeps it)."""
    if os.environ.get("ISP_KEEP"):
        return f"isp_kept_{paths.clone_id()}_{part}"
    return f"isp_test_{paths.clone_id()}_{part}_{os.getpid()}"


def make_clone(name):
    """Make a database from the template of the present files."""
    source = ensure_template()
    with lock("clone"):
        return clone(source, name)


def _template_command(_options):
    print(ensure_template())


def _clone_command(options):
    if exists(options.name) and not options.replace:
        sys.exit(f"{options.name} exists already: add --replace, or drop it first")
    print(make_clone(options.name))


def _collect_command(_options):
    collect()


def _forget_command(_options):
    """Drop what belongs to this working copy alone."""
    own = [name for name in _names("isp_tmpl_") if _note(name).get("clone") == paths.clone_id()]
    for name in [
        *own,
        *_names(f"isp_test_{paths.clone_id()}_"),
        *_names(f"isp_kept_{paths.clone_id()}_"),
    ]:
        drop(name)


def main():
    """Run the command named on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("template", help="build if needed, print its name").set_defaults(
        run=_template_command
    )
    cloning = commands.add_parser("clone", help="make a database from the template")
    cloning.add_argument("name")
    cloning.add_argument("--replace", action="store_true", help="drop the one of that name first")
    cloning.set_defaults(run=_clone_command)
    dropping = commands.add_parser("drop", help="drop a database and its file store")
    dropping.add_argument("name")
    dropping.set_defaults(run=lambda options: drop(options.name))
    commands.add_parser("gc", help="drop old templates").set_defaults(run=_collect_command)
    commands.add_parser(
        "forget", help="drop this working copy's templates and test databases"
    ).set_defaults(run=_forget_command)
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
