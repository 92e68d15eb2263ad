"""The compiled inner loops: plain arrays in, plain arrays out, no files, no objects.

Numba compiles them once; :func:`kinechain.gait.kernels.library.warm_up`, which the installation
calls, fills the cache so that no later process compiles.
"""
