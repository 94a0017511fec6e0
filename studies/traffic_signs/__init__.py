"""The traffic-sign detector over seeds and noise levels."""
