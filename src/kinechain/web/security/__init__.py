"""Who may see what, and how the pages are kept from abuse."""
