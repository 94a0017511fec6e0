"""The page that answers the questions of the project for somebody without a terminal."""
