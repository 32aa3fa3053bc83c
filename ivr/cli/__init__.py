"""The `ivr` command, one module a command."""
