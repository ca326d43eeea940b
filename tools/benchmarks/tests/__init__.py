"""Tests of what does not depend on a machine: python -m unittest discover -s tools/benchmarks/tests -t tools"""
