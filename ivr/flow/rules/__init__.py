"""The rules of `ivr check`, by what they look at."""
