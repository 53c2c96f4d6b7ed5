"""The demonstration in the browser: start Odoo on it and say where and as whom to log in."""

import json
import os
import sys

from tools import database, odoo_conf
from tools.bootstrap import paths

DATABASE = "isp_demo"
NOTES = "demo.json"


def notes():
    """Return what the demonstration wrote down: ``logins``, a list of name, login and password."""
    path = paths.cache() / NOTES
    return json.loads(path.read_text()) if path.exists() else {}


def _lines(logins):
    """Yield a line per login, whatever of label, login and password is given."""
    for entry in logins:
        if not isinstance(entry, dict):
            yield f"  {entry}"
            continue
        who = entry.get("label") or entry.get("name") or entry.get("role") or ""
        yield f"  {who:<50} {entry.get('login', '')} / {entry.get('password', '')}"


def main():
    """Print address and logins, then become the server until it is interrupted."""
    name = notes().get("database", DATABASE)
    if not database.exists(name):
        sys.exit(f"there is no database {name} yet: run make demo first")
    port = int(os.environ.get("PORT") or 0) or odoo_conf.preferred_port(8069)
    conf = odoo_conf.write(
        "serve",
        http_port=port,
        max_cron_threads=1,
        db_name=name,
        dbfilter=f"^{name}$",
        log_level="warn",
    )
    print(f"\nISP Billing demonstration: http://127.0.0.1:{port}/odoo")
    print("\n".join(_lines(notes().get("logins", []))))
    print("Stop it with Ctrl-C.\n", flush=True)
    command = odoo_conf.command("-c", conf, "-d", name)
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
