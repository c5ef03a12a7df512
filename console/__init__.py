"""How people use it: the fundwatch command."""
