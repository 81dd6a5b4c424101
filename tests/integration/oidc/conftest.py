"""One service for each test; the host, the runs and the users are values."""

from tests.support.served import api as api
from tests.support.served import world as world
