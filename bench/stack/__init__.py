"""Benchmarks of the distributed profile: real Kafka and Elasticsearch on this machine."""
