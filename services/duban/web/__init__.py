"""Pages and JSON API: server-rendered, live, nothing loaded from other hosts."""
