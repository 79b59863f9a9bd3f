"""The deployments of one office, served by one process: the flows by name, and the turn of every morning."""

from prefect import serve
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

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
        RunnerDeployment.from_flow(
            open_cycle, "office", description="Open a cycle from its definition file.", entrypoint_type=by_module
        ),
        RunnerDeployment.from_flow(
            follow_cycle, "office", description="One turn of one cycle.", entrypoint_type=by_module
        ),
        RunnerDeployment.from_flow(
            close_cycle, "office", description="Consolidate and issue the report.", entrypoint_type=by_module
        ),
        RunnerDeployment.from_flow(
            daily_turn,
            "every-morning",
            schedule=Cron("35 8 * * *", timezone="Asia/Bangkok"),
            concurrency_limit=_ONE_AT_A_TIME,
            description="One turn of every open cycle: collect, remind, send, publish.",
            entrypoint_type=by_module,
        ),
    )


if __name__ == "__main__":
    main()
