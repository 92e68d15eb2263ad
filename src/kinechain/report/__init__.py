"""Renders the result of an assessment: for a terminal, as a short note, as a page.

Each renderer is a pure function from the plain result, and what is shown beside it, to text:
`terminal.render`, `text.render` and `html.render`.
"""
