"""A ministry's machines on this one: PostgreSQL, Redis, two Prefect API servers, and workers with a store in common."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier

from tests.e2e.running import free_port, kbo, wait_until
from tests.operations.served import PrefectServer, end, spawn

WORKER = [sys.executable, "-m", "prefect", "worker", "start", "--pool", "kbo", "--type", "process"]


@dataclass
class Postgres:
    """A PostgreSQL server of the machine's own programs: Prefect's tables need ``pg_trgm``, which the other tests'
    wheel has not. It can be killed and started again."""

    log: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    # The server will not be root, and whoever it is instead must be let into its folder.
    data: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="kbo-pg-")))

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def make(self) -> None:
        """A new, empty server, started."""
        programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        assert programs, "PostgreSQL's server is not installed (apt-get install postgresql)"
        if self._user:
            shutil.chown(self.data, self._user)
        made = [str(programs[-1]), "-D", str(self.data), "-U", "postgres", "--auth=trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(made, check=True, user=self._user, cwd=self.data, stdout=subprocess.DEVNULL)
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers: after a kill, its children let go of the data one by one."""
        program = str(sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))[-1])
        # Killed is not cut off from power: what was written is with the system, synced or not.
        options = ("-h", "127.0.0.1", "-p", str(self.port), "-k", "", "-c", "fsync=off", "-c", "max_connections=200")

        def is_there() -> bool:
            if self.process is None or self.process.poll() is not None:
                with self.log.open("ab") as log:
                    self.process = subprocess.Popen(
                        [program, "-D", str(self.data), *options],
                        user=self._user, cwd=self.data, stdout=log, stderr=log, start_new_session=True,
                    )  # fmt: skip
            try:
                psycopg.connect(self.url, connect_timeout=2).close()
            except psycopg.OperationalError:
                return False
            return True

        wait_until(is_there, None)

    def database(self, name: str, like: str = "template1") -> str:
        """The address of a new database: empty, or a copy of one that nobody has open."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(SQL("create database {} template {}").format(Identifier(name), Identifier(like)))
        return f"{self.url.rpartition('/')[0]}/{name}"

    def kill(self) -> None:
        if self.process:
            end(self.process, signal.SIGKILL)

    def remove(self) -> None:
        """Kill it for good."""
        self.kill()
        shutil.rmtree(self.data, ignore_errors=True)

    @property
    def _user(self) -> str | None:
        return "postgres" if os.geteuid() == 0 else None


@dataclass
class Redis:
    """A Redis server on a loopback port; nothing is written to disk."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers. Without the program the test fails: it is part of what is tested."""
        program = shutil.which("redis-server")
        assert program, "redis-server is not installed (apt-get install redis-server)"
        command = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)]
        self.process = spawn(self.folder, command, "redis.log")
        wait_until(lambda: b"Ready to accept connections" in (self.folder / "redis.log").read_bytes(), self.process)

    def kill(self) -> None:
        if self.process:
            end(self.process, signal.SIGKILL)


def prefect_database(url: str) -> dict[str, str]:
    """What a Prefect server on that database has in its environment."""
    address = url.replace("postgresql://", "postgresql+asyncpg://")
    return {"PREFECT_SERVER_DATABASE_CONNECTION_URL": address}


@dataclass
class Cluster:
    """Two API servers, one of them with the background services, on one PostgreSQL and one Redis; a worker on each."""

    home: Path
    database: str
    servers: list[PrefectServer]
    redis: Redis
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @classmethod
    def of(cls, home: Path, database: str, prefect: str) -> "Cluster":
        """On the addresses of two databases, the store's and Prefect's."""
        redis = Redis(home)
        shared = {
            **prefect_database(prefect),
            "PREFECT_MESSAGING_BROKER": "prefect_redis.messaging",
            "PREFECT_MESSAGING_CACHE": "prefect_redis.messaging",
            "PREFECT_SERVER_EVENTS_CAUSAL_ORDERING": "prefect_redis.ordering",
            "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect_redis.lease_storage",
            "PREFECT_SERVER_DOCKET_URL": f"redis://127.0.0.1:{redis.port}/1",
            "PREFECT_REDIS_MESSAGING_HOST": "127.0.0.1",
            "PREFECT_REDIS_MESSAGING_PORT": str(redis.port),
            "PREFECT_SERVER_UI_ENABLED": "false",
        }
        servers = [PrefectServer(home, more=shared), PrefectServer(home, more=shared, has_services=False)]
        return cls(home, database, servers, redis)

    def start(self, room: int = 1) -> None:
        """Start everything; a worker takes so many runs at once."""
        self.redis.start()
        first, second = self.servers
        first.start()  # it brings the database to its newest tables; two at once would be in each other's way
        second.begin()
        done = kbo(self.home, "provision", **first.settings, KBO_DATABASE_URL=self.database)
        assert done.returncode == 0, done.stderr[-2000:]
        second.await_answer()
        self.workers = [self.worker(server, room) for server in self.servers]

    def worker(self, server: PrefectServer, room: int) -> subprocess.Popen[bytes]:
        """A worker of one of the servers."""
        settings = {**server.settings, "PREFECT_WORKER_QUERY_SECONDS": "1", "KBO_DATABASE_URL": self.database}
        command = [*WORKER, "--limit", str(room)]
        return spawn(self.home, command, f"worker-{server.port}.log", **settings)

    def stop(self) -> None:
        """End everything at once."""
        for process in self.workers:
            end(process, signal.SIGKILL)
        for server in self.servers:
            server.kill()
        self.redis.kill()
