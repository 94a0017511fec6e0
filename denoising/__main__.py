"""`python -m denoising`: the command `denoise`."""

import sys

from denoising.cli import main

if __name__ == "__main__":
    sys.exit(main())
