"""Tests of ISP Billing; `make test` runs them by part (tools/test_run.py)."""
