"""Facts about this computer and process, without torch."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path


def package_version(name: str) -> str | None:
    """Installed version of a distribution, None where it is missing."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def start_time_of(pid: int) -> str:
    """When a process started, as an opaque text that differs when the pid is reused; "" where unknown.

    Linux: field 22 of /proc/<pid>/stat (clock ticks since boot); macOS: `ps`. The host asks in the same way.
    """
    try:
        if sys.platform == "linux":
            stat = Path(f"/proc/{pid}/stat").read_text("latin-1")
            return stat[stat.rindex(")") + 2 :].split(" ")[19]
        if sys.platform == "darwin":
            return subprocess.run(
                ["/bin/ps", "-o", "lstart=", "-p", str(pid)],
                capture_output=True,
                text=True,
                timeout=5,
                check=False,
                env={"LC_ALL": "C", "TZ": "UTC"},
            ).stdout.strip()
    except (OSError, ValueError, IndexError, subprocess.SubprocessError):
        return ""
    return ""


def rss_mb() -> float:
    """Resident memory of this process in MB."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)
    except (OSError, ValueError, AttributeError):
        return round(peak_rss_mb(), 1)


def peak_rss_mb() -> float:
    """Largest resident memory so far in MB; 0 where the system does not say."""
    try:
        import resource
    except ImportError:
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak / 1e3


def memory_mb() -> tuple[float | None, float | None]:
    """Total and available memory in MB, None where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        sizes = {line.split(":")[0]: int(line.split()[1]) / 1e3 for line in lines if line}
        return round(sizes["MemTotal"], 1), round(sizes["MemAvailable"], 1)
    except (OSError, KeyError, ValueError, IndexError):
        pass
    try:
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e6
        return round(total, 1), None
    except (OSError, ValueError, AttributeError):
        return None, None


def gpus() -> list[tuple[str, float]]:
    """Name and memory in MB of each NVIDIA GPU, asked of the driver's own tool; none where that is not there."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return []
    try:
        out = subprocess.run(
            [tool, "--query-gpu=name,memory.total", "--format=csv,noheader,nounits"],
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        ).stdout
        rows = [line.rpartition(",") for line in out.splitlines() if line.strip()]
        return [(name.strip(), float(size) * 1.048576) for name, _, size in rows]
    except (OSError, ValueError, subprocess.SubprocessError):
        return []


def disk_free_bytes(path: Path) -> int:
    """Free bytes of the file system that holds a path."""
    return shutil.disk_usage(path).free


def cores() -> tuple[int, int]:
    """Physical and logical cores this process may use."""
    try:
        logical = len(os.sched_getaffinity(0))
    except AttributeError:
        logical = os.cpu_count() or 1
    pairs: set[tuple[str, str]] = set()
    package = core = ""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "physical id":
                package = value.strip()
            elif key.strip() == "core id":
                core = value.strip()
                pairs.add((package, core))
    except OSError:
        pass
    return min(len(pairs) or logical, logical), logical


def cpu_features() -> list[str]:
    """The vector extensions that matter for training speed, by the names of Linux."""
    known = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "asimd", "sve", "bf16")
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith(("flags", "Features")):
                present = set(line.partition(":")[2].split())
                return [name for name in known if name in present]
    except OSError:
        pass
    return []


def cpu_name() -> str:
    """A name for people."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def lower_priority() -> None:
    """Lets everything else on the computer go first."""
    if os.name == "posix":
        os.nice(10)
