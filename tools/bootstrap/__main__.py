"""Command line of the set-up: ``setup``, ``python``, ``env``, ``clean``."""
import argparse
import os
import shlex
import shutil

from . import odoo_source, paths, postgres, system_packages, venv
from .steps import lock


def setup(browser=False):
    """Run all steps; return the environment's Python program."""
    with lock("setup"):
        system_packages.ensure(browser)
        tree = odoo_source.ensure()
        program = venv.ensure(tree)
        postgres.ensure(program)
        current = paths.cache() / "current"
        temporary = current.with_name(f".current.{os.getpid()}")
        temporary.symlink_to(venv.folder(tree))
        temporary.replace(current)
    return program


def exports(program):
    """Return shell lines that make this environment the one of the reader's shell."""
    server = postgres.record()
    values = {"ISP_CACHE": paths.cache(), "ISP_VENV_PYTHON": program, "PGHOST": server["host"],
              "PGPORT": server["port"], "PGUSER": server["user"], "PGPASSWORD": server["password"]}
    return "\n".join(f"export {key}={shlex.quote(str(value))}" for key, value in values.items())


def clean():
    """Stop the private server and delete everything that the set-up made."""
    with lock("setup"):
        postgres.remove()
    shutil.rmtree(paths.cache())


def main():
    """Run the command named on the command line."""
    parser = argparse.ArgumentParser(prog="python3 -m tools.bootstrap", description=__doc__)
    parser.add_argument("command", choices=("setup", "python", "env", "clean"))
    parser.add_argument("--browser", action="store_true", help="page tests will run: Chromium is needed")
    options = parser.parse_args()
    if options.command == "clean":
        return clean()
    program = setup(options.browser)
    if options.command == "python":
        print(program)
    if options.command == "env":
        print(exports(program))
    return None


if __name__ == "__main__":
    main()
