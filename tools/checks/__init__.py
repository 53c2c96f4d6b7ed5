"""Checks of the sources. Each module has ``problems()``, which returns one text per problem."""
