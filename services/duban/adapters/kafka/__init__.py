"""The distributed profile's history: topics, log and forwarding, over kafka-python."""
