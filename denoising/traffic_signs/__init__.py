"""The traffic-sign branch: scenes, a detector, and files of other detectors' outputs."""
