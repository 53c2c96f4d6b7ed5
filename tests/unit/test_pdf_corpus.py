"""Every bad PDF of the corpus is refused, for the right reason, quickly and in little memory."""
import resource
import time

import pytest

from odoo.addons.isp_billing.engine import pdf_assemble, pdf_check, pdf_clean
from odoo.addons.isp_billing.engine.pdf_check import PdfRefused

from .pdf_corpus import BAD, FLYERS
from .pdf_craft import GOOD

SECONDS = 3
MEGABYTES = 150


def memory():
    """Most memory that this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def test_the_frame_of_the_corpus_is_good():
    """Otherwise its files would be refused for what they have in common."""
    assert pdf_check.inspect(GOOD).pages == 1


@pytest.mark.parametrize(('content', 'code'), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_bad_files_are_refused(content, code):
    start, before = time.process_time(), memory()
    with pytest.raises(PdfRefused) as refused:
        pdf_check.inspect(content)
    assert refused.value.code == code
    assert time.process_time() - start < SECONDS
    assert memory() - before < MEGABYTES


@pytest.mark.parametrize('content', [row[1] for row in FLYERS], ids=[row[0] for row in FLYERS])
def test_ordinary_flyers_pass(content):
    start, before = time.process_time(), memory()
    assert pdf_check.inspect(content).pages >= 1
    assert pdf_assemble.can_append(content)
    assert pdf_check.inspect(pdf_clean.clean(content)).pages >= 1
    assert time.process_time() - start < SECONDS
    assert memory() - before < MEGABYTES
