"""Values and events of the field; standard library and msgspec only."""
