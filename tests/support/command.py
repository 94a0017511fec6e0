"""The command `denoise image`, in this process."""

from denoising.cli.main import main


def denoise(*arguments: object) -> int:
    """Run the command with these arguments; return its exit code."""
    return main(["image", *map(str, arguments)])
