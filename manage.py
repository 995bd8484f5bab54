#!/usr/bin/env python3
"""The one command line of Ayni: `python3 manage.py --help`.

Until the environment exists this file is all there is, so it needs the standard library alone. It makes `.venv`
beside itself from the hash-locked requirements, runs itself again inside and hands over to `portal.cli`.
"""

import contextlib
import hashlib
import importlib.util
import json
import os
import queue
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

if sys.version_info < (3, 11):  # noticed before anything below that an older Python does not know
    sys.exit("Ayni needs Python 3.11 or newer; this is Python %d.%d." % sys.version_info[:2])

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
PACKAGES = "Lib/site-packages" if os.name == "nt" else "lib/python*/site-packages"
STAMP = VENV / "installed.json"
INSTALLER = ROOT / ".bootstrap.txt"
PRODUCT = "requirements.txt"
TESTING = "tests/requirements.txt"  # holds the product's packages too
NEEDS_TESTING = {"test", "check", "bench"}
DISK = 4 * 1024**3  # bytes: what the packages take while they are unpacked
MODEL_ENVIRONMENT = {"KERAS_BACKEND": "tensorflow", "HF_HUB_OFFLINE": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
SYSTEM_PACKAGE = {  # the system's own package manager → the command that brings venv
    "apt-get": "sudo apt-get install -y python3-venv",
    "dnf": "sudo dnf install -y python3-pip",
    "zypper": "sudo zypper install -y python3-pip",
    "apk": "sudo apk add py3-pip",
}


class SetupError(Exception):
    """The environment cannot be made; the message is one line that says what to do."""


def say(text: str = "", end: str = "\n") -> None:
    """Progress goes to stderr: stdout belongs to the command."""
    sys.stderr.write(text + end)
    sys.stderr.flush()


def locked(name: str) -> str:
    """The hash of a requirements file, which stands for exactly one set of packages."""
    return hashlib.sha256((ROOT / name).read_bytes()).hexdigest()


def installed() -> dict[str, str]:
    """Which requirements files are installed, and the hash they had. Empty when that is not known."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8")) if PYTHON.exists() else {}
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def is_ready(name: str) -> bool:
    """Are the packages of this requirements file in `.venv`, as it is now?"""
    return installed().get(name) == locked(name)


def make_ready(name: str) -> None:
    """Make or bring up to date `.venv`. Whatever an interrupted run left behind is used."""
    started = time.monotonic()
    if not PYTHON.exists():
        make_venv()
    say(f"[2/3] Installing the packages of {name} (about 2.5 GB on disk the first time)")
    STAMP.unlink(missing_ok=True)
    install(name)
    names = [PRODUCT, TESTING] if name == TESTING else [name]
    STAMP.write_text(json.dumps({each: locked(each) for each in names}), encoding="utf-8")
    say(f"[3/3] The environment is ready ({time.monotonic() - started:.0f} s)")


def make_venv() -> None:
    """An empty `.venv` with pip."""
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        raise SetupError(f"Python's venv is missing; install it with: {system_command()}")
    free = shutil.disk_usage(ROOT).free
    if free < DISK:
        raise SetupError(f"{DISK >> 30} GB of free disk space are needed in {ROOT}, there are {free / 2**30:.1f}.")
    say(f"[1/3] Making {VENV}")
    done = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True)
    if done.returncode:
        say(done.stdout + done.stderr)
        raise SetupError(f"Python could not make {VENV}; if venv is missing: {system_command()}")


def system_command() -> str:
    """The command that installs Python's venv on this system."""
    found = (command for manager, command in SYSTEM_PACKAGE.items() if shutil.which(manager))
    return next(found, "see https://docs.python.org/3/library/venv.html")


def install(name: str) -> None:
    """The packages, by the fast installer, or by pip where the fast one has no build or fails."""
    pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--require-hashes"]
    if INSTALLER.exists() and run([*pip, "--quiet", "-r", str(INSTALLER)], Progress(0)) == 0:
        fast = [str(PYTHON), "-m", "uv", "pip", "install", "--python", str(PYTHON), "--require-hashes"]
        if run([*fast, "-r", str(ROOT / name)], Progress(how_many(name))) == 0:
            return
        say("      The fast installer failed; pip tries again.")
    progress = Progress(how_many(name))
    if run([*pip, "-r", str(ROOT / name)], progress):
        say("".join(progress.last[-15:]))
        raise SetupError("The packages could not be installed (see above). The same command goes on where it stopped.")


def how_many(name: str) -> int:
    """How many packages a requirements file names (some of them for other systems only)."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return len(set(re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE)))


class Progress:
    """What the installer says, as one line that is drawn anew on a terminal and now and then a line elsewhere."""

    TELLS = re.compile(r"^\s*(Collecting|Downloading|Downloaded|Building|Built|Installing|Prepared|Installed)\s+(\S+)")
    OFTEN = 0.3  # seconds between two drawings
    QUIET = 10.0  # seconds between two lines where there is no terminal

    def __init__(self, total: int) -> None:
        self.total = total
        self.last: list[str] = []
        self.doing = "starting"
        self.started = self.said = self.drawn = time.monotonic()

    def hear(self, line: str) -> None:
        self.last = [*self.last[-40:], line]
        told = self.TELLS.match(line)
        if told:
            self.doing = " ".join(told.groups())

    def draw(self) -> None:
        if not self.total:
            return
        now = time.monotonic()
        if now - self.drawn < self.OFTEN:
            return
        self.drawn = now
        count = sum(1 for _ in VENV.glob(f"{PACKAGES}/*.dist-info"))
        done = f"{min(count, self.total):3d} of about {self.total} packages"
        text = f"      {done}, {now - self.started:.0f} s: {self.doing}"
        if sys.stderr.isatty():
            say(f"\r{text[:100]:<100}", end="")
        elif now - self.said >= self.QUIET:
            self.said = now
            say(text)

    def end(self) -> None:
        if self.total and sys.stderr.isatty():
            say()


def run(command: list[str], progress: Progress) -> int:
    """Run an installer while its progress is shown. Returns its exit status."""
    lines: queue.Queue[str] = queue.Queue()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                          stdin=subprocess.DEVNULL) as process:
        listener = threading.Thread(target=lambda: [lines.put(line) for line in process.stdout or ()], daemon=True)
        listener.start()
        try:
            while listener.is_alive() or not lines.empty():
                with contextlib.suppress(queue.Empty):
                    progress.hear(lines.get(timeout=Progress.OFTEN))
                progress.draw()
        except BaseException:
            process.kill()
            raise
        finally:
            progress.end()
    return process.returncode


def hand_over(arguments: list[str]) -> int:
    """Run this file again with the Python of `.venv`."""
    command = [str(PYTHON), str(ROOT / "manage.py"), *arguments]
    environment = {**MODEL_ENVIRONMENT, **os.environ, "PYTHONUTF8": "1"}
    if os.name != "nt":
        sys.stdout.flush()
        os.execve(command[0], command, environment)  # the same process: signals and exit status are the command's own
    try:
        return subprocess.run(command, env=environment).returncode
    except KeyboardInterrupt:
        return 1


def dispatch(arguments: list[str]) -> int:
    """Inside the environment: the click commands."""
    for name, value in MODEL_ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    from portal.cli import cli

    return cli.main(args=arguments, prog_name="manage.py")


def main(arguments: list[str]) -> int:
    needed = TESTING if arguments and arguments[0] in NEEDS_TESTING else PRODUCT
    try:
        if not is_ready(needed):
            make_ready(needed)
    except SetupError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("\nInterrupted. The same command goes on where it stopped.")
        return 1
    inside = Path(sys.prefix).resolve() == VENV.resolve()
    return dispatch(arguments) if inside else hand_over(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
