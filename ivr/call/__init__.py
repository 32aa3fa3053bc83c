"""The call: the port to lines, the driver, ears and mouth, the journal."""
