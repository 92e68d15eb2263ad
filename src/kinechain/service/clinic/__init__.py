"""The use cases of the clinic, without any web: record, assess, decide, keep."""
