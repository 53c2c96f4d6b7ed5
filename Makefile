# Every target does its own set-up first (tools/bootstrap); see docs/developers/environment.md.
#   make demo             a demonstration company: billed, printed, sent, shown
#   make serve            the demonstration in the browser (after make demo)
#   make import DIR=d DB=n  a subscriber book into a database (CHECK=1: keep nothing; DATES=dmy or mdy)
#   make test             all tests; make test T=tests/odoo/test_x.py runs one file in seconds
#   make pictures         the pictures of both companies in docs/images, from the browser
#   make lint             style, Odoo's own mistakes, French, installation log
#   make terms            lists the translatable terms anew, keeps their French
#   make bench            speed and size measurements
#   make prove P=part     the long proofs of one part
#   make dev-db DB=name   a database with the modules of this working copy
#   make dev-env          shell lines that make the environment the one of your shell
#   make clean            forget this copy's databases; make clean ALL=1 also empties the cache
PYTHON ?= python3
SETUP = @$(PYTHON) -m tools.bootstrap

.PHONY: help demo import serve test pictures lint terms bench prove dev-db dev-env clean

help:
	@sed -n 's/^#   //p' Makefile

demo:
	$(SETUP) run tools.demo

import:
	$(SETUP) run tools.import_book $(DIR) $(DB) $(if $(CHECK),--check) $(if $(DATES),--dates $(DATES))

serve:
	$(SETUP) run tools.serve

test:
	$(SETUP) --browser run tools.test_run $(T)

pictures:
	@ISP_PICTURES=1 $(PYTHON) -m tools.bootstrap --browser run tools.test_run tests/e2e/test_layout_setup.py

lint:
	$(SETUP) run tools.checks

terms:
	$(SETUP) run tools.terms

bench:
	$(SETUP) --bench run tools.bench $(B)

prove:
	$(SETUP) --browser --prove run tools.test_run --prove $(P)

dev-db:
	$(SETUP) run tools.database clone $(DB) --replace

dev-env:
	$(SETUP) env

clean:
	$(SETUP) $(if $(ALL),--all) clean
