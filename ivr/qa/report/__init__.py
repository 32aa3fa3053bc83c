"""One HTML file that shows a run of cases to a person: list, filters, and each call on a time line that sounds."""
