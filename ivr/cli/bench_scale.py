"""`ivr bench scale`: what a large bank of questions costs: to build, to hold, to load, to ask, to change.

The questions are made, all of them distinct and the same in every run; or `--pairs` gives files of pairs, and what is
lacking is made. Each step is measured in a process of its own, so that its memory is its own: how far the resident set
grows, mapped pages that were touched among it. Beside the queries stand what nothing can be faster than: the bare
encoder call, and adding up the postings that a query may follow.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice, product
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from ivr.cli.bench_faq import percentiles
from ivr.errors import UsageError
from ivr.qa.homophone_noise import misheard
from ivr.qa.machine_limit import load_average
from ivr.qa.question_pairs import read_pairs
from ivr.understanding.bank import Bank
from ivr.understanding.encoder import Encoder, installed_encoder

_QUERIES = 500
_CHANGES = 50
_POSTINGS, _GRAMS = 60_000, 10
_T = TypeVar("_T")
_WHO = ("", "我", "我们公司", "老人", "学生", "外地用户", "新用户", "会员", "家里", "单位")
_WHAT = (
    *("宽带", "话费", "流量套餐", "固定电话", "手机卡", "会员卡", "信用卡", "借记卡", "发票", "快递", "订单", "优惠券"),
    *("积分", "路由器", "机顶盒", "空调", "洗衣机", "冰箱", "热水器", "电视", "云服务器", "域名", "数据库", "短信"),
    *("社保", "公积金", "医保", "驾驶证", "护照", "身份证", "居住证", "房产证", "水费", "电费", "燃气", "物业费"),
)
_DONE = (
    *("办理", "开通", "取消", "注销", "更换", "补办", "查询", "退款", "投诉", "维修", "转让", "升级", "续费", "激活"),
    *("预约", "修改密码", "改地址", "延期", "解除绑定", "报销"),
)
_ASKED = (
    *("怎么{}{}{}", "{}{}在哪里{}", "{}{}{}要多少钱", "{}的{}{}需要什么材料", "{}{}可以在网上{}吗", "{}{}{}要几天"),
    *("为什么{}的{}{}不了", "{}{}{}以后还能恢复吗", "晚上{}{}能{}吗", "{}{}{}失败了怎么办", "{}{}忘记{}了有什么后果"),
    *("帮别人{}{}{}行不行", "{}{}{}有时间限制吗", "{}{}{}需要本人去吗", "请问{}{}{}的流程是什么"),
)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--questions", type=int, default=100_000, metavar="N", help="how many (default 100000)")
    parser.add_argument(
        "--pairs", nargs="*", type=Path, default=[], metavar="TSV", help="questions of these files first"
    )
    parser.add_argument("--no-encoder", action="store_true", help="only without the encoder; with it building is slow")
    parser.add_argument("--noise", type=float, default=0.15, metavar="RATE", help="queries misheard (default 0.15)")
    parser.add_argument("--json", metavar="FILE", help="write the figures to FILE; - is standard output")


def run(args: argparse.Namespace) -> int:
    if args.questions < 1:
        raise UsageError("--questions counts what is asked: give at least 1.")
    if not 0 <= args.noise <= 1:
        raise UsageError("--noise is a share from 0 to 1.")
    report: dict[str, Any] = {"load_average_before": load_average(), "banks": []}
    console = Console(stderr=True)
    encoders = [False] if args.no_encoder or installed_encoder() is None else [False, True]
    with tempfile.TemporaryDirectory() as folder:
        for many in dict.fromkeys((min(2_000, args.questions), args.questions)):
            for encoder in encoders:
                path = Path(folder) / f"{many}-{encoder}.bank"
                said = f"{many} questions {'with' if encoder else 'without'} the encoder"
                with console.status(f"building {said}"):
                    built = _alone(_build, args.pairs, many, encoder, path)
                with console.status(f"asking {said}"):
                    asked = _alone(_ask, args.pairs, many, encoder, path, args.noise)
                report["banks"].append({"questions": many, "encoder": encoder, **built, **asked})
    report["load_average_after"] = load_average()
    _print(Console(stderr=args.json == "-"), report)
    if args.json is not None:
        text = json.dumps(report, ensure_ascii=False, indent=1) + "\n"
        sys.stdout.write(text) if args.json == "-" else Path(args.json).write_text(text, encoding="utf-8")
    return 0


def questions(files: Sequence[Path], many: int) -> list[str]:
    """`many` distinct questions: those of the files, then made ones. Raises `UsageError` if so many cannot be made."""
    found = dict.fromkeys(text for path in files for text in read_pairs(path).bank)
    wanted = list(islice(found, many))
    made = (text for text in _made() if text not in found)
    wanted += islice(made, many - len(wanted))
    if len(wanted) < many:
        raise UsageError(f"No more than {len(wanted)} questions can be made: give fewer with --questions.")
    return wanted


def _made() -> Iterator[str]:
    """Distinct questions, neighbours unlike each other: every combination once, in strides."""
    combined = list(product(_ASKED, _WHO, _WHAT, _DONE))
    stride = 7919  # a prime that does not divide their number, so that every one comes once
    for n in range(len(combined)):
        asked, who, what, done = combined[n * stride % len(combined)]
        yield asked.format(who, what, done)


def _alone(step: Callable[..., dict[str, Any]], *given: object) -> dict[str, Any]:
    """What `step` measures, in a fresh process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(step, given)


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def _encoder(wanted: bool) -> Encoder | None:  # noqa: FBT001 - a process's argument
    encoder = installed_encoder() if wanted else None
    if encoder is not None:
        encoder.encode(["预热"])
    return encoder


def _build(files: Sequence[Path], many: int, with_encoder: bool, path: Path) -> dict[str, Any]:  # noqa: FBT001
    encoder = _encoder(with_encoder)
    texts = questions(files, many)
    before = _resident_mb()
    began = time.perf_counter(), time.process_time()
    bank = Bank.build(((str(n), text) for n, text in enumerate(texts)), encoder=encoder)
    built = time.perf_counter() - began[0], time.process_time() - began[1]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    bank.save(path)
    return {
        "build_s": round(built[0], 2),
        "build_cpu_s": round(built[1], 2),
        "build_peak_mb": round(peak - before, 1),
        "file_mb": round(path.stat().st_size / 1e6, 1),
    }


def _ask(files: Sequence[Path], many: int, with_encoder: bool, path: Path, noise: float) -> dict[str, Any]:  # noqa: FBT001
    texts = questions(files, many)
    asked = misheard([text.replace("怎么", "怎样") for text in texts[:: max(1, many // _QUERIES)][:_QUERIES]], noise)
    empty = _resident_mb()
    encoder = _encoder(with_encoder)
    before = _resident_mb()
    began = time.perf_counter()
    bank = Bank.load(path, encoder=encoder)
    found: dict[str, Any] = {"load_s": round(time.perf_counter() - began, 3), "encoder_mb": round(before - empty, 1)}
    bank.search(asked[0])
    found["query"] = _timed(bank.search, asked)
    found["query_least_of_three"] = _timed(bank.search, asked, times=3)
    found["memory_mb"] = round(_resident_mb() - before, 1)
    found["add"] = _timed(partial(_add_and_find, bank), range(_CHANGES))
    found["remove"] = _timed(bank.remove, [f"added {n}" for n in range(_CHANGES)])
    if encoder is not None:
        found["bare_encoder"] = _timed(encoder.encode, [[text] for text in asked])
    rows = np.arange(0, many, dtype=np.int32)[: _POSTINGS // _GRAMS]
    found["bare_postings"] = _timed(partial(_add_up, rows), [many] * 100)
    return found


def _add_and_find(bank: Bank, n: int) -> None:
    bank.add(f"added {n}", f"第{n}次新添的问题怎么找到")
    if bank.search(f"第{n}次新添的问题怎么找到", limit=1)[0].key != f"added {n}":
        raise UsageError("A question that was added is not found: this is an error of the bank, please report it.")


def _add_up(rows: NDArray[np.int32], many: int) -> None:
    """As many postings as a query may follow, each into the score of its question."""
    scores = np.zeros(many, dtype=np.float32)
    for _ in range(_GRAMS):
        scores[rows] += 1.0


def _timed(call: Callable[[_T], object], given: Iterable[_T], times: int = 1) -> dict[str, dict[str, float]]:
    """Of each call, made `times` times, the least: what others on the machine add is left out by repeating."""
    cpu_ms, wall_ms = [], []
    for one in given:
        cpu, wall = [], []
        for _ in range(times):
            began = time.process_time(), time.perf_counter()
            call(one)
            cpu.append((time.process_time() - began[0]) * 1000)
            wall.append((time.perf_counter() - began[1]) * 1000)
        cpu_ms.append(min(cpu))
        wall_ms.append(min(wall))
    return {"cpu_ms": percentiles(cpu_ms), "wall_ms": percentiles(wall_ms)}


def _print(console: Console, report: dict[str, Any]) -> None:
    table = Table(title="a bank of questions, one core; ms of processor p50 / p99 (of the wall p99)")
    table.add_column("")
    for bank in report["banks"]:
        table.add_column(f"{bank['questions']}, {'encoder' if bank['encoder'] else 'none'}", justify="right")
    rows: list[tuple[str, Callable[[dict[str, Any]], str]]] = [
        ("built in s (of processor)", lambda bank: f"{bank['build_s']:.1f} ({bank['build_cpu_s']:.1f})"),
        ("MB more at most while building", lambda bank: f"{bank['build_peak_mb']:.0f}"),
        ("file, MB", lambda bank: f"{bank['file_mb']:.0f}"),
        ("loaded in s", lambda bank: f"{bank['load_s']:.2f}"),
        ("MB more once loaded and asked", lambda bank: f"{bank['memory_mb']:.0f}"),
        ("MB of the encoder", lambda bank: f"{bank['encoder_mb']:.0f}"),
        ("query", lambda bank: _spread(bank["query"])),
        ("query, the least of three", lambda bank: _spread(bank["query_least_of_three"])),
        ("add, and find it", lambda bank: _spread(bank["add"])),
        ("remove", lambda bank: _spread(bank["remove"])),
        ("bare encoder call", lambda bank: _spread(bank.get("bare_encoder"))),
        ("bare postings", lambda bank: _spread(bank["bare_postings"])),
    ]
    for name, cell in rows:
        table.add_row(name, *(cell(bank) for bank in report["banks"]))
    console.print(table)
    console.print(
        f"load of the machine before {report['load_average_before']} and after {report['load_average_after']}"
    )


def _spread(timed: dict[str, dict[str, float]] | None) -> str:
    if timed is None:
        return "-"
    cpu, wall = timed["cpu_ms"], timed["wall_ms"]
    return f"{cpu['p50']:.2f} / {cpu['p99']:.2f} ({wall['p99']:.2f})"
