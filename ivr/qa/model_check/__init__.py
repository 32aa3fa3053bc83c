"""The model check of `ivr check`: the real Dialogue, tried with every class of input in every state it can reach."""
