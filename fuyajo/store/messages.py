"""Messages that a job waits, by Procrastinate, where several machines share a PostgreSQL server.

The job's row is the truth. A message only makes a worker look now instead of in a moment: one that is lost,
comes twice or is about a job that is over changes nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import ConnectorException, ProcrastinateException
from procrastinate.jobs import Status
from procrastinate.schema import SchemaManager
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from fuyajo.store.postgres import KEEPALIVES

TASK, QUEUE = "fuyajo.job", "fuyajo"
CONNECTIONS = 3  # of one listener, beside the one that waits for news
POLL_SECONDS = 5.0
STALE_SECONDS = 60.0  # without a sign of life of the worker that has the message
#: What a listener may raise when the server goes away; it is made again then.
LOST = (ProcrastinateException, OSError)


def send(connection: Connection, run: str) -> None:
    """In the transaction that writes the job's row: both are there, or neither."""
    task = _sender().configure_task(
        TASK, queue=QUEUE, connection=connection.connection.driver_connection
    )
    try:
        task.defer(run=run)
    except ConnectorException as error:  # told as everything else that the database says
        raise OperationalError("defer", None, error.__cause__ or error) from error


def schema() -> str:
    """The statements that make its tables: for our migration."""
    return SchemaManager.get_schema()


def listener(url: str, told: Callable[[], None]) -> tuple[App, Callable[[], Awaitable[None]]]:
    """An application to open, and what works in it until it is canceled or the server is lost.

    `told` is called in a thread for each message; the next one is taken when it returns.
    """
    app = App(
        connector=PsycopgConnector(
            conninfo=url, kwargs={**KEEPALIVES}, min_size=1, max_size=CONNECTIONS, timeout=10.0
        )
    )

    @app.task(name=TASK, queue=QUEUE)
    def look(**_said: object) -> None:
        told()

    @app.periodic(cron="* * * * *")
    @app.task(name="fuyajo.tidy", queue=QUEUE)
    async def tidy(timestamp: int) -> None:
        del timestamp
        await _tidy(app)

    async def work() -> None:
        await _tidy(app)
        await app.run_worker_async(
            queues=[QUEUE],
            concurrency=1,
            fetch_job_polling_interval=POLL_SECONDS,
            delete_jobs="always",  # the jobs table has the history
            install_signal_handlers=False,
        )

    return app, work


async def _tidy(app: App) -> None:
    """Messages of workers that died with them in their hands."""
    found = await app.job_manager.get_stalled_jobs(
        queue=QUEUE, seconds_since_heartbeat=STALE_SECONDS
    )
    for job in found:
        if job.id is not None:
            await app.job_manager.finish_job_by_id_async(job.id, Status.FAILED, delete_job=True)


@cache
def _sender() -> App:
    """It is never opened: each message goes through the connection of whoever sends it."""
    return App(connector=SyncPsycopgConnector())
