"""Make the dump of a former version that tests/faults/test_upgrade.py upgrades.

    python3 -m tools.bootstrap run tools.make_upgrade_dump            of the first version
    python3 -m tools.bootstrap run tools.make_upgrade_dump COMMIT     of another one

The former version is checked out beside the working copy, installed alone into a database, told
the story of ``tests/faults/_upgrade_story.py``, and written as SQL that any server reads. What an
upgrade does not need is left out: files, bundles, logs, messages, pictures.
"""
import lzma
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tools import database, odoo_conf
from tools.bootstrap import paths, postgres

FIRST = '17d787b'
STORY = paths.ROOT / 'tests/faults/_upgrade_story.py'
TARGET = paths.ROOT / 'tests/faults/data/first_version.sql.xz'
TRIM = """
    UPDATE res_company SET logo_web = NULL;
    DELETE FROM ir_attachment;
    DELETE FROM ir_logging;
    TRUNCATE mail_message, mail_tracking_value, mail_notification, mail_followers CASCADE;
    DELETE FROM ir_profile;
    DELETE FROM res_partner_industry;
"""
#: of newer servers and clients, that older ones do not know
UNKNOWN = re.compile(r'^(\\(un)?restrict .*|SET transaction_timeout.*|SET default_table_access.*)$',
                     re.MULTILINE)


def main():
    commit = sys.argv[1] if len(sys.argv) > 1 else FIRST
    name = database.test_name('formerly')
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / 'former'
        run('git', 'worktree', 'add', '--detach', tree, commit, cwd=paths.ROOT)
        try:
            database.drop(name)
            build(name, tree)
            TARGET.parent.mkdir(exist_ok=True)
            TARGET.write_bytes(lzma.compress(
                dump(name).encode(), preset=9 | lzma.PRESET_EXTREME))
        finally:
            database.drop(name)
            run('git', 'worktree', 'remove', '--force', tree, cwd=paths.ROOT)
    print(f"{TARGET.relative_to(paths.ROOT)}: {TARGET.stat().st_size / 1e6:.2f} MB")


def build(name, tree):
    """A database of the former version with its story, trimmed."""
    conf = odoo_conf.write(name, addons_path=str(tree))
    odoo = [*odoo_conf.command('-c', conf, '-d', name)]
    run(*odoo, '-i', 'isp_billing', '--no-http', '--stop-after-init')
    told = subprocess.run(
        odoo_conf.command('shell', '-c', conf, '-d', name, '--no-http'), text=True,
        input=STORY.read_text(), capture_output=True, check=True)
    if 'STORY told' not in told.stdout:
        sys.exit(told.stderr[-3000:])
    with database.server(name) as cursor:
        cursor.execute(TRIM)


def dump(name):
    """SQL of a database, in statements that need no psql."""
    known = postgres.record()
    programs, _origin = postgres._programs(sys.executable)
    text = run(
        programs / 'pg_dump', '--no-owner', '--no-privileges', '--no-comments', '--inserts',
        '--rows-per-insert=200', '-h', known['host'], '-p', known['port'], '-U', known['user'],
        name)
    return UNKNOWN.sub('', text)


def run(*words, **options):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True,
                          check=False, **options)
    if done.returncode:
        sys.exit(f"{words[0]}: {done.stderr[-3000:]}")
    return done.stdout


if __name__ == '__main__':
    main()
