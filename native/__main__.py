"""`python -m native`."""

from native.cli import main

if __name__ == "__main__":
    main()
