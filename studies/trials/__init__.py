"""What changes of parameters give, tried on fewer images."""
