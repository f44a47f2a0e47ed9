"""The read models on Elasticsearch; nothing here is imported without the extra `distributed`."""
