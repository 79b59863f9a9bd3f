"""The deployments of one office, served by one process: the flows by name, and the turn of every morning."""

from prefect import serve
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.flows import EntrypointType
from prefect.schedules import Cron

from flows.close_cycle import close_cycle
from flows.daily_turn import daily_turn
from flows.follow_cycle import follow_cycle
from flows.open_cycle import open_cycle

# After hours asleep, the late runs are dropped but for one: a turn catches up by itself.
_ONE_AT_A_TIME = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)


def main() -> None:
    """Serve until told to stop."""
    by_module = EntrypointType.MODULE_PATH  # loaded by file path, a flow would be a second copy of its module
    serve(
        open_cycle.to_deployment(
            "office", description="Open a cycle from its definition file.", entrypoint_type=by_module
        ),
        follow_cycle.to_deployment("office", description="One turn of one cycle.", entrypoint_type=by_module),
        close_cycle.to_deployment("office", description="Consolidate and issue the report.", entrypoint_type=by_module),
        daily_turn.to_deployment(
            "every-morning",
            schedule=Cron("35 8 * * *", timezone="Asia/Bangkok"),
            concurrency_limit=_ONE_AT_A_TIME,
            description="One turn of every open cycle: collect, remind, send, publish.",
            entrypoint_type=by_module,
        ),
    )


if __name__ == "__main__":
    main()
