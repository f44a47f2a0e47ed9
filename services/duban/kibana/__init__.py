"""Kibana for offices that use it: data views, searches, dashboards and rules, made from code.

What Kibana shows is what the index holds; nothing is decided or kept there.
"""
