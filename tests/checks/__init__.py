"""The checks of the sources as tests, and tests of the checks themselves."""
