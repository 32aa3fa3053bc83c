"""A hotline as data: YAML with marks, a schema, problems with file, line, column and remedy."""
