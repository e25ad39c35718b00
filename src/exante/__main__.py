"""`python -m exante` is the command line."""

from exante.apps.cli import main

if __name__ == "__main__":
    main()
