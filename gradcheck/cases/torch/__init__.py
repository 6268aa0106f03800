"""Torch code as it is run by the checks: functions driven by `apply`, and modules. torch is imported in functions."""
