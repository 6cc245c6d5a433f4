"""Start tailor_bridge from this folder, whatever the working folder holds.

    python -I -X utf8 python-bridge/launch.py train --run DIR

The same as `python -m tailor_bridge …`, for programs: with -I the interpreter puts neither the working folder nor
PYTHONPATH on the import path, so that a project's own torch.py, json.py or sitecustomize.py is never imported.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    runpy.run_module("tailor_bridge", run_name="__main__", alter_sys=True)
