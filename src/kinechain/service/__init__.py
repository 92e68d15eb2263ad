"""The use cases; the only place where the parts are wired together.

Nothing is imported here, so that a use case brings in what it needs itself and no more.
"""
