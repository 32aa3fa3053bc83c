"""Public specifications of entities are read, judged and counted."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal

import pytest

from ivr.cli import bench, bench_entities
from ivr.errors import UsageError
from ivr.qa.entity_specs import adapters, judge, load_cases
from ivr.understanding.entities.entity import Entity

pytestmark = pytest.mark.unit

THREE = {"Text": "三", "TypeName": "number", "Resolution": {"value": "3"}, "Start": 2, "End": 2}
CASE = {"Input": "我要三个", "Results": [THREE]}
NUMBERS = "Number__NumberModel"


def cases(folder, *written):
    path = folder / f"{NUMBERS}.json"
    path.write_text(json.dumps(written, ensure_ascii=False), encoding="utf-8-sig")
    return load_cases(path)


def verdict(case, *found):
    return judge(case, found, adapters()[NUMBERS]).right


def test_a_case_is_right_only_with_every_entity_in_its_place_and_of_its_value(tmp_path):
    (case,) = cases(tmp_path, CASE)
    three = Entity("number", 2, 3, "三", Decimal(3))
    assert verdict(case, three)
    assert not verdict(case)
    assert not verdict(case, three, Entity("number", 0, 1, "我", Decimal(1)))
    assert not verdict(case, Entity("number", 2, 3, "三", Decimal(4)))
    assert not verdict(case, Entity("number", 1, 2, "三", Decimal(3)))


def test_a_case_keeps_its_own_clock_and_what_its_authors_do_not_support_is_apart(tmp_path):
    said_at = {"Context": {"ReferenceDateTime": "2018-01-22T00:00:00"}}
    first, second = cases(tmp_path, CASE | said_at, CASE | {"NotSupported": "javascript, dotnet"})
    assert first.at == datetime(2018, 1, 22)  # noqa: DTZ001  the specification's wall clock
    assert (first.apart, second.apart) == (False, True)


def test_another_file_is_refused_with_its_name(tmp_path):
    (tmp_path / "notes.json").write_text("[1]")
    with pytest.raises(UsageError, match=r"notes\.json"):
        load_cases(tmp_path / "notes.json")


def test_the_benchmark_counts_right_and_wrong_cases_of_every_file(tmp_path, capsys):
    cases(tmp_path, CASE, {"Input": "我要四个", "Results": []})
    (tmp_path / "itn_money.txt").write_text("五十块钱 => 50块钱\n五元 => 5\n", encoding="utf-8")
    options = bench.parser_of("entities").parse_args(["--specs", str(tmp_path), "--json", "-"])
    assert bench_entities.run(options) == 0
    files = {one["name"]: one for one in json.loads(capsys.readouterr().out)["files"]}
    assert (files[NUMBERS]["cases"], files[NUMBERS]["right"], files[NUMBERS]["percent"]) == (2, 1, 50.0)
    assert files[NUMBERS]["failures"][0]["input"] == "我要四个"
    assert (files["itn_money"]["cases"], files["itn_money"]["right"]) == (2, 1)


def test_a_folder_without_specifications_is_refused(tmp_path):
    options = bench.parser_of("entities").parse_args(["--specs", str(tmp_path)])
    with pytest.raises(UsageError, match="holds no"):
        bench_entities.run(options)
