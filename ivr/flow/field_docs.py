"""What stands below a field of a model, as its meaning: read when somebody asks for it.

Decided: pydantic can do that as well (`use_attribute_docstrings`), but does it for each class as it is made, and so a
tenth of the start of every command was the reading of our own sources.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from itertools import pairwise

from pydantic import BaseModel


def field_docs(model: type[BaseModel]) -> dict[str, str]:
    """By the name of the field, those of its bases too; a field that tells nothing is left out."""
    found: dict[str, str] = {}
    for kind in reversed(model.__mro__):
        if issubclass(kind, BaseModel) and kind is not BaseModel:
            found |= _of_class(kind)
    return {name: text for name, text in found.items() if name in model.model_fields}


def _of_class(kind: type[BaseModel]) -> dict[str, str]:
    [written] = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    body = written.body if isinstance(written, ast.ClassDef) else []
    found: dict[str, str] = {}
    for field, below in pairwise(body):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                found[name] = inspect.cleandoc(text)
    return found
