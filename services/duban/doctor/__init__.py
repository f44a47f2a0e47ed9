"""Looks at everything duban needs and says what is wrong with it; changes nothing of it."""
