"""The clinic on the web: pages for patients and clinicians, and a JSON interface."""
