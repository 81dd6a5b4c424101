"""Settings of the whole suite."""

import signal

from hypothesis import HealthCheck, settings

# Machines that run guests under emulation are slow and uneven; a slow draw says nothing about us.
settings.register_profile("fuyajo", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("fuyajo")


def pytest_configure() -> None:
    """Some shells start background jobs with Ctrl-C ignored; every process that a test starts would inherit
    that, and tests of Ctrl-C would wait for ever."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
