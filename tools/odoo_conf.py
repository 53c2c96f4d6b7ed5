"""Odoo's configuration file for development: this working copy's modules, the recorded server."""

import argparse
import configparser
import os
import socket
import sys
from pathlib import Path

from tools.bootstrap import paths, postgres


def free_port():
    """Return a port of the loopback interface that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def preferred_port(port):
    """Return this port of the loopback interface when it is free, else another one."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return free_port()
    return port


def values(**overrides):
    """Return the options of the file.

    :param overrides: options that differ, such as ``http_port`` or ``max_cron_threads``
    """
    server = postgres.record()
    return {
        "addons_path": str(paths.ROOT),
        "data_dir": str(paths.data_dir()),
        "screenshots": str(paths.logs() / "screenshots"),
        "db_host": server["host"],
        "db_port": server["port"],
        "db_user": server["user"],
        "db_password": server["password"],
        "http_interface": "127.0.0.1",
        "http_port": free_port(),
        "list_db": False,
        "workers": 0,
        "max_cron_threads": 0,
        "with_demo": False,
        **overrides,
    }


def write(name="odoo", **overrides):
    """Write the file of that name for this working copy and return its path."""
    folder = paths.cache() / "conf" / paths.clone_id()
    folder.mkdir(parents=True, exist_ok=True)
    paths.data_dir().mkdir(exist_ok=True)
    parser = configparser.RawConfigParser()
    parser["options"] = {key: str(value) for key, value in values(**overrides).items()}
    temporary = folder / f".{name}.{os.getpid()}"
    with temporary.open("w") as handle:
        os.fchmod(handle.fileno(), 0o600)
        parser.write(handle)
    return temporary.replace(folder / f"{name}.conf")


def command(*words):
    """Return the command line of an Odoo command in this environment."""
    return [sys.executable, "-m", "odoo", *map(str, words)]


def main():
    """Print the path of a freshly written file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="?", default="odoo")
    print(Path(write(parser.parse_args().name)))


if __name__ == "__main__":
    main()
