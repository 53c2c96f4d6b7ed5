"""Command line of the set-up: ``setup``, ``python``, ``env``, ``run MODULE [words]``, ``clean``."""

import argparse
import os
import shlex
import shutil
import subprocess
import sys

from tools import odoo_conf

from . import odoo_source, paths, postgres, system_packages, venv
from .steps import lock, step


def setup(browser=False, bench=False, prove=False):
    """Run all steps; return the environment's Python program.

    :param bool browser: page tests will run
    :param bool bench: benchmarks will run, with the packages that they compare with
    :param bool prove: the long proofs will run
    """
    with lock("setup"):
        system_packages.ensure(browser, prove)
        tree = odoo_source.ensure()
        program = venv.ensure(tree)
        if bench:
            venv.ensure_extra(program, "requirements-bench.txt")
        if prove:
            venv.ensure_extra(program, "requirements-prove.txt")
        postgres.ensure(program)
        current = paths.cache() / "current"
        temporary = current.with_name(f".current.{os.getpid()}")
        temporary.symlink_to(venv.folder(tree))
        temporary.replace(current)
    return program


def variables(program):
    """Return the environment variables by which tools and tests find what was set up."""
    return {
        "ISP_CACHE": str(paths.cache()),
        "ISP_VENV_PYTHON": str(program),
        "ISP_ODOO_CONF": str(odoo_conf.write()),
    }


def exports(program):
    """Return shell lines that make this environment the one of the reader's shell."""
    server = postgres.record()
    values = {
        **variables(program),
        "PGHOST": server["host"],
        "PGPORT": server["port"],
        "PGUSER": server["user"],
        "PGPASSWORD": server["password"],
    }
    return "\n".join(f"export {key}={shlex.quote(str(value))}" for key, value in values.items())


def run(program, words):
    """Become a Python module of this repository, in the environment that was set up."""
    os.chdir(paths.ROOT)
    os.execve(program, [str(program), "-m", *words], os.environ | variables(program))


def clean(everything=False):
    """Drop this working copy's databases, or stop the private server and delete the whole cache."""
    with (
        lock("setup"),
        step("the cache is empty" if everything else "databases of this working copy dropped"),
    ):
        if everything:
            postgres.remove()
            shutil.rmtree(paths.cache())
        elif postgres.record_file().exists():
            program = paths.cache() / "current" / "bin" / "python"
            postgres.ensure(program)
            subprocess.run([program, "-m", "tools.database", "forget"], cwd=paths.ROOT, check=True)
    for folder in (".pytest_cache", ".hypothesis", ".ruff_cache"):
        shutil.rmtree(paths.ROOT / folder, ignore_errors=True)


def main():
    """Run the command named on the command line."""
    parser = argparse.ArgumentParser(prog="python3 -m tools.bootstrap", description=__doc__)
    parser.add_argument("command", choices=("setup", "python", "env", "run", "clean"))
    parser.add_argument(
        "--browser", action="store_true", help="page tests will run: Chromium is needed"
    )
    parser.add_argument("--bench", action="store_true", help="benchmarks will run")
    parser.add_argument("--prove", action="store_true", help="the long proofs will run")
    parser.add_argument("--all", action="store_true", help="with clean: the whole cache")
    parser.add_argument(
        "words", nargs=argparse.REMAINDER, help="with run: the module and its words"
    )
    options = parser.parse_args()
    if options.command == "clean":
        return clean(options.all)
    program = setup(options.browser, options.bench, options.prove)
    if options.command == "python":
        print(program)
    elif options.command == "env":
        print(exports(program))
    elif options.command == "run":
        if not options.words:
            parser.error("run what?")
        run(program, options.words)
    return None


if __name__ == "__main__":
    sys.exit(main())
