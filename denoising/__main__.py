"""Run the command `denoise` as `python -m denoising`."""

import sys

from denoising.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
