"""Benchmarks: pages and letters of the portal beside the bare libraries, in one run on one machine."""
