"""The pages, one module for each group."""

from kinechain.web.pages import sign_in, start, worklist

ROUTERS = (start.router, sign_in.router, worklist.router)
