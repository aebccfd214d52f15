"""The model held against history: cases, back-tests, calibration, and rival forecasters."""
