"""Thousands of documents in one process: prints its memory after each tenth, as JSON."""
import hashlib
import importlib
import json
import sys
import time
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main(count):
    """Documents of 1 to 40 lines in three languages, as a layout process makes them."""
    importlib.import_module('odoo.addons')
    package = types.ModuleType('odoo.addons.isp_billing')
    package.__path__ = [str(ROOT / 'isp_billing')]
    sys.modules[package.__name__] = package
    from odoo.addons.isp_billing.engine import pdf_render

    from tests.unit.test_pdf_fast import request

    first, different, peaks, began = {}, 0, [], time.monotonic()
    with pdf_render.many() as tidy:
        for place in range(count):
            number = place % 97
            content = pdf_render.render_pdf(**request(
                number, rows=number % 40, lang=('en', 'fr')[number % 2]))
            digest = hashlib.sha256(content).digest()
            different += first.setdefault(number, digest) != digest
            tidy()
            if (place + 1) % (count // 10) == 0:
                pages = int(Path('/proc/self/statm').read_text().split()[1])
                peaks.append(round(pages * 4096 / 1024 / 1024))
    print(json.dumps({'memory': peaks, 'different': different,
                      'ms': round(1000 * (time.monotonic() - began) / count)}))


if __name__ == '__main__':
    main(int(sys.argv[1]))
