"""Workers: threads or processes of this machine, or a cluster; each an executor of `concurrent.futures`.

An executor may lose workers. It is then made anew, and what was lost is done again.
"""

import multiprocessing
import os
import pickle
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing.context import SpawnContext, SpawnProcess
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from analysis.labels import number_of
from experiments.store.files import remove
from model.errors import MOST_WORKERS, ConfigurationError, whole

WAIT = 10.0
"""Seconds to wait for a scheduler."""


def number_of_workers(asked: int | None) -> int:
    """Workers as asked for, by default one for each processor; raises `ConfigurationError` where that is no number."""
    return _processors() if asked is None else whole("workers", asked, "a number of workers", 1, MOST_WORKERS)


def _processors() -> int:
    """The processors that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Workforce:
    """An executor that can be made anew, and the number of its workers."""

    def __init__(self, make: Callable[[], Executor], workers: int, title: str, **stop: bool) -> None:
        """`stop` are arguments of the executor's `shutdown`, by default to wait for what is under way alone."""
        self._make, self.workers, self.title = make, workers, title
        self._stop = stop or {"wait": True, "cancel_futures": True}
        self._executor: Executor | None = None

    @property
    def executor(self) -> Executor:
        """The executor, made when first asked for."""
        if self._executor is None:
            self._executor = self._make()
        return self._executor

    def submit(self, task: Callable[..., Any], *given: Any) -> "Future[Any]":
        """Give a task to a worker; Ctrl-C waits meanwhile, and leaves no worker half begun."""
        with _ctrl_c_waits():
            return self.executor.submit(task, *given)

    def close(self) -> None:
        """Let what is under way end, and begin nothing more; the executor is made anew when it is next asked for."""
        if self._executor is not None:
            self._executor.shutdown(**self._stop)
            self._executor = None


def threads(workers: int) -> Workforce:
    """Threads of this process: compiled code releases the interpreter's lock."""
    return Workforce(lambda: ThreadPoolExecutor(workers, "deter"), workers, number_of("thread", workers))


def processes(workers: int) -> Workforce:
    """Processes of this machine, begun afresh rather than forked; they end with this one, however it ends."""
    title = number_of("process", workers, "processes")
    return Workforce(lambda: _Processes(workers, _Apart(), _end_with_parent), workers, title)


class _Processes(ProcessPoolExecutor):
    """Processes that hand over what they have done in files.

    All share one pipe to this process. One that is killed while it writes there would leave half a message, for whose
    rest the pool waits for ever; the name of a file is written at once or not at all.
    """

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._folder = tempfile.TemporaryDirectory(prefix="deter-", ignore_cleanup_errors=True)

    def submit(self, task: Callable[..., Any], /, *given: Any, **named: Any) -> "Future[Any]":
        """Give a task to a process."""
        handed = super().submit(_hand_over, self._folder.name, task, given, named)
        taken: Future[Any] = Future()
        handed.add_done_callback(partial(_take, taken))
        return taken

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes, and remove what nobody has taken."""
        super().shutdown(wait, cancel_futures=cancel_futures)
        self._folder.cleanup()


def _hand_over(folder: str, task: Callable[..., Any], given: tuple[Any, ...], named: dict[str, Any]) -> str:
    done = task(*given, **named)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        pickle.dump(done, file)
    return file.name


def _take(taken: "Future[Any]", handed: "Future[str]") -> None:
    if handed.cancelled():
        taken.cancel()
        taken.set_running_or_notify_cancel()
        return
    try:
        path = Path(handed.result())
        taken.set_result(pickle.loads(path.read_bytes()))
        remove(path)
    except BaseException as error:
        taken.set_exception(error)


class _Process(SpawnProcess):
    """A process that begins without the caller's script, and deaf to Ctrl-C."""

    @staticmethod
    def _Popen(process_obj: Any) -> Any:
        with _ctrl_c_blocked(), _script_left_out():
            return SpawnProcess._Popen(process_obj)  # type: ignore[attr-defined]


class _Apart(SpawnContext):
    Process = _Process  # type: ignore[assignment]


@contextmanager
def _script_left_out() -> Iterator[None]:
    # Python has each process run the script that began it. No task needs anything of that; without a guard it would
    # begin its sweep again in every worker, and one that came from standard input is not there to be run.
    script = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = script


@contextmanager
def _ctrl_c_blocked() -> Iterator[None]:
    # A process begins with what the thread that begins it blocks. Windows has nothing of the kind.
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


@contextmanager
def _ctrl_c_waits() -> Iterator[None]:
    handler = signal.getsignal(signal.SIGINT)
    if handler is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    taken: list[int] = []
    signal.signal(signal.SIGINT, lambda number, frame: taken.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
        if taken:
            signal.raise_signal(signal.SIGINT)


def _end_with_parent() -> None:
    """Leave Ctrl-C to the parent, which lets tasks under way end, and die with it: else an orphan waits for ever."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, name="watch", daemon=True).start()


def dask(address: str) -> Workforce:
    """The workers of a Dask scheduler; raises `ConfigurationError` where there is none."""
    try:
        from distributed import Client  # type: ignore[import-not-found,unused-ignore]
        from distributed.comm.addressing import get_address_host_port  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        problem = "needs Dask, which is not installed: pip install 'deter[dask]'"
        raise ConfigurationError(problem, file="--dask", value=address) from None
    try:
        get_address_host_port(address)  # a client that cannot read its address hangs when it is thrown away
        client: Any = cast(Any, Client)(address, timeout=WAIT, set_as_default=False)
        workers = sum(client.nthreads().values())
    except (OSError, ValueError, TimeoutError) as error:
        problem = f"no scheduler answers at this address ({type(error).__name__})"
        allowed = "the address that `dask scheduler` shows, such as tcp://10.0.0.1:8786"
        raise ConfigurationError(problem, file="--dask", value=address, allowed=allowed) from None
    if not workers:
        client.close()
        raise ConfigurationError("the scheduler there has no workers", file="--dask", value=address)
    title = f"{number_of('thread', workers)} of {address}"
    # Dask's executor knows no `cancel_futures`, and waits for no task under way
    return Workforce(lambda: client.get_executor(pure=False), workers, title, wait=False)


def lost(error: BaseException) -> bool:
    """True of an error that says that a worker is gone, rather than that the work was wrong."""
    return isinstance(error, (BrokenExecutor, CancelledError)) or type(error).__name__ in DASK_LOSSES


DASK_LOSSES = ("KilledWorker", "FutureCancelledError", "CommClosedError")
