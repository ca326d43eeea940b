"""Writes headers.txt: headers as NumPy writes them, one a line: descr, F or C, shape, hexadecimal bytes.

Run with NumPy 2: python3 make_headers.py
"""
import io
import pathlib

import numpy as np
from numpy.lib import format as npy

TYPES = "|b1 |i1 <i2 <i4 <i8 |u1 <u2 <u4 <u8 <f2 <f4 <f8 <c8 <c16 >i2 >u8 >f4 >f8 >c16".split()
SHAPES = [(), (0,), (1,), (7,), (3, 4), (4, 0), (1, 2, 3, 4), (1000000, 768), (123456789012345, 99),
          (2**58,), (1,) * 32, (10,) * 17, (12345678, 5, 123)]

lines = []
for descr in TYPES:
    for shape in SHAPES if descr in ("<f4", "|b1", "<c16") else SHAPES[3:5]:
        for fortran in (False, True):
            out = io.BytesIO()
            npy.write_array_header_1_0(
                out, {"descr": descr, "fortran_order": fortran, "shape": shape})
            dims = ",".join(map(str, shape)) or "-"
            lines.append(f"{descr} {'F' if fortran else 'C'} {dims} {out.getvalue().hex()}\n")
(pathlib.Path(__file__).parent / "headers.txt").write_text("".join(lines))
