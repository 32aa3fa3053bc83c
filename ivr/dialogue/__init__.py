"""The pure machine of a call: events in, commands out; no clock, no socket, no await."""
