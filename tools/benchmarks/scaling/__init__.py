"""How cost grows: with the size of the input, threads, memory, and the sizes of chunks and shards.

works.py says what is done, jobs.py varies one thing at a time, curve.py holds what comes of it.
"""
