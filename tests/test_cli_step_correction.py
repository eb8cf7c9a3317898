"""A step that was recorded wrongly is put right on the command line."""

from pathlib import Path

from tests.journeys.command_line import gis_app, report


def test_the_time_of_a_step_is_corrected_and_the_order_of_steps_kept(tmp_path: Path) -> None:
    county = tmp_path / "small.gpkg"
    report("demo", county, "--size", "small")
    unit = report("case", county, "blow", "--text", "lamp", "--to", "县住建局", "--at", "2022-03-30 08:00")
    case = str(unit.get("case", unit.get("id")))
    report("case", county, "pick-up", case, "--at", "2022-03-30 10:00")
    done = report("case", county, "correct-step", case, "2", "--time", "2022-03-30 09:00", "--note", "typed wrongly")
    assert (done["step"], done["time"]) == ("picked_up", "2022-03-30T01:00:00+00:00")
    said = gis_app("case", county, "correct-step", case, "2", "--time", "2022-03-30 07:00", "--note", "x", code=2)
    assert "lies between" in said and len(said.strip().splitlines()) == 1
