"""`python -m analyzer` is `clause-analyzer`."""

from analyzer.faces.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
