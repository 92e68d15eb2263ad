"""Musculoskeletal models: bodies, joints, coordinates and markers, read from OpenSim's files."""
