"""Named loads and clinical angles along the chain, from foot to trunk."""
