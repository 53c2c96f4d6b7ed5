"""Tests in a real browser, on a database cloned from the template."""
