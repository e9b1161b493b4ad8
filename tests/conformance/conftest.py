"""The stage and the judge's bench, importable by the tests here."""

import sys
from pathlib import Path

_HERE = Path(__file__).parent
for folder in (_HERE, _HERE.parent / "stage"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
