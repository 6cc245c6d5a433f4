"""The trainer of Tailor: turns a frozen round into a student folder. Commands: `python -m tailor_bridge --help`."""

VERSION = "0.1.0"
