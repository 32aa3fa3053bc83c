"""The web: the browser phone and what an operator looks at."""
