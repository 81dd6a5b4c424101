"""Settings of the whole suite."""

from hypothesis import HealthCheck, settings

# Machines that run guests under emulation are slow and uneven; a slow draw says nothing about us.
settings.register_profile("fuyajo", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("fuyajo")
