"""The presets that ship: which there must be, what they change, and that they run at 50 Hz as well."""

from typing import Any

import pytest

from profiles.shipped_yaml import read_shipped
from simulators.plant.parameters import PRESETS, load_preset, preset_names
from simulators.world import World
from tests.simulators.scenarios import truth

# A wrong setting each (section 2.1), what it is a patch of, and what it changes there.
VARIANTS: dict[str, tuple[str, dict[str, Any]]] = {
    "slow-restart": ("edge-40", {"crac": {"compressor_off_time_s": 180}}),
    "fans-not-on-ups": ("edge-40", {"crac": {"fans_on_ups": False}}),
    "pumps-not-on-ups": ("lc-120", {"cdu": {"pumps_on_ups": False}}),
    "aged-battery": ("edge-40", {"battery": {"state_of_health": 0.6}}),
    "long-transfer": ("edge-40", {"ats": {"transfer_delay_s": 15}}),
    "fan-keeps-running-after-compressor-trip": ("edge-40", {"crac": {"fan_runs_on_after_trip": True}}),
    "closed-transition": ("edge-40", {"ats": {"transition": "closed"}}),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_is_a_patch_of_its_container_that_changes_one_thing(name: str) -> None:
    base, patch = VARIANTS[name]
    document = read_shipped(PRESETS / f"{name}.yaml")
    assert document.pop("extends") == base
    assert set(document.pop("title")) == {"ko", "en"}
    assert document == patch
    (section,) = patch
    changed, usual = (load_preset(preset).section(section).raw() for preset in (name, base))
    assert {key for key in usual if changed[key] != usual[key]} == set(patch[section])


def test_a_hot_site_has_forty_degrees_and_more() -> None:
    assert 40 <= load_preset("hot-site").section("environment").number("ambient_c") <= 45
    assert read_shipped(PRESETS / "hot-site.yaml")["extends"] == "edge-40"


def test_the_liquid_cooled_container_has_variants_under_its_own_name() -> None:
    for name in ("slow-restart", "hot-site", "long-transfer", "fan-keeps-running-after-compressor-trip"):
        wrong, usual = load_preset(f"lc-120-{name}").raw(), load_preset(name).raw()
        (section,) = {"hot-site": {"environment"}}.get(name, set(VARIANTS.get(name, ("", {}))[1]))
        for key in read_shipped(PRESETS / f"{name}.yaml")[section]:
            assert wrong[section][key] == usual[section][key]
    assert load_preset("lc-120-pumps-not-on-ups").raw() == load_preset("pumps-not-on-ups").raw()


@pytest.mark.parametrize("name", ["edge-40-50hz", "lc-120-50hz"])
def test_a_container_for_50_hz_lives_through_a_mains_loss(name: str) -> None:
    """Per unit all is as at 60 Hz; only nominal voltage and frequency differ."""
    world = World(name, 1, 0)
    assert truth(world, "meter-main", "voltage.l1") == pytest.approx(230, rel=0.015)
    assert truth(world, "meter-main", "voltage.l1-l2") == pytest.approx(400, rel=0.015)
    assert truth(world, "meter-main", "frequency") == pytest.approx(50, abs=0.1)
    assert world.description("ups-1")["ratings"]["output.voltage"]["value"] == 230
    world.start_fault("mains.loss")
    lowest = 50.0
    while world.time_ms < 60_000:
        world.advance_to(world.time_ms + 200)
        if world.time_ms > 10_000:
            lowest = min(lowest, 50 * world.container.genset.speed)
    assert truth(world, "genset-1", "frequency") == pytest.approx(50, abs=0.3)
    assert truth(world, "genset-1", "speed") == pytest.approx(1500, rel=0.01)
    assert truth(world, "ups-1", "output.voltage.l1") == pytest.approx(230, rel=0.01)
    # Section 10.1: 49.66 Hz and 49.62 Hz.
    assert lowest == pytest.approx(49.66 if name.startswith("edge") else 49.62, abs=0.03)
    assert all(node.state == "on" for node in world.container.nodes)


def test_the_utility_leaves_its_window_at_47_and_53_hz() -> None:
    for hertz, healthy in ((47.1, "available"), (46.9, "unavailable"), (52.9, "available"), (53.1, "unavailable")):
        world = World("edge-40-50hz", 1, 0)
        world.start_fault("mains.freq_drift", {"frequency": hertz, "rate": 10.0})
        world.advance_to(2_000)
        assert world.truth("ats-1", "source.normal.availability") == healthy, hertz


def test_all_names_are_there() -> None:
    assert {*VARIANTS, "hot-site", "edge-40", "lc-120", "edge-40-50hz", "lc-120-50hz"} <= set(preset_names())
