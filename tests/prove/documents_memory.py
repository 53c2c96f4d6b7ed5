"""Thousands of documents by the layout processes: prints their memory after each tenth, as JSON."""
import hashlib
import importlib
import json
import sys
import time
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main(count):
    """Documents of 1 to 40 lines in two languages, as a bill run has them made."""
    importlib.import_module('odoo.addons')
    package = types.ModuleType('odoo.addons.isp_billing')
    package.__path__ = [str(ROOT / 'isp_billing')]
    sys.modules[package.__name__] = package
    from odoo.addons.isp_billing.engine import pdf_pool

    from tests.unit.test_pdf_fast import request

    first, different, peaks, seen = {}, 0, [], set()
    began = time.monotonic()
    with pdf_pool.renderers(count, 2) as pool:
        def ask(place):
            number = place % 97
            # the words of a request, as the asker hands them to a layout process
            return pool.submit({'einvoice': None, **request(
                number, rows=number % 40, lang=('en', 'fr')[number % 2])}),

        for done, (place, (job,)) in enumerate(pdf_pool.as_ready(range(count), ask, pool), 1):
            digest = hashlib.sha256(job.result()).digest()
            different += first.setdefault(place % 97, digest) != digest
            if done % (count // 10) == 0:
                peaks.append(max(map(memory, pool.processes)))
            seen |= {process.pid for process in pool.processes}
    print(json.dumps({'memory': peaks, 'different': different, 'processes': len(seen),
                      'ms': round(1000 * (time.monotonic() - began) / count)}))
    pool.close()


def memory(process):
    """Resident memory of a layout process in MB (int), 0 when it has just ended."""
    try:
        pages = int(Path(f'/proc/{process.pid}/statm').read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return round(pages * 4096 / 1024 / 1024)


if __name__ == '__main__':
    main(int(sys.argv[1]))
