"""`python -m denoising`: the command `denoise`."""

import sys

from denoising.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
