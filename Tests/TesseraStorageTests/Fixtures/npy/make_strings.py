"""Writes strings.txt: strings as NumPy saves them, one a line: UTF-8, then the .npy file, both hexadecimal.

Run with NumPy 2: python3 make_strings.py
"""
import io
import pathlib

import numpy as np

STRINGS = ["zscore", "l2", "", "naïve ☃", "𝄞", "two\nlines", "x" * 300]

lines = []
for text in STRINGS:
    for order in "<>":
        out = io.BytesIO()
        np.save(out, np.array(text).astype(f"{order}U{max(1, len(text))}"))
        lines.append(f"{order} {text.encode().hex() or '-'} {out.getvalue().hex()}\n")
(pathlib.Path(__file__).parent / "strings.txt").write_text("".join(lines))
